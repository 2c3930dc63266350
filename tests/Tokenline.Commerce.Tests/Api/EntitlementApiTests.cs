using Microsoft.Extensions.DependencyInjection;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Tests.Api;

/// <summary>The tree, what the operator gives and takes back, what comes again, and packs that buy themselves, over the API.</summary>
public sealed class EntitlementApiTests : ManagementApiHost
{
    private const string Rpm = """{"id":"rpm","window":"rolling","measure":"requests","max":60,"seconds":60}""";
    private static readonly HttpMethod get = HttpMethod.Get;
    private static readonly HttpMethod post = HttpMethod.Post;
    private static readonly HttpMethod put = HttpMethod.Put;
    private static readonly HttpMethod delete = HttpMethod.Delete;

    [Fact]
    public async Task A_department_with_members_is_set_up_limited_and_closed()
    {
        var at = await CustomerAsync();
        var department = await SendAsync(
            post,
            $"{at}/allotments",
            $$$"""{"name":"Sales","type":"department","limits":[{{{Rpm}}},{"id":"month","window":"month","measure":"spend","max":"50.5","currency":"CNY"}],"childLimits":[{{{Rpm}}}]}""",
            201
        );
        Assert.Equal(
            ("rpm=60 requests/60s", "month=50.5 CNY spend/month", "Asia/Shanghai"),
            (department["limits.0.text"], department["limits.1.text"], department["limits.1.limit.timeZone"])
        );
        var member = await SendAsync(
            post,
            $"{at}/allotments",
            $$"""{"name":"Li Lei","parent":"{{department["id"]}}","models":["glm-5"],"hours":[{"from":"07:00","until":"21:30","days":["monday"]}]}""",
            201
        );
        Assert.Equal(
            ("member", department["id"], "True", "60", "21:30", "monday"),
            (
                member["type"],
                member["parent"],
                member["inheritsLimits"],
                member["limits.0.limit.max"],
                member["hours.0.until"],
                member["hours.0.days.0"]
            )
        );
        var key = await SendAsync(post, $"{at}/keys", $$"""{"name":"laptop","allotment":"{{member["id"]}}"}""", 201);
        Assert.Equal(member["id"], key["allotment"]);
        Assert.Equal(AllotmentId.Parse(member["id"]!), app.Services.GetRequiredService<Keyring>().Find(key["key"], World.Start)!.Allotment);

        var changed = await SendAsync(put, $"{at}/allotments/{member["id"]}", """{"limits":[]}""");
        Assert.Equal(
            ("Li Lei", "False", null, null),
            (changed["name"], changed["inheritsLimits"], changed["models.0"], changed["limits.0.text"])
        );
        Assert.Equal("True", (await SendAsync(delete, $"{at}/allotments/{department["id"]}"))["closed"]);
        var refused = await SendAsync(post, $"{at}/keys", $$"""{"name":"late","allotment":"{{member["id"]}}"}""", 400);
        Assert.Equal("allotment", refused["param"]);
        Assert.Equal("False", (await SendAsync(put, $"{at}/allotments/{department["id"]}", """{"closed":false}"""))["closed"]);

        var tree = await SendAsync(get, $"{at}/allotments");
        Assert.Equal(
            ("account", null, "Sales", "Li Lei"),
            (tree["items.0.type"], tree["items.0.parent"], tree["items.1.name"], tree["items.2.name"])
        );
    }

    [Fact]
    public async Task The_account_itself_is_limited_and_the_limit_shows_what_it_has_counted()
    {
        var at = await CustomerAsync();
        await SendAsync(put, $"{at}/allotments/account", """{"limits":[{"id":"day","window":"day","measure":"requests","max":10}]}""");
        await SendAsync(post, "orders", $$"""{"customer":"{{at["customers/".Length..]}}","offering":"plan-light"}""", 201);
        var held = await HoldAsync(at);

        var root = await SendAsync(get, $"{at}/allotments/account");

        Assert.Equal(HoldVerdict.Granted, held.Verdict);
        Assert.Equal(
            ("day=10 requests/day", "0", "1", "2026-09-01T16:00:00+00:00"),
            (root["limits.0.text"], root["limits.0.used"], root["limits.0.held"], root["limits.0.resetsAt"])
        );
    }

    [Fact]
    public async Task A_key_with_limits_gets_a_node_of_its_own()
    {
        var at = await CustomerAsync();

        var key = await SendAsync(post, $"{at}/keys", $$"""{"name":"robot","limits":[{{Rpm}}]}""", 201);

        var node = await SendAsync(get, $"{at}/allotments/{key["allotment"]}");
        Assert.Equal(("key", "robot", "rpm=60 requests/60s"), (node["type"], node["name"], node["limits.0.text"]));
    }

