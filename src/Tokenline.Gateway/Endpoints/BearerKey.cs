using Microsoft.AspNetCore.Http;
using Tokenline.Commerce.Parties;

namespace Tokenline.Gateway.Endpoints;

/// <summary>The customer's key: <c>Authorization: Bearer tl-…</c>.</summary>
internal static class BearerKey
{
    private const string Scheme = "Bearer ";

    public static readonly Rejection Rejection = new(
        Problems.InvalidApiKey,
        "This needs a valid key: send 'Authorization: Bearer tl-…'. A key that was revoked or has expired is not valid."
    );

    public static KeyRights? Find(HttpRequest request, Keyring keyring, DateTimeOffset now)
    {
        var values = request.Headers.Authorization;
        return values.Count == 1 && values[0] is { } header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? keyring.Find(header.AsSpan(Scheme.Length).Trim(), now)
            : null;
    }
}
