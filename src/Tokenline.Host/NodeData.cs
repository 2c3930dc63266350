using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tokenline.Charging;
using Tokenline.Cluster;
using Tokenline.Commerce.Configuration;
using Tokenline.Gateway.Pipeline;
using Tokenline.Storage.Billing;
using Tokenline.Storage.Journal;
using Tokenline.Storage.Journal.Postgres;
using Tokenline.Storage.Management;
using Tokenline.Storage.Postgres;

namespace Tokenline.Host;

/// <summary>Where a process keeps what is durable, and whom it shares it with. The only place that knows of both ways.</summary>
internal abstract class NodeData : IAsyncDisposable
{
    public abstract NodeRoles Roles { get; }

    /// <summary>The journal, the accounts and the management data.</summary>
    public abstract void AddTo(WebApplicationBuilder builder);

    /// <summary>What earlier runs left open, where nobody else sees to it.</summary>
    public abstract Task RecoverAsync(IServiceProvider services);

    public abstract ValueTask DisposeAsync();

    /// <param name="timeZone">Of the operator's calendar.</param>
    /// <exception cref="SettingException">The database cannot be used.</exception>
    public static async Task<NodeData> OpenAsync(
        ClusterSettings? cluster,
        DataFolder folder,
        string timeZone,
        CancellationToken cancellation
    )
    {
        if (cluster is null)
            return new Embedded(folder, timeZone);
        var database = await OpenDatabaseAsync(cluster, cancellation);
        try
        {
            var secrets = cluster.SecretsFolder ?? folder.Path;
            // Before anything is built on it: the tables of this version, and the secret that all nodes share.
            await using (
                var management = new ServiceCollection().AddLogging().AddManagementStorage(database, secrets).BuildServiceProvider()
            )
                await management.OpenManagementStorageAsync(cancellation);
            await RecordPartitions.MakeAsync(database.Source, TimeProvider.System.GetUtcNow(), cancellation);
            var number = await MembershipSchema.TakeNodeNumberAsync(database.Source, cancellation);
            return new Shared(database, cluster, new IdSource(TimeProvider.System, number), number, secrets, timeZone);
        }
        catch (Exception e)
        {
            await database.DisposeAsync();
            if (e is DatabaseException)
                throw new SettingException(e.Message);
            throw;
        }
    }

    /// <exception cref="SettingException">It cannot be used.</exception>
    public static async Task<PostgresDatabase> OpenDatabaseAsync(ClusterSettings cluster, CancellationToken cancellation)
    {
        try
        {
            return await PostgresDatabase.OpenAsync(
                cluster.Database,
                cluster.Name,
                [MembershipSchema.Area, PostgresJournalSchema.Area],
                TimeProvider.System,
                cancellation
            );
        }
        catch (DatabaseException e)
        {
            throw new SettingException(e.Message);
        }
    }

    /// <summary>One process on SQLite in its data folder.</summary>
    private sealed class Embedded(DataFolder folder, string timeZone) : NodeData
    {
        public override NodeRoles Roles => NodeRoles.All;

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public override void AddTo(WebApplicationBuilder builder)
        {
            var services = builder.Services;
            services.AddSingleton(new IdSource(TimeProvider.System));
            services.AddSingleton(provider => new GatewayRun(provider.GetRequiredService<IdSource>()));
            services.AddSingleton(_ => new SqliteChargeJournal(folder.JournalFile, timeZone, callsGoOn: true));
            services.AddSingleton<IChargeJournal>(provider => provider.GetRequiredService<SqliteChargeJournal>());
            services.AddSingleton<IChargeHistory>(provider => provider.GetRequiredService<SqliteChargeJournal>());
            services.AddManagementStorage(folder.Path);
            services.AddBillingStorage(folder.Path, folder.JournalFile);
            services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(folder.Path, "protection-keys")));
            builder.AddCluster();
        }

        /// <summary>There is no other process: every charge that is open was left by a run that has ended.</summary>
        public override async Task RecoverAsync(IServiceProvider services)
        {
            var accounts = services.GetRequiredService<IChargingAccounts>();
            var runs = LiveRuns.Only(services.GetRequiredService<GatewayRun>().Node);
            foreach (var account in await services.GetRequiredService<IChargeHistory>().AccountsWithOpenChargesAsync())
                await accounts.RecoverAsync(account, runs);
        }
    }

    /// <summary>A node of a cluster on PostgreSQL.</summary>
    private sealed class Shared(
        PostgresDatabase database,
        ClusterSettings cluster,
        IdSource ids,
        int number,
        string secretsFolder,
        string timeZone
    ) : NodeData
    {
        public override NodeRoles Roles => cluster.Roles;

        public override void AddTo(WebApplicationBuilder builder)
        {
            var run = ids.Next<CommandKind>().Value;
            var services = builder.Services;
            services.AddSingleton(ids);
            services.AddSingleton(new GatewayRun(run));
            services.AddSingleton(provider => new PostgresChargeJournal(
                database.Source,
                run,
                timeZone,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<PostgresChargeJournal>>()
            ));
            services.AddSingleton<IChargeJournal>(provider => provider.GetRequiredService<PostgresChargeJournal>());
            services.AddSingleton<IChargeHistory>(provider => provider.GetRequiredService<PostgresChargeJournal>());
            services.AddManagementStorage(database, secretsFolder);
            services.AddSecretWatch(number, run);
            services.AddBillingStorage(database);
            services.AddDataProtection().AddSharedProtectionKeys();
            services.AddHostedService(provider => new PartitionUpkeep(
                database.Source,
                cluster.KeepRecordsMonths,
                provider.GetRequiredService<RunningSettings>(),
                timeZone,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<PartitionUpkeep>>()
            ));
            builder.AddCluster(
                new ClusterMembership(
                    cluster.Name,
                    new NodeName(number, run, cluster.Roles),
                    cluster.Address,
                    MembershipSchema.ConnectionString(database.ConnectionString)
                )
            );
        }

        /// <summary>The nodes that live see to it, whenever one goes.</summary>
        public override Task RecoverAsync(IServiceProvider services) => Task.CompletedTask;

        public override ValueTask DisposeAsync() => database.DisposeAsync();
    }
}
