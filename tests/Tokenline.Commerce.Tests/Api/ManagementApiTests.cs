using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Parties;
using Tokenline.Management;
using Tokenline.Storage.Management;

namespace Tokenline.Commerce.Tests.Api;

/// <summary>The API on a real socket, over the demo's catalogue.</summary>
public sealed class ManagementApiTests : ManagementApiHost
{
    [Fact]
    public async Task A_customer_buys_a_plan_gets_a_key_and_sees_what_is_left()
    {
        var customer = await SendAsync(HttpMethod.Post, "customers", """{"phoneNumber":"+8613900000009","name":"Li Lei"}""", 201);
        var id = customer["id"];
        Assert.Equal(id, (await SendAsync(HttpMethod.Get, $"customers/{id}"))["id"]);
        var order = await SendAsync(HttpMethod.Post, "orders", $$"""{"customer":"{{id}}","offering":"plan-light"}""", 201);
        Assert.Equal("completed", order["state"]);
        Assert.Equal("9.9", order["price.amount"]);
        Assert.Equal("active", (await SendAsync(HttpMethod.Get, $"customers/{id}/products"))["items.0.state"]);
        var buckets = await SendAsync(HttpMethod.Get, $"customers/{id}/buckets");
        Assert.Equal(
            ("general-token", "10000000", "10000000", "0"),
            (buckets["items.0.unit"], buckets["items.0.granted"], buckets["items.0.remaining"], buckets["items.0.consumed"])
        );

        var key = await SendAsync(HttpMethod.Post, $"customers/{id}/keys", """{"name":"laptop","models":["glm-5"]}""", 201);
        Assert.NotNull(app.Services.GetRequiredService<Keyring>().Find(key["key"], World.Start));
        var listed = await SendAsync(HttpMethod.Get, $"customers/{id}/keys");
        Assert.Equal("live", listed["items.0.state"]);
        Assert.DoesNotContain(key["key"]!, listed.Text);
        Assert.Equal("revoked", (await SendAsync(HttpMethod.Delete, $"customers/{id}/keys/{key["id"]}"))["state"]);
        Assert.Null(app.Services.GetRequiredService<Keyring>().Find(key["key"], World.Start));
    }

    [Fact]
    public async Task A_call_can_be_explained()
    {
        var customer = await SendAsync(HttpMethod.Post, "customers", """{"phoneNumber":"+8613900000009","name":"Li Lei"}""", 201);
        await SendAsync(HttpMethod.Post, "orders", $$"""{"customer":"{{customer["id"]}}","offering":"plan-light"}""", 201);
        var accounts = app.Services.GetRequiredService<InMemoryChargingAccounts>();
        var record = await CallAsync(AccountId.Parse(customer["account"]!));

        var usage = await SendAsync(HttpMethod.Get, $"customers/{customer["id"]}/usage?limit=1");
        Assert.Equal(
            (record.Charge.ToString(), "20000", "glm-5"),
            (usage["items.0.charge"], usage["items.0.usage.input"], usage["items.0.model"])
        );
        Assert.Equal(record.Charge.ToString(), (await SendAsync(HttpMethod.Get, $"charges/{record.Charge}"))["charge"]);
        var receipt = await SendAsync(HttpMethod.Get, $"charges/{record.Charge}/receipt");
        Assert.Equal(("input", "4", "0.08"), (receipt["lines.0.meter"], receipt["lines.0.price.amount"], receipt["lines.0.money"]));
        Assert.Equal(
            ("0.098", "98000", "98000", "0.098"),
            (receipt["retail.amount"], receipt["quotas.0.amount"], receipt["payments.0.amount"], receipt["payments.0.worth.amount"])
        );
        Assert.NotNull(accounts);
    }

