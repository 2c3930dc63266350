using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Billing;
using Tokenline.Billing.Proposals;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;
using Tokenline.Storage.Billing;

namespace Tokenline.Commerce.Tests.Api;

/// <summary>The clock stands at 2026-09-01T02:30Z, and the notice is 30 days: the earliest start is 2026-10-01T02:30Z.</summary>
public sealed class PriceProposalApiTests : ManagementApiHost
{
    private const string Due = "2026-10-02T00:00:00Z";
    private const string Sheet =
        """{"currency":"CNY","tiers":[{"price":{"input":"1","output":"3"},"weights":{"tokens":{"input":"1","output":"3"}}}]}""";
    private const string Owed = """{"currency":"USD","tiers":[{"price":{"input":"0.1","output":"0.4"}}]}""";

    private FakeTimeProvider Time => app.Services.GetRequiredService<FakeTimeProvider>();
    private TariffHolder Tariffs => app.Services.GetRequiredService<TariffHolder>();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await app.Services.OpenBillingStorageAsync(CancellationToken.None);
    }

    [Fact]
    public async Task An_approved_price_is_charged_from_its_start_on_and_made_once()
    {
        var proposed = await ProposeAsync("spring");
        Assert.Equal(("proposed", null, "False"), (proposed["state"], proposed["effect"], proposed["isFirst"]));
        Assert.Contains("->", proposed["difference"], StringComparison.Ordinal);
        Assert.Equal("spring", (await SendAsync(HttpMethod.Get, "price-proposals?vendor=zhipu&state=proposed"))["items.0.id"]);
        var before = Tariffs.LastVersion;

        var approved = await SendAsync(HttpMethod.Post, "price-proposals/zhipu/spring/approve", """{"answer":"agreed"}""");
        Assert.Equal(
            ("approved", "scheduled", $"{before + 1}", "agreed"),
            (approved["state"], approved["effect"], approved["version"], approved["answer"])
        );
        Assert.Equal(approved["version"], (await SendAsync(HttpMethod.Post, "price-proposals/zhipu/spring/approve"))["version"]);
        Assert.Equal(before + 1, Tariffs.LastVersion);
        var due = DateTimeOffset.Parse(Due);
        Assert.NotEqual(before + 1, Tariffs.Current.Find("glm-5", due.AddTicks(-1))!.Version);
        Assert.Equal(before + 1, Tariffs.Current.Find("glm-5", due)!.Version);

        Time.AdjustTime(due);
        Assert.Equal("started", (await SendAsync(HttpMethod.Get, "price-proposals/zhipu/spring"))["effect"]);
    }

    [Fact]
    public async Task What_a_vendor_is_owed_becomes_a_version_of_its_contract()
    {
        await ProposeAsync("owed", kind: "wholesale", price: Owed);
        var approved = await SendAsync(
            HttpMethod.Post,
            "price-proposals/zhipu/owed/approve",
            """{"effectiveFrom":"2026-11-01T00:00:00Z"}"""
        );

        Assert.Equal(("approved", "True"), (approved["state"], approved["isFirst"]));
        var contracts = Tariffs.Current;
        Assert.Null(contracts.FindContract("zhipu", "glm-5", DateTimeOffset.Parse(Due)));
        Assert.Equal(
            approved["version"],
            $"{contracts.FindContract("zhipu", "glm-5", DateTimeOffset.Parse("2026-11-01T00:00:00Z"))!.Version}"
        );
    }

    [Fact]
    public async Task Nobody_decides_twice_and_what_nobody_decided_lapses()
    {
        await ProposeAsync("one");
        Assert.Equal("model", (await SendAsync(HttpMethod.Post, "price-proposals", Proposal("two"), 409))["param"]);
        Assert.Equal(
            "idempotency_conflict",
            (await SendAsync(HttpMethod.Post, "price-proposals", Proposal("one", reason: "other"), 409))["code"]
        );
        Assert.Equal("proposed", (await ProposeAsync("one"))["state"]);

        Assert.Equal("reason", (await SendAsync(HttpMethod.Post, "price-proposals/zhipu/one/reject", "{}", 400))["param"]);
        var rejected = await SendAsync(HttpMethod.Post, "price-proposals/zhipu/one/reject", """{"reason":"too dear"}""");
        Assert.Equal(("rejected", "too dear"), (rejected["state"], rejected["answer"]));
        foreach (var late in new[] { "approve", "withdraw" })
            Assert.Equal("wrong_state", (await SendAsync(HttpMethod.Post, $"price-proposals/zhipu/one/{late}", status: 409))["code"]);

        await ProposeAsync("three");
        Assert.Equal("withdrawn", (await SendAsync(HttpMethod.Post, "price-proposals/zhipu/three/withdraw"))["state"]);
        await ProposeAsync("four");
        Time.AdjustTime(DateTimeOffset.Parse(Due));
        Assert.Equal("lapsed", (await SendAsync(HttpMethod.Get, "price-proposals/zhipu/four"))["state"]);
        Assert.Equal("from", (await SendAsync(HttpMethod.Post, "price-proposals/zhipu/four/approve", status: 409))["param"]);
        var late2 = await SendAsync(HttpMethod.Post, "price-proposals/zhipu/four/approve", """{"effectiveFrom":"2026-10-03T00:00:00Z"}""");
        Assert.Equal("scheduled", late2["effect"]);
    }

    [Fact]
    public async Task What_was_approved_is_finished_once_after_a_crash_before_and_after_its_version_was_made()
    {
        var proposals = app.Services.GetRequiredService<PriceProposals>();
        var store = app.Services.GetRequiredService<IBillingStore>();
        await ProposeAsync("spring");
        var first = Tariffs.LastVersion;
        await ForgetVersionAsync(); // approved, and nothing was published

        Assert.Equal(1, await proposals.ResumeAsync(CancellationToken.None));
        Assert.Equal(first + 1, Tariffs.LastVersion);
        await ForgetVersionAsync(); // published, and the proposal does not know
        Assert.Equal(1, await proposals.ResumeAsync(CancellationToken.None));
        Assert.Equal(0, await proposals.ResumeAsync(CancellationToken.None));

        Assert.Equal(first + 1, Tariffs.LastVersion);
        Assert.Equal($"{first + 1}", (await SendAsync(HttpMethod.Get, "price-proposals/zhipu/spring"))["version"]);

        async Task ForgetVersionAsync()
        {
            var stored = (await store.FindAsync(DocumentKind.PriceProposal, "zhipu/spring", CancellationToken.None))!;
            var body = BillingJson.Read<PriceProposal>(stored.Body) with { State = ProposalState.Approved, Version = null };
            await store.CommitAsync(
                new() { Documents = [new(stored.Kind, stored.Id, stored.Group, null, stored.Version, BillingJson.Write(body))] },
                CancellationToken.None
            );
        }
    }

    [Fact]
    public async Task A_vendors_terms_say_how_long_its_notice_is()
    {
        Assert.Equal("30", (await SendAsync(HttpMethod.Get, "vendors/zhipu/price-notice"))["days"]);
        await SendAsync(
            HttpMethod.Post,
            "vendor-applications",
            """{"vendor":"zhipu","company":"Z","contact":"z@z.example","taxId":"91","settlementAccount":"62","models":["glm-5"]}"""
        );
        await SendAsync(HttpMethod.Post, "vendor-applications/zhipu/review");
        await SendAsync(HttpMethod.Post, "vendor-applications/zhipu/decision", "{}");
        await SendAsync(
            HttpMethod.Post,
            "vendor-terms",
            """{"vendor":"zhipu","from":"2026-09","kind":"revenueShare","vendorPercent":"60","priceNoticeDays":90}"""
        );

        Assert.Equal("90", (await SendAsync(HttpMethod.Get, "vendors/zhipu/price-notice"))["days"]);
        Assert.Equal("effectiveFrom", (await SendAsync(HttpMethod.Post, "price-proposals", Proposal("spring"), 400))["param"]);
        Assert.Equal(
            "kind",
            (await SendAsync(HttpMethod.Post, "price-proposals", Proposal("owed", "wholesale", Owed, from: "2026-12-02T00:00:00Z"), 400))[
                "param"
            ]
        );
    }

    [Theory]
    [InlineData("""{"id":"x","kind":"retail","model":"glm-5","price":S,"effectiveFrom":D}""", 400, "vendor")]
    [InlineData("""{"vendor":"zhipu","kind":"retail","model":"glm-5","price":S,"effectiveFrom":D}""", 400, "id")]
    [InlineData("""{"vendor":"zhipu","id":"a/b","kind":"retail","model":"glm-5","price":S,"effectiveFrom":D}""", 400, "id")]
    [InlineData("""{"vendor":"zhipu","id":"x","model":"glm-5","price":S,"effectiveFrom":D}""", 400, "kind")]
    [InlineData("""{"vendor":"zhipu","id":"x","kind":"retail","model":"glm-5","effectiveFrom":D}""", 400, "price")]
    [InlineData("""{"vendor":"zhipu","id":"x","kind":"retail","model":"glm-5","price":S}""", 400, "effectiveFrom")]
    [InlineData(
        """{"vendor":"zhipu","id":"x","kind":"retail","model":"glm-5","price":S,"effectiveFrom":"2026-10-01T02:29:59Z"}""",
        400,
        "effectiveFrom"
    )]
    [InlineData(
        """{"vendor":"zhipu","id":"x","kind":"retail","model":"glm-5","price":S,"effectiveFrom":D,"effectiveUntil":D}""",
        400,
        "effectiveUntil"
    )]
    [InlineData(
        """{"vendor":"zhipu","id":"x","kind":"wholesale","model":"glm-5","price":S,"effectiveFrom":D}""",
        400,
        "price.tiers[0].weights"
    )]
    [InlineData("""{"vendor":"zhipu","id":"x","kind":"retail","model":"glm-5","price":{},"effectiveFrom":D}""", 400, "price.currency")]
    [InlineData("""{"vendor":"nobody","id":"x","kind":"retail","model":"glm-5","price":S,"effectiveFrom":D}""", 404, "vendor")]
    [InlineData("""{"vendor":"zhipu","id":"x","kind":"retail","model":"gemini-2.5-pro","price":S,"effectiveFrom":D}""", 404, "model")]
    public async Task What_cannot_be_proposed_is_named_and_nothing_is_kept(string body, int status, string param)
    {
        var text = body.Replace(":S", $":{Sheet}", StringComparison.Ordinal).Replace(":D", $":\"{Due}\"", StringComparison.Ordinal);
        Assert.Equal(param, (await SendAsync(HttpMethod.Post, "price-proposals", text, status))["param"]);
        Assert.Null((await SendAsync(HttpMethod.Get, "price-proposals"))["items.0.id"]);
    }

    [Fact]
    public async Task A_dry_run_says_what_it_would_come_to_and_keeps_nothing()
    {
        var body = Proposal("spring").Replace("\"reason\"", "\"dryRun\":true,\"reason\"", StringComparison.Ordinal);
        Assert.Contains("->", (await SendAsync(HttpMethod.Post, "price-proposals", body))["difference"], StringComparison.Ordinal);
        Assert.Null((await SendAsync(HttpMethod.Get, "price-proposals"))["items.0.id"]);
    }

    private Task<Answer> ProposeAsync(string id, string kind = "retail", string price = Sheet) =>
        SendAsync(HttpMethod.Post, "price-proposals", Proposal(id, kind, price));

    private static string Proposal(
        string id,
        string kind = "retail",
        string price = Sheet,
        string reason = "new hardware",
        string from = Due
    ) =>
        $$"""{"vendor":"zhipu","id":"{{id}}","kind":"{{kind}}","model":"glm-5","price":{{price}},"effectiveFrom":"{{from}}","reason":"{{reason}}"}""";
}
