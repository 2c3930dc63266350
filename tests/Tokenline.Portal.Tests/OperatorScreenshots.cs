using Microsoft.Playwright;
using Tokenline.Commerce.Staff;
using Tokenline.Portal.Access;

namespace Tokenline.Portal.Tests;

/// <summary>Pictures of the operator's console, for whoever works on its looks: <c>docs/screenshots.sh</c> with TOKENLINE_SCREENSHOTS.</summary>
[Collection(OnePortal.Name)]
public sealed class OperatorScreenshots(PortalServer server)
{
    [Fact(Explicit = true)]
    public async Task Take()
    {
        if (Environment.GetEnvironmentVariable("TOKENLINE_SCREENSHOTS") is not { } folder)
            return;
        Directory.CreateDirectory(folder);
        var customer = await server.CustomerAsync(40_000_000);
        var key = await server.KeyAsync(customer, "laptop");
        string[] models = ["deepseek-v4-flash", "qwen3-max", "glm-5", "kimi-k2.6", "qwen3.5-flash", "gpt-5.1"];
        for (var i = 0; i < 30; i++)
            await server.CallAsync(key.Text, models[(i * i) % models.Length]);
        var call = await server.CallAsync(key.Text, "glm-5");
        var person = DemoStaff.All[0];
        var session = await server
            .Get<Commerce.Access.Sessions>()
            .BeginAsync(person.PhoneNumber, null, "Mozilla/5.0 (X11; Linux) Chrome/1", "127.0.0.1");
        var only = Environment.GetEnvironmentVariable("TOKENLINE_SCREENSHOTS_ONLY")?.Split(',');
        foreach (
            var (name, address) in new[]
            {
                ("op-dashboard", "/operator"),
                ("op-customers", "/operator/customers"),
                ("op-customer", $"/operator/customers/{customer.Id}"),
                ("op-receipt", $"/operator/calls/{call.Charge}"),
                ("op-finance", "/operator/finance"),
                ("op-bills", "/operator/bills"),
                ("op-settlements", "/operator/settlements"),
                ("op-reconciliation", "/operator/reconciliation"),
                ("op-notifications", "/operator/notifications"),
                ("op-audit", "/operator/audit-log?verify=1"),
                ("op-staff", "/operator/staff"),
                ("op-settings", "/operator/settings"),
            }
        )
        {
            if (only is not null && !only.Contains(name))
                continue;
            foreach (
                var (suffix, language, width, scheme) in new[]
                {
                    ("en", "en", 1280, ColorScheme.Light),
                    ("zh-phone-dark", "zh-CN", 390, ColorScheme.Dark),
                }
            )
            {
                await using var context = await (await Chromium.GetAsync()).NewContextAsync(
                    new()
                    {
                        BaseURL = server.Url,
                        Locale = language,
                        ColorScheme = scheme,
                        ViewportSize = new() { Width = width, Height = 900 },
                    }
                );
                await context.AddCookiesAsync([
                    new()
                    {
                        Name = SessionCookie.Name,
                        Value = session.Secret,
                        Url = server.Url,
                    },
                ]);
                var page = await context.NewPageAsync();
                await page.GotoAsync(address);
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{suffix}.png"), FullPage = true });
            }
        }
    }
}