    [Fact]
    public async Task A_hypothetical_call_is_rated_as_a_real_one_is_charged()
    {
        var customer = await SendAsync(HttpMethod.Post, "customers", """{"phoneNumber":"+8613900000009","name":"Li Lei"}""", 201);
        await SendAsync(HttpMethod.Post, "orders", $$"""{"customer":"{{customer["id"]}}","offering":"plan-light"}""", 201);
        var record = await CallAsync(AccountId.Parse(customer["account"]!));
        var receipt = await SendAsync(HttpMethod.Get, $"charges/{record.Charge}/receipt");

        var usage = System.Text.Json.JsonSerializer.Serialize(record.Usage);
        var rating = await SendAsync(
            HttpMethod.Post,
            "ratings",
            $$"""{"model":"{{record.Model}}","usage":{{usage}},"at":"{{record.StartedAt:O}}"}"""
        );

        foreach (
            var figure in new[] { "tariffVersion", "tier", "tierUpToInput", "exact", "retail.amount", "lines.0.money", "lines.1.money" }
        )
            Assert.Equal(receipt[figure], rating[figure]);
        var units = Enumerable.Range(0, 3).ToDictionary(i => rating[$"quotas.{i}.unit"] ?? $"none {i}", i => rating[$"quotas.{i}.amount"]);
        Assert.Equal(receipt["quotas.0.amount"], units["general-token"]);
    }

    [Theory]
    [InlineData(31_999, "1", "0.127996")] // glm-5: 4 CNY a million up to 32 K of input, 6 above
    [InlineData(32_000, "1", "0.128")]
    [InlineData(32_001, "2", "0.192006")]
    public async Task A_hypothetical_call_falls_into_the_tier_of_its_whole_input(long input, string tier, string retail)
    {
        var rating = await SendAsync(HttpMethod.Post, "ratings", $$$"""{"model":"glm-5","usage":{"input":{{{input}}}}}""");

        Assert.Equal((tier, retail), (rating["tier"], rating["retail.amount"]));
    }

    [Fact]
    public async Task Pay_as_you_go_is_switched_by_the_customer_alone_and_back()
    {
        var id = (await SendAsync(HttpMethod.Post, "customers", """{"phoneNumber":"+8613900000009","name":"Li Lei"}""", 201))["id"];
        Assert.Equal("False", (await SendAsync(HttpMethod.Get, $"customers/{id}/pay-as-you-go"))["allowed"]);
        var on = await SendAsync(HttpMethod.Put, $"customers/{id}/pay-as-you-go", """{"cap":{"amount":"50.5","currency":"CNY"}}""");
        Assert.Equal(("True", "50.5", "0"), (on["allowed"], on["cap.amount"], on["spent.amount"]));
        Assert.Equal("False", (await SendAsync(HttpMethod.Delete, $"customers/{id}/pay-as-you-go"))["allowed"]);
    }

    [Fact]
    public async Task A_suspension_reaches_the_account_at_once()
    {
        var id = (await SendAsync(HttpMethod.Post, "customers", """{"phoneNumber":"+8613900000009","name":"Li Lei"}""", 201))["id"];
        await SendAsync(HttpMethod.Post, $"customers/{id}/suspend", """{"reason":"unpaid"}""");
        Assert.Equal("True", (await SendAsync(HttpMethod.Get, $"customers/{id}/buckets"))["suspended"]);
        await SendAsync(HttpMethod.Post, $"customers/{id}/resume");
        Assert.Equal("False", (await SendAsync(HttpMethod.Get, $"customers/{id}/buckets"))["suspended"]);
    }

    [Fact]
    public async Task An_order_whose_payment_is_not_known_is_202_and_a_refused_one_says_why()
    {
        var id = (await SendAsync(HttpMethod.Post, "customers", """{"phoneNumber":"+8613900000009","name":"Li Lei"}""", 201))["id"];
        var carrier = app.Services.GetRequiredService<FakePhoneBill>();
        carrier.IsDown = true;
        var open = await SendAsync(HttpMethod.Post, "orders", $$"""{"customer":"{{id}}","offering":"token-pack","externalId":"a"}""", 202);
        Assert.Equal("inProgress", open["state"]);
        carrier.IsDown = false;
        await app.Services.GetRequiredService<CommerceStart>().ResumeAsync(CancellationToken.None);
        Assert.Equal("completed", (await SendAsync(HttpMethod.Get, $"orders/{open["id"]}"))["state"]);
        carrier.Refusal = "barred";
        var failed = await SendAsync(HttpMethod.Post, "orders", $$"""{"customer":"{{id}}","offering":"token-pack"}""", 201);
        Assert.Equal(("failed", "barred"), (failed["state"], failed["reason"]));
        Assert.Equal(failed["id"], (await SendAsync(HttpMethod.Get, $"customers/{id}/orders"))["items.0.id"]);
    }

