using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Tokenline.Commerce;
using Tokenline.Commerce.Staff;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline serve</c>: runs the system until it is asked to end.</summary>
internal static class ServeVerb
{
    public static Command Command()
    {
        var command = new Command("serve", "Run the server until it is asked to end (Ctrl-C drains running calls).");
        command.SetAction((_, cancellation) => RunAsync(cancellation));
        return command;
    }

    public static Settings ReadSettings() => ReadSettings(Path.Combine(AppContext.BaseDirectory, "appsettings.json"));

    internal static Settings ReadSettings(string file) =>
        Settings.Read(new ConfigurationBuilder().AddJsonFile(file, optional: true).AddEnvironmentVariables("TOKENLINE__").Build());

    private static async Task<int> RunAsync(CancellationToken cancellation)
    {
        var settings = ReadSettings();
        if (settings.Cluster is null)
            InlineSockets.Enable();
        await using var server = await TokenlineServer.StartAsync(settings, CancellationToken.None);
        Console.WriteLine(Banner(server));
        await server.WaitForShutdownAsync(cancellation);
        return 0;
    }

    private static string Banner(TokenlineServer server) =>
        server.DemoKey is null
            ? $"Tokenline listens on {server.Url}"
            : $$"""

                Tokenline is ready: a demo operator, with simulated vendors and carrier.

                  portal       {{server.Url}}            API reference  {{server.Url}}/docs
                  API          {{server.Url}}/v1
                  demo key     {{server.DemoKey}}    (a subscriber with the Light plan: 10 M tokens)
                  admin key    {{server.AdminKey}}    (management API)
                  sign in      {{DemoSeed.PhoneNumber}} (subscriber), {{DemoStaff.All[0].PhoneNumber}} (operator), {{DemoStaff.All[
                    6
                ].PhoneNumber}} (vendor); the code is shown
                  all of it    source {{server.EnvironmentFile}}

                Sell the first token:

                  curl {{server.Url}}/v1/chat/completions -H 'Authorization: Bearer {{server.DemoKey}}' -H 'Content-Type: application/json' -d '{"model":"{{DemoModel}}","messages":[{"role":"user","content":"Hello"}]}'

                """;

    private const string DemoModel = "deepseek-v4-flash";
}
