using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Parquet;
using Tokenline.Billing;
using Tokenline.Billing.Bills;
using Tokenline.Billing.Reconciliation;

namespace Tokenline.Host.Tests;

/// <summary>A month of the whole system: calls of customers, the journal, the sums, the bill, the settlement, over the API.</summary>
public class BooksTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task A_months_calls_become_a_bill_a_base_and_a_balanced_ledger()
    {
        var subscriber = await server.SubscriberAsync(tokens: 1_000_000);
        var answer = await subscriber.AskAsync(Wire.Simulated("tokens=30", members: "\"max_tokens\":50"));
        Assert.Equal(200, answer.Status);
        var paid = (await subscriber.RecordAsync()).Payments[0].Amount;

        var calendar = server.Get<BillingCalendar>();
        var period = calendar.PeriodOf(TimeProvider.System.GetUtcNow());
        // What has not ended is run dry, and not billed.
        var dry = await ApiAsync("POST", "bill-runs", $$"""{"period":"{{period}}","dryRun":true}""");
        Assert.True((bool)dry["done"]!);
        var early = await ApiAsync("POST", "bill-runs", $$"""{"period":"{{period}}"}""", HttpStatusCode.Conflict);
        Assert.Equal(("wrong_state", "period"), ((string)early["code"]!, (string)early["param"]!));
        Assert.Equal(
            "wrong_state",
            (string)(await ApiAsync("POST", "settlements", $$"""{"period":"{{period}}"}""", HttpStatusCode.Conflict))["code"]!
        );

        // As it will be when the month is over.
        var run = server.Get<BillRun>();
        while (!(await run.StepAsync(period, calendar.To(period), () => true, RunningServer.Cancel)).Required().IsDone) { }

        var id = Bill.IdOf(subscriber.Account, period);
        var bill = await ApiAsync("GET", $"bills/{id}");
        Assert.Equal(("settled", "0"), ((string)bill["state"]!, (string)bill["due"]!));
        var line = bill["lines"]!.AsArray().Single(one => (string)one!["kind"]! == "included")!;
        Assert.Equal((RunningServer.Model, 1), ((string)line["model"]!, (int)line["calls"]!));
        // Made out to its customer, and calls by the name of their key.
        Assert.Equal(subscriber.Customer.Name, (string?)bill["to"]!["name"]);
        Assert.False(string.IsNullOrEmpty((string?)line["keyName"]));
        Assert.Equal((decimal)paid / QuotaUnit.Micro, decimal.Parse((string)line["quantity"]!));
        Assert.StartsWith("%PDF-1.7", await TextAsync($"bills/{id}?format=pdf"), StringComparison.Ordinal);
        Assert.StartsWith("bill,kind,name,model", await TextAsync($"bills/{id}?format=csv"), StringComparison.Ordinal);
        Assert.Equal(
            "not_found",
            (string)(await ApiAsync("GET", $"bills/{period}/acc_0000000000000", null, HttpStatusCode.NotFound))["code"]!
        );
        Assert.StartsWith("BilledCost,BillingAccountId", await TextAsync($"bills/focus?period={period}"), StringComparison.Ordinal);
        await CheckParquetAsync($"bills/focus?period={period}&format=parquet&customer={subscriber.Customer.Id}", $"{subscriber.Account}");
        var listed = await ApiAsync("GET", $"bills?customer={subscriber.Customer.Id}&period={period}");
        Assert.Equal(id, (string)listed["items"]![0]!["id"]!);

        var settled = await ApiAsync("POST", "settlements", $$"""{"period":"{{period}}"}""");
        Assert.True((bool)settled["addsUp"]!);
        Assert.False((bool)(await ApiAsync("POST", "settlements", $$"""{"period":"{{period}}"}"""))["isNew"]!);

        var balances = (await ApiAsync("GET", "ledger/balances"))["items"]!.AsArray();
        Assert.Equal(0, balances.Sum(balance => decimal.Parse((string)balance!["amount"]!)));
        Assert.Contains("carrier_clearing", await TextAsync($"ledger/export?period={period}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "bill-runs", "{}", 400, "period")]
    [InlineData("POST", "bill-runs", """{"period":"2026-13"}""", 400, "period")]
    [InlineData("POST", "bill-runs", """{"period":"2026-11","after":"x","dryRun":true}""", 400, "after")]
    [InlineData("GET", "bills?period=11", null, 400, "period")]
    [InlineData("POST", "bills/send", """{"period":"11"}""", 400, "period")]
    [InlineData("GET", "reconciliations/vendor/calls?vendor=zhipu&day=2026-11-05&model=glm-5&limit=501", null, 400, "limit")]
    [InlineData("GET", "reconciliations/vendor/calls?vendor=zhipu&day=2026-11-05&model=glm-5&after=x", null, 400, "after")]
    [InlineData("GET", "bills/focus?period=2026-11&format=xml", null, 400, "format")]
    [InlineData("GET", "ledger/export?period=11", null, 400, "period")]
    [InlineData("POST", "settlements", """{"period":"2026-11","rates":{"usd":"7"}}""", 400, "rates.usd")]
    [InlineData("POST", "settlements", """{"period":"2026-11","rates":{"USD":"-7"}}""", 400, "rates.USD")]
    [InlineData(
        "POST",
        "vendor-terms",
        """{"vendor":"zhipu","from":"2026-11","kind":"revenueShare","vendorPercent":"80","platformPercent":"21"}""",
        400,
        "vendorPercent"
    )]
    [InlineData("POST", "vendor-terms", """{"vendor":"zhipu","from":"x","kind":"wholesale"}""", 400, "from")]
    [InlineData("POST", "vendor-terms", """{"vendor":"zhipu","from":"2026-11","kind":"wholesale"}""", 409, "vendor")]
    [InlineData("POST", "channel-terms", """{"channel":"a/b","from":"2026-11","percent":"5"}""", 400, "channel")]
    [InlineData("POST", "channel-terms", """{"channel":"a","from":"2026-11","percent":"101"}""", 400, "percent")]
    [InlineData("POST", "vendor-applications", """{"vendor":"new","company":"N"}""", 400, "contact")]
    [InlineData("POST", "reconciliations/vendor?vendor=zhipu&period=2026-11", "day,model\n", 400, "file")]
    [InlineData("POST", "reconciliations/vendor?vendor=nobody&period=2026-11", "day,model,meter,quantity\n", 404, "vendor")]
    [InlineData("POST", "reconciliations/vendor?vendor=zhipu&period=2026-11&tolerance=x", "", 400, "tolerance")]
    public async Task What_cannot_be_is_refused_with_the_field_at_fault(string method, string path, string? body, int status, string param)
    {
        var refused = await ApiAsync(method, path, body, (HttpStatusCode)status);
        Assert.Equal(param, (string?)refused["param"]);
    }

    [Fact]
    public async Task A_vendors_file_that_says_that_it_is_too_large_is_refused_unread()
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"{server.Url}/api/v1/reconciliations/vendor?vendor=zhipu&period=2026-11"
        )
        {
            Content = new ByteArrayContent(new byte[VendorFileReader.BytesMax + 1]),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.Server.AdminKey);
        request.Headers.ExpectContinue = true; // the body follows when the server asks for it
        using var response = await server.Client.SendAsync(request, RunningServer.Cancel);
        var refused = JsonNode.Parse(await response.Content.ReadAsStringAsync(RunningServer.Cancel))!;
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(("payload_too_large", "file"), ((string)refused["code"]!, (string)refused["param"]!));
    }

    private async Task<JsonNode> ApiAsync(string method, string path, string? body = null, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var (status, text) = await SendAsync(method, path, body);
        Assert.True(expected == status, $"{(int)status} {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>As a tool of others reads it.</summary>
    private async Task CheckParquetAsync(string path, string account)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{server.Url}/api/v1/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.Server.AdminKey);
        using var response = await server.Client.SendAsync(request, RunningServer.Cancel);
        var bytes = new MemoryStream(await response.Content.ReadAsByteArrayAsync(RunningServer.Cancel));
        await using var reader = await ParquetReader.CreateAsync(bytes, cancellationToken: RunningServer.Cancel);
        using var group = reader.OpenRowGroupReader(0);
        var fields = reader.Schema.GetDataFields();
        var accounts = new string?[group.RowCount];
        await group.ReadAsync(fields.Single(field => field.Name == "BillingAccountId"), accounts.AsMemory());
        Assert.All(accounts, known => Assert.Equal(account, known));
        var tokens = new decimal?[group.RowCount];
        await group.ReadAsync<decimal>(fields.Single(field => field.Name == "ConsumedQuantity"), tokens.AsMemory());
        Assert.Contains(tokens, count => count > 0);
    }

    private async Task<string> TextAsync(string path)
    {
        var (status, text) = await SendAsync("GET", path, null);
        Assert.True(status == HttpStatusCode.OK, text);
        return text;
    }

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{server.Url}/api/v1/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.Server.AdminKey);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await server.Client.SendAsync(request, RunningServer.Cancel);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(RunningServer.Cancel));
    }
}
