namespace Tokenline.Commerce.Access;

/// <summary>A customer's own sign-in (OpenID Connect): who may say that somebody is a member of this customer, and of no other.</summary>
/// <param name="Name">What people type to be sent there: 2 to 32 lower-case letters, digits and hyphens, of one customer alone.</param>
/// <param name="Issuer">The https address that its tokens name, and under which <c>.well-known/openid-configuration</c> is.</param>
/// <param name="Secret">Of the client; sealed where it is kept.</param>
public sealed record IdentityProvider(PartyId Customer, string Name, string Issuer, string ClientId, string Secret, DateTimeOffset At)
{
    /// <summary>Without the secret.</summary>
    public override string ToString() => $"{Name} of {Customer}, {Issuer}";
}

/// <summary>That a subject of a customer's identity provider is this member.</summary>
public sealed record IdentityLink(PartyId Customer, string Subject, MembershipId Member, DateTimeOffset At);

/// <summary>Keeps identity providers, their secrets sealed, and whom they know.</summary>
public interface IIdentityProviderStore
{
    Task<IdentityProvider?> FindAsync(PartyId customer, CancellationToken cancellation);

    Task<IdentityProvider?> FindAsync(string name, CancellationToken cancellation);

    /// <summary>Adds or replaces a customer's. With another issuer the links of the one before are gone. False: another customer has this name.</summary>
    Task<bool> PutAsync(IdentityProvider provider, CancellationToken cancellation);

    /// <summary>With its links.</summary>
    Task RemoveAsync(PartyId customer, CancellationToken cancellation);

    Task<IdentityLink?> FindLinkAsync(PartyId customer, string subject, CancellationToken cancellation);

    /// <summary>One subject is one member; linked before, it stays as it was, which is returned.</summary>
    Task<IdentityLink> LinkAsync(IdentityLink link, CancellationToken cancellation);
}
