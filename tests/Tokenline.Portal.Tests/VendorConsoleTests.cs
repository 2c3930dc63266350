using Tokenline.Billing;
using Tokenline.Billing.Proposals;
using Tokenline.Billing.Settlement;
using Tokenline.Billing.Vendors;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Staff;

namespace Tokenline.Portal.Tests;

/// <summary>A vendor's console, without a browser: who may what, whose it is, and what becomes of what is sent.</summary>
[Collection(OnePortal.Name)]
public sealed class VendorConsoleTests(PortalServer server)
{
    private static readonly AuditActor test = AuditActor.System("test");
    private static readonly string[] pages =
    [
        "/vendor",
        "/vendor/prices",
        "/vendor/deployments",
        "/vendor/usage",
        "/vendor/statements",
        "/vendor/payout",
    ];

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Each_page_opens_to_the_roles_that_may_and_to_nobody_else()
    {
        foreach (var person in DemoStaff.All)
        {
            using var visit = await StaffAsync(person.PhoneNumber);
            foreach (var address in pages)
            {
                var right = address is "/vendor/statements" or "/vendor/payout" ? StaffRight.VendorSeeStatements : StaffRight.VendorSee;
                var page = await visit.GetAsync(address);
                var may = StaffRights.Has(person.Role, right);
                Assert.True(may ? page.Status == 200 : page.Status is 403 or 302, $"{person.Role} at {address}: {page.Status}");
            }
        }
        using var subscriber = await server.SignedInAsync(await server.CustomerAsync(0));
        foreach (var address in pages)
            Assert.Equal(403, (await subscriber.GetAsync(address)).Status);
    }

    [Fact]
    public async Task What_is_another_vendors_is_not_there()
    {
        var own = await StatementAsync("zhipu", BillingPeriod.Of(2026, 1));
        var others = await StatementAsync("moonshot", BillingPeriod.Of(2026, 2));
        await server.Get<PayoutAccounts>().ProposeAsync("moonshot", "6222 0000 0000 4321", new PayoutPerson("stf_moon", "Moon"), None);
        using var visit = await StaffAsync(DemoStaff.All.Single(person => person.Role == StaffRole.VendorAdministrator).PhoneNumber);

        Assert.Equal(200, (await visit.GetAsync($"/vendor/statements/{own.Period}/CNY")).Status);
        Assert.Equal(404, (await visit.GetAsync($"/vendor/statements/{others.Period}/CNY")).Status);
        Assert.Equal(404, (await visit.GetAsync($"/vendor/statements/{own.Period}/cny")).Status);
        Assert.Equal(404, (await visit.GetAsync("/vendor/statements/x/CNY")).Status);
        Assert.DoesNotContain($"/vendor/statements/{others.Period}/", (await visit.GetAsync("/vendor/statements")).Body);
        Assert.DoesNotContain("kimi", (await visit.GetAsync("/vendor/prices")).Body);
        Assert.DoesNotContain("4321", (await visit.GetAsync("/vendor/payout")).Body);
        // Nor may it be answered by its address.
        await visit.PostAsync($"/vendor/statements/{others.Period}/CNY", "confirm", ("step", "confirm"), ("confirm-reason", "ours now"));
        Assert.Equal(StatementState.Issued, (await server.Get<StatementDesk>().FindAsync(others.Id, None)).Required().State);
    }

    [Fact]
    public async Task A_statement_is_answered_after_a_preview_with_a_reason_by_those_who_may_and_the_log_has_it()
    {
        var statement = await StatementAsync("zhipu", BillingPeriod.Of(2026, 3));
        var address = $"/vendor/statements/{statement.Period}/CNY";
        using (var viewer = await StaffAsync("+8613800000113"))
            Assert.Equal(403, (await viewer.PostAsync(address, "confirm", ("step", "preview"))).Status);
        using var finance = await StaffAsync("+8613800000112");

        var preview = await finance.PostAsync(address, "dispute", ("step", "preview"));
        Assert.Equal(200, preview.Status);
        var (seen, once) = (Hidden(preview.Body, "seen"), Hidden(preview.Body, "once"));
        var without = await finance.PostAsync(
            address,
            "dispute",
            ("step", "confirm"),
            ("seen", seen),
            ("once", once),
            ("dispute-reason", "")
        );
        Assert.Equal(200, without.Status);
        Assert.Equal(StatementState.Issued, (await server.Get<StatementDesk>().FindAsync(statement.Id, None)).Required().State);
        var done = await finance.PostAsync(
            address,
            "dispute",
            ("step", "confirm"),
            ("seen", seen),
            ("once", once),
            ("dispute-reason", "Three calls are missing")
        );

        Assert.Equal(302, done.Status);
        var now = (await server.Get<StatementDesk>().FindAsync(statement.Id, None)).Required();
        Assert.Equal((StatementState.Disputed, "Three calls are missing"), (now.State, now.Dispute));
        var entries = await server.Get<AuditLog>().ListAsync(new AuditQuery { Action = "statement.dispute" }, null, 10, None);
        Assert.Contains(entries, entry => entry.Draft.On.Id == statement.Id && entry.Draft.Why == "Three calls are missing");
    }

