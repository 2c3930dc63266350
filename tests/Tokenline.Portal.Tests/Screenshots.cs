using Microsoft.Playwright;
using Tokenline.Charging.Limits;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Parties;

namespace Tokenline.Portal.Tests;

/// <summary>Pictures of the pages over the real system, for the README and for whoever works on the looks: <c>docs/screenshots.sh</c>.</summary>
[Collection(OnePortal.Name)]
public sealed class Screenshots(PortalServer server)
{
    private static readonly string[] models = ["deepseek-v4-flash", "qwen3-max", "glm-5", "kimi-k2.6", "qwen3.5-flash"];

    /// <summary>One picture each of the other consoles, over the year that the demo begins with.</summary>
    [Fact(Explicit = true)]
    public async Task Take_the_other_consoles_for_the_readme()
    {
        var folder = Environment.GetEnvironmentVariable("TOKENLINE_SCREENSHOTS") ?? Path.Combine(Chromium.Root(), "docs/screenshots");
        Directory.CreateDirectory(folder);
        var now = TimeProvider.System.GetUtcNow();
        var plan = (await server.Get<Commerce.Catalog.ICatalogStore>().FindOfferingAsync("plan-light", PortalServer.Cancel))!;
        var request = new Commerce.WhatIf.WhatIfRequest(
            now.AddDays(-30),
            now,
            null,
            plan with
            {
                Price = new Money(12_900_000_000, Currency.Cny),
            }
        )
        {
            Name = "Light, dearer",
        };
        var run = (await server.Get<Commerce.WhatIf.WhatIfDesk>().AskAsync(request, PortalServer.Cancel)).Required();
        await Eventually.WhenAsync(() => Task.FromResult(run.EndedAt), ended => ended is not null);
        foreach (
            var (name, address, role) in new[]
            {
                ("operator", "/operator", (Commerce.Staff.StaffRole?)Commerce.Staff.StaffRole.Administrator),
                ("what-if", $"/operator/catalogue/what-if/{run.Id}", Commerce.Staff.StaffRole.Administrator),
                ("vendor", "/vendor", Commerce.Staff.StaffRole.VendorAdministrator),
                ("market", "/market", null),
            }
        )
        {
            var secret = role is { } of
                ? (
                    await server
                        .Get<Sessions>()
                        .BeginAsync(
                            Commerce.Staff.DemoStaff.All.First(person => person.Role == of).PhoneNumber,
                            null,
                            "Chrome, Linux",
                            "127.0.0.1"
                        )
                ).Secret
                : null;
            await using var window = await Chromium.WindowAsync(server, secret);
            var page = await window.NewPageAsync();
            await page.GotoAsync(address);
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png") });
        }
    }

    [Fact(Explicit = true)]
    public async Task Take()
    {
        var folder = Environment.GetEnvironmentVariable("TOKENLINE_SCREENSHOTS") ?? Path.Combine(Chromium.Root(), "docs/screenshots");
        var only = Environment.GetEnvironmentVariable("TOKENLINE_SCREENSHOTS_ONLY")?.Split(',');
        Directory.CreateDirectory(folder);
        string[] ofReadme = ["home", "usage", "receipt", "playground", "shop", "people"];
        var customer = await server.CustomerAsync(40_000_000);
        var laptop = await server.KeyAsync(customer, "laptop");
        var website = await server.KeyAsync(customer, "website");
        for (var i = 0; i < 40; i++)
            await server.CallAsync(
                (i % 3 == 0 ? website : laptop).Text,
                models[(i * i) % models.Length],
                i % 7 == 0 ? "nightly-report" : null
            );
        var call = await server.CallAsync(laptop.Text, "glm-5");
        var (browser, secret) = (await Chromium.GetAsync(), await server.SignInAsync(customer));
        var owner = await TeamAsync();
        foreach (
            var (name, address) in new[]
            {
                ("home", "/home"),
                ("usage", "/usage"),
                ("usage-hours", "/usage?by=hour"),
                ("usage-models", "/usage?by=model"),
                ("receipt", $"/usage/calls/{call.Charge}"),
                ("keys", "/keys"),
                ("playground", "/playground"),
                ("shop", "/shop"),
                ("order", "/shop/order?offering=plan-standard&order=web-screenshot-1"),
                ("adviser", "/shop/adviser"),
                ("people", "/people"),
                ("plans", "/plans"),
                ("payments", "/payments"),
                ("settings", "/settings"),
                ("sessions", "/sessions"),
                ("sign-in", "/sign-in"),
                ("front", "/"),
                ("missing", "/nothing-here"),
            }
        )
        {
            if (!(only ?? ofReadme).Contains(name))
                continue;
            foreach (
                var (suffix, language, width, scheme) in new[]
                {
                    ("", "en", 1280, ColorScheme.Light),
                    ("-phone", "zh-CN", 390, ColorScheme.Dark),
                }
            )
            {
                await using var context = await browser.NewContextAsync(
                    new BrowserNewContextOptions
                    {
                        ViewportSize = new ViewportSize { Width = width, Height = width > 600 ? 860 : 844 },
                        Locale = language,
                        ColorScheme = scheme,
                        BaseURL = server.Url,
                    }
                );
                if (only is null && (name, suffix) == ("playground", ""))
                    continue; // large, and said by the other
                if (name is not ("sign-in" or "front"))
                    await context.AddCookiesAsync([
                        new Cookie
                        {
                            Name = Tokenline.Portal.Access.SessionCookie.Name,
                            Value = name == "people" ? owner : secret,
                            Url = server.Url,
                        },
                    ]);
                var page = await context.NewPageAsync();
                await page.GotoAsync(address);
                if (name == "playground")
                    await AskAsync(page);
                await page.ScreenshotAsync(
                    new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}{suffix}.png"), FullPage = only is not null }
                );
            }
        }
    }

    /// <summary>A team whose member has used a part of her cap: its owner's secret.</summary>
    private async Task<string> TeamAsync()
    {
        var cap = new Limit(
            "monthly",
            LimitWindow.Month,
            Measure.Value,
            Money.NanoPerUnit / 100,
            Currency: Currency.Cny,
            TimeZone: "Asia/Shanghai"
        );
        var family = await server.FamilyAsync([cap]);
        var members = await server.Get<Members>().ListAsync(family.Household.Id, PortalServer.Cancel);
        var member = members.Single(one => one.Individual.PhoneNumber == family.Member).Membership;
        var key = (
            await server
                .Get<Keys>()
                .CreateAsync(family.Household.Id, new KeyTerms("tablet", Allotment: member.Allotment), PortalServer.Cancel)
        ).Required();
        for (var i = 0; i < 4; i++)
            await server.CallAsync(key.Text);
        return (await server.Get<Sessions>().BeginAsync(family.Owner, family.Household.Id, "Chrome, Linux", "127.0.0.1")).Secret;
    }

    private static async Task AskAsync(IPage page)
    {
        await page.Locator("#add-model").SelectOptionAsync("glm-5");
        await page.Locator("#ask button[type=submit]").ClickAsync();
        await page.Locator(".column .costs").Nth(1).WaitForAsync();
    }
}
