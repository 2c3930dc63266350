using Npgsql;

namespace Tokenline.Storage.Postgres;

/// <summary>
/// The membership of the cluster: which silos there are, and in which state. Orleans' ADO.NET provider reads what it asks the database out of the table
/// <c>OrleansQuery</c>; the names of its columns and parameters are the provider's, the statements are ours. A change of the table is one statement, guarded by the version.
/// </summary>
public static class MembershipSchema
{
    public static readonly SchemaArea Area = new("membership", [Tables]);

    private const string Tables = """
        CREATE SCHEMA membership;
        CREATE TABLE membership.cluster (
            deploymentid text PRIMARY KEY,
            version      integer NOT NULL DEFAULT 0 -- raised with every change of a silo's row
        );
        CREATE TABLE membership.silo (
            deploymentid text NOT NULL REFERENCES membership.cluster,
            address      text NOT NULL,
            port         integer NOT NULL,
            generation   integer NOT NULL, -- tells runs at one address apart
            siloname     text NOT NULL,    -- number, run and roles of the node
            hostname     text NOT NULL,
            status       integer NOT NULL, -- 3 active, 6 dead
            proxyport    integer,
            suspecttimes text,
            starttime    timestamptz NOT NULL,
            iamalivetime timestamptz NOT NULL,
            PRIMARY KEY (deploymentid, address, port, generation)
        );
        CREATE SEQUENCE membership.node_number MINVALUE 1 MAXVALUE 1023 CYCLE;
        CREATE TABLE membership.orleansquery (querykey text PRIMARY KEY, querytext text NOT NULL);

        INSERT INTO membership.orleansquery VALUES
        ('MembershipReadAllKey', '
            SELECT c.deploymentid, s.address, s.port, s.generation, s.siloname, s.hostname, s.status, s.proxyport, s.suspecttimes, s.starttime, s.iamalivetime, c.version
            FROM membership.cluster c LEFT JOIN membership.silo s USING (deploymentid)
            WHERE c.deploymentid = @DeploymentId'),
        ('MembershipReadRowKey', '
            SELECT c.deploymentid, s.address, s.port, s.generation, s.siloname, s.hostname, s.status, s.proxyport, s.suspecttimes, s.starttime, s.iamalivetime, c.version
            FROM membership.cluster c
            LEFT JOIN membership.silo s ON s.deploymentid = c.deploymentid AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
            WHERE c.deploymentid = @DeploymentId'),
        ('InsertMembershipVersionKey', '
            WITH made AS (INSERT INTO membership.cluster (deploymentid) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
            SELECT count(*)::integer FROM made'),
        ('InsertMembershipKey', '
            WITH moved AS (
                UPDATE membership.cluster SET version = version + 1 WHERE deploymentid = @DeploymentId AND version = @Version AND NOT EXISTS (
                    SELECT FROM membership.silo WHERE deploymentid = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
                RETURNING 1),
            made AS (
                INSERT INTO membership.silo (deploymentid, address, port, generation, siloname, hostname, status, proxyport, starttime, iamalivetime)
                SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM moved
                RETURNING 1)
            SELECT count(*)::integer FROM made'),
        ('UpdateMembershipKey', '
            WITH moved AS (
                UPDATE membership.cluster SET version = version + 1 WHERE deploymentid = @DeploymentId AND version = @Version AND EXISTS (
                    SELECT FROM membership.silo WHERE deploymentid = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
                RETURNING 1),
            changed AS (
                UPDATE membership.silo SET status = @Status, suspecttimes = @SuspectTimes, iamalivetime = greatest(iamalivetime, @IAmAliveTime) FROM moved
                WHERE deploymentid = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
                RETURNING 1)
            SELECT count(*)::integer FROM changed'),
        ('UpdateIAmAlivetimeKey', '
            UPDATE membership.silo SET iamalivetime = @IAmAliveTime
            WHERE deploymentid = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation'),
        ('GatewaysQueryKey', '
            SELECT address, proxyport, generation FROM membership.silo WHERE deploymentid = @DeploymentId AND status = @Status AND proxyport > 0'),
        ('DeleteMembershipTableEntriesKey', '
            WITH gone AS (DELETE FROM membership.silo WHERE deploymentid = @DeploymentId)
            DELETE FROM membership.cluster WHERE deploymentid = @DeploymentId'),
        ('CleanupDefunctSiloEntriesKey', '
            DELETE FROM membership.silo
            WHERE deploymentid = @DeploymentId AND status = 6 AND iamalivetime < @IAmAliveTime AND starttime < @IAmAliveTime AND coalesce(suspecttimes, '''') = '''''),
        ('CleanupDefunctSiloEntryKey', '
            DELETE FROM membership.silo
            WHERE deploymentid = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation AND status = 6
              AND iamalivetime = @IAmAliveTime AND starttime = @StartTime AND coalesce(suspecttimes, '''') = coalesce(@SuspectTimes, '''')');
        """;

    /// <summary>The connection string that Orleans is given: instants are in UTC, and its table of queries is found.</summary>
    public static string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder(database)
        {
            SearchPath = "membership",
            Timezone = "UTC",
            ApplicationName = "tokenline membership",
            MaxPoolSize = 4,
        }.ConnectionString;

    /// <summary>A number that no other live node has: 1 to 1,023, in turns, so that one is used again only after a thousand starts.</summary>
    public static async Task<int> TakeNodeNumberAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(
            """
            SELECT n FROM (SELECT nextval('membership.node_number')::integer AS n FROM generate_series(1, 64)) AS numbers
            WHERE NOT EXISTS (SELECT FROM membership.silo WHERE status <> 6 AND siloname LIKE n || '/%') LIMIT 1
            """
        );
        return (int?)await command.ExecuteScalarAsync(cancellation)
            ?? throw new DatabaseException("Every node number that was tried belongs to a live node. A cluster has at most 1,023 nodes.");
    }
}
