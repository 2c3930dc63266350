using System.Text.Json;

namespace Tokenline.Crash.Tests;

/// <summary>A pool with two leased departments, called through three nodes at once; the node that hosts the leased accounts is killed. Unleased, everything is the pool's again.</summary>
[Collection(nameof(ThreeNodes))]
public sealed class LeasedClusterTests(ThreeNodes cluster)
{
    private const int Workers = 3; // on each node
    private const int AnsweredBefore = 40;
    private const int AnsweredAfter = 20;

    private readonly IReadOnlyList<ServerProcess> nodes = cluster.Nodes;
    private string customer = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_node_of_two_leased_departments_is_killed_under_load_and_nothing_is_lost_overspent_or_stranded()
    {
        await cluster.StartMissingAsync();
        (customer, var poolKey) = await cluster.SellAsync(nodes[0]);
        var keys = new List<string> { poolKey };
        var departments = new List<string>();
        foreach (var name in new[] { "Sales", "Research" })
        {
            var made = await nodes[0].PostAsync($"customers/{customer}/allotments", new { name, type = "department" }, Cancel);
            departments.Add(made.GetProperty("id").GetString()!);
            keys.Add(await KeyAsync(departments[^1]));
        }
        // Leased through the third node, the new accounts are hosted there.
        var accounts = new List<string>();
        foreach (var department in departments)
        {
            var lease = await nodes[2]
                .PostAsync($"customers/{customer}/allotments/{department}/lease", new { size = 40_000, validitySeconds = 10 }, Cancel);
            Assert.Equal("leased", lease.GetProperty("state").GetString());
            accounts.Add(lease.GetProperty("account").GetString()!);
        }
        var loads = nodes.Select(node => new Load(node.Url, keys)).ToList();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = Task.WhenAll(loads.Select(load => load.RunAsync(Workers, stop.Token)));
        await Task.WhenAll(loads.Select(load => load.WhenAnsweredAsync(AnsweredBefore, Cancel)));
        await nodes[2].KillAsync();
        await Task.WhenAll(loads.Take(2).Select(load => load.WhenAnsweredAsync(load.Answered.Count() + AnsweredAfter, Cancel)));
        await stop.CancelAsync();
        await running;

        foreach (var department in departments)
        {
            using var ended = await nodes[0].Management.DeleteAsync($"customers/{customer}/allotments/{department}/lease", Cancel);
            Assert.True(ended.IsSuccessStatusCode, await ended.Content.ReadAsStringAsync(Cancel));
        }
        var leases = await EndedAsync();
        Assert.All(leases, lease => Assert.Equal(("ended", "0"), (Text(lease, "state"), Text(lease, "out"))));
        var audit = await nodes[0].PostAsync("audit", new { }, Cancel);
        Assert.True(audit.GetProperty("clean").GetBoolean(), audit.ToString());
        Assert.Equal(0, audit.GetProperty("openCharges").GetInt64());
        var bucket = (await nodes[1].GetAsync($"customers/{customer}/buckets", Cancel)).GetProperty("items")[0];
        Assert.Equal(("0", "0"), (Text(bucket, "leased"), Text(bucket, "reserved")));
        Assert.Equal(Number(bucket, "granted"), Number(bucket, "remaining") + Number(bucket, "consumed"));
        Assert.True(leases.Sum(lease => Number(lease, "consumed")) > 0, "the leased departments have consumed nothing");

        var recorded = new HashSet<string>();
        foreach (var account in accounts.Append(null))
            await AddRecordsAsync(recorded, account);
        Assert.Empty(loads.SelectMany(load => load.Answered.Concat(load.Begun)).Except(recorded));
    }

    /// <summary>The leases, once all calls that the killed node had open have been ended by the rule.</summary>
    private async Task<List<JsonElement>> EndedAsync()
    {
        List<JsonElement> leases = [];
        for (var patience = 120; patience > 0; patience--)
        {
            leases = [.. (await nodes[0].GetAsync($"customers/{customer}/leases", Cancel)).GetProperty("items").EnumerateArray()];
            var open = (await nodes[0].GetAsync($"customers/{customer}/buckets", Cancel)).GetProperty("openCharges").GetInt32();
            if (open == 0 && leases.All(lease => Text(lease, "state") == "ended"))
                break;
            await Task.Delay(250, Cancel);
        }
        return leases;
    }

    private async Task AddRecordsAsync(HashSet<string> recorded, string? account)
    {
        string? before = null;
        do
        {
            var of = account is null ? "" : $"&account={account}";
            var page = await nodes[0]
                .GetAsync($"customers/{customer}/usage?limit=500{of}" + (before is null ? "" : $"&before={before}"), Cancel);
            before = null;
            foreach (var record in page.GetProperty("items").EnumerateArray())
                Assert.True(recorded.Add(before = Text(record, "charge")!), $"{record} is there twice");
        } while (before is not null);
    }

    private async Task<string> KeyAsync(string allotment) =>
        (await nodes[0].PostAsync($"customers/{customer}/keys", new { name = "leased", allotment }, Cancel))
            .GetProperty("key")
            .GetString()!;

    private static string? Text(JsonElement of, string field) => of.GetProperty(field).GetString();

    private static decimal Number(JsonElement of, string field) =>
        decimal.Parse(Text(of, field)!, System.Globalization.CultureInfo.InvariantCulture);
}
