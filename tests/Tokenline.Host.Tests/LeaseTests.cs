using System.Net.Http.Headers;
using System.Text.Json;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Leases;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Parties;

namespace Tokenline.Host.Tests;

/// <summary>A department of a pool that is made an account of its own and a part of the pool again, over the real server: its key goes on being served.</summary>
public class LeaseTests(RunningServer server) : IClassFixture<RunningServer>
{
    private const long Token = QuotaUnit.Micro;

    [Fact]
    public async Task The_key_of_a_leased_department_is_served_on_and_the_books_of_both_accounts_agree()
    {
        var pool = await server.SubscriberAsync(1_000_000);
        var department = await AddAsync(pool, "Research", "account");
        var key = await KeyAsync(pool, department);
        Assert.Equal(200, (await AskAsync(key)).Status);

        var lease = await SendAsync(HttpMethod.Post, pool, $"allotments/{department}/lease", """{"size":200000}""");
        var lessee = AccountId.Parse(lease.GetProperty("account").GetString()!);
        Assert.Equal(("leased", "200000", "400000"), (Text(lease, "state"), Text(lease, "out"), Text(lease, "outMax")));
        Assert.Equal("200000", Text((await SendAsync(HttpMethod.Get, pool, "buckets")).GetProperty("items")[0], "leased"));

        var answer = await AskAsync(key);
        Assert.Equal(200, answer.Status);
        var record = Assert.Single(await server.History.RecordsAsync(lessee, null, 10));
        Assert.Equal((answer.Charge, department), (record.Charge, record.Allotment));
        var listed = (await SendAsync(HttpMethod.Get, pool, $"usage?account={lessee}")).GetProperty("items")[0];
        Assert.Equal(answer.Charge.ToString(), Text(listed, "charge"));

        // The tree is one: what is added under the department is added where it is served, with its keys.
        var member = await AddAsync(pool, "Li Lei", department.ToString());
        Assert.Equal(200, (await AskAsync(await KeyAsync(pool, member))).Status);
        var tree = (await SendAsync(HttpMethod.Get, pool, "allotments")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(3, tree.Count);
        Assert.Equal([pool.Account.ToString(), lessee.ToString(), lessee.ToString()], tree.Select(node => Text(node, "account")));

        lease = await SendAsync(HttpMethod.Delete, pool, $"allotments/{department}/lease");
        Assert.Equal(("ended", "0"), (Text(lease, "state"), Text(lease, "out")));
        Assert.Equal(200, (await AskAsync(key)).Status);
        Assert.Equal(2, (await pool.RecordsAsync()).Count);
        var paid = (await pool.RecordsAsync())
            .Concat(await server.History.RecordsAsync(lessee, null, 10))
            .Sum(one => one.Payments.Single().Amount);
        var bucket = (await pool.ViewAsync()).Buckets.Single();
        Assert.Equal((paid, (1_000_000 * Token) - paid, 0L), (bucket.Consumed, bucket.Remaining, bucket.Leased));
    }

    [Fact]
    public async Task A_department_moves_when_its_running_call_has_ended_and_its_calls_are_told_to_come_back_until_then()
    {
        await using var vendor = new ScriptedVendor();
        var model = await server.ServeAsync(vendor);
        var pool = await server.SubscriberAsync(1_000_000);
        var department = await AddAsync(pool, "Research", "account");
        var key = await KeyAsync(pool, department);
        var running = AskAsync(key, Wire.Ask(model: model, members: "\"max_tokens\":50"));
        var call = await vendor.NextAsync();

        var lease = await SendAsync(HttpMethod.Post, pool, $"allotments/{department}/lease", """{"size":200000}""");
        Assert.Equal(("moving", 1), (Text(lease, "state"), lease.GetProperty("running").GetInt32()));
        var second = await AskAsync(key);
        Assert.Equal((503, "overloaded"), (second.Status, second.Code));
        Assert.NotNull(second.Header("Retry-After"));
        Assert.Equal(200, (await pool.AskAsync(Wire.Ask())).Status);

        await call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 2)));
        Assert.Equal(200, (await running).Status);
        var served = await Eventually.WhenAsync(() => AskAsync(key), answer => answer.Status != 503);
        Assert.Equal(200, served.Status);
        Assert.Equal(2, (await pool.RecordsAsync()).Count);
        await SendAsync(HttpMethod.Delete, pool, $"allotments/{department}/lease");
    }

    [Fact]
    public async Task A_lease_that_a_restart_cut_short_is_finished_and_the_keys_follow()
    {
        var pool = await server.SubscriberAsync(1_000_000);
        var department = await AddAsync(pool, "Research", "account");
        var key = await KeyAsync(pool, department);
        var id = server.Get<IdSource>().Next<CommandKind>();
        var lessee = new AccountId(id.Value);
        var lease = new LeaseSubtree(id, new LeaseTerms(department, lessee, new QuotaUnit("general-token"), 200_000 * Token, 60));
        await server
            .Get<IAccountChangeStore>()
            .AddOrFindAsync(
                new AccountChange(id, pool.Account, null, "cut short", lease, null, TimeProvider.System.GetUtcNow()),
                RunningServer.Cancel
            );
        Assert.Null(await server.Accounts.ExecuteAsync(pool.Account, lease));

        await server.StopAsync();
        await server.StartAsync();

        Assert.Equal(200, (await Eventually.WhenAsync(() => AskAsync(key), answer => answer.Status != 503)).Status);
        Assert.Single(await server.History.RecordsAsync(lessee, null, 10));
    }

    private async Task<AllotmentId> AddAsync(Subscriber pool, string name, string parent)
    {
        var under = parent == "account" ? "" : $",\"parent\":\"{parent}\"";
        var added = await SendAsync(HttpMethod.Post, pool, "allotments", $$"""{"name":"{{name}}","type":"department"{{under}}}""");
        return AllotmentId.Parse(Text(added, "id")!);
    }

    private async Task<string> KeyAsync(Subscriber pool, AllotmentId node) =>
        (await server.Get<Keys>().CreateAsync(pool.Customer.Id, new KeyTerms("team", Allotment: node), RunningServer.Cancel))
            .Required()
            .Text;

    private async Task<Answer> AskAsync(string key, string? body = null)
    {
        using var content = new StringContent(
            body ?? Wire.Ask(members: "\"max_tokens\":50"),
            System.Text.Encoding.UTF8,
            "application/json"
        );
        using var request = RunningServer.Request($"{server.Url}/v1/chat/completions", content, key);
        using var response = await server.Client.SendAsync(request, RunningServer.Cancel);
        return await Answer.ReadAsync(response);
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, Subscriber of, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, $"{server.Url}/api/v1/customers/{of.Customer.Id}/{path}");
        if (body is not null)
            request.Content = new StringContent(body);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.Server.AdminKey);
        using var response = await server.Client.SendAsync(request, RunningServer.Cancel);
        var text = await response.Content.ReadAsStringAsync(RunningServer.Cancel);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static string? Text(JsonElement of, string field) => of.GetProperty(field).GetString();
}
