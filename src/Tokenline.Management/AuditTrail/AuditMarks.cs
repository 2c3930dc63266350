using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Tokenline.Commerce;
using Tokenline.Commerce.AuditTrail;

namespace Tokenline.Management.AuditTrail;

/// <summary>On an endpoint that is not a GET and changes nothing: it leaves no entry in the audit log.</summary>
internal sealed class ChangesNothing
{
    public static readonly ChangesNothing Mark = new();
}

/// <summary>On an endpoint that writes its own entries around the change, or whose use case writes one in the transaction of it.</summary>
internal sealed class AuditedInside
{
    public static readonly AuditedInside Mark = new();
}

internal static class AuditMarks
{
    public const string ReasonHeader = "X-Reason";
    private const int ReasonLengthMin = 3;
    private const int ReasonLengthMax = 200;

    public static RouteHandlerBuilder ChangesNothing(this RouteHandlerBuilder route) => route.WithMetadata(AuditTrail.ChangesNothing.Mark);

    public static RouteHandlerBuilder AuditedInside(this RouteHandlerBuilder route) => route.WithMetadata(AuditTrail.AuditedInside.Mark);

    /// <summary>Who asks: whoever has the operator's key.</summary>
    public static AuditActor Acting(HttpContext http) =>
        new(AuditActorKind.ApiKey, "admin", null, http.Connection.RemoteIpAddress?.ToString());

    /// <summary>What the caller gave for a reason. Header values are ASCII: other text is percent-encoded UTF-8.</summary>
    public static string? Reason(HttpContext http)
    {
        var text = http.Request.Headers[ReasonHeader].ToString();
        return text.Length == 0 ? null : Uri.UnescapeDataString(text);
    }

    /// <summary>Of a change that nobody makes without saying why, as long as the consoles ask for it.</summary>
    /// <param name="given">The body's; without it, the header's.</param>
    public static Outcome<string> NeededReason(HttpContext http, string? given) =>
        (string.IsNullOrWhiteSpace(given) ? Reason(http) : given)?.Trim() is { Length: >= ReasonLengthMin and <= ReasonLengthMax } reason
            ? reason
            : Refused.Invalid("reason", $"Why? {ReasonLengthMin} to {ReasonLengthMax} characters.");
}