    [Fact]
    public async Task A_model_is_pointed_at_a_real_vendor_without_a_restart_and_its_key_is_in_no_answer()
    {
        const string secret = "sk-real-vendor-key";
        var vendor = await SendAsync(
            HttpMethod.Post,
            "vendors",
            $$"""{"id":"acme","baseUrl":"https://api.acme.example/v1","apiKey":"{{secret}}"}"""
        );
        Assert.Equal("True", vendor["hasApiKey"]);
        var model = await SendAsync(HttpMethod.Put, "models/glm-5/deployments", """{"vendor":"acme","upstreamModel":"glm5-turbo"}""");
        Assert.Equal(
            ("acme", "False", null),
            (model["deployments.0.vendor"], model["deployments.0.simulated"], model["deployments.1.vendor"])
        );
        var deployment = Assert.Single(app.Services.GetRequiredService<IModelCatalogSource>().Current.Find("glm-5")!.Deployments);
        Assert.Equal(("glm5-turbo", secret), (deployment.UpstreamModel, deployment.ApiKeys.Single()));
        foreach (var path in new[] { "vendors", "models", "models/glm-5", "tariffs", "tariffs/1", "offerings", "customers" })
            Assert.DoesNotContain(secret, (await SendAsync(HttpMethod.Get, path)).Text);
        await SendAsync(HttpMethod.Delete, "models/glm-5/deployments/acme");
        Assert.Empty(app.Services.GetRequiredService<IModelCatalogSource>().Current.Find("glm-5")!.Deployments);
    }

    [Fact]
    public async Task A_model_is_added_with_its_price_as_a_new_tariff_version()
    {
        var added = await SendAsync(
            HttpMethod.Put,
            "models/acme%2Fone",
            """
            {"name":"One","ownedBy":"acme","contextTokens":1000,"outputTokensMax":100,
             "price":{"currency":"USD","tiers":[{"price":{"input":"1","output":2.5},"weights":{"point":{"input":"1.685","output":"4.212"}}}]}}
            """
        );
        Assert.Equal(
            ("acme/one", "6.7379", "16.84475", "1.685"),
            (
                added["id"],
                added["charged.tiers.0.price.input"],
                added["charged.tiers.0.price.output"],
                added["charged.tiers.0.weights.point.cached_input"]
            )
        );
        var tariffs = await SendAsync(HttpMethod.Get, "tariffs");
        Assert.Equal(
            ("2", "23", "1", "22"),
            (tariffs["items.0.version"], tariffs["items.0.models"], tariffs["items.1.version"], tariffs["items.1.models"])
        );
        Assert.Equal("1", (await SendAsync(HttpMethod.Get, "tariffs/2"))["models.acme/one.tiers.0.price.input"] is "6.7379" ? "1" : "0");
    }

    [Fact]
    public async Task Customers_come_in_pages()
    {
        for (var i = 0; i < 4; i++)
            await SendAsync(HttpMethod.Post, "customers", $$"""{"phoneNumber":"+861390000000{{i}}","name":"{{i}}"}""", 201);
        var names = new List<string?>();
        string? before = null;
        do
        {
            var page = await SendAsync(HttpMethod.Get, $"customers?limit=2{(before is null ? "" : $"&before={before}")}");
            names.AddRange([page["items.0.name"], page["items.1.name"]]);
            before = page["next"];
        } while (before is not null);
        Assert.Equal(["3", "2", "1", "0", "Demo subscriber", null], names);
        Assert.Equal("2", (await SendAsync(HttpMethod.Get, "customers?phoneNumber=%2B8613900000002"))["items.0.name"]);
    }

