using Microsoft.EntityFrameworkCore;
using Tokenline.Storage.Postgres;

namespace Tokenline.Storage.Management;

/// <summary>Management data in the schema <c>management</c> of a cluster's database.</summary>
internal sealed class PostgresManagement(PostgresDatabase database, ClusterSecret secret, IDbContextFactory<PostgresManagementDb> factory)
    : IDbContextFactory<ManagementDb>
{
    public static DbContextOptionsBuilder<PostgresManagementDb> Options(
        DbContextOptionsBuilder<PostgresManagementDb> options,
        string connection
    )
    {
        Use(options, connection);
        return options;
    }

    /// <summary>A pool of its own: a rush of management requests leaves the journal's connections alone.</summary>
    public static void Use(DbContextOptionsBuilder options, string connection) =>
        options.UseServer(
            connection,
            npgsql => npgsql.MigrationsHistoryTable(PostgresManagementDb.MigrationsTable, PostgresManagementDb.Schema)
        );

    public ManagementDb CreateDbContext() => factory.CreateDbContext();

    public async Task<ManagementDb> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
        await factory.CreateDbContextAsync(cancellationToken);

    /// <summary>Under the lock of upgrades: the tables of this version, and the secret that every node must have.</summary>
    /// <exception cref="DatabaseException">The data was written by a newer version, or sealed under another secret.</exception>
    public Task OpenAsync(CancellationToken cancellation) =>
        database.UpgradingAsync(
            async () =>
            {
                await using var db = await factory.CreateDbContextAsync(cancellation);
                await db.BringUpAsync("management data was", cancellation);
                await db.GuardAsync(cancellation);
                await secret.CheckAsync(database, cancellation);
            },
            cancellation
        );
}
