using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Charging.Records;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Notifications;
using Tokenline.Management;
using Tokenline.Storage.Management;

namespace Tokenline.Commerce.Tests.Api;

/// <summary>Refunds, runs, alerts, webhooks and settings over the API on a real socket.</summary>
public sealed class CareApiTests : ManagementApiHost
{
    private string customer = null!;
    private AccountId account;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var made = await SendAsync("POST", "customers", """{"phoneNumber":"+8613900000009","name":"Li Lei"}""", 201);
        (customer, account) = (Text(made["id"])!, AccountId.Parse(Text(made["account"])!));
        await SendAsync("POST", "orders", $$"""{"customer":"{{customer}}","offering":"plan-light"}""", 201);
    }

    [Fact]
    public async Task A_refund_in_parts_gives_back_all_to_the_bucket_that_paid_and_the_receipt_shows_it()
    {
        var charge = (await CallAsync()).Charge; // 98,000 general tokens, worth 0.098
        var half = await SendAsync("POST", $"charges/{charge}/refunds", """{"part":"0.5","reason":"slow"}""", 201);
        Assert.Equal(("0.5", "0.049", "slow"), (Text(half["part"]), Text(half["retail"]!["amount"]), Text(half["reason"])));
        Assert.Equal(("Light", "general-token", "49000"), Part(half));
        await SendAsync("POST", $"charges/{charge}/refunds", """{"millionths":250000,"reason":"slow"}""", 201);
        var rest = await SendAsync("POST", $"charges/{charge}/refunds", """{"part":"whole","reason":"very slow"}""", 201);
        Assert.Equal("0.25", Text(rest["part"]));

        var all = await SendAsync("GET", $"charges/{charge}/refunds");
        Assert.Equal(("1", "0.098"), (Text(all["part"]), Text(all["retail"]!["amount"])));
        Assert.Equal(["0.5", "0.25", "0.25"], all["items"]!.AsArray().Select(item => Text(item!["part"])));
        var receipt = await SendAsync("GET", $"charges/{charge}/receipt");
        Assert.Equal(("0.098", "0.098"), (Text(receipt["retail"]!["amount"]), Text(receipt["givenBack"]!["amount"])));
        Assert.Equal(3, receipt["refunds"]!.AsArray().Count);
        Assert.Equal("10000000", Text((await SendAsync("GET", $"customers/{customer}/buckets"))["items"]![0]!["remaining"]));
        await RefusedAsync("POST", $"charges/{charge}/refunds", """{"part":"whole","reason":"again"}""", 409, "conflict", null);
    }

    [Fact]
    public async Task The_same_command_refunds_once_and_with_other_content_is_refused()
    {
        var charge = (await CallAsync()).Charge;
        const string content = """{"part":"0.5","reason":"slow","commandId":"cmd_0000000000abc"}""";

        var first = await SendAsync("POST", $"charges/{charge}/refunds", content, 201);
        var second = await SendAsync("POST", $"charges/{charge}/refunds", content, 200);

        Assert.True(JsonNode.DeepEquals(first, second));
        var other = content.Replace("0.5", "0.4", StringComparison.Ordinal);
        await RefusedAsync("POST", $"charges/{charge}/refunds", other, 409, "idempotency_conflict", "commandId");
        Assert.Equal("0.5", Text((await SendAsync("GET", $"charges/{charge}/refunds"))["part"]));
        var another = (await CallAsync()).Charge;
        await RefusedAsync("POST", $"charges/{another}/refunds", content, 409, "conflict", "commandId");
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "25")]
    public async Task The_whole_given_back_by_one_command_twice_is_one_refund()
    {
        var charge = (await CallAsync()).Charge;
        const string content = """{"part":"whole","reason":"slow","commandId":"cmd_0000000000abc"}""";

        await SendAsync("POST", $"charges/{charge}/refunds", """{"part":"0.1","reason":"slow"}""", 201);
        await SendAsync("POST", $"charges/{charge}/refunds", content, 201);
        await SendAsync("POST", $"charges/{charge}/refunds", content, 200);

        Assert.Equal(2, (await SendAsync("GET", $"charges/{charge}/refunds"))["items"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("""{"reason":"x"}""", "part")]
    [InlineData("""{"part":"0.5","millionths":1,"reason":"x"}""", "part")]
    [InlineData("""{"part":"0","reason":"x"}""", "part")]
    [InlineData("""{"part":"1.1","reason":"x"}""", "part")]
    [InlineData("""{"part":"-0.5","reason":"x"}""", "part")]
    [InlineData("""{"part":"0.0000001","reason":"x"}""", "part")]
    [InlineData("""{"part":"half","reason":"x"}""", "part")]
    [InlineData("""{"millionths":0,"reason":"x"}""", "millionths")]
    [InlineData("""{"millionths":1000001,"reason":"x"}""", "millionths")]
    [InlineData("""{"part":"whole"}""", "reason")]
    [InlineData("""{"part":"whole","reason":" "}""", "reason")]
    [InlineData("""{"part":"whole","reason":"x","commandId":"chg_0000000000001"}""", "commandId")]
    [InlineData("""{"part":"whole","reason":"x","amount":"1"}""", "amount")]
    public async Task A_refund_that_is_wrong_is_named_and_gives_nothing_back(string body, string param)
    {
        var charge = (await CallAsync()).Charge;
        await RefusedAsync("POST", $"charges/{charge}/refunds", body, 400, "invalid_request_error", param);
        Assert.Empty((await SendAsync("GET", $"charges/{charge}/refunds"))["items"]!.AsArray());
    }

    [Fact]
    public async Task More_than_is_left_is_refused_with_what_is_left()
    {
        var charge = (await CallAsync()).Charge;
        await SendAsync("POST", $"charges/{charge}/refunds", """{"part":"0.7","reason":"slow"}""", 201);
        var problem = await RefusedAsync(
            "POST",
            $"charges/{charge}/refunds",
            """{"part":"0.5","reason":"slow"}""",
            400,
            "invalid_request_error",
            "part"
        );
        Assert.Contains("0.3 is left", Text(problem["detail"]));
    }

    [Fact]
    public async Task A_run_is_listed_and_itemised()
    {
        await CallAsync("night/shift");
        var charge = (await CallAsync("night/shift")).Charge;
        await CallAsync();
        await CallAsync("other");
        await SendAsync("POST", $"charges/{charge}/refunds", """{"part":"0.5","reason":"slow"}""", 201);

        var runs = await SendAsync("GET", $"customers/{customer}/runs?limit=1");
        Assert.Equal(("other", "1"), (Text(runs["items"]![0]!["run"]), Text(runs["items"]![0]!["calls"])));
        var older = await SendAsync("GET", $"customers/{customer}/runs?limit=1&before={runs["next"]}");
        Assert.Equal(
            ("night/shift", "2", "0.196"),
            (Text(older["items"]![0]!["run"]), Text(older["items"]![0]!["calls"]), Text(older["items"]![0]!["retail"]![0]!["amount"]))
        );
        Assert.Null(older["next"]);
        var run = await SendAsync("GET", $"customers/{customer}/runs/night%2Fshift?limit=1");
        Assert.Equal(
            ("2", "40000", "0.196", "0.049"),
            (Text(run["calls"]), Text(run["usage"]!["input"]), Text(run["retail"]![0]!["amount"]), Text(run["givenBack"]![0]!["amount"]))
        );
        Assert.Equal(
            ("general-token", "196000", "49000"),
            (Text(run["payments"]![0]!["unit"]), Text(run["payments"]![0]!["amount"]), Text(run["payments"]![0]!["givenBack"]))
        );
        Assert.Equal(charge.ToString(), Text(run["items"]![0]!["charge"]));
        Assert.Equal(charge.ToString(), Text(run["next"]));
    }

    [Fact]
    public async Task Usage_is_added_up_by_what_was_asked_for()
    {
        await CallAsync();
        await CallAsync();

        var days = (await SendAsync("GET", $"customers/{customer}/usage/days"))["items"]!.AsArray();
        var day = Assert.Single(days)!;
        Assert.Equal(
            ("2", "40000", "0.196", "general-token", "196000"),
            (
                Text(day["calls"]),
                Text(day["input"]),
                Text(day["retail"]![0]!["amount"]),
                Text(day["payments"]![0]!["unit"]),
                Text(day["payments"]![0]!["amount"])
            )
        );
        Assert.Null(day["model"]);
        var apart = await SendAsync("GET", $"customers/{customer}/usage/days?from={day["day"]}&to={day["day"]}&by=model,key");
        var line = Assert.Single(apart["items"]!.AsArray())!;
        Assert.Equal((null, "2"), (Text(line["day"]), Text(line["calls"])));
        Assert.StartsWith("key_", Text(line["key"]), StringComparison.Ordinal);
        Assert.Empty((await SendAsync("GET", $"customers/{customer}/usage/days?from=2020-01-01&to=2020-12-31"))["items"]!.AsArray());
    }

    [Fact]
    public async Task Alerts_are_changed_in_part_and_what_they_raise_is_listed()
    {
        var before = await SendAsync("GET", $"customers/{customer}/alerts");
        Assert.Equal("[50,80,100]", before["percents"]!.ToJsonString());
        var after = await SendAsync(
            "PUT",
            $"customers/{customer}/alerts",
            """{"percents":[1],"abnormalFloor":{"amount":"2.5","currency":"CNY"}}"""
        );
        Assert.Equal(
            ("[1]", "3", "2.5"),
            (after["percents"]!.ToJsonString(), Text(after["expiryDays"]), Text(after["abnormalFloor"]!["amount"]))
        );
        Assert.True(JsonNode.DeepEquals(after, await SendAsync("GET", $"customers/{customer}/alerts")));

        await CallAsync();
        await CallAsync(); // 1.96 % of ten million

        var raised = Assert.Single((await SendAsync("GET", $"customers/{customer}/events"))["items"]!.AsArray())!;
        Assert.Equal(
            ("threshold.reached", "Light", "1", "196000", "10000000"),
            (Text(raised["type"]), Text(raised["name"]), Text(raised["percent"]), Text(raised["amount"]), Text(raised["limit"]))
        );
    }

    [Fact]
    public async Task A_webhook_s_secret_is_in_the_answer_that_made_it_and_in_no_other()
    {
        var made = await SendAsync(
            "POST",
            $"customers/{customer}/webhooks",
            """{"url":"https://example.com/hook","types":["threshold.reached"]}""",
            201
        );
        var secret = Text(made["secret"])!;
        Assert.StartsWith("whsec_", secret);
        var listed = await SendAsync("GET", $"customers/{customer}/webhooks");
        Assert.Equal(("https://example.com/hook", null), (Text(listed["items"]![0]!["url"]), Text(listed["items"]![0]!["secret"])));
        var kept = await KeptText.OfAsync(folder, "management.db*");
        Assert.Contains("https://example.com/hook", kept);
        Assert.DoesNotContain(secret, kept);

        await SendAsync("DELETE", $"customers/{customer}/webhooks/{made["id"]}", null, 204);
        await RefusedAsync("DELETE", $"customers/{customer}/webhooks/{made["id"]}", null, 404, "not_found", null);
        Assert.Empty((await SendAsync("GET", $"customers/{customer}/webhooks"))["items"]!.AsArray());
    }

    [Fact]
    public async Task A_customer_has_a_bounded_number_of_webhooks()
    {
        for (var i = 0; i < Webhooks.CountMax; i++)
            await SendAsync("POST", $"customers/{customer}/webhooks", $$"""{"url":"https://example.com/{{i}}"}""", 201);
        await RefusedAsync("POST", $"customers/{customer}/webhooks", """{"url":"https://example.com/x"}""", 409, "conflict", null);
    }

    [Fact]
    public async Task Settings_are_replaced_and_what_was_sent_is_listed()
    {
        var before = await SendAsync("GET", $"customers/{customer}/notifications");
        Assert.Equal(("true", null, "zh-CN"), (Text(before["sms"]), Text(before["mail"]), Text(before["language"])));
        await SendAsync("PUT", $"customers/{customer}/notifications", """{"mail":"li@example.com","language":"en"}""");
        Assert.Equal("li@example.com", Text((await SendAsync("GET", $"customers/{customer}/notifications"))["mail"]));

        await SendAsync("POST", $"customers/{customer}/suspend", """{"reason":"unpaid"}""");
        var dispatcher = app.Services.GetRequiredService<NotificationDispatcher>();
        while (await dispatcher.RoundAsync(CancellationToken.None) > 0)
            await dispatcher.DrainAsync();

        var deliveries = (await SendAsync("GET", $"customers/{customer}/deliveries"))["items"]!.AsArray();
        Assert.Equal(["log", "mail", "sms"], deliveries.Select(delivery => Text(delivery!["channel"])).Order());
        Assert.All(
            deliveries,
            delivery => Assert.Equal(("account.suspended", "delivered"), (Text(delivery!["type"]), Text(delivery["state"])))
        );
    }

    private static (string?, string?, string?) Part(JsonNode refund) =>
        (Text(refund["parts"]![0]!["name"]), Text(refund["parts"]![0]!["unit"]), Text(refund["parts"]![0]!["amount"]));

    private Task<UsageRecord> CallAsync(string? run = null) => CallAsync(account, run);

    private async Task<JsonNode> RefusedAsync(string method, string path, string? body, int status, string code, string? param)
    {
        var problem = await SendAsync(method, path, body, status);
        Assert.Equal((code, param), (Text(problem["code"]), Text(problem["param"])));
        Assert.Equal(status.ToString(), Text(problem["status"]));
        return problem;
    }

    private async Task<JsonNode> SendAsync(string method, string path, string? body = null, int status = 200)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        if (status == 204)
            return new JsonObject();
        Assert.Equal(status >= 400 ? "application/problem+json" : "application/json", response.Content.Headers.ContentType?.MediaType);
        return JsonNode.Parse(text)!;
    }

    private static string? Text(JsonNode? node) => node?.ToString();
}
