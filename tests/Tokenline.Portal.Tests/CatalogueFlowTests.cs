using Microsoft.Playwright;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Staff;
using Tokenline.Portal.Access;

namespace Tokenline.Portal.Tests;

/// <summary>A product manager in a real browser, in both languages.</summary>
[Collection(OnePortal.Name)]
public sealed class CatalogueFlowTests(PortalServer server)
{
    /// <summary>From an idea to somebody who has bought it.</summary>
    [Theory]
    [InlineData("en", 1280, ColorScheme.Light)]
    [InlineData("zh-CN", 390, ColorScheme.Dark)]
    public async Task Create_a_plan_try_it_on_last_month_publish_it_and_buy_it_as_a_subscriber(
        string language,
        int width,
        ColorScheme scheme
    )
    {
        var texts = new Texts.PortalTexts(language == "en" ? Texts.Language.English : Texts.Language.Chinese);
        var id = $"plan-flow-{width}";
        await using var context = await ContextAsync(language, width, scheme, StaffRole.Product);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/operator/catalogue");
        await page.GetByRole(AriaRole.Link, new() { Name = texts.Catalogue.NewOffering }).ClickAsync();
        await page.Locator("#id").FillAsync(id);
        await page.Locator("#name").FillAsync("Summer");
        await page.Locator("#nameZh").FillAsync("夏季版");
        await page.Locator("#description").FillAsync("For the holidays");
        await page.Locator("#descriptionZh").FillAsync("适合假期");
        await page.Locator("#price").FillAsync("15");
        await page.Locator("#amount0").FillAsync("12000000");
        await page.Locator("#unit0").SelectOptionAsync("general-token");
        await page.GetByRole(AriaRole.Button, new() { Name = texts.Catalogue.SaveDraft }).First.ClickAsync();

        // The preview is the shop's card, in both languages, before anybody can buy it.
        await Assertions.Expect(page.Locator(".previews [lang=en] h3")).ToHaveTextAsync("Summer");
        await Assertions.Expect(page.Locator(".previews [lang=zh-Hans] h3")).ToHaveTextAsync("夏季版");
        await Assertions.Expect(page.Locator(".previews .price strong").First).ToHaveTextAsync("¥15.00");
        var draft = page.Url;

        await page.Locator("#instead").SelectOptionAsync("plan-light");
        await page.GetByRole(AriaRole.Button, new() { Name = texts.Catalogue.TryOnLastMonth }).ClickAsync();
        await Assertions.Expect(page.Locator("#who")).ToBeVisibleAsync(new() { Timeout = 15_000 });
        await Assertions.Expect(page.Locator("tr.sum").Last).ToContainTextAsync(texts.Catalogue.MarginWord);

        await page.GotoAsync(draft);
        await page.Locator("#publish button").ClickAsync();
        await Assertions.Expect(page.Locator("#publish .preview")).ToContainTextAsync("¥15.00");
        await page.Locator("#publish-reason").FillAsync("Summer campaign");
        await page.Locator("#publish button[value=confirm]").ClickAsync();
        await page.WaitForURLAsync("**done=publish**");
        Assert.Equal(OfferingState.Published, (await server.Get<ICatalogStore>().FindOfferingAsync(id, PortalServer.Cancel))!.State);

        var customer = await server.CustomerAsync(0);
        await using var buyer = await ContextAsync(language, width, scheme, null, await server.SignInAsync(customer));
        var shop = await buyer.NewPageAsync();
        await shop.GotoAsync("/shop");
        await shop.Locator($"a[href*='offering={id}&']").ClickAsync(new() { Timeout = 15_000 });
        await Assertions.Expect(shop.Locator("main")).ToContainTextAsync(language == "en" ? "Summer" : "夏季版");
        await shop.Locator("form[data-once] button.first").ClickAsync();
        await Assertions.Expect(shop.Locator("h1")).ToContainTextAsync(texts.OrderState(Commerce.Orders.OrderState.Completed));
        (await server.Get<Offerings>().RetireAsync(id, PortalServer.Cancel)).Required();
    }