    [Fact]
    public async Task The_description_covers_every_route_and_the_reader_needs_no_other_server()
    {
        http.DefaultRequestHeaders.Remove("Authorization");
        var document = JsonDocument.Parse(await http.GetStringAsync("/openapi/v1.json")).RootElement;
        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).ToList();
        Assert.True(operations.Count >= 44, $"{operations.Count} operations");
        foreach (var operation in operations)
        {
            Assert.True(operation.Value.TryGetProperty("summary", out _), operation.Value.ToString());
            Assert.True(operation.Value.GetProperty("responses").TryGetProperty("401", out _), operation.Value.ToString());
        }
        foreach (var path in new[] { "/v1/chat/completions", "/v1/models", "/v1/models/{id}", "/api/v1/tariffs" })
            Assert.True(document.GetProperty("paths").TryGetProperty(path, out _), path);
        var money = document
            .GetProperty("components")
            .GetProperty("schemas")
            .GetProperty("MoneyBody")
            .GetProperty("properties")
            .GetProperty("amount");
        Assert.Equal("string", money.GetProperty("type").GetString());
        Assert.Contains("nine decimals", money.GetProperty("description").GetString());

        var sheet = document.GetProperty("components").GetProperty("schemas").GetProperty("PriceSheet").GetProperty("properties");
        Assert.Contains("a begun one counts whole", sheet.GetProperty("packages").GetProperty("description").GetString());

        var key = document.GetProperty("components").GetProperty("schemas").GetProperty("KeyBody").GetProperty("required");
        Assert.Equal(["id", "name", "shown", "state", "createdAt"], key.EnumerateArray().Select(name => name.GetString()));

        var page = await http.GetStringAsync("/docs/");
        Assert.DoesNotContain("https://", page);
        Assert.DoesNotContain("cdn", page);
    }

    private async Task<Charging.Records.UsageRecord> CallAsync(AccountId account)
    {
        var world = app.Services;
        var accounts = world.GetRequiredService<InMemoryChargingAccounts>();
        var charge = world.GetRequiredService<IdSource>().Next<ChargeKind>();
        await accounts.HoldAsync(
            account,
            new()
            {
                Charge = charge,
                Key = new KeyId(1),
                Tariff = world.GetRequiredService<TariffHolder>().Current.Find("glm-5", World.Start)!,
                Vendor = "zhipu",
                Deployment = "glm-5@zhipu",
                Stream = false,
                InputBound = 20_000,
                InputEstimate = 20_000,
                OutputWanted = 1_000,
                OutputModest = 1_000,
                OutputMin = 1,
                Precise = true,
                Node = 1,
            }
        );
        var settled = await accounts.SettleAsync(
            account,
            new()
            {
                Charge = charge,
                Usage = Usage.Of(20_000, 1_000),
                Basis = Charging.Records.UsageBasis.Vendor,
                Ending = Charging.Records.CallEnding.Completed,
            }
        );
        return settled.Record!;
    }

    [Fact]
    public async Task What_is_listed_for_sale_can_be_put_as_it_is_listed()
    {
        const string body =
            """{"name":"Night owl","kind":"plan","price":{"amount":"5","currency":"CNY"},"months":1,"grants":[{"unit":"general-token","amount":"6000000","limits":["day=1000000 general-token/day"]}]}""";

        var put = await SendAsync(HttpMethod.Put, "offerings/night-owl", body);

        Assert.Equal(
            ("night-owl", "5", "6000000", "day=1000000 general-token/day"),
            (put["id"], put["price.amount"], put["grants.0.amount"], put["grants.0.limits.0"])
        );
        var refused = await SendAsync(
            HttpMethod.Put,
            "offerings/night-owl",
            body.Replace("6000000", "6", StringComparison.Ordinal),
            status: 400
        );
        Assert.Equal("grants[0].amount", refused["param"]);
        Assert.Equal(
            "price.currency",
            (await SendAsync(HttpMethod.Put, "offerings/x", body.Replace("CNY", "USD", StringComparison.Ordinal), status: 400))["param"]
        );
    }
}
