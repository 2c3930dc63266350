using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Tokenline.Commerce.Parties;
using Tokenline.Portal.Access;

namespace Tokenline.Portal.Tests;

/// <summary>Main flows in a real browser over the real system, in both languages, on a desktop and on a phone.</summary>
[Collection(OnePortal.Name)]
public sealed class BrowserTests(PortalServer server)
{
    private const int Desktop = 1280;
    private const int Phone = 390;
    private const int MostMilliseconds = 15_000;

    /// <summary>From the first look to the first answer, as somebody does it who has never been here.</summary>
    [Theory]
    [InlineData("en", Desktop)]
    [InlineData("zh-CN", Phone)]
    public async Task Sign_in_buy_a_plan_make_a_key_call_and_see_it_appear(string language, int width)
    {
        var texts = TextsOf(language);
        await using var context = await ContextAsync(language, width);
        var page = await context.NewPageAsync();
        var errors = ErrorsOf(page);

        await page.GotoAsync("/home");
        await page.Locator("#phone").FillAsync(server.NewPhoneNumber());
        await page.GetByRole(AriaRole.Button, new() { Name = texts.SendCode }).ClickAsync();
        var message = await page.Locator("#sms").InnerTextAsync();
        await page.Locator("#code").FillAsync(new string([.. message.SkipWhile(c => !char.IsDigit(c)).TakeWhile(char.IsDigit)]));
        await page.GetByRole(AriaRole.Button, new() { Name = texts.SignIn, Exact = true }).ClickAsync();
        await page.WaitForURLAsync("**/home");

        await page.Locator("nav.side a[href='/shop']").ClickAsync();
        await page.Locator("a[href*='offering=plan-standard&']").ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("¥29.90");
        await page.Locator("form[data-once] button.first").DblClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync(texts.OrderState(Commerce.Orders.OrderState.Completed));

        await page.GotoAsync("/keys");
        await page.Locator("[id='form.Name']").FillAsync("laptop");
        await page.GetByRole(AriaRole.Button, new() { Name = texts.MakeKey, Exact = true }).ClickAsync();
        var key = await page.Locator("#new-key").InnerTextAsync();

        await page.GotoAsync("/home");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync(texts.NoCallsYet);
        var record = await server.CallAsync(key);
        await Assertions
            .Expect(page.Locator($"a[href='/usage/calls/{record.Charge}']"))
            .ToBeVisibleAsync(new() { Timeout = MostMilliseconds });
        await page.Locator($"a[href='/usage/calls/{record.Charge}']").ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync(texts.PaidBy(record));
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Two_models_answer_the_same_question_side_by_side_with_tokens_price_and_time()
    {
        var customer = await server.CustomerAsync();
        await using var context = await ContextAsync("en", Desktop, customer);
        var page = await context.NewPageAsync();
        var errors = ErrorsOf(page);
        await page.GotoAsync("/playground");
        await page.Locator("#add-model").SelectOptionAsync("glm-5");
        await page.Locator("#ask button[type=submit]").ClickAsync();

        for (var column = 0; column < 2; column++)
        {
            var answer = page.Locator(".column").Nth(column);
            await Assertions.Expect(answer.Locator(".costs")).ToContainTextAsync("general tokens", new() { Timeout = MostMilliseconds });
            await Assertions.Expect(answer.Locator(".words.time")).ToContainTextAsync(" ms");
            await Assertions.Expect(answer.Locator(".words.model")).Not.ToBeEmptyAsync();
        }
        await page.GotoAsync("/home"); // leaving takes the key away
        Assert.Empty(errors);
        // The browser sends that on its way, beside the next page.
        Assert.Equal(0, await Eventually.WhenAsync(LiveKeysAsync, live => live == 0));

        async Task<int> LiveKeysAsync() =>
            (await server.Get<Keys>().ListAsync(customer.Id, PortalServer.Cancel)).Count(key => key.RevokedAt is null);
    }

    [Fact]
    public async Task A_form_says_what_is_wrong_while_one_types_and_sends_nothing()
    {
        var customer = await server.CustomerAsync(0);
        await using var context = await ContextAsync("en", Desktop, customer);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/settings");
        await page.Locator("#cap").FillAsync("much");
        await page.Locator("#cap").BlurAsync();
        await Assertions.Expect(page.Locator("#cap-wrong")).ToContainTextAsync("An amount of more than 0");
        await page.Locator("#cap").FillAsync("25");
        await Assertions.Expect(page.Locator("#cap-wrong")).ToBeHiddenAsync();
        await page.Locator("form:has(#cap) button").ClickAsync(); // without the consent
        Assert.DoesNotContain("saved", page.Url, StringComparison.Ordinal);
        await page.Locator("input[name=consent]").CheckAsync();
        await page.Locator("form:has(#cap) button").ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("up to ¥25.00 a month");
    }

    [Fact]
    public async Task A_visitor_chooses_language_and_darkness_and_keeps_them()
    {
        var customer = await server.CustomerAsync(0);
        await using var context = await ContextAsync("en", Desktop, customer);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/keys");
        await page.Locator("details.menu > summary").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "中文" }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("密钥");
        await page.Locator("details.menu > summary").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "深色" }).ClickAsync();
        await page.GotoAsync("/sessions");
        Assert.Equal("dark", await page.Locator("html").GetAttributeAsync("data-theme"));
        Assert.Equal("zh-Hans", await page.Locator("html").GetAttributeAsync("lang"));
    }

    /// <summary>Every page of a visitor: axe finds nothing serious, nothing is wider than the screen, the policy is broken nowhere.</summary>
    [Theory]
    [InlineData("en", Desktop, ColorScheme.Light)]
    [InlineData("zh-CN", Phone, ColorScheme.Dark)]
    public async Task Every_page_is_fit_for_everybody(string language, int width, ColorScheme scheme)
    {
        var customer = await server.CustomerAsync();
        var key = await server.KeyAsync(customer);
        var call = await server.CallAsync(key.Text);
        var order = (
            await server
                .Get<Commerce.Orders.Ordering>()
                .PlaceAsync(new Commerce.Orders.OrderRequest(customer.Id, "plan-light", "axe"), PortalServer.Cancel)
        ).Required();
        await using var visitor = await ContextAsync(language, width, customer, scheme);
        await using var nobody = await ContextAsync(language, width, null, scheme);
        string[] pages =
        [
            "/home",
            "/usage",
            "/usage?by=key",
            $"/usage/calls/{call.Charge}",
            "/keys",
            "/playground",
            "/shop",
            "/shop/adviser",
            "/shop/order?offering=plan-standard&order=web-for-axe",
            "/plans",
            $"/plans/{order.Product}",
            "/payments",
            "/settings",
            "/people",
            "/sessions",
        ];
        foreach (var address in pages)
            await CheckAsync(visitor, address);
        foreach (var address in new[] { "/", "/sign-in", "/nothing-here" })
            await CheckAsync(nobody, address);
    }

    internal static async Task CheckAsync(IBrowserContext context, string address)
    {
        var page = await context.NewPageAsync();
        var errors = ErrorsOf(page);
        await page.GotoAsync(address);
        var result = await page.RunAxe(new AxeRunOptions());
        var serious = result.Violations.Where(violation => violation.Impact is "serious" or "critical").ToList();
        Assert.True(
            serious.Count == 0,
            $"{address}: "
                + string.Join(
                    "; ",
                    serious.Select(violation =>
                        $"{violation.Id} ({violation.Help}): {string.Join(", ", violation.Nodes.Take(3).Select(node => node.Html))}"
                    )
                )
        );
        var (wide, screen) = (
            await page.EvaluateAsync<int>("document.documentElement.scrollWidth"),
            await page.EvaluateAsync<int>("document.documentElement.clientWidth")
        );
        Assert.True(wide <= screen, $"{address} is {wide} wide on a screen of {screen}");
        Assert.True(errors.Count == 0, $"{address}: {string.Join("; ", errors)}");
        await page.CloseAsync();
    }

    private async Task<IBrowserContext> ContextAsync(
        string language,
        int width,
        Customer? customer = null,
        ColorScheme scheme = ColorScheme.Light
    )
    {
        var browser = await Chromium.GetAsync();
        var context = await browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = 850 },
                Locale = language,
                ColorScheme = scheme,
                BaseURL = server.Url,
                BypassCSP = false,
            }
        );
        context.SetDefaultTimeout(MostMilliseconds);
        if (customer is not null)
            await context.AddCookiesAsync([
                new Cookie
                {
                    Name = SessionCookie.Name,
                    Value = await server.SignInAsync(customer),
                    Url = server.Url,
                },
            ]);
        return context;
    }

    /// <summary>What the console of the browser complains about: broken scripts, and what the policy stopped. A page that is not there says so itself.</summary>
    private static List<string> ErrorsOf(IPage page)
    {
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.Contains("404", StringComparison.Ordinal))
                errors.Add(message.Text);
        };
        return errors;
    }

    private static Texts.PortalTexts TextsOf(string language) => new(language == "en" ? Texts.Language.English : Texts.Language.Chinese);
}
