using Microsoft.Playwright;
using Tokenline.Billing;
using Tokenline.Billing.Settlement;
using Tokenline.Billing.Vendors;
using Tokenline.Charging;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Staff;
using Tokenline.Portal.Access;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Tests;

/// <summary>What support and finance do, in a real browser over the real system, in both languages. On a server of its own: it closes months, which others have to find open.</summary>
[Collection(Lane.Staff)]
public sealed class OperatorBrowserTests(PortalServer server) : IClassFixture<PortalServer>
{
    private const int Desktop = 1280;
    private const int Phone = 390;

    [Theory]
    [InlineData("en", Phone, Skip = TestLength.OnlyLong, SkipType = typeof(TestLength), SkipUnless = nameof(TestLength.IsLong))]
    [InlineData("zh-CN", Desktop)]
    public async Task Find_a_customer_by_phone_number_open_a_charges_receipt_and_refund_it(string language, int width)
    {
        var customer = await server.CustomerAsync();
        var call = await server.CallAsync((await server.KeyAsync(customer)).Text);
        var texts = TextsOf(language);
        await using var context = await ContextAsync(language, width, StaffRole.Support);
        var page = await context.NewPageAsync();
        var errors = ErrorsOf(page);

        await page.GotoAsync("/operator");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync(texts.CustomersTitle);
        await page.Locator("#q").FillAsync(customer.PhoneNumber);
        await page.GetByRole(AriaRole.Button, new() { Name = texts.Find, Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync(customer.PhoneNumber);
        await page.Locator($"a[href='/operator/calls/{call.Charge}']").ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync(texts.PaidBy(call));

        await page.GetByRole(AriaRole.Button, new() { Name = texts.RefundPreview, Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("#refund .preview")).ToContainTextAsync(customer.PhoneNumber);
        await page.GetByRole(AriaRole.Button, new() { Name = texts.GiveBack, Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("#refund-reason-wrong")).ToHaveTextAsync(texts.ReasonMissing);
        await page.Locator("#refund-reason").FillAsync("answer was cut");
        await page.GetByRole(AriaRole.Button, new() { Name = texts.GiveBack, Exact = true }).DblClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync(texts.RefundedWhole);
        Assert.Equal("answer was cut", Assert.Single(await server.Get<IChargeHistory>().AdjustmentsAsync(call.Charge)).Refund.Reason);
        Assert.Empty(errors);
    }

    /// <summary>One month in each language, in their order: a month is billed and settled after the one before.</summary>
    [Fact]
    public async Task Dry_run_and_run_a_bill_then_settle_answer_a_dispute_confirm_and_pay_out()
    {
        var now = TimeProvider.System.GetUtcNow();
        var last = BillingPeriod.Of(now.Year, now.Month).Previous;
        var accounts = server.Get<PayoutAccounts>();
        var waiting = (await accounts.ProposeAsync("zhipu", "6222 0000 7788", new("stf_a", "Ann"), PortalServer.Cancel)).Required();
        (await accounts.ConfirmAsync("zhipu", waiting.Proposed!, new("stf_b", "Bob"), PortalServer.Cancel)).Required();
        foreach (var (language, period) in new[] { ("en", last.Previous), ("zh-CN", last) })
        {
            var texts = TextsOf(language);
            await using var context = await ContextAsync(language, Desktop, StaffRole.Finance);
            var page = await context.NewPageAsync();
            var errors = ErrorsOf(page);

            await page.GotoAsync($"/operator/bills?period={period}");
            await page.GetByRole(AriaRole.Button, new() { Name = texts.BillNow, Exact = true }).ClickAsync();
            await Assertions.Expect(page.Locator("#bill")).ToContainTextAsync(texts.DryRunFirst);
            await page.GetByRole(AriaRole.Button, new() { Name = texts.MakeDryRun, Exact = true }).ClickAsync();
            await Assertions.Expect(page.Locator(".progress")).ToContainTextAsync(texts.RunState(false, false));
            await page.GetByRole(AriaRole.Button, new() { Name = texts.BillNow, Exact = true }).ClickAsync();
            await ConfirmAsync(page, "bill", "month has ended");
            await Assertions.Expect(page.Locator("main")).ToContainTextAsync(texts.PeriodIsBilled);

            // What calls of a month have earned; they were made before there was this server.
            await server
                .Get<IBillingStore>()
                .CommitAsync(
                    new BillingChange { Base = [new(new(period, "zhipu", "glm-5", "", Currency.Cny), 100_000_000_000)] },
                    PortalServer.Cancel
                );
            await page.GotoAsync($"/operator/settlements?period={period}");
            await Assertions.Expect(page.Locator("main")).ToContainTextAsync("¥100.00");
            await page.GetByRole(AriaRole.Button, new() { Name = texts.SettleNow, Exact = true }).ClickAsync();
            await ConfirmAsync(page, "settle", "bills are out");
            await Assertions.Expect(page.Locator("main")).ToContainTextAsync(texts.PeriodIsSettled);

            var id = Statement.IdOf(period, PayeeKind.Vendor, "zhipu", Currency.Cny);
            var desk = server.Get<StatementDesk>();
            Assert.Null((await desk.DisputeAsync(id, "a thousand calls are missing", PortalServer.Cancel)).Refused);
            await page.GotoAsync($"/operator/statement?id={Uri.EscapeDataString(id)}");
            await Assertions.Expect(page.Locator("main")).ToContainTextAsync("a thousand calls are missing");
            await page.Locator("#amount").FillAsync("12.50");
            await page.GetByRole(AriaRole.Button, new() { Name = texts.AnswerDispute, Exact = true }).ClickAsync();
            await ConfirmAsync(page, "resolve", "they are right");
            await page.GetByRole(AriaRole.Button, new() { Name = texts.ConfirmStatement, Exact = true }).ClickAsync();
            await ConfirmAsync(page, "confirm", "by mail of today");
            await page.GetByRole(AriaRole.Button, new() { Name = texts.PayOutWord, Exact = true }).ClickAsync();
            await Assertions.Expect(page.Locator("#payout .preview")).ToContainTextAsync("•••• 7788");
            await ConfirmAsync(page, "payout", "transfer of today");
            await Assertions.Expect(page.Locator("h1")).ToContainTextAsync(texts.StatementStateWord(StatementState.Paid));

            var paid = (await desk.FindAsync(id, PortalServer.Cancel)).Value!;
            Assert.Equal(12_500_000_000, Assert.Single(paid.Adjustments).Nano);
            Assert.Equal(paid.DueNano + paid.CarriedNano + 12_500_000_000, paid.BalanceNano);
            var log = await server.Get<AuditLog>().ListAsync(new AuditQuery { Id = id }, null, 20, PortalServer.Cancel);
            Assert.Equal(
                ["statement.resolve", "statement.confirm", "statement.pay-out"],
                log.Where(entry => entry.Draft.Stage == AuditStage.Begun).Reverse().Select(entry => entry.Draft.Action)
            );
            Assert.Equal(3, log.Count(entry => entry.Draft.Stage == AuditStage.Made));
            Assert.Empty(errors);
        }
    }

    private static async Task ConfirmAsync(IPage page, string form, string reason)
    {
        await page.Locator($"[id='{form}-reason']").FillAsync(reason);
        await page.Locator($"form#{form} button[value=confirm]").ClickAsync();
    }

    private async Task<IBrowserContext> ContextAsync(string language, int width, StaffRole role)
    {
        var browser = await Chromium.GetAsync();
        var context = await browser.NewContextAsync(
            new()
            {
                BaseURL = server.Url,
                Locale = language,
                ViewportSize = new() { Width = width, Height = 900 },
            }
        );
        context.SetDefaultTimeout(Chromium.MostMilliseconds);
        var person = DemoStaff.All.Single(one => one.Role == role);
        var session = await server.Get<Commerce.Access.Sessions>().BeginAsync(person.PhoneNumber, null, "Test", "127.0.0.1");
        await context.AddCookiesAsync([
            new()
            {
                Name = SessionCookie.Name,
                Value = session.Secret,
                Url = server.Url,
            },
        ]);
        return context;
    }

    private static PortalTexts TextsOf(string language) =>
        new(language.StartsWith("zh", StringComparison.Ordinal) ? Language.Chinese : Language.English);

    private static List<string> ErrorsOf(IPage page)
    {
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.Contains("favicon", StringComparison.Ordinal))
                errors.Add(message.Text);
        };
        return errors;
    }
}
