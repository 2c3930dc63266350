namespace Tokenline.Commerce.Parties;

/// <summary>Keeps keys as hashes.</summary>
public interface IKeyStore
{
    Task AddAsync(ApiKey key, CancellationToken cancellation);

    /// <summary>All of a customer, revoked ones too, newest first.</summary>
    Task<IReadOnlyList<ApiKey>> ListAsync(PartyId customer, CancellationToken cancellation);

    Task RevokeAsync(KeyId key, DateTimeOffset at, CancellationToken cancellation);

    /// <summary>Every key that is not revoked and has not expired.</summary>
    IAsyncEnumerable<ApiKey> LiveAsync(DateTimeOffset now, CancellationToken cancellation);
}
