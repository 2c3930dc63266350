using System.Globalization;
using Npgsql;
using Tokenline.Storage.Postgres;

namespace Tokenline.Host.Doctor;

/// <summary>The PostgreSQL of a cluster: reachable, ours, and set so that what it has confirmed it keeps.</summary>
internal static class DatabaseLook
{
    /// <summary>What a commit means by "durable" rests on these.</summary>
    private static readonly string[] mustBeOn = ["fsync", "full_page_writes", "synchronous_commit"];

    public static async Task<IReadOnlyList<Finding>> TakeAsync(Settings settings, CancellationToken cancellation)
    {
        const string about = "database";
        if (settings.Cluster is not { } cluster)
            return [];
        await using var source = NpgsqlDataSource.Create(cluster.Database);
        NpgsqlConnection connection;
        try
        {
            connection = await source.OpenConnectionAsync(cancellation);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return [Finding.Ill(about, $"it does not let us in: {e.Message}", "Start it, or correct TOKENLINE_DATABASE.")];
        }
        await using (connection)
        {
            var findings = new List<Finding>
            {
                connection.PostgreSqlVersion.Major < PostgresDatabase.ServerVersionMin
                    ? Finding.Ill(
                        about,
                        $"PostgreSQL {connection.PostgreSqlVersion} is too old",
                        $"Upgrade it to {PostgresDatabase.ServerVersionMin} or newer."
                    )
                    : Finding.Well(about, $"PostgreSQL {connection.PostgreSqlVersion} answers"),
            };
            var skew = await PostgresDatabase.ClockSkewAsync(connection, TimeProvider.System, cancellation);
            var apart = string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(skew.TotalSeconds):F1} s from the database's");
            findings.Add(
                skew.Duration() > PostgresDatabase.ClockSkewMax
                    ? Finding.Ill("clock", apart, "Synchronise both (chrony or systemd-timesyncd).")
                : skew.Duration() > TimeSpan.FromSeconds(1)
                    ? Finding.Watch("clock", apart, "Synchronise both (chrony or systemd-timesyncd).")
                : Finding.Well("clock", apart)
            );
            foreach (var name in mustBeOn)
            {
                var value = (string)(await AskAsync(connection, $"SELECT current_setting('{name}')", cancellation))!;
                findings.Add(
                    value is "off" or "local" && !(name == "synchronous_commit" && value == "local")
                        ? Finding.Ill(
                            name,
                            $"it is {value}: a call that was answered may be forgotten when the machine loses power",
                            $"Set {name} = on in postgresql.conf."
                        )
                        : Finding.Well(name, value)
                );
            }
            if ((string)(await AskAsync(connection, "SELECT current_setting('synchronous_standby_names')", cancellation))! is "")
                findings.Add(
                    Finding.Watch(
                        "standby",
                        "no standby is synchronous: if this server is lost, so are the calls of the last moment",
                        "Name one in synchronous_standby_names (docs/deploy.md)."
                    )
                );
            findings.Add(await ConnectionsAsync(connection, cancellation));
            return findings;
        }
    }

    private static async Task<Finding> ConnectionsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var most = long.Parse(
            (string)(await AskAsync(connection, "SELECT current_setting('max_connections')", cancellation))!,
            CultureInfo.InvariantCulture
        );
        var used = (long)
            (await AskAsync(connection, "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'", cancellation))!;
        var says = $"{used} of {most} connections are in use";
        return used > most * 8 / 10
            ? Finding.Watch("connections", says, "Raise max_connections: a node takes up to 60 (docs/deploy.md).")
            : Finding.Well("connections", says);
    }

    private static async Task<object?> AskAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellation);
    }
}
