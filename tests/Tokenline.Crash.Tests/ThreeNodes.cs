using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Tokenline.Simulators;
using Tokenline.Testing;

namespace Tokenline.Crash.Tests;

/// <summary>Tests over the same three nodes, one after the other and beside nothing else: they measure how soon accounts answer again.</summary>
[CollectionDefinition(nameof(ThreeNodes), DisableParallelization = true)]
public sealed class ThreeNodesCollection : ICollectionFixture<ThreeNodes>;

/// <summary>Three nodes on one PostgreSQL, each a process, with a model and plans to sell.</summary>
public sealed class ThreeNodes : IAsyncLifetime
{
    private static readonly TimeSpan knownWithin = TimeSpan.FromSeconds(1);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tokenline-cluster");
    private readonly List<ServerProcess> nodes = [];
    private SimulatorServer simulator = null!;
    private int sold;

    internal IReadOnlyList<ServerProcess> Nodes => nodes;

    /// <summary>Of all nodes: they are on one machine.</summary>
    internal string KeyFile => Path.Combine(folder.FullName, "secrets", "vendor-keys.secret");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        simulator = await SimulatorServer.StartAsync("http://127.0.0.1:0", new SimulatorOptions(), Cancel);
        var database = await PostgresServer.NewDatabaseAsync();
        for (var i = 1; i <= 3; i++)
            nodes.Add(
                new ServerProcess(Path.Combine(folder.FullName, $"node{i}"), simulator.Address)
                {
                    More = new Dictionary<string, string>
                    {
                        ["TOKENLINE_DATABASE"] = database,
                        ["TOKENLINE_SECRETS"] = Path.Combine(folder.FullName, "secrets"),
                        ["TOKENLINE__Gateway__LeaveNoticeSeconds"] = "1",
                        // The load's vendor fails on purpose, again and again.
                        ["TOKENLINE__Gateway__Routing__CircuitFailures"] = "0",
                        ["TOKENLINE__Gateway__Routing__RestMaxSeconds"] = "0",
                    },
                }
            );
        await nodes[0].StartAsync(demo: true, Cancel);
        await StartMissingAsync();
        await Sold.SellAsync(nodes[0], simulator.Address, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
            await node.DisposeAsync();
        await simulator.DisposeAsync();
        folder.Delete(recursive: true);
    }

    /// <summary>Whichever does not run: at the beginning, or after a test has ended it.</summary>
    internal Task StartMissingAsync() =>
        Task.WhenAll(nodes.Where(node => !node.IsRunning).Select(node => node.StartAsync(demo: false, Cancel)));

    /// <summary>A customer with a plan, whose account is hosted on this node, and a key that every node knows.</summary>
    internal async Task<(string Customer, string Key)> SellAsync(ServerProcess node)
    {
        var phoneNumber = $"+86138000022{sold++:00}";
        var made = await node.PostAsync("customers", new { phoneNumber, name = $"cluster {sold}" }, Cancel);
        var customer = made.GetProperty("id").GetString()!;
        await node.PostAsync("orders", new { customer, offering = "plan-premium" }, Cancel);
        var key = (await node.PostAsync($"customers/{customer}/keys", new { name = "crash" }, Cancel)).GetProperty("key").GetString()!;
        await AnsweredEverywhereAsync(key, 200);
        return (customer, key);
    }

    /// <summary>What one node was told, all know within a second.</summary>
    internal async Task AnsweredEverywhereAsync(string key, int status)
    {
        var since = Stopwatch.GetTimestamp();
        foreach (var node in nodes)
        {
            while (await CallAsync(node, key) is var seen && seen != status)
                Assert.True(Stopwatch.GetElapsedTime(since) < knownWithin, $"a second later {node.Url} still answers {seen}, not {status}");
        }
    }

    internal static async Task<int> CallAsync(ServerProcess node, string key)
    {
        using var http = new HttpClient { BaseAddress = node.Url };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new { model = "crash", messages = new[] { new { role = "user", content = "hello" } } }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await http.SendAsync(request, Cancel);
        return (int)response.StatusCode;
    }
}
