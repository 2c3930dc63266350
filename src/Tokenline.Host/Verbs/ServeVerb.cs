using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Tokenline.Commerce;
using Tokenline.Commerce.Staff;
using Tokenline.Host.History;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline serve</c>: runs the system until it is asked to end.</summary>
internal static class ServeVerb
{
    public static Command Command()
    {
        var command = new Command("serve", "Run the server until it is asked to end (Ctrl-C drains running calls).");
        var history = HistoryOption();
        command.Options.Add(history);
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(history), cancellation));
        return command;
    }

    /// <summary>Of <c>serve</c> and <c>seed</c>.</summary>
    internal static Option<int> HistoryOption()
    {
        var option = new Option<int>("--history")
        {
            HelpName = "days",
            Description =
                $"Begin with so many days of made-up history, up to {HistoryOptions.DaysMax}, where nothing is kept yet; 0: none.",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > HistoryOptions.DaysMax)
                result.AddError($"--history is 0 to {HistoryOptions.DaysMax} days.");
        });
        return option;
    }

    public static Settings ReadSettings() => ReadSettings(Path.Combine(AppContext.BaseDirectory, "appsettings.json"));

    internal static Settings ReadSettings(string file) =>
        Settings.Read(new ConfigurationBuilder().AddJsonFile(file, optional: true).AddEnvironmentVariables("TOKENLINE__").Build());

    private static async Task<int> RunAsync(int historyDays, CancellationToken cancellation)
    {
        var settings = ReadSettings() with { HistoryDays = historyDays };
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
