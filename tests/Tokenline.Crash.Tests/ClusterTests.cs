using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Tokenline.Storage.Management.Secrets;
using Tokenline.Testing;

namespace Tokenline.Crash.Tests;

/// <summary>Of three nodes under load one is frozen and wakes, one is killed, and one leaves. The books are right whatever happens.</summary>
[Collection(nameof(ThreeNodes))]
public sealed class ClusterTests(ThreeNodes cluster)
{
    private const int Workers = 8;

    /// <summary>How soon they do is measured by <c>./bench.sh cluster</c>; here, that they do.</summary>
    private static readonly TimeSpan answersAgainWithin = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<ServerProcess> nodes = cluster.Nodes;
    private readonly List<string> customers = [];
    private readonly List<string> keys = [];
    private readonly HashSet<string> answered = [];
    private IReadOnlyList<string> leased = []; // charges of accounts that are a part of a customer's

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_freeze_die_and_leave_and_no_answered_call_is_lost_or_charged_twice()
    {
        await cluster.StartMissingAsync();
        await SellAsync(nodes[1]);
        await SellAsync(nodes[2]);

        // Every account is called through every node, wherever it is hosted.
        await WhileCallingAsync(nodes, more => more(60), mayFail: false);
        await CheckAsync(nodes[0], "before anything has happened");

        // Frozen for longer than the others wait for it: its accounts are taken over, and what it still writes when it wakes is refused.
        await WhileCallingAsync(
            nodes,
            async _ =>
            {
                await nodes[1].SignalAsync("STOP", Cancel);
                try
                {
                    await AnswerAgainAsync(nodes[0]);
                }
                finally
                {
                    await nodes[1].SignalAsync("CONT", CancellationToken.None);
                }
                await nodes[1].EndedAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel); // it finds itself declared dead
            },
            mayFail: true
        );
        await CheckAsync(nodes[0], "after a frozen node woke");

        // Killed: the accounts that it hosted answer again from another node, those too that are leased parts of a pool; unleased, all of it is the pool's again.
        var pool = await LeasedPool.LeaseAsync(customers[1], keys[1], nodes[2]);
        keys.AddRange(pool.Keys.Skip(1));
        await WhileCallingAsync(
            [nodes[0], nodes[2]],
            async more =>
            {
                await more(40);
                await nodes[2].KillAsync();
                await AnswerAgainAsync(nodes[0]);
                await more(20);
            },
            mayFail: true
        );
        leased = await pool.EndAsync(nodes[0]);
        await CheckAsync(nodes[0], "after a node was killed");

        // Another comes; the one that has all accounts leaves, and no client of the one that stays sees anything of it.
        await nodes[1].StartAsync(demo: false, Cancel);
        await WhileCallingAsync(
            [nodes[1]],
            async more =>
            {
                Assert.Equal(0, await nodes[0].EndAsync("TERM", Cancel));
                await more(20);
            },
            mayFail: false
        );
        await CheckAsync(nodes[1], "after a node has left");
    }

    [Fact]
    public async Task A_revoked_key_stops_everywhere_within_a_second()
    {
        await cluster.StartMissingAsync();
        var (customer, key) = await cluster.SellAsync(nodes[0]);
        var id = (await nodes[2].GetAsync($"customers/{customer}/keys", Cancel)).GetProperty("items")[0].GetProperty("id").GetString();

        using var revoked = await nodes[1].Management.DeleteAsync($"customers/{customer}/keys/{id}", Cancel);

        Assert.True(revoked.IsSuccessStatusCode, await revoked.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(401, await ThreeNodes.CallAsync(nodes[1], key));
        await cluster.AnsweredEverywhereAsync(key, 401);
    }

    [Fact]
    public async Task Secrets_are_sealed_under_another_key_on_every_node_and_the_old_one_is_needed_by_none()
    {
        await cluster.StartMissingAsync();
        var (_, key) = await cluster.SellAsync(nodes[0]);
        var before = Assert.Single(KeyFile.List(cluster.KeyFile));
        var made = KeyFile.Add(cluster.KeyFile, TimeProvider.System.GetUtcNow());

        var step = await Eventually.WhenAsync(
            async () =>
            {
                using var answer = await nodes[1].Management.PostAsync("secrets/rotation", null, Cancel);
                return await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            },
            seen => seen.TryGetProperty("done", out var done) && done.GetBoolean()
        );

        Assert.Equal(made.Id, step.GetProperty("key").GetString());
        var known = (await nodes[2].GetAsync("secrets", Cancel)).GetProperty("items").EnumerateArray();
        Assert.Equal(made.Id, Assert.Single(known, item => item.GetProperty("needed").GetBoolean()).GetProperty("id").GetString());
        KeyFile.Remove(cluster.KeyFile, before.Id);
        await cluster.AnsweredEverywhereAsync(key, 200);
    }

    private async Task SellAsync(ServerProcess node)
    {
        var (customer, key) = await cluster.SellAsync(node);
        customers.Add(customer);
        keys.Add(key);
    }

    /// <param name="act">Given a way to wait until each of the nodes that are there has answered so many calls more.</param>
    private async Task WhileCallingAsync(IReadOnlyList<ServerProcess> through, Func<Func<int, Task>, Task> act, bool mayFail)
    {
        var loads = through.Select(node => new Load(node.Url, keys)).ToList();
        Task More(int count) =>
            Task.WhenAll(
                loads.Where((_, i) => through[i].IsRunning).Select(load => load.WhenAnsweredAsync(load.Answered.Count() + count, Cancel))
            );
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = Task.WhenAll(loads.Select(load => load.RunAsync((Workers / through.Count) + 1, stop.Token)));
        try
        {
            await More(10);
            await act(More);
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
                Assert.True(
                    !load.Refused.Any(),
                    $"{string.Join('\n', load.Refused)}\n{string.Join("\n\n", nodes.Select(node => $"{node.Url} said:\n{node.Said}"))}"
                );
        }
    }

    /// <summary>Every account, wherever it was hosted.</summary>
    private async Task AnswerAgainAsync(ServerProcess node)
    {
        var since = Stopwatch.GetTimestamp();
        foreach (var key in keys)
        {
            int status;
            while ((status = await ThreeNodes.CallAsync(node, key)) != 200 && Stopwatch.GetElapsedTime(since) < answersAgainWithin)
                await Task.Delay(20, Cancel);
            Assert.Equal(200, status);
            var took = Stopwatch.GetElapsedTime(since);
            TestContext.Current.SendDiagnosticMessage("an account answered {0:F1} s after its node was gone", took.TotalSeconds);
            Assert.True(took < answersAgainWithin, $"an account answered only after {took.TotalSeconds:F1} s");
        }
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
            await Task.Delay(250, Cancel); // another process ends them: there is no event to wait for
        }
        Assert.True(audit.GetProperty("clean").GetBoolean(), $"{when}: {audit}");
        Assert.Equal(0, audit.GetProperty("openCharges").GetInt64());
        var recorded = leased.ToHashSet();
        Assert.Equal(leased.Count, recorded.Count);
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
