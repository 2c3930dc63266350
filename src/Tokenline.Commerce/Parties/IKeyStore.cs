using Tokenline.Commerce.Calling;

namespace Tokenline.Commerce.Parties;

/// <summary>A key and what the gateway must know of its customer.</summary>
/// <param name="Terms">What the customer says about calls; null: nothing.</param>
public sealed record KnownKey(ApiKey Key, string? CustomerGroup, string? Region, CallingTerms? Terms = null);

/// <summary>Keeps keys as hashes.</summary>
public interface IKeyStore
{
    Task AddAsync(ApiKey key, CancellationToken cancellation);

    /// <summary>All of a customer, revoked ones too, newest first.</summary>
    Task<IReadOnlyList<ApiKey>> ListAsync(PartyId customer, CancellationToken cancellation);

    Task RevokeAsync(KeyId key, DateTimeOffset at, CancellationToken cancellation);

    /// <summary>Their calls are another account's from now on.</summary>
    Task MoveAsync(IReadOnlyCollection<KeyId> keys, AccountId account, CancellationToken cancellation);

    /// <summary>With the group and region of its customer: every key that is not revoked, or every key that was changed after a version of the keys' area, revoked ones too.</summary>
    IAsyncEnumerable<KnownKey> KeysAsync(long? since, CancellationToken cancellation);
}
