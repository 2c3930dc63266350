using Tokenline.Storage.Management.Secrets;
using Tokenline.Storage.Postgres;

namespace Tokenline.Storage.Management;

/// <summary>
/// The keys under which all nodes of a cluster seal: <c>vendor-keys.secret</c> in a folder that each node has for itself. The database knows the fingerprint of the one that
/// seals, from which nothing can be learnt, so that a node without it is refused at its start and not at the first secret that it cannot open.
/// </summary>
internal sealed class ClusterSecret
{
    /// <summary>The fact of the installation that names the key which seals.</summary>
    public const string Fact = "secret";

    private readonly string folder;
    private readonly Lazy<SecretSeal> seal;

    public ClusterSecret(string folder)
    {
        this.folder = folder;
        File = Path.Combine(folder, KeyFile.Name);
        seal = new(() => SecretSeal.Open(File));
    }

    public string File { get; }

    public SecretSeal Seal => seal.Value;

    /// <summary>Within the lock of upgrades. The very first node makes the secret; every other must have been given it.</summary>
    public async Task CheckAsync(PostgresDatabase database, CancellationToken cancellation)
    {
        if (!System.IO.File.Exists(File) && await database.FindFactAsync(Fact, cancellation) is not null)
            throw new DatabaseException(
                $"{File} is missing, and what the database holds is sealed under it. Copy vendor-keys.secret from a node that serves."
            );
        Directory.CreateDirectory(folder);
        var sealing = await database.FactAsync(Fact, Seal.Keys[^1].Fingerprint, cancellation);
        if (!Seal.SealWith(sealing))
            throw new DatabaseException(
                $"{File} is another secret than the one that this cluster's data is sealed under. Copy vendor-keys.secret from a node that serves."
            );
    }
}