    [Fact]
    public async Task What_the_operator_gives_moves_and_takes_back_is_in_the_figures()
    {
        var at = await CustomerAsync();
        var bonus = await SendAsync(
            post,
            $"{at}/buckets",
            """{"reason":"sorry for the outage","unit":"general-token","amount":"1000.5","limits":[{"id":"day","window":"day","measure":"quota","max":100,"unit":"general-token"}],"expiresAt":"2026-10-01T00:00:00Z"}""",
            201
        );
        Assert.Equal(
            ("Bonus", "1000.5", "100", "day=100 general-token/day", "False"),
            (bonus["type"], bonus["remaining"], bonus["priority"], bonus["windows.0.text"], bonus["isBlocker"])
        );
        var pool = await SendAsync(
            post,
            $"{at}/buckets",
            """{"reason":"pool","type":"pool","name":"Shared","unit":"general-token","amount":1,"isBlocker":true,"priority":7,"models":["glm-5"],"meters":["output"]}""",
            201
        );
        Assert.Equal(
            ("Pool", "Shared", "True", "7", "output"),
            (pool["type"], pool["name"], pool["isBlocker"], pool["priority"], pool["meters.0"])
        );
        Assert.Equal(
            ("Wallet", "500", "CNY"),
            await WalletAsync("""{"reason":"paid at the desk","type":"wallet","currency":"CNY","amount":"20"}""")
        );

        var moved = await SendAsync(
            post,
            $"{at}/buckets/{bonus["id"]}/transfers",
            $$"""{"to":"{{pool["id"]}}","amount":"0.5","reason":"shared"}"""
        );
        Assert.Equal(("1.5", "1.5"), (moved["granted"], moved["remaining"]));
        var voided = await SendAsync(delete, $"{at}/buckets/{bonus["id"]}?reason=given%20by%20mistake");
        Assert.Equal(("1000.5", "0", "0.5", "1000"), (voided["granted"], voided["remaining"], voided["transferred"], voided["voided"]));
        await SendAsync(post, $"{at}/buckets/{pool["id"]}/transfers", $$"""{"to":"{{bonus["id"]}}","reason":"all of it"}""");

        async Task<(string?, string?, string?)> WalletAsync(string body)
        {
            var wallet = await SendAsync(post, $"{at}/buckets", body, 201);
            return (wallet["type"], wallet["priority"], wallet["currency"]);
        }
    }

    [Fact]
    public async Task A_change_that_is_sent_again_under_its_key_is_made_once_and_answered_the_same()
    {
        var at = await CustomerAsync();
        const string grant = """{"reason":"welcome","unit":"general-token","amount":"10"}""";
        var first = await SendAsync(post, $"{at}/buckets", grant, 201, key: "g-1");
        var again = await SendAsync(post, $"{at}/buckets", grant, 201, key: "g-1");
        Assert.Equal(first.Text, again.Text);
        var other = await SendAsync(post, $"{at}/buckets", grant.Replace("10", "11"), 409, key: "g-1");
        Assert.Equal(("idempotency_conflict", "Idempotency-Key"), (other["code"], other["param"]));
        var second = await SendAsync(post, $"{at}/buckets", grant, 201, key: "g-2");

        var transfer = $$"""{"to":"{{second["id"]}}","amount":"4","reason":"r"}""";
        await SendAsync(post, $"{at}/buckets/{first["id"]}/transfers", transfer, key: "t-1");
        var moved = await SendAsync(post, $"{at}/buckets/{first["id"]}/transfers", transfer, key: "t-1");
        Assert.Equal("14", moved["remaining"]);

        var node = """{"name":"Sales"}""";
        var added = await SendAsync(post, $"{at}/allotments", node, 201, key: "n-1");
        Assert.Equal(added["id"], (await SendAsync(post, $"{at}/allotments", node, 201, key: "n-1"))["id"]);
        Assert.Null((await SendAsync(get, $"{at}/allotments"))["items.2.id"]);
        Assert.Null((await SendAsync(get, $"{at}/buckets"))["items.2.id"]);
    }

    [Fact]
    public async Task What_was_refused_may_be_asked_again_under_its_key_when_it_has_become_possible()
    {
        var at = await CustomerAsync();
        var from = await SendAsync(post, $"{at}/buckets", """{"reason":"r","unit":"point","amount":"1"}""", 201);
        var to = await SendAsync(post, $"{at}/buckets", """{"reason":"r","unit":"point","amount":"1"}""", 201);
        var more = $$"""{"to":"{{to["id"]}}","amount":"2","reason":"r"}""";
        Assert.Equal("amount", (await SendAsync(post, $"{at}/buckets/{from["id"]}/transfers", more, 400, key: "t"))["param"]);

        await SendAsync(post, $"{at}/buckets/{to["id"]}/transfers", $$"""{"to":"{{from["id"]}}","reason":"r"}""");

        Assert.Equal("2", (await SendAsync(post, $"{at}/buckets/{from["id"]}/transfers", more, key: "t"))["remaining"]);
    }

