using Microsoft.Playwright;
using Tokenline.Commerce.Parties;

namespace Tokenline.Portal.Tests;

/// <summary>Main flows in a real browser over the real system, in both languages, on a desktop and on a phone.</summary>
[Collection(Lane.Flows)]
public sealed class BrowserTests(PortalServer server)
{
    /// <summary>From the first look to the first answer, as somebody does it who has never been here.</summary>
    [Theory]
    [InlineData("en", Chromium.Desktop)]
    [InlineData("zh-CN", Chromium.Phone)]
    public async Task Sign_in_buy_a_plan_make_a_key_call_and_see_it_appear(string language, int width)
    {
        var texts = TextsOf(language);
        await using var context = await Chromium.WindowAsync(server, null, language, width);
        var page = await context.NewPageAsync();
        var errors = Fitness.ErrorsOf(page);

        var number = server.NewPhoneNumber();
        await page.GotoAsync("/home");
        await page.Locator("#phone").FillAsync(number);
        await page.GetByRole(AriaRole.Button, new() { Name = texts.SendCode }).ClickAsync();
        var message = await page.Locator("#sms").InnerTextAsync();
        await page.Locator("#code").FillAsync(new string([.. message.SkipWhile(c => !char.IsDigit(c)).TakeWhile(char.IsDigit)]));
        await page.GetByRole(AriaRole.Button, new() { Name = texts.SignIn, Exact = true }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/home$"));

        await page.Locator("nav.side a[href='/shop']").ClickAsync();
        await page.Locator("a[href*='offering=plan-standard&']").ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("¥29.90");
        await page.Locator("form[data-once] button.first").DblClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync(texts.OrderState(Commerce.Orders.OrderState.Completed));
        // Back to the button and on again, and a reload: it shows what became of the order, and there is no other.
        await page.GoBackAsync();
        await page.GoForwardAsync();
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync(texts.OrderState(Commerce.Orders.OrderState.Completed));
        var customer = (await server.Get<ICustomerStore>().FindByPhoneAsync(number, PortalServer.Cancel))!.Id;
        Assert.Single(await server.Get<Commerce.Orders.IOrderStore>().ListAsync(customer, null, 10, PortalServer.Cancel));

        await page.GotoAsync("/keys");
        await page.Locator("[id='form.Name']").FillAsync("laptop");
        await page.GetByRole(AriaRole.Button, new() { Name = texts.MakeKey, Exact = true }).ClickAsync();
        var key = await page.Locator("#new-key").InnerTextAsync();

        await page.GotoAsync("/home");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync(texts.NoCallsYet);
        var record = await server.CallAsync(key);
        await Assertions.Expect(page.Locator($"a[href='/usage/calls/{record.Charge}']")).ToBeVisibleAsync();
        await page.Locator($"a[href='/usage/calls/{record.Charge}']").ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync(texts.PaidBy(record));
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData("en", Chromium.Desktop, Skip = TestLength.OnlyLong, SkipType = typeof(TestLength), SkipUnless = nameof(TestLength.IsLong))]
    [InlineData("zh-CN", Chromium.Phone)]
    public async Task Two_models_answer_the_same_question_side_by_side_with_tokens_price_and_time(string language, int width)
    {
        var unit = TextsOf(language).Unit(new QuotaUnit("general-token"));
        var customer = await server.CustomerAsync();
        await using var context = await Chromium.WindowAsync(server, await server.SignInAsync(customer), language, width);
        var page = await context.NewPageAsync();
        var errors = Fitness.ErrorsOf(page);
        await page.GotoAsync("/playground");
        await page.Locator("#add-model").SelectOptionAsync("glm-5");
        await page.Locator("#ask button[type=submit]").ClickAsync();

        for (var column = 0; column < 2; column++)
        {
            var answer = page.Locator(".column").Nth(column);
            await Assertions.Expect(answer.Locator(".costs")).ToContainTextAsync(unit);
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

    /// <summary>Without a reload, on every page that shows what was used.</summary>
    [Fact]
    public async Task A_call_appears_on_every_page_that_shows_usage_and_takes_no_open_form_away()
    {
        var family = await server.FamilyAsync();
        var secret = (
            await server.Get<Commerce.Access.Sessions>().BeginAsync(family.Owner, family.Household.Id, "Chrome", "127.0.0.1")
        ).Secret;
        var key = await server.KeyAsync(family.Household, "laptop");
        await using var window = await Chromium.WindowAsync(server, secret);
        var (texts, today) = (TextsOf("en"), server.Get<Texts.OperatorClock>().Today);
        var pages = new List<(IPage Page, string Selector, string Text)>();
        foreach (
            var (address, selector, text) in new[]
            {
                ("/usage", "#live-calls", PortalServer.Model),
                ("/usage?by=model", "#live-sums", PortalServer.Model),
                ("/keys", "#live-keys li", texts.LastUsed(today, today)),
                ("/costs?by=model", "#live-costs", PortalServer.Model),
            }
        )
        {
            var page = await window.NewPageAsync();
            await page.GotoAsync(address);
            pages.Add((page, selector, text));
        }
        var asked = pages[2].Page;
        await server.CallAsync(key.Text);
        foreach (var (page, selector, text) in pages)
            await Assertions.Expect(page.Locator(selector).First).ToContainTextAsync(text);

        // What is open to be confirmed stays open when more calls come.
        await asked.Locator("#live-keys summary").First.ClickAsync();
        await asked.Locator("h1").ClickAsync();
        var usage = pages[0].Page;
        await server.CallAsync(key.Text);
        await Assertions.Expect(usage.Locator("#live-calls tbody tr")).ToHaveCountAsync(2);
        await Assertions.Expect(asked.Locator("#live-keys button.danger").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_form_says_what_is_wrong_while_one_types_and_sends_nothing()
    {
        var customer = await server.CustomerAsync(0);
        await using var context = await Chromium.WindowAsync(server, await server.SignInAsync(customer));
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
        await using var context = await Chromium.WindowAsync(server, await server.SignInAsync(customer));
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

    private static Texts.PortalTexts TextsOf(string language) => new(language == "en" ? Texts.Language.English : Texts.Language.Chinese);
}
