using Npgsql;
using Tokenline.Storage.Postgres;

namespace Tokenline.Storage.Management.Secrets;

/// <summary>Who seals beside this process, and under which key they all do.</summary>
internal interface ISecretNodes
{
    /// <summary>The key that all seal under; null: whoever is alone takes the newest.</summary>
    Task<string?> SealingAsync(CancellationToken cancellation);

    /// <summary>All seal under it from now on; they follow within seconds.</summary>
    Task SwitchAsync(string fingerprint, CancellationToken cancellation);

    /// <summary>Live nodes that have not said that they know the key; with <paramref name="sealing"/>, that they seal under it.</summary>
    Task<IReadOnlyList<string>> BehindAsync(SecretKey key, bool sealing, CancellationToken cancellation);
}

internal sealed class SoleSecretNode : ISecretNodes
{
    public Task<string?> SealingAsync(CancellationToken cancellation) => Task.FromResult<string?>(null);

    public Task SwitchAsync(string fingerprint, CancellationToken cancellation) => Task.CompletedTask;

    public Task<IReadOnlyList<string>> BehindAsync(SecretKey key, bool sealing, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>([]);
}

/// <summary>
/// The nodes of a cluster. Each writes into the database which keys it knows, by their fingerprints' beginnings, and which it seals under; the membership says who lives.
/// </summary>
internal sealed class PostgresSecretNodes(PostgresDatabase database) : ISecretNodes
{
    private const string FactOfNode = "secret keys of node ";

    public Task<string?> SealingAsync(CancellationToken cancellation) => database.FindFactAsync(ClusterSecret.Fact, cancellation);

    public Task SwitchAsync(string fingerprint, CancellationToken cancellation) =>
        database.PutFactAsync(ClusterSecret.Fact, fingerprint, cancellation);

    /// <param name="node">Its number, which no other live node has.</param>
    /// <param name="run">Of the node: what an earlier run of the same number has said does not count.</param>
    public Task AnnounceAsync(int node, long run, SecretSeal seal, CancellationToken cancellation) =>
        database.PutFactAsync($"{FactOfNode}{node}", Said(run, seal), cancellation);

    public static string Said(long run, SecretSeal seal) =>
        $"{run} {seal.Sealing?.Id ?? "-"} {string.Join(',', seal.Keys.Select(key => key.Id))}";

    public async Task<IReadOnlyList<string>> BehindAsync(SecretKey key, bool sealing, CancellationToken cancellation)
    {
        await using var command = database.Source.CreateCommand(
            """
            SELECT silo.siloname, silo.hostname, silo.address, silo.port, fact.value
            FROM membership.silo LEFT JOIN installation.fact ON fact.name = $1 || split_part(silo.siloname, '/', 1)
            WHERE silo.status = 3 ORDER BY silo.siloname
            """
        );
        command.Parameters.Add(new() { Value = FactOfNode });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var behind = new List<string>();
        while (await reader.ReadAsync(cancellation))
        {
            var (number, run) = reader.GetString(0).Split('/') is [var n, var r, ..] ? (n, r) : ("?", "?");
            var where = $"node {number} ({reader.GetString(1)}, {reader.GetString(2)}:{reader.GetInt32(3)})";
            var said = await reader.IsDBNullAsync(4, cancellation) ? [] : reader.GetString(4).Split(' ');
            if (said is not [var saidRun, var seals, var known] || saidRun != run)
                behind.Add($"{where} has not said which keys it knows: it has just started, or is of a version that knows one key only");
            else if (!known.Split(',').Contains(key.Id))
                behind.Add($"{where} does not know the key {key.Id}: copy {KeyFile.Name} to it");
            else if (sealing && seals != key.Id)
                behind.Add($"{where} does not seal under the key {key.Id} yet");
        }
        return behind;
    }
}
