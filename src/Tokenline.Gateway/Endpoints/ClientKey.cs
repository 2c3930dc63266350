using Microsoft.AspNetCore.Http;
using Tokenline.Commerce.Calling;
using Tokenline.Commerce.Parties;

namespace Tokenline.Gateway.Endpoints;

/// <summary>The customer's key, wherever clients put theirs: <c>Authorization: Bearer</c>, Anthropic's <c>x-api-key</c>, Google's <c>x-goog-api-key</c> or <c>?key=</c>.</summary>
internal static class ClientKey
{
    private const string Scheme = "Bearer ";

    public static readonly Rejection Rejection = new(
        Problems.InvalidApiKey,
        "This needs a valid key: send 'Authorization: Bearer tl-…' or 'x-api-key: tl-…'. A key that was revoked or has expired is not valid."
    );

    /// <summary>Null: its customer's keys may call from where this comes from. Without access lines it is one comparison, and never an allocation.</summary>
    public static Rejection? WhyNot(HttpContext context, KeyRights key, DateTimeOffset now)
    {
        if (key.Terms is not { } terms)
            return null;
        var address = context.Connection.RemoteIpAddress;
        switch (terms.Judge(address))
        {
            case AccessVerdict.Allowed:
                return null;
            case AccessVerdict.NotFromThere:
                return new(
                    Problems.AddressNotAllowed,
                    $"This key may not be used from {address}: its account names the addresses that its keys may call from (access lines)."
                );
            case AccessVerdict.NeedsCertificate:
            default:
                var certificate = context.Connection.ClientCertificate;
                if (certificate is not null && terms.Admits(address!, certificate, now))
                    return null;
                return new(
                    Problems.CertificateNotAllowed,
                    certificate is null
                        ? $"From {address} this key is used with a client certificate that its account has named (access lines), and none was shown."
                        : $"From {address} this key is used with a client certificate that its account has named (access lines) and that is in its time; the one that was shown is not."
                );
        }
    }

    public static KeyRights? Find(HttpRequest request, Keyring keyring, DateTimeOffset now)
    {
        var headers = request.Headers;
        if (headers.Authorization is [{ } bearer])
            return bearer.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
                ? keyring.Find(bearer.AsSpan(Scheme.Length).Trim(), now)
                : null;
        if (headers.TryGetValue("x-api-key", out var anthropic) && anthropic is [{ } key])
            return keyring.Find(key.AsSpan().Trim(), now);
        if (headers.TryGetValue("x-goog-api-key", out var google) && google is [{ } other])
            return keyring.Find(other.AsSpan().Trim(), now);
        return request.QueryString.HasValue && request.Query["key"] is [{ } inQuery] ? keyring.Find(inQuery.AsSpan().Trim(), now) : null;
    }
}
