using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Billing;
using Tokenline.Billing.Bills;
using Tokenline.Billing.Facts;
using Tokenline.Storage.Journal.Postgres;
using Tokenline.Storage.Postgres;

namespace Tokenline.Storage.Billing;

/// <summary>The books on SQLite for one process, on PostgreSQL for a cluster; and what they are made of, out of the journal and the management data.</summary>
public static class BillingStorage
{
    /// <param name="journal">The file of the charge journal, which is read.</param>
    public static IServiceCollection AddBillingStorage(this IServiceCollection services, string dataFolder, string journal)
    {
        services.AddDbContextFactory<BillingDb>(options => options.UseFile(Path.Combine(dataFolder, "billing.db")));
        services.AddSingleton<IJournalFeed>(_ => new SqliteJournalFeed(journal));
        return services.AddStores();
    }

    public static IServiceCollection AddBillingStorage(this IServiceCollection services, PostgresDatabase database)
    {
        services.AddDbContextFactory<PostgresBillingDb>(options => PostgresBilling.Use(options, database.ConnectionString));
        services.AddSingleton(provider => new PostgresBilling(
            database,
            provider.GetRequiredService<IDbContextFactory<PostgresBillingDb>>()
        ));
        services.AddSingleton<IDbContextFactory<BillingDb>>(provider => provider.GetRequiredService<PostgresBilling>());
        services.AddSingleton<IJournalFeed>(_ => new PostgresJournalFeed(database.Source));
        return services.AddStores();
    }

    private static IServiceCollection AddStores(this IServiceCollection services)
    {
        services.AddSingleton<IBillingStore, BillingStore>();
        services.AddSingleton<ISalesFeed, SalesFeed>();
        services.AddSingleton<IUsageFigures, UsageFigures>();
        services.AddSingleton<IAccruals, Accruals>();
        services.AddSingleton<IBilledParties, BilledParties>();
        return services;
    }

    /// <summary>What <see cref="OpenBillingStorageAsync"/> would take long for; on a thread of its own, as early as can be.</summary>
    public static void WarmUp(bool isCluster) =>
        Databases.WarmUp(isCluster ? new PostgresBillingDbDesign().CreateDbContext([]) : new BillingDbDesign().CreateDbContext([]));

    /// <summary>Brings the tables to this version. Before anything else reads them.</summary>
    public static async Task OpenBillingStorageAsync(this IServiceProvider services, CancellationToken cancellation)
    {
        if (services.GetService<PostgresBilling>() is { } shared)
        {
            await shared.OpenAsync(cancellation);
            return;
        }
        await using var db = await services.GetRequiredService<IDbContextFactory<BillingDb>>().CreateDbContextAsync(cancellation);
        await db.BringUpAsync("books were", cancellation);
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellation);
    }
}

/// <summary>The books in the schema <c>billing</c> of a cluster's database.</summary>
internal sealed class PostgresBilling(PostgresDatabase database, IDbContextFactory<PostgresBillingDb> factory)
    : IDbContextFactory<BillingDb>
{
    public static void Use(DbContextOptionsBuilder options, string connection) =>
        options.UseServer(connection, npgsql => npgsql.MigrationsHistoryTable(PostgresBillingDb.MigrationsTable, PostgresBillingDb.Schema));

    public BillingDb CreateDbContext() => factory.CreateDbContext();

    public async Task<BillingDb> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
        await factory.CreateDbContextAsync(cancellationToken);

    /// <exception cref="DatabaseException">The books were written by a newer version.</exception>
    public Task OpenAsync(CancellationToken cancellation) =>
        database.UpgradingAsync(
            async () =>
            {
                await using var db = await factory.CreateDbContextAsync(cancellation);
                await db.BringUpAsync("books were", cancellation);
            },
            cancellation
        );
}
