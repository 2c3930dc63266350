using Microsoft.Playwright;
using Tokenline.Billing;
using Tokenline.Billing.Settlement;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Staff;
using Tokenline.Portal.Access;

namespace Tokenline.Portal.Tests;

/// <summary>A vendor's way in a real browser, in both languages: it applies, goes live, schedules a price, and answers its statements.</summary>
[Collection(Lane.Staff)]
public sealed class VendorFlowTests(PortalServer server)
{
    private static readonly AuditActor test = AuditActor.System("test");

    private static CancellationToken None => CancellationToken.None;

    [Theory]
    [InlineData("en", 1280, "lantern-ai")]
    [InlineData("zh-CN", 390, "cedar-ai")]
    public async Task A_vendor_applies_goes_live_schedules_a_price_and_answers_its_statements(string language, int width, string vendor)
    {
        var texts = new Texts.PortalTexts(language == "en" ? Texts.Language.English : Texts.Language.Chinese);
        var browser = await Chromium.GetAsync();
        await using var context = await browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = 850 },
                Locale = language,
                BaseURL = server.Url,
            }
        );
        context.SetDefaultTimeout(Chromium.MostMilliseconds);
        var page = await context.NewPageAsync();

        await page.GotoAsync("/vendor/apply");
        await page.Locator("#vendor").FillAsync(vendor);
        await page.Locator("#company").FillAsync("Lantern");
        await page.Locator("#contact").FillAsync("Ann, ann@lantern.example");
        await page.Locator("#taxId").FillAsync("91310000MA1");
        await page.Locator("#account").FillAsync("6222 0000 7777");
        await page.Locator("#models").FillAsync("qwen3.5-plus");
        await page.GetByRole(AriaRole.Button, new() { Name = texts.SendApplication }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync(texts.ApplySent);

        await ApproveAsync(vendor);
        var number = server.NewPhoneNumber();
        (
            await server.Get<StaffDesk>().AddAsync(number, "Ann of Lantern", [StaffRole.VendorAdministrator], vendor, test, null, None)
        ).Required();
        await context.AddCookiesAsync([
            new Cookie
            {
                Name = SessionCookie.Name,
                Value = (await server.Get<Sessions>().BeginAsync(number, null, "Test", "127.0.0.1")).Secret,
                Url = server.Url,
            },
        ]);

        await page.GotoAsync("/vendor/deployments");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync($"qwen3.5-plus@{vendor}");

        await page.GotoAsync("/vendor/prices");
        await page.Locator("#kind").SelectOptionAsync("retail");
        await page.Locator("#factor").FillAsync("95");
        await page.GetByRole(AriaRole.Button, new() { Name = texts.SeeEffect }).ClickAsync();
        await Assertions.Expect(page.Locator("#propose dl.preview")).ToContainTextAsync(texts.WhoIsAffected);
        await page.Locator("#propose-reason").FillAsync("Better hardware");
        await page.GetByRole(AriaRole.Button, new() { Name = texts.ProposePrice }).ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync(texts.ProposalStateName(Billing.Proposals.ProposalState.Proposed));

        await StatementAsync(vendor, BillingPeriod.Of(2025, 5));
        await StatementAsync(vendor, BillingPeriod.Of(2025, 6));
        await page.GotoAsync("/vendor/statements");
        await page.Locator("a[href='/vendor/statements/2025-05/CNY']").ClickAsync();
        await AnswerAsync(page, "dispute", texts.DisputeStatement);
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync(texts.StatementStateName(StatementState.Disputed));
        await page.GotoAsync("/vendor/statements/2025-06/CNY");
        await AnswerAsync(page, "confirm", texts.ConfirmStatement);
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync(texts.StatementStateName(StatementState.Confirmed));
    }

    private static async Task AnswerAsync(IPage page, string form, string button)
    {
        await page.Locator($"#{form}").GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        await page.Locator($"#{form}-reason").FillAsync("Held against our log");
        await page.Locator($"#{form} button[value=confirm]").ClickAsync();
    }

    /// <summary>What the operator does between: looks, approves, connects.</summary>
    private async Task ApproveAsync(string vendor)
    {
        var onboarding = server.Get<Onboarding>();
        (await onboarding.ReviewAsync(vendor, None)).Required();
        (await onboarding.DecideAsync(vendor, null, None)).Required();
        var editing = server.Get<CatalogEditing>();
        var address = server.Get<IModelCatalogSource>().Current.Find("qwen3.5-plus")!.Deployments[0].BaseUrl;
        (
            await editing.PutVendorAsync(
                new VendorEntry(vendor, address)
                {
                    Name = "Lantern",
                    ApiKeys = ["simulator"],
                    Simulated = true,
                },
                None
            )
        ).Required();
        (await editing.MapAsync("qwen3.5-plus", vendor, null, 900, None)).Required();
    }

    private async Task StatementAsync(string vendor, BillingPeriod period)
    {
        var statement = new Statement(
            Statement.IdOf(period, PayeeKind.Vendor, vendor, Currency.Cny),
            period,
            PayeeKind.Vendor,
            vendor,
            Currency.Cny,
            1,
            null,
            [new("qwen3.5-plus", 3, 1_000_000_000, 1_000_000_000, 700_000_000, 120_000_000, 0, 0, 180_000_000)],
            700_000_000,
            0,
            TimeProvider.System.GetUtcNow()
        );
        var group = Statement.GroupOf(PayeeKind.Vendor, vendor, Currency.Cny);
        await server
            .Get<IBillingStore>()
            .CommitAsync(
                new BillingChange
                {
                    Documents = [new(DocumentKind.Statement, statement.Id, group, period, 0, BillingJson.Write(statement))],
                },
                None
            );
    }
}
