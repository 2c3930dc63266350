using Microsoft.Playwright;
using Tokenline.Charging.Limits;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Refunds;
using Tokenline.Portal.Access;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Tests;

/// <summary>What only a real browser shows: bills, a member's cap, upgrades, refunds, passkeys, and what was typed when a session had expired.</summary>
[Collection(Lane.Flows)]
public sealed class FlowTests(PortalServer server)
{
    [Theory]
    [InlineData("en", Chromium.Desktop)]
    [InlineData("zh-CN", Chromium.Phone, Skip = TestLength.OnlyLong, SkipType = typeof(TestLength), SkipUnless = nameof(TestLength.IsLong))]
    public async Task A_bill_is_downloaded_and_asked_about(string language, int width)
    {
        var (customer, period) = await server.BilledAsync();
        var texts = TextsOf(language);
        await using var context = await Chromium.WindowAsync(server, await server.SignInAsync(customer), language, width);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/bills");
        await page.Locator($"a[href='/bills/{period}']").ClickAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator($"a.first[href='/bills/{period}/pdf']").ClickAsync());
        Assert.Equal($"bill-{period}.pdf", download.SuggestedFilename);
        await page.Locator("#reason").FillAsync("?");
        await page.Locator("#dispute button").DblClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync(texts.DisputeStateWord(Billing.Bills.DisputeState.Open));
        await Fitness.CheckAsync(page);
    }

    [Theory]
    [InlineData("en", Chromium.Desktop, Skip = TestLength.OnlyLong, SkipType = typeof(TestLength), SkipUnless = nameof(TestLength.IsLong))]
    [InlineData("zh-CN", Chromium.Phone)]
    public async Task A_call_is_asked_back_and_a_plan_upgraded(string language, int width)
    {
        var customer = await server.CustomerAsync(0);
        var order = (
            await server.Get<Commerce.Orders.Ordering>().PlaceAsync(customer.Id, "plan-light", "flow", PortalServer.Cancel)
        ).Required();
        var call = await server.CallAsync((await server.KeyAsync(customer)).Text);
        var texts = TextsOf(language);
        await using var context = await Chromium.WindowAsync(server, await server.SignInAsync(customer), language, width);
        var page = await context.NewPageAsync();
        await page.GotoAsync($"/usage/calls/{call.Charge}");
        await page.Locator("#reason").FillAsync("It broke off");
        await page.Locator("#back form button").ClickAsync();
        await Assertions.Expect(page.Locator("#back")).ToContainTextAsync(texts.AskedWord(RefundRequestState.Open));
        var asked = (await server.Get<IRefundRequestStore>().OfAsync(call.Charge, PortalServer.Cancel)).Single();
        (await server.Get<RefundRequests>().GrantAsync(asked.Id, null, "Sorry.", "Lin", PortalServer.Cancel)).Required();
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#back")).ToContainTextAsync("Sorry.");
        await Fitness.CheckAsync(page);

        await page.GotoAsync($"/plans/{order.Product}");
        await page.Locator("form:has(input[value='upgrade-offering_plan-standard']) button").DblClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync(texts.FromCatalogue("Standard"));
        var paid = await server.Get<Commerce.Subscriptions.ISubscriptionStore>().PaymentsAsync(order.Product!.Value, PortalServer.Cancel);
        Assert.Single(paid, payment => payment.Kind == Commerce.Subscriptions.PaymentKind.Upgrade);
    }

    [Theory]
    [InlineData("en", Chromium.Desktop)]
    [InlineData("zh-CN", Chromium.Phone, Skip = TestLength.OnlyLong, SkipType = typeof(TestLength), SkipUnless = nameof(TestLength.IsLong))]
    public async Task A_member_is_invited_meets_the_cap_and_the_owner_raises_it_in_the_browser(string language, int width)
    {
        var texts = TextsOf(language);
        var family = await server.FamilyAsync();
        var mother = (await server.Get<Sessions>().BeginAsync(family.Owner, family.Household.Id, "Chrome", "127.0.0.1")).Secret;
        await using var hers = await Chromium.WindowAsync(server, mother, language, width);
        var people = await hers.NewPageAsync();
        var invited = await server.CustomerAsync(0);
        await people.GotoAsync("/people");
        await people.Locator("[id='form.Phone']").FillAsync(invited.PhoneNumber);
        await people.Locator("[id='form.Name']").FillAsync("Theo");
        await people.Locator("[id='form.Limits.Cap']").FillAsync("0.000001");
        await people.GetByRole(AriaRole.Button, new() { Name = texts.Invite, Exact = true }).DblClickAsync();
        await Assertions.Expect(people.Locator("#waiting")).ToBeVisibleAsync();

        await using var his = await Chromium.WindowAsync(server, await server.SignInAsync(invited), language, width);
        var page = await his.NewPageAsync();
        await page.GotoAsync("/people");
        await page.Locator("input[autocomplete=one-time-code]").FillAsync(await server.CodeAsync(invited.PhoneNumber));
        await page.GetByRole(AriaRole.Button, new() { Name = texts.Join, Exact = true }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("saved=joined$"));
        await page.GotoAsync("/playground");
        await page.Locator("#ask button[type=submit]").ClickAsync();
        await Assertions.Expect(page.Locator(".words.failed").First).ToBeVisibleAsync();

        await people.ReloadAsync();
        var row = people.Locator("#live-members > li", new() { HasText = invited.PhoneNumber });
        await row.Locator("summary").First.ClickAsync();
        await row.Locator("input[id$='.Cap']").FillAsync("5");
        await row.Locator("form button.first").ClickAsync();
        await Assertions.Expect(people).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("saved=limits$"));
        await page.Locator("#ask button[type=submit]").ClickAsync();
        await Assertions.Expect(page.Locator(".column .costs").First).ToContainTextAsync(texts.Unit(new QuotaUnit("general-token")));
        // And the owner sees it, without a reload.
        await Assertions.Expect(row).ToContainTextAsync(texts.CallCount(1));
    }

    [Fact]
    public async Task What_was_typed_when_the_session_had_expired_is_there_again_after_signing_in()
    {
        var customer = await server.CustomerAsync(0);
        await using var context = await Chromium.WindowAsync(server, await server.SignInAsync(customer));
        var page = await context.NewPageAsync();
        await page.GotoAsync("/invoices");
        await page.Locator("[id='form.Company']").FillAsync("Typed Ltd");
        await page.Locator("[id='form.TaxNumber']").FillAsync("91310000MA1FL0000X");
        foreach (var session in await server.Get<Sessions>().ListAsync(customer.PhoneNumber, PortalServer.Cancel))
            await server.Get<Sessions>().EndAsync(customer.PhoneNumber, session.Id, PortalServer.Cancel);
        await page.Locator("#recipient form button").ClickAsync();
        await page.Locator("#phone").FillAsync(customer.PhoneNumber);
        await page.Locator("form button.first").ClickAsync();
        await page.Locator("#code").FillAsync(await server.CodeAsync(customer.PhoneNumber));
        await page.Locator("form button.first").ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/invoices"));
        await Assertions.Expect(page.Locator("[id='form.Company']")).ToHaveValueAsync("Typed Ltd");
        await Assertions.Expect(page.Locator("#recipient")).ToContainTextAsync("it has not been sent");
        Assert.Equal("null", await page.EvaluateAsync<string>("String(sessionStorage.getItem('tokenline-typed'))"));
        await page.Locator("#recipient form button").ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("saved=1"));
    }

    [Fact]
    public async Task A_passkey_is_added_and_signs_in_and_opens_nothing_when_it_is_removed()
    {
        var customer = await server.CustomerAsync(0);
        await using var context = await Chromium.WindowAsync(server, await server.SignInAsync(customer));
        var page = await context.NewPageAsync();
        var devtools = await context.NewCDPSessionAsync(page);
        await devtools.SendAsync("WebAuthn.enable");
        await devtools.SendAsync(
            "WebAuthn.addVirtualAuthenticator",
            new()
            {
                ["options"] = new Dictionary<string, object>
                {
                    ["protocol"] = "ctap2",
                    ["transport"] = "internal",
                    ["hasResidentKey"] = true,
                    ["hasUserVerification"] = true,
                    ["isUserVerified"] = true,
                },
            }
        );
        // WebAuthn knows names, and of addresses only this one.
        var local = server.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        await context.AddCookiesAsync([
            new Cookie
            {
                Name = SessionCookie.Name,
                Value = await server.SignInAsync(customer),
                Url = local,
            },
        ]);
        await page.GotoAsync($"{local}/sessions");
        await page.Locator("[data-passkey=add]").ClickAsync();
        await Assertions.Expect(page.Locator("#passkeys li")).ToHaveCountAsync(1);

        await context.ClearCookiesAsync();
        await page.GotoAsync($"{local}/sign-in?return=/keys");
        await page.Locator("[data-passkey=enter]").ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("localhost:[0-9]+/keys$"));
        Assert.NotNull((await server.Get<IPasskeyStore>().ListAsync(customer.PhoneNumber, PortalServer.Cancel)).Single().UsedAt);

        await page.GotoAsync($"{local}/sessions");
        await page.Locator("#passkeys li button").ClickAsync();
        await Assertions.Expect(page.Locator("#passkeys li")).ToHaveCountAsync(0);
        var log = await server.Get<AuditLog>().ListAsync(new AuditQuery { Customer = customer.Id }, null, 10, PortalServer.Cancel);
        var removed = Assert.Single(log, entry => entry.Draft is { Action: "sessions.remove", Stage: AuditStage.Begun });
        Assert.StartsWith("passkey_", removed.Draft.On.Id, StringComparison.Ordinal);
        await context.ClearCookiesAsync();
        await page.GotoAsync($"{local}/sign-in");
        await page.Locator("[data-passkey=enter]").ClickAsync();
        await Assertions.Expect(page.Locator("#passkey-says")).ToContainTextAsync("did not work");
    }

    [Fact]
    public async Task What_went_well_has_the_colours_of_good_news()
    {
        await using var context = await Chromium.WindowAsync(server, null);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/sign-in?out=1");
        var colours = await page.EvaluateAsync<string[]>(
            """
            () => {
                const said = document.querySelector("p[role=status]"), good = document.body.appendChild(document.createElement("i"));
                good.style = "color: var(--good); background: var(--good-soft)";
                return [said, good].map(one => getComputedStyle(one).color + " on " + getComputedStyle(one).backgroundColor);
            }
            """
        );
        Assert.Equal(colours[1], colours[0]);
    }

    private static PortalTexts TextsOf(string language) => new(language == "en" ? Language.English : Language.Chinese);
}
