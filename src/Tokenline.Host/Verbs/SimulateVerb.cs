using System.CommandLine;
using Tokenline.Simulators;
using Tokenline.Simulators.Carrier;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline simulate</c>: the simulators alone, for those who test against them.</summary>
internal static class SimulateVerb
{
    public static Command Command()
    {
        var url = new Option<string>("--url") { Description = "Where to listen.", DefaultValueFactory = _ => "http://127.0.0.1:8081" };
        var folder = new Option<string?>("--folder")
        {
            Description = "Where the carrier keeps payments and text messages; without it, in memory.",
        };
        var command = new Command("simulate", "Run the vendor and carrier simulators alone, until Ctrl-C.")
        {
            url,
            folder,
            SimulateCallsVerb.Command(),
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var options = new SimulatorOptions { Carrier = CarrierSimulatorOptions.Demo with { Folder = parsed.GetValue(folder) } };
                await using var server = await SimulatorServer.StartAsync(parsed.GetValue(url)!, options, cancellation);
                Console.WriteLine(
                    $"Simulated vendors at {server.Address}vendors/NAME/v1, the simulated carrier at {server.Address}carrier. No model is asked, nobody is billed."
                );
                var ended = new TaskCompletionSource();
                await using var registration = cancellation.Register(ended.SetResult);
                await ended.Task;
                return 0;
            }
        );
        return command;
    }
}
