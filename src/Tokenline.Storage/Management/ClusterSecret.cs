using Tokenline.Storage.Postgres;

namespace Tokenline.Storage.Management;

/// <summary>
/// The one secret under which all nodes of a cluster seal: <c>vendor-keys.secret</c> in a folder that each node has for itself. The database knows its fingerprint, from which
/// nothing can be learnt, so that a node with another secret is refused at its start and not at the first key that it cannot open.
/// </summary>
internal sealed class ClusterSecret(string folder)
{
    private const string Fact = "secret";
    public string File { get; } = Path.Combine(folder, "vendor-keys.secret");

    public SecretSeal Open() => SecretSeal.Open(File);

    /// <summary>Within the lock of upgrades. The very first node makes the secret; every other must have been given it.</summary>
    public async Task CheckAsync(PostgresDatabase database, CancellationToken cancellation)
    {
        if (!System.IO.File.Exists(File) && await database.FindFactAsync(Fact, cancellation) is not null)
            throw new DatabaseException(
                $"{File} is missing, and what the database holds is sealed under it. Copy vendor-keys.secret from a node that serves."
            );
        Directory.CreateDirectory(folder);
        var mine = Open().Fingerprint;
        if (await database.FactAsync(Fact, mine, cancellation) != mine)
            throw new DatabaseException(
                $"{File} is another secret than the one that this cluster's data is sealed under. Copy vendor-keys.secret from a node that serves."
            );
    }
}
