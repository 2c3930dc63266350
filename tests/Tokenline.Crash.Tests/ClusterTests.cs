using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Tokenline.Simulators;
using Tokenline.Testing;

namespace Tokenline.Crash.Tests;

/// <summary>Three nodes on one PostgreSQL, each a process: one is killed, one leaves, one is frozen, under load. The books are right whatever happens.</summary>
[Collection(nameof(ClusterTests))]
[CollectionDefinition(nameof(ClusterTests), DisableParallelization = true)]
public sealed class ClusterTests : IAsyncLifetime
{
    private const int Workers = 8;
    private static readonly TimeSpan answersAgainWithin = TimeSpan.FromSeconds(5);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tokenline-cluster");
    private readonly List<ServerProcess> nodes = [];
    private readonly HashSet<string> answered = [];
    private SimulatorServer simulator = null!;
    private List<string> customers = [];
    private List<string> keys = [];

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
        await Task.WhenAll(nodes[1].StartAsync(demo: false, Cancel), nodes[2].StartAsync(demo: false, Cancel));
        // An account is hosted where its first command comes to: these on the node that is killed, one more on the node that is frozen.
        (customers, keys) = await KillTests.SellAsync(nodes[2], simulator.Address, Cancel);
        // A key that was made on one node is known on the others within a second.
        await Task.Delay(TimeSpan.FromSeconds(1), Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
            await node.DisposeAsync();
        await simulator.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Nodes_die_leave_and_freeze_and_no_answered_call_is_lost_or_charged_twice()
    {
        // Every account is called through every node, wherever it is hosted.
        await WhileCallingAsync(nodes, async () => await Task.Delay(TimeSpan.FromSeconds(2), Cancel), mayFail: false);
        await CheckAsync(nodes[0], "before anything has happened");

        await ARevokedKeyStopsEverywhereAsync();

        // Killed: the accounts that it hosted answer again, from another node.
        await WhileCallingAsync(
            nodes,
            async () =>
            {
                await nodes[2].KillAsync();
                var killed = Stopwatch.GetTimestamp();
                foreach (var key in keys)
                    await AnswersAsync(nodes[0], key, killed);
            },
            mayFail: true
        );
        await CheckAsync(nodes[0], "after a node was killed");

        // It comes back; the one that has taken its accounts leaves, and no client of those that stay sees anything of it.
        await nodes[2].StartAsync(demo: false, Cancel);
        await WhileCallingAsync(
            [nodes[1], nodes[2]],
            async () =>
            {
                Assert.Equal(0, await nodes[0].EndAsync("TERM", Cancel));
                await Task.Delay(TimeSpan.FromSeconds(1), Cancel);
            },
            mayFail: false
        );
        await CheckAsync(nodes[1], "after a node has left");

        // Frozen for longer than the others wait for it: its accounts are taken over, and what it still writes when it wakes is refused.
        await nodes[0].StartAsync(demo: false, Cancel);
        keys.Add(await SellOneMoreAsync(nodes[1]));
        await Task.Delay(TimeSpan.FromSeconds(1), Cancel);
        await WhileCallingAsync(nodes, async () => await Task.Delay(TimeSpan.FromSeconds(1), Cancel), mayFail: false);
        await WhileCallingAsync(
            nodes,
            async () =>
            {
                await nodes[1].SignalAsync("STOP", Cancel);
                var frozen = Stopwatch.GetTimestamp();
                foreach (var key in keys)
                    await AnswersAsync(nodes[0], key, frozen);
                await Task.Delay(TimeSpan.FromSeconds(5), Cancel);
                await nodes[1].SignalAsync("CONT", Cancel);
                await nodes[1].EndedAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel); // it finds itself declared dead
            },
            mayFail: true
        );
        await CheckAsync(nodes[0], "after a frozen node woke");
    }

