using System.Globalization;
using System.Text.Json;

namespace Tokenline.Crash.Tests;

/// <summary>A customer's pool, and two departments of it that are leased: each has an account of its own, hosted by the node through which it was leased.</summary>
internal sealed class LeasedPool
{
    private readonly string customer;
    private readonly IReadOnlyList<string> departments;
    private readonly IReadOnlyList<string> accounts;

    private LeasedPool(string customer, IReadOnlyList<string> keys, IReadOnlyList<string> departments, IReadOnlyList<string> accounts) =>
        (this.customer, Keys, this.departments, this.accounts) = (customer, keys, departments, accounts);

    /// <summary>Of the pool itself and of each department.</summary>
    public IReadOnlyList<string> Keys { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="through">Hosts the departments' accounts.</param>
    public static async Task<LeasedPool> LeaseAsync(string customer, string key, ServerProcess through)
    {
        var (keys, departments, accounts) = (new List<string> { key }, new List<string>(), new List<string>());
        foreach (var name in new[] { "Sales", "Research" })
        {
            var made = await through.PostAsync($"customers/{customer}/allotments", new { name, type = "department" }, Cancel);
            var department = Text(made, "id");
            var told = await through.PostAsync($"customers/{customer}/keys", new { name = "leased", allotment = department }, Cancel);
            var lease = await through.PostAsync(
                $"customers/{customer}/allotments/{department}/lease",
                new { size = 40_000, validitySeconds = 10 },
                Cancel
            );
            Assert.Equal("leased", Text(lease, "state"));
            keys.Add(Text(told, "key"));
            departments.Add(department);
            accounts.Add(Text(lease, "account"));
        }
        return new(customer, keys, departments, accounts);
    }

    /// <summary>Unleased, everything is the pool's again: nothing is lost, overspent or stranded.</summary>
    /// <returns>The charges of the departments.</returns>
    public async Task<IReadOnlyList<string>> EndAsync(ServerProcess node)
    {
        foreach (var department in departments)
        {
            using var ended = await node.Management.DeleteAsync($"customers/{customer}/allotments/{department}/lease", Cancel);
            Assert.True(ended.IsSuccessStatusCode, await ended.Content.ReadAsStringAsync(Cancel));
        }
        var leases = await EndedAsync(node);
        Assert.All(leases, lease => Assert.Equal(("ended", "0"), (Text(lease, "state"), Text(lease, "out"))));
        Assert.True(leases.Sum(lease => Number(lease, "consumed")) > 0, "the leased departments have consumed nothing");
        var bucket = (await node.GetAsync($"customers/{customer}/buckets", Cancel)).GetProperty("items")[0];
        Assert.Equal(("0", "0"), (Text(bucket, "leased"), Text(bucket, "reserved")));
        Assert.Equal(Number(bucket, "granted"), Number(bucket, "remaining") + Number(bucket, "consumed"));
        var charges = new List<string>();
        foreach (var account in accounts)
        {
            await foreach (var record in KillTests.RecordsAsync(node, customer, Cancel, account))
                charges.Add(Text(record, "charge"));
        }
        return charges;
    }

    /// <summary>The leases, once all calls that a killed node had open have been ended by the rule.</summary>
    private async Task<List<JsonElement>> EndedAsync(ServerProcess node)
    {
        List<JsonElement> leases = [];
        for (var patience = 120; patience > 0; patience--)
        {
            leases = [.. (await node.GetAsync($"customers/{customer}/leases", Cancel)).GetProperty("items").EnumerateArray()];
            var open = (await node.GetAsync($"customers/{customer}/buckets", Cancel)).GetProperty("openCharges").GetInt32();
            if (open == 0 && leases.All(lease => Text(lease, "state") == "ended"))
                break;
            await Task.Delay(250, Cancel);
        }
        return leases;
    }

    private static string Text(JsonElement of, string field) => of.GetProperty(field).GetString()!;

    private static decimal Number(JsonElement of, string field) => decimal.Parse(Text(of, field), CultureInfo.InvariantCulture);
}
