using System.Net.Http.Headers;
using System.Text.Json;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Host.Verbs;
using Tokenline.Storage.Journal;

namespace Tokenline.Host.Tests;

/// <summary>What the operator's people are told: of charges that cost nothing, of prices, of the server itself.</summary>
public class OperatorTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task A_failed_calls_charge_id_leads_to_its_reason_and_to_what_the_vendor_answered()
    {
        var subscriber = await server.SubscriberAsync();
        var answer = await subscriber.AskAsync(Wire.Simulated("fault=status:500"));
        Assert.Equal(502, answer.Status);

        var charge = await ManagementAsync($"charges/{answer.Charge}/receipt");

        Assert.Equal("released", charge.GetProperty("state").GetString());
        Assert.Equal("status 500", charge.GetProperty("reason").GetString());
        Assert.Equal(RunningServer.Model, charge.GetProperty("model").GetString());
        Assert.Equal(subscriber.Account.ToString(), charge.GetProperty("account").GetString());
        var attempt = Assert.Single(charge.GetProperty("attempts").EnumerateArray());
        Assert.Equal("status 500", attempt.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_call_that_runs_is_said_to_run_and_then_has_its_receipt()
    {
        await using var vendor = new ScriptedVendor();
        var subscriber = await server.SubscriberAsync();
        var asking = subscriber.PostAsync(Wire.Ask(model: await server.ServeAsync(vendor), stream: true));
        var call = await vendor.NextAsync();
        await call.BeginAsync();
        await call.SendAsync(Wire.Delta("one"));
        using var response = await asking;
        var id = response.Headers.GetValues("x-tokenline-charge-id").Single();

        var running = await ManagementAsync($"charges/{id}/receipt");
        await call.SendAsync(Wire.Finish() + Wire.UsageChunk(5, 1) + Wire.Done);
        await call.EndAsync();
        await Answer.ReadAsync(response);
        var settled = await ManagementAsync($"charges/{id}/receipt");

        Assert.Equal(("running", "settled"), (running.GetProperty("state").GetString(), settled.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task The_list_of_models_shows_prices_weights_and_who_serves_them()
    {
        var rows = ModelListVerb.Rows(await ManagementAsync("models")).ToList();

        var flash = Assert.Single(rows, row => row[0] == RunningServer.Model);
        Assert.Equal("3 / 0.1 / 9 CNY", flash[3]);
        Assert.Contains("3 / 0.1 / 9 general-token", flash[4], StringComparison.Ordinal);
        Assert.Equal("deepseek", flash[5]);
    }

    [Fact]
    public async Task A_receipt_says_every_rule_that_applied_who_paid_and_what_the_vendor_is_owed()
    {
        await using var vendor = new ScriptedVendor(call => call.AnswerAsync(Wire.Completion("hello", Wire.Usage(20_000, 100))));
        var model = await server.ServeAsync(vendor);
        const string sheet = """
            {"currency":"CNY","tiers":[
              {"upToInput":32000,"upToOutput":200,"price":{"input":"2","output":"8"},"weights":{"general-token":{"input":"2","output":"8"}}},
              {"upToInput":32000,"price":{"input":"3","output":"14"},"weights":{"general-token":{"input":"3","output":"14"}}},
              {"price":{"input":"4","output":"16"},"weights":{"general-token":{"input":"4","output":"16"}}}],
             "minimum":"0.05",
             "hours":{"windows":[{"name":"all day","from":"00:00","to":"24:00","factor":"0.5"}]},
             "volume":{"kind":"marginal","group":"receipts","meters":["input"],"tiers":[{"upTo":10000,"factor":"1"},{"factor":"0.8"}]}}
            """;
        await SendAsync(HttpMethod.Put, $"models/{model}/price", sheet);
        var served = (await ManagementAsync($"models/{model}")).GetProperty("deployments")[0].GetProperty("vendor").GetString();
        await SendAsync(
            HttpMethod.Put,
            "contracts",
            $$$"""{"vendor":"{{{served}}}","model":"{{{model}}}","price":{"currency":"USD","tiers":[{"price":{"input":"0.1","output":"0.4"}}]}}"""
        );
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Ask(model: model));
        var told = ReceiptVerb.Tell(await ManagementAsync($"charges/{answer.Charge}/receipt"));

        // (20,000 × 2 + 100 × 8) / 10⁶ = 0.0408, half of it at 0.8: 0.03672, × 0.5 = 0.01836; the minimum is 0.05
        Assert.Contains(
            told,
            line =>
                line.EndsWith(
                    server.Tariff(model).Version.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    StringComparison.Ordinal
                )
        );
        Assert.Equal(
            "in CNY: tier 1 (up to 32000 tokens of input, 200 of output), volume tier 1 (marginal, × 1, 10000 of 20000 units), volume tier 2 (marginal, × 0.8, 10000 of 20000 units), all day × 0.5",
            Assert.Single(told, line => line.StartsWith("in CNY", StringComparison.Ordinal))
        );
        Assert.Contains(
            told,
            line =>
                line.StartsWith("  input", StringComparison.Ordinal)
                && line.EndsWith("2                         1            0.01", StringComparison.Ordinal)
        );
        Assert.Contains("  the minimum of 0.05 a call adds 0.03164", told);
        Assert.Contains("worth 0.05 CNY", told);
        Assert.Contains("whole 20400 general-token", told); // the hours are of every card, the minimum and the volume of the price alone
        Assert.Contains(
            told,
            line =>
                line.StartsWith("paid by ", StringComparison.Ordinal)
                && line.EndsWith("20400 general-token (0.05 CNY of it)", StringComparison.Ordinal)
        );
        Assert.Contains("owed  0.00204 USD", told);
    }

    [Fact]
    public async Task The_shop_shows_the_hours_and_both_dimensions_of_a_price_with_the_weights_of_each_row()
    {
        var page = await server.Client.GetStringAsync($"{server.Url}/?lang=en", RunningServer.Cancel);
        var text = System.Net.WebUtility.HtmlDecode(page);

        Assert.Contains("Mon–Fri 09:00–12:00 × 2; Mon–Fri 14:00–18:00 × 2 (Asia/Shanghai)", text, StringComparison.Ordinal);
        var rows = text[text.IndexOf("<code>glm-4.7</code>", StringComparison.Ordinal)..];
        rows = rows[..rows.IndexOf("</tbody>", StringComparison.Ordinal)];
        Assert.Equal(
            ["≤ 32K, out ≤ 200", "2 / 0.4 / 8", "≤ 32K, out > 200", "3 / 0.6 / 14", "> 32K", "4 / 0.8 / 16"],
            [
                .. System
                    .Text.RegularExpressions.Regex.Matches(
                        rows,
                        "data-label=\"(?:Request input|List price, [^\"]*)\">(?<cell>[^<]*)<",
                        System.Text.RegularExpressions.RegexOptions.ExplicitCapture,
                        TimeSpan.FromSeconds(1)
                    )
                    .Select(match => match.Groups["cell"].Value),
            ]
        );
        // In general tokens every row weighs what it costs.
        foreach (var row in new[] { "2 / 0.4 / 8", "3 / 0.6 / 14", "4 / 0.8 / 16" })
            Assert.Equal(3, rows.Split($">{row}<").Length);
    }

    [Fact]
    public async Task Metrics_carry_the_name_of_the_service()
    {
        var metrics = await server.Client.GetStringAsync($"{server.Url}/metrics", RunningServer.Cancel);

        Assert.Contains("service_name=\"tokenline\"", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_with_as_many_open_calls_as_it_may_have_is_told_when_to_come_back()
    {
        var subscriber = await server.SubscriberAsync(tokens: 1_000_000_000);
        var held = new List<ChargeId>();
        for (var i = 0; i < ChargingAccount.OpenMax; i++)
        {
            var charge = server.Get<IdSource>().Next<ChargeKind>();
            var outcome = await server.Accounts.HoldAsync(subscriber.Account, Hold(charge, subscriber.KeyId));
            Assert.Equal(HoldVerdict.Granted, outcome.Verdict);
            held.Add(charge);
        }

        var answer = await subscriber.AskAsync(Wire.Ask());

        Assert.Equal((429, "concurrency_limit_reached", "1"), (answer.Status, answer.Code, answer.Header("Retry-After")));
        await Task.WhenAll(
            held.Select(charge => server.Accounts.ReleaseAsync(subscriber.Account, new ReleaseRequest(charge, "test", null)).AsTask())
        );
        Assert.Equal(200, (await subscriber.AskAsync(Wire.Ask())).Status);
    }

    /// <summary>The disk stands still – another writer has the file – and more is queued than may wait.</summary>
    [Fact]
    public async Task A_journal_that_does_not_keep_up_turns_new_calls_away_and_says_when_to_come_back()
    {
        var subscriber = await server.SubscriberAsync();
        Assert.Equal(200, (await subscriber.AskAsync(Wire.Ask())).Status);
        var file = Path.Combine(Path.GetDirectoryName(server.Server.EnvironmentFile)!, "charges.db");
        var nobody = new AccountId(1); // claimed by none: whatever is queued for it is refused in the end
        var entry = new BucketExpired(DateTimeOffset.UnixEpoch, new BucketId(1), 1);
        Answer answer;
        using (var other = new JournalConnection(file))
        {
            other.Run("BEGIN IMMEDIATE");
            var journal = server.Get<IChargeJournal>();
            for (var i = 0; !journal.IsBehind; i++)
                _ = journal.Append(nobody, 1, i + 1, entry, null, urgent: false);

            answer = await subscriber.AskAsync(Wire.Ask());

            other.Run("ROLLBACK");
        }
        Assert.Equal((503, "overloaded", "1"), (answer.Status, answer.Code, answer.Header("Retry-After")));
        await Eventually.WhenAsync(() => Task.FromResult(server.Get<IChargeJournal>().IsBehind), behind => !behind);
        Assert.Equal(200, (await subscriber.AskAsync(Wire.Ask())).Status);
    }

    private HoldRequest Hold(ChargeId charge, KeyId key) =>
        new()
        {
            Charge = charge,
            Key = key,
            Tariff = server.Tariff(RunningServer.Model),
            Vendor = "deepseek",
            Deployment = "test",
            Stream = false,
            InputBound = 1,
            InputEstimate = 1,
            OutputWanted = 1,
            OutputModest = 1,
            OutputMin = 1,
            Precise = true,
            Node = 1,
        };

    private async Task<JsonElement> ManagementAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{server.Url}/api/v1/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.Server.AdminKey);
        using var response = await server.Client.SendAsync(request, RunningServer.Cancel);
        var text = await response.Content.ReadAsStringAsync(RunningServer.Cancel);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private async Task SendAsync(HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, $"{server.Url}/api/v1/{path}") { Content = new StringContent(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.Server.AdminKey);
        using var response = await server.Client.SendAsync(request, RunningServer.Cancel);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(RunningServer.Cancel));
    }
}
