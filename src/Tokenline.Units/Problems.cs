namespace Tokenline.Units;

/// <summary>A code of the error catalogue: the status it travels with and the <c>type</c> word of OpenAI-style errors.</summary>
public sealed record Problem(string Code, int Status, string Type)
{
    public override string ToString() => Code;
}

/// <summary>The one catalogue of problem codes; every error that leaves the house names one of them.</summary>
public static class Problems
{
    public static readonly Problem InvalidRequest = new("invalid_request_error", 400, "invalid_request_error");
    public static readonly Problem ContextLengthExceeded = new("context_length_exceeded", 400, "invalid_request_error");
    public static readonly Problem PreviousResponseNotFound = new("previous_response_not_found", 400, "invalid_request_error");
    public static readonly Problem BatchNotOffered = new("batch_not_offered", 400, "invalid_request_error");
    public static readonly Problem InvalidApiKey = new("invalid_api_key", 401, "authentication_error");
    public static readonly Problem InsufficientQuota = new("insufficient_quota", 402, "insufficient_quota");
    public static readonly Problem SpendCapReached = new("spend_cap_reached", 402, "insufficient_quota");
    public static readonly Problem PaymentRefused = new("payment_refused", 402, "insufficient_quota");
    public static readonly Problem PermissionDenied = new("permission_denied", 403, "permission_error");
    public static readonly Problem AddressNotAllowed = new("address_not_allowed", 403, "permission_error");
    public static readonly Problem CertificateNotAllowed = new("certificate_not_allowed", 403, "permission_error");
    public static readonly Problem ModelNotAllowed = new("model_not_allowed", 403, "permission_error");
    public static readonly Problem AccountSuspended = new("account_suspended", 403, "permission_error");
    public static readonly Problem NotEligible = new("not_eligible", 403, "permission_error");
    public static readonly Problem ConfirmationRequired = new("confirmation_required", 403, "permission_error");
    public static readonly Problem WrongCode = new("wrong_code", 403, "permission_error");
    public static readonly Problem NotFound = new("not_found", 404, "invalid_request_error");
    public static readonly Problem ModelNotFound = new("model_not_found", 404, "invalid_request_error");
    public static readonly Problem MethodNotAllowed = new("method_not_allowed", 405, "invalid_request_error");
    public static readonly Problem Conflict = new("conflict", 409, "invalid_request_error");
    public static readonly Problem IdempotencyConflict = new("idempotency_conflict", 409, "invalid_request_error");
    public static readonly Problem OfferingUnavailable = new("offering_unavailable", 409, "invalid_request_error");
    public static readonly Problem OutOfStock = new("out_of_stock", 409, "invalid_request_error");
    public static readonly Problem PriceChanged = new("price_changed", 409, "invalid_request_error");
    public static readonly Problem VoucherRefused = new("voucher_refused", 409, "invalid_request_error");
    public static readonly Problem ReferralRefused = new("referral_refused", 409, "invalid_request_error");
    public static readonly Problem PaymentInProgress = new("payment_in_progress", 409, "invalid_request_error");
    public static readonly Problem WrongState = new("wrong_state", 409, "invalid_request_error");
    public static readonly Problem NotAnUpgrade = new("not_an_upgrade", 409, "invalid_request_error");
    public static readonly Problem MembersMaxReached = new("members_max_reached", 409, "invalid_request_error");
    public static readonly Problem SeatsInUse = new("seats_in_use", 409, "invalid_request_error");
    public static readonly Problem NoSeatLeft = new("no_seat_left", 409, "invalid_request_error");
    public static readonly Problem PayloadTooLarge = new("payload_too_large", 413, "invalid_request_error");
    public static readonly Problem RateLimitExceeded = new("rate_limit_exceeded", 429, "rate_limit_error");
    public static readonly Problem WindowLimitReached = new("window_limit_reached", 429, "rate_limit_error");
    public static readonly Problem ConcurrencyLimitReached = new("concurrency_limit_reached", 429, "rate_limit_error");
    public static readonly Problem Internal = new("internal_error", 500, "api_error");
    public static readonly Problem UpstreamError = new("upstream_error", 502, "api_error");
    public static readonly Problem Overloaded = new("overloaded", 503, "api_error");
    public static readonly Problem UpstreamUnavailable = new("upstream_unavailable", 503, "api_error");
    public static readonly Problem UpstreamTimeout = new("upstream_timeout", 504, "api_error");
}
