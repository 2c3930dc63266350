namespace Tokenline.Commerce.Access;

/// <summary>A key pair in somebody's device (WebAuthn): whoever unlocks it is the person with this number. Only its public half is here.</summary>
/// <param name="Id">The credential's id in base64url.</param>
/// <param name="PublicKey">As COSE writes it (RFC 9052).</param>
/// <param name="Counter">What the device counts with each use; 0 where it does not count.</param>
/// <param name="Name">The browser that made it, for those who read the list.</param>
public sealed record Passkey(
    string Id,
    string PhoneNumber,
    byte[] PublicKey,
    long Counter,
    string Name,
    DateTimeOffset CreatedAt,
    DateTimeOffset? UsedAt = null
)
{
    /// <summary>Of a person.</summary>
    public const int Max = 20;

    public const int NameLengthMax = 100;
}

/// <summary>Keeps passkeys.</summary>
public interface IPasskeyStore
{
    /// <summary>False: this credential is there already, whoever's it is.</summary>
    Task<bool> AddAsync(Passkey passkey, CancellationToken cancellation);

    Task<Passkey?> FindAsync(string id, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Passkey>> ListAsync(string phoneNumber, CancellationToken cancellation);

    /// <summary>It was used, and counts so far. False: the counter is not where it was any more; somebody else has used it at the same time.</summary>
    Task<bool> UsedAsync(Passkey before, long counter, DateTimeOffset at);

    /// <summary>Only the person's own; of another's nothing happens.</summary>
    Task RemoveAsync(string phoneNumber, string id, CancellationToken cancellation);
}
