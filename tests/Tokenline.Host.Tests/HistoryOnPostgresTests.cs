using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Billing;
using Tokenline.Charging.Audit;
using Tokenline.Cluster;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Host.History;
using Tokenline.Storage.Journal.Postgres;
using Tokenline.Storage.Management;

namespace Tokenline.Host.Tests;

/// <summary>The past that a cluster's database is given is made as that of a data folder is.</summary>
public sealed class HistoryOnPostgresTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_database_is_given_a_past_once_and_its_audit_is_clean()
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-history-").FullName;
        var cluster = new ClusterSettings(
            await PostgresServer.NewDatabaseAsync(),
            "test",
            new IPEndPoint(IPAddress.Loopback, 0),
            NodeRoles.All,
            null,
            null
        );
        await using var database = await NodeData.OpenDatabaseAsync(cluster, None);
        var now = TimeProvider.System.GetUtcNow();

        var report = await MakeAsync();
        var again = await Assert.ThrowsAsync<SettingException>(MakeAsync);

        Assert.Contains("has its history already", again.Message, StringComparison.Ordinal);
        Assert.NotEqual(0, report.Calls);
        Assert.True(Directory.Exists(Path.Combine(folder, "carrier-simulator")));
        await using var services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddLogging()
            .AddManagementStorage(database, folder)
            .BuildServiceProvider();
        var (tariffs, catalog) = (new TariffHolder(), services.GetRequiredService<ICatalogStore>());
        tariffs.Load(await catalog.TariffsAsync(None), await catalog.ContractsAsync(None));
        using (var journal = PostgresJournalSnapshot.Open(database.Source))
        {
            var audit = Auditor.Run(journal, tariffs, [], None);
            Assert.Empty(audit.Differences);
            Assert.Equal((report.Calls, 0), ((int)audit.Records, audit.OpenCharges));
        }
        Directory.Delete(folder, recursive: true);

        Task<HistoryReport> MakeAsync() =>
            DemoHistory.MakeAsync(
                database,
                folder,
                folder,
                new HistoryOptions(1) { Calls = 60, Seed = 7 },
                new CommerceOptions(),
                new BillingOptions(),
                new Uri("http://127.0.0.1:9"),
                now,
                null,
                None
            );
    }
}
