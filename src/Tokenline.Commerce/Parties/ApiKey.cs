using System.Collections.Frozen;
using Tokenline.Commerce.Calling;

namespace Tokenline.Commerce.Parties;

/// <summary>A customer's credential as it is kept: never its text.</summary>
/// <param name="Hash">As <see cref="Keyring.HashOf"/> makes it.</param>
/// <param name="Last4">The end of the text, so that people tell their keys apart.</param>
/// <param name="Models">The Model IDs it may call; null is all.</param>
/// <param name="Allotment">The node of the account's tree that it belongs to; null is the account itself.</param>
public sealed record ApiKey(
    KeyId Id,
    PartyId Customer,
    AccountId Account,
    string Name,
    UInt128 Hash,
    string Last4,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    string[]? Models,
    DateTimeOffset? RevokedAt,
    AllotmentId? Allotment = null
)
{
    public KeyRights RightsOf(string? customerGroup, string? region, CallingTerms? terms = null) =>
        new(Id, Account, ExpiresAt, Models?.ToFrozenSet(), Allotment, customerGroup, region, terms);

    /// <summary>As it may be shown.</summary>
    public string Shown => $"{Keyring.Prefix}…{Last4}";

    public override string ToString() => $"{Id} {Shown}";
}

/// <summary>A key and, this once, its text.</summary>
public sealed record NewApiKey(ApiKey Key, string Text)
{
    public override string ToString() => Key.ToString();
}
