using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Charging;
using Tokenline.Charging.Audit;
using Tokenline.Commerce.Catalog;
using Tokenline.Management.Charges;
using Tokenline.Storage.Journal;
using Tokenline.Storage.Journal.Postgres;
using Tokenline.Storage.Management;

namespace Tokenline.Host;

/// <summary>The audit of a folder that nobody serves, under its lock. It recovers, seeds and changes nothing: what it finds is what the last run left.</summary>
internal static class OfflineAudit
{
    public static async Task<JsonElement> RunAsync(Settings settings, CancellationToken cancellation)
    {
        if (settings.Cluster is { } cluster)
            return await RunAsync(cluster, settings, cancellation);
        if (!Directory.Exists(settings.DataFolder))
            throw new SettingException($"There is no data folder {settings.DataFolder}: nothing has been sold yet.");
        using var data = DataFolder.Open(settings.DataFolder);
        if (!File.Exists(data.JournalFile))
            throw new SettingException($"There is no charge journal in {settings.DataFolder}: nothing has been sold yet.");
        await using var services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddLogging()
            .AddManagementStorage(data.Path)
            .BuildServiceProvider();
        using var journal = SqliteChargeJournal.OpenFile(data.JournalFile);
        return await RunAsync(journal, services, cancellation);
    }

    /// <summary>Of a cluster's database, whether nodes serve or not, or of one that was restored from a backup; its tables are brought to this version first.</summary>
    private static async Task<JsonElement> RunAsync(ClusterSettings cluster, Settings settings, CancellationToken cancellation)
    {
        await using var database = await NodeData.OpenDatabaseAsync(cluster, cancellation);
        await using var services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddLogging()
            .AddManagementStorage(database, cluster.SecretsFolder ?? settings.DataFolder)
            .BuildServiceProvider();
        using var journal = PostgresJournalSnapshot.Open(database.Source);
        return await RunAsync(journal, services, cancellation);
    }

    private static async Task<JsonElement> RunAsync(IJournalSnapshot journal, IServiceProvider services, CancellationToken cancellation)
    {
        var tariffs = new TariffHolder();
        var catalog = services.GetRequiredService<ICatalogStore>();
        tariffs.Load(await catalog.TariffsAsync(cancellation), await catalog.ContractsAsync(cancellation));
        return JsonSerializer.SerializeToElement(AuditBody.Of(Auditor.Run(journal, tariffs, [], cancellation)), JsonSerializerOptions.Web);
    }
}
