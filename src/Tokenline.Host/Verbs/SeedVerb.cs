using System.CommandLine;
using Tokenline.Host.History;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline seed</c>: makes the data folder with the demo operator in it, without serving. Repeated it adds what is missing.</summary>
internal static class SeedVerb
{
    public static Command Command()
    {
        var command = new Command("seed", "Seed the demo operator's data without serving it. A server that runs has done so at its start.");
        var history = ServeVerb.HistoryOption();
        command.Options.Add(history);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var settings = ServeVerb.ReadSettings() with { HistoryDays = parsed.GetValue(history) };
                if (settings is { HistoryDays: > 0, Cluster: { } cluster })
                {
                    await HistoryOfDatabaseAsync(settings, cluster, cancellation);
                    return 0;
                }
                if (settings.HistoryDays > 0 && DemoHistory.HasBooks(settings.DataFolder))
                    throw new SettingException(
                        $"There are books in {settings.DataFolder} already, and they cannot be given a past. Set TOKENLINE_DATA to another folder."
                    );
                await using var server = await TokenlineServer.StartAsync(
                    settings with
                    {
                        Urls = "http://127.0.0.1:0",
                        Demo = true,
                    },
                    cancellation,
                    announcedUrl: settings.Urls.Split(';')[0] // where it will be served
                );
                await server.StopAsync();
                Console.WriteLine($"seeded; the demo key is in {server.EnvironmentFile}");
                return 0;
            }
        );
        return command;
    }

    /// <summary>Before any node is started. The demo's customer and key come with the first node that is.</summary>
    private static async Task HistoryOfDatabaseAsync(Settings settings, ClusterSettings cluster, CancellationToken cancellation)
    {
        using var data = DataFolder.Open(settings.DataFolder);
        await using var database = await NodeData.OpenDatabaseAsync(cluster, cancellation);
        var told = 0;
        var report = await DemoHistory.MakeAsync(
            database,
            cluster.SecretsFolder ?? data.Path,
            data.Path,
            new HistoryOptions(settings.HistoryDays),
            settings.Commerce,
            settings.Billing,
            settings.SimulatorAddress ?? new Uri(settings.SimulatorUrl),
            TimeProvider.System.GetUtcNow(),
            (day, share) =>
            {
                if (day.Month != told)
                    Console.Error.WriteLine($"making demo history: {day:yyyy-MM} ({share:P0})");
                told = day.Month;
            },
            cancellation
        );
        Console.WriteLine(
            $"made {report.From:yyyy-MM-dd} to {report.To:yyyy-MM-dd} in the database: {report.Customers} customers, {report.Calls} calls, {report.Periods} months billed and settled; start the nodes now"
        );
    }
}