    private async Task<string> SellOneMoreAsync(ServerProcess node)
    {
        var made = await node.PostAsync("customers", new { phoneNumber = "+8613800002200", name = "one more" }, Cancel);
        var customer = made.GetProperty("id").GetString()!;
        await node.PostAsync("orders", new { customer, offering = "plan-premium" }, Cancel);
        customers.Add(customer);
        return (await node.PostAsync($"customers/{customer}/keys", new { name = "crash" }, Cancel)).GetProperty("key").GetString()!;
    }

    private async Task ARevokedKeyStopsEverywhereAsync()
    {
        var made = await nodes[0].PostAsync($"customers/{customers[0]}/keys", new { name = "to be revoked" }, Cancel);
        var key = made.GetProperty("key").GetString()!;
        await Task.Delay(TimeSpan.FromSeconds(1), Cancel);
        foreach (var node in nodes)
            Assert.Equal(200, await CallAsync(node, key));
        using (
            var revoked = await nodes[1]
                .Management.DeleteAsync($"customers/{customers[0]}/keys/{made.GetProperty("id").GetString()}", Cancel)
        )
            Assert.True(revoked.IsSuccessStatusCode, await revoked.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(401, await CallAsync(nodes[1], key));
        await Task.Delay(TimeSpan.FromSeconds(1), Cancel);
        foreach (var node in nodes)
            Assert.Equal(401, await CallAsync(node, key));
    }

    private async Task WhileCallingAsync(IReadOnlyList<ServerProcess> through, Func<Task> act, bool mayFail)
    {
        var loads = through.Select(node => new Load(node.Url, keys)).ToList();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = Task.WhenAll(loads.Select(load => load.RunAsync(Workers / through.Count + 1, stop.Token)));
        await Task.WhenAll(loads.Select(load => load.WhenAnsweredAsync(10, Cancel)));
        try
        {
            await act();
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
        foreach (var load in loads)
        {
            answered.UnionWith(load.Answered);
            answered.UnionWith(load.Begun);
            if (!mayFail)
                Assert.Empty(load.Refused);
        }
    }

    /// <summary>An account that may have been hosted on a node that is gone.</summary>
    private static async Task AnswersAsync(ServerProcess node, string key, long since)
    {
        int status;
        while ((status = await CallAsync(node, key)) != 200 && Stopwatch.GetElapsedTime(since) < 2 * answersAgainWithin)
            await Task.Delay(20, Cancel);
        Assert.Equal(200, status);
        var took = Stopwatch.GetElapsedTime(since);
        TestContext.Current.SendDiagnosticMessage("an account answered {0:F1} s after its node was gone", took.TotalSeconds);
        Assert.True(took < answersAgainWithin, $"an account answered only after {took.TotalSeconds:F1} s");
    }

    private static async Task<int> CallAsync(ServerProcess node, string key)
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

    /// <summary>Once what the gone node left open has been ended: nothing is reserved, every answered call is in the records once, the audit is clean.</summary>
    private async Task CheckAsync(ServerProcess node, string when)
    {
        JsonElement audit = default;
        for (var patience = 60; patience > 0; patience--)
        {
            audit = await node.PostAsync("audit", new { }, Cancel);
            if (audit.GetProperty("openCharges").GetInt64() == 0)
                break;
            await Task.Delay(250, Cancel);
        }
        Assert.True(audit.GetProperty("clean").GetBoolean(), $"{when}: {audit}");
        Assert.Equal(0, audit.GetProperty("openCharges").GetInt64());
        var recorded = new HashSet<string>();
        foreach (var customer in customers)
        {
            var buckets = (await node.GetAsync($"customers/{customer}/buckets", Cancel)).GetProperty("items");
            Assert.All(buckets.EnumerateArray(), bucket => Assert.Equal("0", bucket.GetProperty("reserved").GetString()));
            await foreach (var record in KillTests.RecordsAsync(node, customer, Cancel))
                Assert.True(recorded.Add(record.GetProperty("charge").GetString()!), $"{when}: {record} is there twice");
        }
        var missing = answered.Except(recorded).ToList();
        Assert.True(missing.Count == 0, $"{when}: answered and not in the records: {string.Join(", ", missing)}");
    }
}