    /// <summary>For whoever works on the looks: all pages in both languages, light and dark, on a desktop and a phone.</summary>
    [Fact(Explicit = true)]
    public async Task Take_pictures()
    {
        var folder =
            Environment.GetEnvironmentVariable("TOKENLINE_SCREENSHOTS")
            ?? throw new InvalidOperationException("TOKENLINE_SCREENSHOTS is where they go");
        Directory.CreateDirectory(folder);
        var customer = await server.CustomerAsync(40_000_000);
        var key = await server.KeyAsync(customer);
        for (var i = 0; i < 12; i++)
            await server.CallAsync(key.Text, i % 2 == 0 ? "glm-5" : PortalServer.Model);
        var plan = (await server.Get<ICatalogStore>().FindOfferingAsync("plan-light", PortalServer.Cancel))!;
        var sheet = OfferingSheet.Of(plan) with { Price = 12.9m, Sale = new SaleTerms(Stock: 5000) };
        (await server.Get<Offerings>().PutDraftAsync("plan-light", sheet, PortalServer.Cancel)).Required();
        for (var i = 0; i < 6; i++)
        {
            var buyer = await server.CustomerAsync(0);
            (
                await server
                    .Get<Commerce.Orders.Ordering>()
                    .PlaceAsync(buyer.Id, i % 3 == 0 ? "plan-standard" : "plan-light", null, PortalServer.Cancel)
            ).Required();
        }
        var now = TimeProvider.System.GetUtcNow();
        var desk = server.Get<Commerce.WhatIf.WhatIfDesk>();
        var run = (
            await desk.AskAsync(
                new Commerce.WhatIf.WhatIfRequest(now.AddDays(-2), now, null, plan with { Price = new Money(12_900_000_000, Currency.Cny) })
                {
                    Name = "Light, dearer",
                },
                PortalServer.Cancel
            )
        ).Required();
        while (run.EndedAt is null)
            await Task.Delay(20, PortalServer.Cancel);
        foreach (
            var (suffix, language, width, scheme) in new[]
            {
                ("", "en", 1280, ColorScheme.Light),
                ("-phone", "zh-CN", 390, ColorScheme.Dark),
            }
        )
        {
            await using var context = await ContextAsync(language, width, scheme, StaffRole.Administrator);
            var page = await context.NewPageAsync();
            foreach (
                var (name, address) in new[]
                {
                    ("catalogue", "/operator/catalogue"),
                    ("offering", "/operator/catalogue/offerings/plan-light"),
                    ("prices", "/operator/catalogue/prices"),
                    ("price", "/operator/catalogue/prices/glm-5"),
                    ("what-if", "/operator/catalogue/what-if"),
                    ("what-if-run", $"/operator/catalogue/what-if/{run.Id}"),
                    ("models", "/operator/models"),
                    ("model", "/operator/models/glm-5"),
                    ("deployments", "/operator/deployments"),
                    ("deployment", "/operator/deployments/glm-5@zhipu"),
                    ("routing", "/operator/routing"),
                    ("route", "/operator/routing/glm-5"),
                    ("vendors", "/operator/vendors"),
                    ("vendor", "/operator/vendors/zhipu"),
                }
            )
            {
                await page.GotoAsync(address);
                await page.ScreenshotAsync(
                    new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}{suffix}.png"), FullPage = true }
                );
                var over = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
                Assert.True(over <= 0, $"{name}{suffix} is {over} wider than the screen");
            }
        }
    }

    private async Task<IBrowserContext> ContextAsync(string language, int width, ColorScheme scheme, StaffRole? role, string? secret = null)
    {
        var browser = await Chromium.GetAsync();
        var context = await browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = 844 },
                Locale = language,
                ColorScheme = scheme,
                BaseURL = server.Url,
            }
        );
        if (role is { } employed)
        {
            var person = DemoStaff.All.First(person => person.Role == employed);
            secret = (await server.Get<Sessions>().BeginAsync(person.PhoneNumber, null, "Chrome, Linux", "127.0.0.1")).Secret;
        }
        await context.AddCookiesAsync([
            new Cookie
            {
                Name = SessionCookie.Name,
                Value = secret!,
                Url = server.Url,
            },
        ]);
        return context;
    }
}