    [Fact]
    public async Task The_payout_account_is_sealed_shown_masked_and_in_no_log()
    {
        const string account = "6228480402564890018";
        using var visit = await StaffAsync("+8613800000111");
        var preview = await visit.PostAsync("/vendor/payout", "payout", ("step", "preview"), ("account", account));
        await visit.PostAsync(
            "/vendor/payout",
            "payout",
            ("step", "confirm"),
            ("account", account),
            ("seen", Hidden(preview.Body, "seen")),
            ("once", Hidden(preview.Body, "once")),
            ("payout-reason", "A new bank")
        );

        var page = await visit.GetAsync("/vendor/payout");
        Assert.Contains("•••• 0018", page.Body);
        Assert.DoesNotContain(account, page.Body);
        Assert.NotEqual(account, await server.Get<PayoutAccounts>().RevealAsync("zhipu", None)); // it waits for a second yes
        using var second = await StaffAsync("+8613800000112");
        Assert.Equal(302, (await second.ConfirmAsync("/vendor/payout", "confirm-account", "The bank has confirmed it")).Status);
        Assert.Equal(account, await server.Get<PayoutAccounts>().RevealAsync("zhipu", None));
        var stored = (await server.Get<IBillingStore>().FindAsync(DocumentKind.PayoutAccount, "zhipu", None))!;
        Assert.DoesNotContain(account, stored.Body);
        foreach (var entry in await server.Get<AuditLog>().ListAsync(new AuditQuery { Action = "payout-account." }, null, 10, None))
            Assert.DoesNotContain(account, entry.ToString());
        // Under another vendor's name it does not open.
        Assert.ThrowsAny<Exception>(() =>
            server
                .Get<IPayoutSeal>()
                .Unseal(System.Text.Json.JsonDocument.Parse(stored.Body).RootElement.GetProperty("sealed").GetString()!, "x")
        );
    }

    [Fact]
    public async Task A_price_is_proposed_after_one_has_seen_who_is_affected_and_waits_for_the_operator()
    {
        using var visit = await StaffAsync("+8613800000111");
        var customer = await server.CustomerAsync();
        await server.CallAsync((await server.KeyAsync(customer)).Text, "glm-4.7");
        var start = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(60).ToString("yyyy-MM-dd");
        (string, string)[] fields = [("model", "glm-4.7"), ("kind", "retail"), ("factor", "110"), ("from", start)];

        var preview = await visit.PostAsync("/vendor/prices", "propose", [("step", "preview"), .. fields]);
        Assert.Contains("1 customers, who made 1 calls", preview.Body);
        Assert.DoesNotContain(customer.Name, preview.Body);
        Assert.DoesNotContain(customer.PhoneNumber, preview.Body);
        var done = await visit.PostAsync(
            "/vendor/prices",
            "propose",
            [
                ("step", "confirm"),
                .. fields,
                ("seen", Hidden(preview.Body, "seen")),
                ("once", Hidden(preview.Body, "once")),
                ("propose-reason", "Dearer power"),
            ]
        );

        Assert.Equal(302, done.Status);
        var proposals = await server.Get<PriceProposals>().ListAsync("zhipu", ProposalState.Proposed, None);
        var made = Assert.Single(proposals, view => view.Proposal.Reason == "Dearer power");
        Assert.Equal(2.2m, made.Proposal.Sheet.Tiers[0].Price["input"]);
        Assert.Contains("Dearer power", (await visit.GetAsync("/vendor/prices")).Body);
        // Not its own: nothing to choose, nothing to send.
        var foreign = await visit.PostAsync(
            "/vendor/prices",
            "propose",
            ("step", "preview"),
            ("model", "kimi-k2.6"),
            ("factor", "1"),
            ("from", start)
        );
        Assert.Contains("There is no model 'kimi-k2.6'", foreign.Body);
        var early = await visit.PostAsync(
            "/vendor/prices",
            "propose",
            [("step", "preview"), fields[0], fields[1], fields[2], ("from", "2026-01-01")]
        );
        Assert.Contains("alert bad", early.Body);
    }

