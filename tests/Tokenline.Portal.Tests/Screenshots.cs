using Microsoft.Playwright;

namespace Tokenline.Portal.Tests;

/// <summary>Pictures of the pages over the real system, for the README and for whoever works on the looks: <c>docs/screenshots.sh</c>.</summary>
[Collection(OnePortal.Name)]
public sealed class Screenshots(PortalServer server)
{
    private static readonly string[] models = ["deepseek-v4-flash", "qwen3-max", "glm-5", "kimi-k2.6", "qwen3.5-flash"];

    [Fact(Explicit = true)]
    public async Task Take()
    {
        var folder = Environment.GetEnvironmentVariable("TOKENLINE_SCREENSHOTS") ?? Path.Combine(Chromium.Root(), "docs/screenshots");
        var only = Environment.GetEnvironmentVariable("TOKENLINE_SCREENSHOTS_ONLY")?.Split(',');
        Directory.CreateDirectory(folder);
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
            if (only is not null && !only.Contains(name))
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
                if (name is not ("sign-in" or "front"))
                    await context.AddCookiesAsync([
                        new Cookie
                        {
                            Name = Access.SessionCookie.Name,
                            Value = secret,
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

    private static async Task AskAsync(IPage page)
    {
        await page.Locator("#add-model").SelectOptionAsync("glm-5");
        await page.Locator("#ask button[type=submit]").ClickAsync();
        await page.Locator(".column .figures").Nth(1).WaitForAsync();
    }
}
