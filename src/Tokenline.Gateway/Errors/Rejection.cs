namespace Tokenline.Gateway;

/// <summary>Why a request is not served, in words for the client. Nothing is held or charged for it.</summary>
/// <param name="Param">The field at fault.</param>
/// <param name="RetryAfterSeconds">When trying again may help.</param>
/// <param name="First">The charge that used the same idempotency key first.</param>
internal sealed record Rejection(
    Problem Problem,
    string Message,
    string? Param = null,
    int? RetryAfterSeconds = null,
    DateTimeOffset? ResetsAt = null,
    ChargeId? First = null
);
