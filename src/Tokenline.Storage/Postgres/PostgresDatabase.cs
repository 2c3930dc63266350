using System.Globalization;
using System.Net.Sockets;
using Npgsql;

namespace Tokenline.Storage.Postgres;

/// <summary>The database cannot be used; the message is for the operator, and names the cause and the remedy.</summary>
public sealed class DatabaseException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The one database of a cluster, opened: reachable, of a version that is known, of this cluster, its clock near ours, and its tables brought to this version
/// under a lock, so that of many nodes that start at once one does it and the others wait. See README.md beside this file.
/// </summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    /// <summary>The oldest server that is tested.</summary>
    public const int ServerVersionMin = 14;

    /// <summary>Charges are rated by the clock of their node: nodes whose clocks differ by more do not serve.</summary>
    public static readonly TimeSpan ClockSkewMax = TimeSpan.FromSeconds(5);

    /// <summary>Advisory locks of this database; numbers are forever.</summary>
    private const long UpgradeLock = 0x746f6b656e_01; // "token", 1

    private PostgresDatabase(string connectionString, NpgsqlDataSource source) => (ConnectionString, Source) = (connectionString, source);

    public string ConnectionString { get; }

    public NpgsqlDataSource Source { get; }

    /// <param name="cluster">The name of the cluster that the settings say; the first start writes it into the database.</param>
    /// <param name="areas">The schemas, each with the steps that lead from one of its versions to the next.</param>
    /// <exception cref="DatabaseException">It cannot be used.</exception>
    public static async Task<PostgresDatabase> OpenAsync(
        string connectionString,
        string cluster,
        IReadOnlyList<SchemaArea> areas,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        NpgsqlDataSource source;
        try
        {
            source = NpgsqlDataSource.Create(connectionString);
        }
        catch (ArgumentException e)
        {
            throw new DatabaseException(
                $"TOKENLINE_DATABASE is not a connection string: {e.Message} An example: Host=db.example;Username=tokenline;Password=…;Database=tokenline",
                e
            );
        }
        try
        {
            await UpgradeAsync(source, cluster, areas, time, cancellation);
            return new(connectionString, source);
        }
        catch (Exception e)
        {
            await source.DisposeAsync();
            if (Explain(e, connectionString) is { } explained)
                throw explained;
            throw;
        }
    }

    /// <summary>The difference of the database's clock and ours; positive: the database is ahead.</summary>
    public static async Task<TimeSpan> ClockSkewAsync(NpgsqlConnection connection, TimeProvider time, CancellationToken cancellation)
    {
        var asked = time.GetUtcNow();
        await using var command = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        var theirs = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellation))!);
        var answered = time.GetUtcNow();
        return theirs - (asked + ((answered - asked) / 2));
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        // Management data and books connect by the string: that pool is the process's, and would keep what is idle for minutes.
        await using var theirs = new NpgsqlConnection(ConnectionString);
        NpgsqlConnection.ClearPool(theirs);
    }

    /// <summary>Does something while no other node is being brought up.</summary>
    public async Task UpgradingAsync(Func<Task> work, CancellationToken cancellation)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellation);
        await RunAsync(connection, null, $"SELECT pg_advisory_lock({UpgradeLock})", cancellation);
        try
        {
            await work();
        }
        finally
        {
            await RunAsync(connection, null, $"SELECT pg_advisory_unlock({UpgradeLock})", CancellationToken.None);
        }
    }

    /// <summary>A fact of the installation: what whoever was first said.</summary>
    public async Task<string> FactAsync(string name, string value, CancellationToken cancellation)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellation);
        return await FactAsync(connection, name, value, cancellation);
    }

    /// <summary>Another value from now on.</summary>
    public async Task PutFactAsync(string name, string value, CancellationToken cancellation)
    {
        await using var command = Source.CreateCommand(
            "INSERT INTO installation.fact VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        );
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Null: nobody has said it yet.</summary>
    public async Task<string?> FindFactAsync(string name, CancellationToken cancellation)
    {
        await using var command = Source.CreateCommand("SELECT value FROM installation.fact WHERE name = $1");
        command.Parameters.Add(new() { Value = name });
        return (string?)await command.ExecuteScalarAsync(cancellation);
    }

    private static async Task UpgradeAsync(
        NpgsqlDataSource source,
        string cluster,
        IReadOnlyList<SchemaArea> areas,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        if (connection.PostgreSqlVersion.Major < ServerVersionMin)
            throw new DatabaseException(
                $"The database is PostgreSQL {connection.PostgreSqlVersion}; Tokenline needs {ServerVersionMin} or newer. Upgrade the server."
            );
        var skew = await ClockSkewAsync(connection, time, cancellation);
        if (skew.Duration() > ClockSkewMax)
            throw new DatabaseException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The clock of this machine and that of the database differ by {skew.Duration().TotalSeconds:F1} s; at most {ClockSkewMax.TotalSeconds:F0} s is safe, because prices and periods go by the clock. Synchronise both (chrony or systemd-timesyncd)."
                )
            );
        await RunAsync(connection, null, $"SELECT pg_advisory_lock({UpgradeLock})", cancellation);
        try
        {
            await CheckClusterAsync(connection, cluster, cancellation);
            foreach (var area in areas)
                await UpgradeAsync(connection, area, cancellation);
        }
        finally
        {
            await RunAsync(connection, null, $"SELECT pg_advisory_unlock({UpgradeLock})", CancellationToken.None);
        }
    }

    private static async Task CheckClusterAsync(NpgsqlConnection connection, string cluster, CancellationToken cancellation)
    {
        await RunAsync(
            connection,
            null,
            """
            CREATE SCHEMA IF NOT EXISTS installation;
            CREATE TABLE IF NOT EXISTS installation.fact (name text PRIMARY KEY, value text NOT NULL);
            CREATE TABLE IF NOT EXISTS installation.schema_version (area text PRIMARY KEY, version integer NOT NULL);
            """,
            cancellation
        );
        var known = await FactAsync(connection, "cluster", cluster, cancellation);
        if (known != cluster)
            throw new DatabaseException(
                $"This database belongs to the cluster '{known}', and the settings say '{cluster}' (Cluster:Name). Two clusters never share a database: use another one, or correct the name."
            );
    }

    private static async Task<string> FactAsync(NpgsqlConnection connection, string name, string value, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO installation.fact VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = installation.fact.value RETURNING value
            """,
            connection
        );
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = value });
        return (string)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task UpgradeAsync(NpgsqlConnection connection, SchemaArea area, CancellationToken cancellation)
    {
        await using var ask = new NpgsqlCommand("SELECT version FROM installation.schema_version WHERE area = $1", connection);
        ask.Parameters.Add(new() { Value = area.Name });
        var version = (int?)await ask.ExecuteScalarAsync(cancellation) ?? 0;
        if (version > area.Steps.Count)
            throw new DatabaseException(
                $"The database was written by a newer version of Tokenline ({area.Name} has schema {version}, this one knows {area.Steps.Count}). Start the newer version."
            );
        if (version == area.Steps.Count)
            return;
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        foreach (var step in area.Steps.Skip(version))
            await RunAsync(connection, transaction, step, cancellation);
        await RunAsync(
            connection,
            transaction,
            string.Create(
                CultureInfo.InvariantCulture,
                $"INSERT INTO installation.schema_version VALUES ('{area.Name}', {area.Steps.Count}) ON CONFLICT (area) DO UPDATE SET version = excluded.version"
            ),
            cancellation
        );
        await transaction.CommitAsync(cancellation);
    }

    private static async Task RunAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction? transaction,
        string sql,
        CancellationToken cancellation
    )
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = 0 }; // a large table takes as long as it takes
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static DatabaseException? Explain(Exception e, string connectionString)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        var where = $"{target.Host}:{target.Port}/{target.Database ?? target.Username}";
        return e switch
        {
            DatabaseException => null,
            PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => new(
                $"There is no database at {where}. Create it (CREATE DATABASE {target.Database ?? target.Username}), or correct TOKENLINE_DATABASE.",
                e
            ),
            PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } p =>
                new($"The database at {where} refuses the user: {p.MessageText}. Correct TOKENLINE_DATABASE.", e),
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } p => new(
                $"The user of {where} may not do what Tokenline needs: {p.MessageText}. Make it the owner of the database.",
                e
            ),
            PostgresException { SqlState: PostgresErrorCodes.DiskFull } => new(
                $"The disk of the database at {where} is full. Make room.",
                e
            ),
            PostgresException p => new($"The database at {where} refused: {p.MessageText} ({p.SqlState}).", e),
            NpgsqlException or SocketException or TimeoutException => new(
                $"The database at {where} cannot be reached: {e.Message} Start it, or correct TOKENLINE_DATABASE.",
                e
            ),
            _ => null,
        };
    }
}

/// <summary>A schema of the database, as the steps that lead from one version of it to the next. A step that was released is never changed.</summary>
public sealed record SchemaArea(string Name, IReadOnlyList<string> Steps);
