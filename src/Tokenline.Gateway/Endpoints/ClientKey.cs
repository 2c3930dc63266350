using Microsoft.AspNetCore.Http;
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
