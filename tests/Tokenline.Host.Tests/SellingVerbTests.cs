using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tokenline.Host.Tests;

/// <summary>One server for what is sold over it: by its services, and by the verbs.</summary>
[CollectionDefinition(nameof(SellingServer))]
public sealed class SellingServer : ICollectionFixture<RunningServer>;

/// <summary>
/// The verbs of selling as they are typed: the real command tree, in this process, against the real server. Every one of them is run, and what it says is JSON;
/// a refusal is the exit code 1 and one line.
/// </summary>
[Collection(nameof(SellingServer))]
public sealed partial class SellingVerbTests(RunningServer server)
{
    private static readonly string[] groups =
    [
        "customer",
        "offering",
        "order",
        "subscription",
        "one-click",
        "voucher",
        "referral",
        "wallet",
        "receivable",
        "product",
        "usage",
        "key",
        "pay-as-you-go",
        "member",
        "invitation",
    ];

    private readonly HashSet<string> run = [];
    private static int numbers = 7_000; // of phones: the carrier simulator has its own ideas of those that end in 0001 to 0005

    [Fact]
    public async Task Every_verb_of_selling_does_what_it_says_and_answers_in_JSON()
    {
        var wrong = new List<string>(); // each group is on its own: all that is wrong is said at once
        foreach (
            var group in new Func<Task>[]
            {
                OfferingsAsync,
                OrdersAsync,
                SubscriptionsAsync,
                SeatsAndPeopleAsync,
                PoolsAsync,
                CapacityAsync,
                WalletsAsync,
                ReceivablesAsync,
                VouchersAndReferralsAsync,
                KeysAsync,
                ReconciliationAsync,
            }
        )
        {
            if (await Record.ExceptionAsync(group) is { } found)
                wrong.Add(
                    $"{group.Method.Name}: {found.Message} {found.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains("SellingVerbTests", StringComparison.Ordinal))}"
                );
        }
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));

        var verbs = CommandLine.Verbs.Subcommands.Where(group => groups.Contains(group.Name)).ToList();
        Assert.Equal(groups.Length, verbs.Count);
        var all = verbs.SelectMany(group => group.Subcommands.Select(verb => $"{group.Name} {verb.Name}"));
        Assert.Equal([], all.Except(run)); // a verb that is added is run here too
    }

    [Fact]
    public async Task A_refusal_is_one_line_and_the_exit_code_1_and_nothing_is_on_the_output()
    {
        var customer = await CustomerAsync();
        foreach (
            var (words, says) in new (string[], string)[]
            {
                (["customer", "show", "pty_0000000000001"], "(not_found)"),
                (["customer", "create", "--phone", "12", "--name", "x"], "[phoneNumber] (invalid_request_error)"),
                (["offering", "show", "no-such-plan"], "(not_found)"),
                (["offering", "publish", "plan-light"], "(wrong_state)"),
                (["offering", "put", "x", "--file", "/no/such/file.json"], "/no/such/file.json"),
                (["order", "create", "--customer", customer, "--offering", "no-such-plan"], "[offering] (not_found)"),
                (
                    ["order", "create", "--customer", customer, "--offering", "plan-light", "--expected-price", "1.00"],
                    "[expectedPrice] (price_changed)"
                ),
                (
                    ["order", "create", "--customer", customer, "--offering", "plan-light", "--payment-method", "wallet"],
                    "(payment_refused)"
                ),
                (["order", "create", "--customer", customer, "--offering", "plan-light", "--payment-method", "invoice"], "(not_eligible)"),
                (["order", "create", "--customer", customer, "--offering", "plan-light", "--voucher", "NOT-THERE"], "(voucher_refused)"),
                (["order", "create", "--customer", customer, "--offering", "plan-light", "--reference", "x"], "--reference"),
                (["order", "confirm", "ord_0000000000001"], "(not_found)"),
                (["subscription", "cancel", "prd_0000000000001"], "(not_found)"),
                (
                    ["subscription", "end-with", "prd_0000000000001", "--with", "prd_0000000000002", "--expected-price", "1.00"],
                    "(not_found)"
                ),
                (["wallet", "pay-out", "--customer", customer, "--amount", "1.00", "--reference", "r"], "(payment_refused)"),
                (["receivable", "pay", "rcv_0000000000001", "--amount", "1.00", "--reference", "r"], "(not_found)"),
                (["voucher", "make", "--type", "percent", "--percent", "101"], "(invalid_request_error)"),
                (["key", "revoke", "key_0000000000001", "--customer", customer], "(not_found)"),
                (["one-click", "confirm", "--customer", customer, "--code", "123456"], "("),
                (["invitation", "accept", "inv_0000000000001", "--code", "123456"], "(not_found)"),
                (["referral", "show", "--customer", "pty_0000000000001"], "(not_found)"),
            }
        )
        {
            var (exit, output, error) = await TypeAsync(words);
            Assert.True(exit == 1, $"{string.Join(' ', words)}: {exit} {output}");
            Assert.Empty(output);
            var line = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.StartsWith("tokenline: ", line, StringComparison.Ordinal);
            Assert.True(line.Contains(says, StringComparison.Ordinal), $"{string.Join(' ', words)}: {line}");
        }
        Assert.Empty((await DoAsync("order", "list", "--customer", customer)).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task What_is_mistyped_or_unanswered_is_said_before_anything_is_asked()
    {
        foreach (var words in new string[][] { ["order", "create"], ["order", "cerate"], ["wallet", "top-up", "--customer", "x"] })
        {
            var (exit, _, error) = await TypeAsync(words);
            Assert.Equal(1, exit);
            Assert.NotEmpty(error);
        }
        var nobody = await TypeAsync(["customer", "list"], "http://127.0.0.1:9");
        Assert.Equal((1, "tokenline: No Tokenline answers at http://127.0.0.1:9 (TOKENLINE_URL).\n"), (nobody.Exit, nobody.Error));
        var stranger = await TypeAsync(["customer", "list"], key: "not-the-key");
        Assert.Equal(1, stranger.Exit);
        Assert.Contains("(invalid_api_key)", stranger.Error, StringComparison.Ordinal);
        var table = await TypeAsync(["offering", "list"]);
        Assert.Equal(0, table.Exit);
        Assert.Contains("plan-light", table.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("{", table.Output, StringComparison.Ordinal);
    }

    private async Task OfferingsAsync()
    {
        const string sheet = """
            {"name":"Verbs","kind":"plan","price":{"amount":12,"currency":"CNY"},"months":1,"draft":true,
             "grants":[{"unit":"general-token","amount":10000000}],"renewal":{"automatic":true}}
            """;
        Assert.Equal("draft", Text(await PutAsync("verb-plan", sheet), "state"));
        Assert.NotEmpty((await DoAsync("offering", "check", "verb-plan")).GetProperty("items").EnumerateArray());
        Assert.Equal("published", Text(await DoAsync("offering", "publish", "verb-plan"), "state"));
        Assert.Equal("verb-plan", Text((await DoAsync("offering", "show", "verb-plan")).GetProperty("current"), "id"));
        Assert.Contains((await ItemsAsync("offering", "list")), one => Text(one, "id") == "verb-plan");
        await PutAsync("verb-old", sheet.Replace(",\"draft\":true", "", StringComparison.Ordinal));
        Assert.Equal("retired", Text(await DoAsync("offering", "retire", "verb-old"), "state"));
        Assert.DoesNotContain((await ItemsAsync("offering", "list")), one => Text(one, "id") == "verb-old");
        Assert.Contains((await ItemsAsync("offering", "list", "--state", "retired")), one => Text(one, "id") == "verb-old");
        var refused = await TypeAsync(["order", "create", "--customer", await CustomerAsync(), "--offering", "verb-old"]);
        Assert.Contains("(offering_unavailable)", refused.Error, StringComparison.Ordinal);
    }

    private async Task OrdersAsync()
    {
        var (customer, phone) = await CustomerAndPhoneAsync();
        Assert.Equal("individual", Text(await DoAsync("customer", "show", customer), "type"));
        Assert.Equal("south", Text(await DoAsync("customer", "traits", customer, "--region", "south"), "region"));
        Assert.Contains(await ItemsAsync("customer", "list"), one => Text(one, "id") == customer);
        Assert.Equal("true", (await DoAsync("customer", "suspend", customer)).GetProperty("suspended").ToString().ToLowerInvariant());
        await DoAsync("customer", "resume", customer);

        var order = await DoAsync([
            "order",
            "create",
            "--customer",
            customer,
            "--offering",
            "plan-light",
            "--confirmation",
            "oneTimePassword",
            "--external-id",
            "o-1",
            "--expected-price",
            "9.90",
            "--channel",
            "shop",
        ]);
        Assert.Equal("pending", Text(order, "state"));
        await DoAsync("order", "code", Text(order, "id"));
        Assert.Equal("completed", Text(await DoAsync("order", "confirm", Text(order, "id"), "--code", CodeOf(phone)), "state"));
        Assert.Equal("completed", Text(await DoAsync("order", "show", Text(order, "id")), "state"));
        var reserved = await OrderAsync(customer, "token-pack", "--confirmation", "reservation");
        Assert.Equal("cancelled", Text(await DoAsync("order", "cancel", Text(reserved, "id")), "state"));
        Assert.Equal(2, (await ItemsAsync("order", "list", "--customer", customer)).Count);
        Assert.Equal("Light", Text(Assert.Single(await ItemsAsync("product", "list", "--customer", customer)), "name"));
        Assert.Empty(await ItemsAsync("usage", "list", "--customer", customer));

        await DoAsync("one-click", "ask", "--customer", customer, "--per-order", "30.00", "--per-month", "50.00");
        await DoAsync("one-click", "confirm", "--customer", customer, "--code", CodeOf(phone));
        Assert.Equal("active", Text(await DoAsync("one-click", "show", "--customer", customer), "state"));
        Assert.Equal("completed", Text(await OrderAsync(customer, "token-pack", "--confirmation", "oneClick"), "state"));
        await DoAsync("one-click", "revoke", "--customer", customer);
        Assert.Contains(
            "(confirmation_required)",
            (await TypeAsync(["order", "create", "--customer", customer, "--offering", "token-pack", "--confirmation", "oneClick"])).Error,
            StringComparison.Ordinal
        );

        await DoAsync("pay-as-you-go", "allow", "--customer", customer, "--monthly-cap", "20.00");
        Assert.Equal(20, Number((await DoAsync("pay-as-you-go", "show", "--customer", customer)).GetProperty("cap").GetProperty("amount")));
        await DoAsync("pay-as-you-go", "stop", "--customer", customer);
    }

    private async Task SubscriptionsAsync()
    {
        var customer = await CustomerAsync();
        var plan = Text(await OrderAsync(customer, "verb-plan"), "product");
        Assert.Equal(plan, Text(Assert.Single(await ItemsAsync("subscription", "list", "--customer", customer)), "id"));
        Assert.Equal("paid", Text(Assert.Single(await ItemsAsync("subscription", "payments", plan)), "state"));
        Assert.Equal("pendingTerminate", Text(await DoAsync("subscription", "cancel", plan), "state"));
        Assert.Equal("active", Text(await DoAsync("subscription", "keep", plan), "state"));
        Assert.Equal("True", (await DoAsync("subscription", "pause", plan)).GetProperty("pauses").ToString());
        await DoAsync("subscription", "keep", plan);
        Assert.Equal("suspended", Text(await DoAsync("subscription", "suspend", plan, "--reason", "test"), "state"));
        Assert.Equal("active", Text(await DoAsync("subscription", "resume", plan), "state"));
        await RefusedAsync("(wrong_state)", "subscription", "pay", plan);
        run.Add("subscription pay"); // refused: nothing is due
        await PutAsync(
            "verb-plus",
            """
            {"name":"Verbs plus","kind":"plan","price":{"amount":24,"currency":"CNY"},"months":1,
             "grants":[{"unit":"general-token","amount":30000000}],"renewal":{"automatic":true}}
            """
        );
        var price = await DoAsync("subscription", "upgrade-price", plan, "--offering", "verb-plus");
        Assert.Equal(12, Number(price.GetProperty("amount").GetProperty("amount")));
        await RefusedAsync(
            "(price_changed)",
            "subscription",
            "change",
            plan,
            "--offering",
            "verb-plus",
            "--now",
            "--expected-price",
            "1.00"
        );
        Assert.Equal("verb-plus", Text(await DoAsync("subscription", "change", plan, "--offering", "verb-plus", "--now"), "offering"));

        // Some instants later than the first, so the two do not end together yet.
        var other = Text(await OrderAsync(customer, "verb-plan"), "product");
        var shown = await DoAsync("subscription", "end-with-price", other, "--with", plan);
        var amount = shown.GetProperty("amount").GetProperty("amount").ToString();
        await RefusedAsync(
            "[expectedPrice] (price_changed)",
            "subscription",
            "end-with",
            other,
            "--with",
            plan,
            "--expected-price",
            "99.00"
        );
        var agreed = await DoAsync("subscription", "end-with", other, "--with", plan, "--expected-price", amount);
        Assert.Equal(plan, Text(agreed.GetProperty("endsWith"), "with"));
        Assert.False((await DoAsync("subscription", "keep", other)).TryGetProperty("endsWith", out _));
        Assert.Equal("terminated", Text(await DoAsync("subscription", "cancel", other, "--now"), "state"));
        await DoAsync("subscription", "adopt", "--customer", customer, "--renews");
        Assert.Equal("verb-plus", Text(await DoAsync("subscription", "show", plan), "offering"));
    }

    private async Task SeatsAndPeopleAsync()
    {
        await PutAsync(
            "verb-team",
            """
            {"name":"Verb team","kind":"plan","price":{"amount":30,"currency":"CNY"},"months":1,"seats":{"min":1,"max":50},"renewal":{"automatic":true},
             "grants":[{"unit":"general-token","amount":2000000},{"unit":"general-token","amount":5000000,"toEachSeat":true}]}
            """
        );
        var company = await CustomerAsync("organization");
        var invited = Text(
            await DoAsync("invitation", "create", "--customer", company, "--phone", NextPhone(out var ann), "--name", "Ann"),
            "id"
        );
        await RefusedAsync("(rate_limit_exceeded)", "invitation", "code", invited); // one was sent with the invitation
        run.Add("invitation code");
        Assert.Single(await ItemsAsync("invitation", "of", "--phone", ann));
        var member = Text(await DoAsync("invitation", "accept", invited, "--code", CodeOf(ann)), "id");
        foreach (var (verb, whose) in new[] { ("decline", Array.Empty<string>()), ("withdraw", ["--customer", company]) })
        {
            var id = Text(await DoAsync("invitation", "create", "--customer", company, "--phone", NextPhone(out _)), "id");
            await DoAsync(["invitation", verb, id, .. whose]);
        }
        Assert.Equal(3, (await ItemsAsync("invitation", "list", "--customer", company)).Count);
        Assert.Equal(2, (await ItemsAsync("member", "list", "--customer", company)).Count);
        Assert.Equal("Ann", Text(await DoAsync("member", "show", member, "--customer", company), "name"));
        Assert.Single(await ItemsAsync("member", "of", "--phone", ann));
        Assert.NotEmpty(await ItemsAsync("member", "rights"));

        var team = Text(await OrderAsync(company, "verb-team", "--seats", "2"), "product");
        Assert.Equal(
            30,
            Number((await DoAsync("subscription", "seat-price", team, "--seats", "3")).GetProperty("amount").GetProperty("amount"))
        );
        var grown = await DoAsync("subscription", "seats", team, "--seats", "3", "--expected-price", "30.00");
        Assert.Equal(3, Number(grown.GetProperty("seats").GetProperty("count")));
        await DoAsync("subscription", "assign-seat", team, "--member", member);
        var node = Text(await DoAsync("member", "show", member, "--customer", company), "allotment");
        Assert.Equal([node], await HoldersAsync(company));
        await DoAsync("subscription", "free-seat", team, "--member", member);
        Assert.Empty(await HoldersAsync(company));
        Assert.Equal(
            "administrator",
            Text(await DoAsync("member", "role", member, "--customer", company, "--role", "administrator"), "role")
        );
        await DoAsync("member", "remove", member, "--customer", company, "--reason", "left");
    }

    private async Task PoolsAsync()
    {
        await PutAsync(
            "verb-pool",
            """
            {"name":"Verb pool","kind":"plan","price":{"amount":90,"currency":"CNY"},"months":1,"renewal":{"automatic":true},
             "grants":[{"unit":"general-token","amount":10000000,"type":"Pool"}]}
            """
        );
        var company = await CustomerAsync("organization");
        var pool = Text(await OrderAsync(company, "verb-pool"), "product");
        var nodes = new List<string>();
        foreach (var name in new[] { "north", "south" })
            nodes.Add(Text(await DoAsync("allotment", "put", "--customer", company, "--name", name, "--type", "department"), "id"));
        await DoAsync("subscription", "share", pool, "--allotment", nodes[0], "--most", "6000000");
        await DoAsync("subscription", "share", pool, "--allotment", nodes[1], "--most", "3000000");
        await DoAsync("subscription", "move-share", pool, "--from", nodes[0], "--to", nodes[1], "--amount", "500000");
        var shares = await ItemsAsync("subscription", "shares", pool);
        Assert.Equal(
            [5_500_000m, 3_500_000m],
            nodes.Select(node => Number(shares.Single(one => Text(one, "allotment") == node).GetProperty("most")))
        );
    }

    private async Task CapacityAsync()
    {
        await PutAsync(
            "verb-calls",
            """
            {"name":"Verb calls","kind":"plan","price":{"amount":10,"currency":"CNY"},"months":1,
             "grants":[{"unit":"call-at-once","amount":20,"type":"Capacity"}]}
            """
        );
        var customer = await CustomerAsync();
        await RefusedAsync("[offering] (not_eligible)", "order", "create", "--customer", customer, "--offering", "verb-calls");
        await DoAsync("allotment", "put", "--customer", customer, "--account", "--limit", "at-once=10 requests/running");
        await OrderAsync(customer, "verb-calls");
        var limit = Assert.Single(
            (await ItemsAsync("allotment", "list", "--customer", customer))[0].GetProperty("limits").EnumerateArray()
        );
        Assert.Equal(("at-once=10 requests/running", 20), (Text(limit, "text"), Number(limit.GetProperty("raised"))));
    }

    private async Task WalletsAsync()
    {
        var customer = await CustomerAsync();
        var paid = await DoAsync("wallet", "top-up", "--customer", customer, "--amount", "50.00", "--external-id", "t-1");
        Assert.Equal("completed", Text(paid, "state"));
        Assert.Equal("t-1", Text(await DoAsync("wallet", "top-up-show", Text(paid, "id")), "externalId"));
        foreach (var _ in new[] { 1, 2 }) // given again it is the same
            await DoAsync("wallet", "record", "--customer", customer, "--amount", "10.00", "--reference", "transfer-7");
        Assert.Equal("completed", Text(await OrderAsync(customer, "plan-light", "--payment-method", "wallet"), "state"));
        await DoAsync("wallet", "pay-out", "--customer", customer, "--amount", "20.10", "--reference", "back-1", "--note", "asked for");
        Assert.Equal(30m, Number((await DoAsync("wallet", "show", "--customer", customer)).GetProperty("balance").GetProperty("amount")));
        Assert.Equal(4, (await ItemsAsync("wallet", "statement", "--customer", customer)).Count);
        Assert.Equal(2, (await ItemsAsync("wallet", "top-ups", "--customer", customer)).Count);
        var plan = Text(Assert.Single(await ItemsAsync("subscription", "list", "--customer", customer)), "id");
        Assert.Equal("phoneBill", Text(await DoAsync("subscription", "pay-by", plan, "--payment-method", "phoneBill"), "paymentMethod"));
    }

    private async Task ReceivablesAsync()
    {
        var company = await CustomerAsync("organization");
        await DoAsync(
            "receivable",
            "agree",
            "--customer",
            company,
            "--credit-limit",
            "1000.00",
            "--net-days",
            "14",
            "--needs-purchase-order"
        );
        await RefusedAsync(
            "[purchaseOrder]",
            "order",
            "create",
            "--customer",
            company,
            "--offering",
            "plan-light",
            "--payment-method",
            "invoice"
        );
        await OrderAsync(company, "plan-light", "--payment-method", "invoice", "--purchase-order", "PO-1");
        Assert.Equal(9.9m, Number((await DoAsync("receivable", "terms", "--customer", company)).GetProperty("open").GetProperty("amount")));
        var owed = Text(Assert.Single(await ItemsAsync("receivable", "list", "--customer", company, "--open")), "id");
        await DoAsync("receivable", "pay", owed, "--amount", "9.90", "--reference", "transfer-9");
        Assert.Equal(
            0m,
            Number((await DoAsync("receivable", "show", owed)).GetProperty("receivable").GetProperty("open").GetProperty("amount"))
        );
        await DoAsync("receivable", "end", "--customer", company);
    }

    private async Task VouchersAndReferralsAsync()
    {
        await DoAsync("voucher", "make", "--type", "percent", "--percent", "50", "--code", "VERB-HALF", "--note", "test");
        Assert.Equal(10, (await ItemsAsync("voucher", "make", "--type", "amount", "--amount", "1.00", "--count", "10")).Count);
        await DoAsync("referral", "set", "--grant-unit", "general-token", "--grant-amount", "100000", "--least-price", "4.00");
        Assert.Equal(4m, Number((await DoAsync("referral", "terms")).GetProperty("leastPrice").GetProperty("amount")));
        var (old, fresh) = (await CustomerAsync(), await CustomerAsync());
        await OrderAsync(old, "plan-light");
        var code = Text(await DoAsync("referral", "show", "--customer", old), "code");
        var order = await OrderAsync(fresh, "plan-light", "--voucher", "VERB-HALF", "--referral", code);
        Assert.Equal(4.95m, Number(order.GetProperty("price").GetProperty("amount")));
        Assert.Equal(1, Number((await DoAsync("voucher", "show", "VERB-HALF")).GetProperty("voucher").GetProperty("used")));
        Assert.Single((await DoAsync("referral", "show", "--customer", old)).GetProperty("items").EnumerateArray());
        Assert.Equal("True", (await DoAsync("voucher", "end", "VERB-HALF")).GetProperty("ended").ToString());
        Assert.Contains(await ItemsAsync("voucher", "list"), one => Text(one, "code") == "VERB-HALF");
        await RefusedAsync(
            "(voucher_refused)",
            "order",
            "create",
            "--customer",
            await CustomerAsync(),
            "--offering",
            "plan-light",
            "--voucher",
            "VERB-HALF"
        );
    }

    private async Task KeysAsync()
    {
        var customer = await CustomerAsync();
        var key = await DoAsync([
            "key",
            "create",
            "--customer",
            customer,
            "--name",
            "laptop",
            "--model",
            RunningServer.Model,
            "--expires",
            "2099-01-01T00:00:00Z",
        ]);
        Assert.NotEmpty(Text(key, "key"));
        Assert.Equal("live", Text(Assert.Single(await ItemsAsync("key", "list", "--customer", customer)), "state"));
        await DoAsync("key", "revoke", Text(key, "id"), "--customer", customer);
        Assert.Equal("revoked", Text(Assert.Single(await ItemsAsync("key", "list", "--customer", customer)), "state"));
    }

    /// <summary>The carrier's own file of today agrees with everything above.</summary>
    private async Task ReconciliationAsync()
    {
        var today = DateOnly
            .FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(8))
            .ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(server.Server.Simulator!.Address, $"/carrier/settlement/{today}.csv")
        );
        request.Headers.Authorization = new("Bearer", "operator");
        using var response = await server.Client.SendAsync(request, RunningServer.Cancel);
        using var file = new TemporaryFile(await response.Content.ReadAsStringAsync(RunningServer.Cancel));
        var (exit, output, _) = await TypeAsync(["reconcile", "carrier", "--file", file.Path, "--date", today, "--json"]);
        Assert.True(exit == 0, output);
        Assert.True(Number(JsonSerializer.Deserialize<JsonElement>(output).GetProperty("matched")) > 5);
    }

    private async Task<JsonElement> PutAsync(string id, string sheet)
    {
        using var file = new TemporaryFile(sheet);
        return await DoAsync("offering", "put", id, "--file", file.Path);
    }

    private Task<JsonElement> OrderAsync(string customer, string offering, params string[] more) =>
        DoAsync(["order", "create", "--customer", customer, "--offering", offering, .. more]);

    private async Task<string> CustomerAsync(string? type = null) => (await CustomerAndPhoneAsync(type)).Id;

    private async Task<(string Id, string Phone)> CustomerAndPhoneAsync(string? type = null)
    {
        string[] words = ["customer", "create", "--phone", NextPhone(out var phone), "--name", "Verb"];
        return (Text(await DoAsync(type is null ? words : [.. words, "--type", type]), "id"), phone);
    }

    private string NextPhone(out string phone) => phone = $"+861391111{Interlocked.Increment(ref numbers)}";

    private async Task<List<string>> HoldersAsync(string customer) =>
        [
            .. (await ItemsAsync("bucket", "list", "--customer", customer))
                .Where(bucket => bucket.TryGetProperty("seat", out var seat) && seat.TryGetProperty("holder", out _))
                .Select(bucket => Text(bucket.GetProperty("seat"), "holder")),
        ];

    private async Task<List<JsonElement>> ItemsAsync(params string[] words) =>
        [.. (await DoAsync(words)).GetProperty("items").EnumerateArray()];

    private async Task<JsonElement> DoAsync(params string[] words)
    {
        var (exit, output, error) = await TypeAsync([.. words, "--json"]);
        Assert.True(exit == 0, $"{string.Join(' ', words)}: {error}");
        Assert.Empty(error);
        run.Add($"{words[0]} {words[1]}");
        return output.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(output);
    }

    private async Task RefusedAsync(string says, params string[] words)
    {
        var (exit, output, error) = await TypeAsync(words);
        Assert.Equal((1, ""), (exit, output));
        Assert.Contains(says, error, StringComparison.Ordinal);
    }

    private Task<(int Exit, string Output, string Error)> TypeAsync(string[] words, string? url = null, string? key = null) =>
        CommandLineTyping.TypeAsync(words, url ?? server.Url, key ?? server.Server.AdminKey);

    /// <summary>Amounts are strings, counts are numbers.</summary>
    private static decimal Number(JsonElement of) => decimal.Parse(of.ToString(), System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(JsonElement of, string field) => of.GetProperty(field).ToString();

    /// <summary>The last code that went to the phone: what is told of an order in the background may come after it.</summary>
    private string CodeOf(string phone) =>
        server
            .Server.Simulator!.Carrier.Messages.All.Where(message => message.PhoneNumber == phone)
            .Select(message => Code().Match(message.Text).Value)
            .Last(code => code.Length > 0);

    [GeneratedRegex(@"(?<!\d)\d{6}(?!\d)")]
    private static partial Regex Code();

    private sealed class TemporaryFile : IDisposable
    {
        public TemporaryFile(string text) => File.WriteAllText(Path, text);

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