    [Fact]
    public async Task A_stall_is_asked_for_in_public_and_nobody_speaks_for_who_is_there()
    {
        using var visit = server.Visit();
        (string, string)[] Fields(string vendor) =>
            [
                ("vendor", vendor),
                ("company", "Blue Harbor"),
                ("contact", "Ann, ann@blue.example"),
                ("taxId", "9131"),
                ("account", "6222 9999 1234"),
                ("models", "blue-1, blue-2"),
            ];

        Assert.Contains("taken", (await visit.PostAsync("/vendor/apply", "apply", Fields("zhipu"))).Body);
        Assert.Contains("lower-case", (await visit.PostAsync("/vendor/apply", "apply", Fields("Blue Harbor"))).Body);
        Assert.Equal(302, (await visit.PostAsync("/vendor/apply", "apply", Fields("blue-harbor"))).Status);

        var stored = (await server.Get<IBillingStore>().FindAsync(DocumentKind.Application, "blue-harbor", None))!;
        var application = BillingJson.Read<VendorApplication>(stored.Body);
        Assert.Equal((ApplicationState.Submitted, "•••• 1234"), (application.State, application.SettlementAccount));
        Assert.Equal(["blue-1", "blue-2"], application.Models);
        Assert.DoesNotContain("6222 9999", stored.Body);
        var onboarding = server.Get<Onboarding>();
        await onboarding.ReviewAsync("blue-harbor", None);
        Assert.Null(await server.Get<PayoutAccounts>().FindAsync("blue-harbor", None));
        (await onboarding.DecideAsync("blue-harbor", null, None)).Required();
        Assert.Equal("6222 9999 1234", await server.Get<PayoutAccounts>().RevealAsync("blue-harbor", None));
    }

    [Fact]
    public async Task The_market_is_open_to_everybody_in_both_languages_and_as_json()
    {
        using var visit = server.Visit();
        var page = await visit.GetAsync("/market?sort=price&class=flagship");
        Assert.Equal(200, page.Status);
        Assert.Contains("claude-opus-5", page.Body);
        Assert.DoesNotContain("qwen3.5-flash", page.Body);
        Assert.Contains("not measured", page.Body);
        Assert.Contains("未测", (await visit.GetAsync("/market?lang=zh")).Body);
        Assert.Contains("Price history", (await visit.GetAsync("/market/glm-5")).Body);
        Assert.Equal(404, (await visit.GetAsync("/market/no-such-model")).Status);
        using var json = System.Text.Json.JsonDocument.Parse((await visit.GetAsync("/market.json?q=glm-5")).Body);
        var item = json.RootElement.GetProperty("items")[0];
        Assert.Equal(("glm-5", 4m), (item.GetProperty("model").GetString(), item.GetProperty("inputPerMillion").GetDecimal()));
        Assert.Contains("Estimate", item.GetProperty("qualitySource").GetString());
    }

    private async Task<Visit> StaffAsync(string phoneNumber) =>
        new(server.Url, (await server.Get<Sessions>().BeginAsync(phoneNumber, null, "Test", "127.0.0.1")).Secret);

    /// <summary>As a settlement leaves it.</summary>
    private async Task<Statement> StatementAsync(string vendor, BillingPeriod period)
    {
        var statement = new Statement(
            Statement.IdOf(period, PayeeKind.Vendor, vendor, Currency.Cny),
            period,
            PayeeKind.Vendor,
            vendor,
            Currency.Cny,
            1,
            null,
            [new("glm-5", 3, 1_000_000_000, 1_000_000_000, 700_000_000, 120_000_000, 0, 0, 180_000_000)],
            700_000_000,
            0,
            TimeProvider.System.GetUtcNow()
        );
        await server
            .Get<IBillingStore>()
            .CommitAsync(
                new BillingChange
                {
                    Documents =
                    [
                        new(
                            DocumentKind.Statement,
                            statement.Id,
                            Statement.GroupOf(PayeeKind.Vendor, vendor, Currency.Cny),
                            period,
                            0,
                            BillingJson.Write(statement)
                        ),
                    ],
                },
                None
            );
        return statement;
    }

    private static string Hidden(string page, string name) =>
        System.Text.RegularExpressions.Regex.Match(page, $"name=\"{name}\" value=\"([^\"]*)\"").Groups[1].Value;
}
