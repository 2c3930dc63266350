using Microsoft.Playwright;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Staff;
using Tokenline.Portal.Access;

namespace Tokenline.Portal.Tests;

/// <summary>A product manager in a real browser, in both languages.</summary>
[Collection(Lane.Staff)]
public sealed class CatalogueFlowTests(PortalServer server)
{
    /// <summary>From an idea to somebody who has bought it.</summary>
    [Theory]
    [InlineData("en", 1280, ColorScheme.Light)]
    [InlineData(
        "zh-CN",
        390,
        ColorScheme.Dark,
        Skip = TestLength.OnlyLong,
        SkipType = typeof(TestLength),
        SkipUnless = nameof(TestLength.IsLong)
    )]
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
        await Assertions.Expect(page.Locator("#who")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("tr.sum").Last).ToContainTextAsync(texts.Catalogue.MarginWord);

        await page.GotoAsync(draft);
        await page.Locator("#publish button").ClickAsync();
        await Assertions.Expect(page.Locator("#publish .preview")).ToContainTextAsync("¥15.00");
        await page.Locator("#publish-reason").FillAsync("Summer campaign");
        await page.Locator("#publish button[value=confirm]").ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("done=publish"));
        Assert.Equal(OfferingState.Published, (await server.Get<ICatalogStore>().FindOfferingAsync(id, PortalServer.Cancel))!.State);

        var customer = await server.CustomerAsync(0);
        await using var buyer = await ContextAsync(language, width, scheme, null, await server.SignInAsync(customer));
        var shop = await buyer.NewPageAsync();
        await shop.GotoAsync("/shop");
        await shop.Locator($"a[href*='offering={id}&']").ClickAsync();
        await Assertions.Expect(shop.Locator("main")).ToContainTextAsync(language == "en" ? "Summer" : "夏季版");
        await shop.Locator("form[data-once] button.first").ClickAsync();
        await Assertions.Expect(shop.Locator("h1")).ToContainTextAsync(texts.OrderState(Commerce.Orders.OrderState.Completed));
        (await server.Get<Offerings>().RetireAsync(id, PortalServer.Cancel)).Required();
    }

    private Task<IBrowserContext> ContextAsync(string language, int width, ColorScheme scheme, StaffRole? role, string? secret = null) =>
        ContextAsync(server, language, width, scheme, role, secret);

    internal static async Task<IBrowserContext> ContextAsync(
        PortalServer server,
        string language,
        int width,
        ColorScheme scheme,
        StaffRole? role,
        string? secret = null
    )
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
