using System.CommandLine;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline seed</c>: makes the data folder with the demo operator in it, without serving. Repeated it adds what is missing.</summary>
internal static class SeedVerb
{
    public static Command Command()
    {
        var command = new Command("seed", "Seed the demo operator's data without serving it. A server that runs has done so at its start.");
        command.SetAction(
            async (_, cancellation) =>
            {
                var settings = ServeVerb.ReadSettings();
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
