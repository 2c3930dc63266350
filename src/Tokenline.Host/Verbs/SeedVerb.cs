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
                if (settings is { HistoryDays: > 0, Cluster: not null })
                    throw new SettingException("A history is made in a data folder; this installation is kept in a database.");
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
}
