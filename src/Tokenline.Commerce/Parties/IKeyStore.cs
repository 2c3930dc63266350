namespace Tokenline.Commerce.Parties;

/// <summary>A key and what the gateway must know of its customer.</summary>
public sealed record LiveKey(ApiKey Key, string? CustomerGroup, string? Region);

/// <summary>Keeps keys as hashes.</summary>
public interface IKeyStore
{
    Task AddAsync(ApiKey key, CancellationToken cancellation);

    /// <summary>All of a customer, revoked ones too, newest first.</summary>
    Task<IReadOnlyList<ApiKey>> ListAsync(PartyId customer, CancellationToken cancellation);

    Task RevokeAsync(KeyId key, DateTimeOffset at, CancellationToken cancellation);

    /// <summary>Every key that is not revoked and has not expired, with the group and region of its customer.</summary>
    IAsyncEnumerable<LiveKey> LiveAsync(DateTimeOffset now, CancellationToken cancellation);
}
