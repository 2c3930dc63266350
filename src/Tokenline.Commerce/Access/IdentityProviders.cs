using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Access;

/// <summary>Setting up a customer's own sign-in.</summary>
public sealed class IdentityProviders(IIdentityProviderStore store, ICustomerStore customers, CommerceOptions options, TimeProvider time)
{
    private const int ClientIdLengthMax = 256;
    private const int SecretLengthMax = 512;

    public Task<IdentityProvider?> FindAsync(PartyId customer, CancellationToken cancellation) => store.FindAsync(customer, cancellation);

    /// <param name="secret">Null: as it is.</param>
    public async Task<Outcome<IdentityProvider>> PutAsync(
        PartyId customer,
        string? name,
        string? issuer,
        string? clientId,
        string? secret,
        CancellationToken cancellation
    )
    {
        if (await customers.FindAsync(customer, cancellation) is not { } known)
            return Refused.NotFound("customer", customer.ToString());
        if (known.Type != CustomerType.Organization)
            return new Refused(Problems.NotEligible, "Only an organization has a sign-in of its own.");
        if (name is null || !IsName(name))
            return Refused.Invalid("name", "2 to 32 lower-case letters, digits and hyphens, such as acme.");
        if (
            !Uri.TryCreate(issuer, UriKind.Absolute, out var address)
            || address.Scheme != Uri.UriSchemeHttps && !(options.AllowPrivateWebhooks && address.Scheme == Uri.UriSchemeHttp)
            || address.Query.Length > 0
            || address.Fragment.Length > 0
            || address.UserInfo.Length > 0
        )
            return Refused.Invalid("issuer", "The https address of the issuer, as its tokens name it, without query.");
        if (clientId is not { Length: > 0 and <= ClientIdLengthMax })
            return Refused.Invalid("clientId", $"1 to {ClientIdLengthMax} characters.");
        secret = string.IsNullOrEmpty(secret) ? (await store.FindAsync(customer, cancellation))?.Secret : secret;
        if (secret is not { Length: > 0 and <= SecretLengthMax })
            return Refused.Invalid("secret", $"The client's secret, 1 to {SecretLengthMax} characters.");
        var provider = new IdentityProvider(customer, name, issuer!, clientId, secret, time.GetUtcNow());
        return await store.PutAsync(provider, cancellation)
            ? provider
            : new Refused(Problems.Conflict, $"Another customer is called {name} here.", "name");
    }

    public Task RemoveAsync(PartyId customer, CancellationToken cancellation) => store.RemoveAsync(customer, cancellation);

    private static bool IsName(string name) =>
        name is { Length: >= 2 and <= 32 }
        && name[0] != '-'
        && name[^1] != '-'
        && name.All(c => c is '-' || char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));
}
