using Tokenline.Simulators;

namespace Tokenline.Crash.Tests;

/// <summary>
/// A data folder whose server has a catalogue and has sold something: made once in this process, and whoever needs one begins with a copy.
/// To make one anew is half of the life of a server that is there to be killed.
/// </summary>
/// <param name="Simulator">Of the vendor whose model is sold, and of the carrier that was paid; it is there as long as the process.</param>
internal sealed record Sold(Uri Simulator, IReadOnlyList<string> Customers, IReadOnlyList<string> Keys)
{
    private const int Buyers = 4;

    private static readonly Lazy<Task<(Sold Sold, string Folder)>> made = new(MakeAsync);

    /// <summary>A copy of it is in that folder.</summary>
    public static async Task<Sold> InAsync(string folder)
    {
        var (sold, original) = await made.Value;
        foreach (var file in Directory.EnumerateFiles(original, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(original, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy); // with its mode: secrets are for nobody else
        }
        return sold;
    }

    private static async Task<(Sold, string)> MakeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-sold").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var simulator = await SimulatorServer.StartAsync("http://127.0.0.1:0", new SimulatorOptions(), CancellationToken.None);
        await using var server = new ServerProcess(folder, simulator.Address);
        await server.StartAsync(demo: true, CancellationToken.None); // which brings plans to sell
        var (customers, keys) = await SellAsync(server, simulator.Address, CancellationToken.None);
        Assert.Equal(0, await server.EndAsync("TERM", CancellationToken.None));
        return (new(simulator.Address, customers, keys), folder);
    }

    /// <summary>A model, and some who have bought the same plan and have a key each.</summary>
    public static async Task<(List<string> Customers, List<string> Keys)> SellAsync(
        ServerProcess server,
        Uri simulator,
        CancellationToken cancellation
    )
    {
        var price = new
        {
            currency = "CNY",
            serviceClasses = new { batch = "1/2" },
            tiers = new[]
            {
                new
                {
                    price = new { input = "2", output = "8" },
                    weights = new Dictionary<string, object> { ["general-token"] = new { input = "1", output = "3" } },
                },
            },
        };
        await server.PostAsync(
            "vendors",
            new
            {
                id = "sim",
                baseUrl = new Uri(simulator, "/vendors/sim/v1"),
                apiKey = "simulator",
                allowPrivateAddress = true,
                drainSeconds = 1,
            },
            cancellation
        );
        await server.PutAsync(
            "models/crash",
            new
            {
                name = "Crash",
                ownedBy = "sim",
                contextTokens = 100_000,
                outputTokensMax = 1000,
                price,
            },
            cancellation
        );
        await server.PutAsync("models/crash/deployments", new { vendor = "sim" }, cancellation);
        var (customers, keys) = (new List<string>(), new List<string>());
        for (var i = 0; i < Buyers; i++)
        {
            var customer = (
                await server.PostAsync("customers", new { phoneNumber = $"+861380000110{i}", name = $"crash {i}" }, cancellation)
            )
                .GetProperty("id")
                .GetString()!;
            await server.PostAsync("orders", new { customer, offering = "plan-premium" }, cancellation);
            keys.Add(
                (await server.PostAsync($"customers/{customer}/keys", new { name = "crash" }, cancellation)).GetProperty("key").GetString()!
            );
            customers.Add(customer);
        }
        return (customers, keys);
    }
}