    [Fact]
    public async Task A_refill_comes_every_month_is_changed_and_stopped()
    {
        var at = await CustomerAsync();
        var refill = await SendAsync(
            post,
            $"{at}/refills",
            """{"type":"pool","unit":"general-token","amount":"100","period":"planMonth","rolloverMax":"40","rolloverMin":"1","name":"Company pool"}""",
            201
        );
        Assert.Equal(
            ("Company pool", "planMonth", "Asia/Shanghai", "40", "1", "False"),
            (refill["name"], refill["period"], refill["timeZone"], refill["rolloverMax"], refill["rolloverMin"], refill["stopped"])
        );
        Assert.Equal(refill["bucket"], (await SendAsync(get, $"{at}/buckets"))["items.0.id"]);

        var changed = await SendAsync(
            put,
            $"{at}/refills/{refill["id"]}",
            """{"type":"pool","unit":"general-token","amount":"200","period":"planMonth"}"""
        );
        Assert.Equal(("200", null, refill["from"]), (changed["amount"], changed["rolloverMax"], changed["from"]));
        Assert.Equal("True", (await SendAsync(delete, $"{at}/refills/{refill["id"]}"))["stopped"]);
        Assert.Equal("True", (await SendAsync(get, $"{at}/refills"))["items.0.stopped"]);
    }

    [Fact]
    public async Task Automatic_packs_are_allowed_shown_and_stopped()
    {
        var at = await CustomerAsync();
        Assert.Equal("False", (await SendAsync(get, $"{at}/auto-pack"))["allowed"]);

        var on = await SendAsync(put, $"{at}/auto-pack", """{"offering":"token-pack","maxPerMonth":3}""");
        Assert.Equal(("True", "token-pack", "3", "0"), (on["allowed"], on["offering"], on["maxPerMonth"], on["boughtThisMonth"]));
        Assert.Equal("False", (await SendAsync(delete, $"{at}/auto-pack"))["allowed"]);
    }

    [Fact]
    public async Task Group_and_region_are_set_with_the_customer_and_changed()
    {
        var made = await SendAsync(
            post,
            "customers",
            """{"phoneNumber":"+8613900000009","name":"Li Lei","group":"campus","region":"cn-east"}""",
            201
        );
        Assert.Equal(("campus", "cn-east"), (made["group"], made["region"]));

        var changed = await SendAsync(put, $"customers/{made["id"]}/traits", """{"group":"staff"}""");

        Assert.Equal(("staff", null), (changed["group"], changed["region"]));
        Assert.Equal("staff", (await SendAsync(get, $"customers/{made["id"]}"))["group"]);
    }

    [Fact]
    public async Task What_is_for_sale_shows_its_windows()
    {
        var offerings = await SendAsync(get, "offerings");
        var lite = Enumerable.Range(0, 18).Single(i => offerings[$"items.{i}.id"] == "coding-lite");

        Assert.Equal(
            ("five-hours=1200 requests/5h", "week=9000 requests/week", "True"),
            (
                offerings[$"items.{lite}.grants.0.limits.0"],
                offerings[$"items.{lite}.grants.0.limits.1"],
                offerings[$"items.{lite}.grants.0.isBlocker"]
            )
        );
    }

    private async Task<string> CustomerAsync() =>
        $"customers/{(await SendAsync(post, "customers", """{"phoneNumber":"+8613900000009","name":"Li Lei"}""", 201))["id"]}";

    private async Task<HoldOutcome> HoldAsync(string customer)
    {
        var account = AccountId.Parse((await SendAsync(get, customer))["account"]!);
        return await app
            .Services.GetRequiredService<InMemoryChargingAccounts>()
            .HoldAsync(
                account,
                new()
                {
                    Charge = app.Services.GetRequiredService<IdSource>().Next<ChargeKind>(),
                    Key = new KeyId(1),
                    Tariff = app.Services.GetRequiredService<TariffHolder>().Current.Find("glm-5", World.Start)!,
                    Vendor = "zhipu",
                    Deployment = "glm-5@zhipu",
                    Stream = false,
                    InputBound = 10,
                    InputEstimate = 10,
                    OutputWanted = 10,
                    OutputModest = 10,
                    OutputMin = 1,
                    Precise = true,
                    Node = 1,
                }
            );
    }
}
