using Microsoft.Playwright;
using Tokenline.Billing.Proposals;
using Tokenline.Billing.Vendors;
using Tokenline.Commerce.Catalog;
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
        var (administrator, vendor) = (await SignedInAsync(StaffRole.Administrator), await SignedInAsync(StaffRole.VendorAdministrator));
        await server.Get<PayoutAccounts>().ProposeAsync("zhipu", "6222 0000 1234", new("stf_other", "Li Na"), PortalServer.Cancel);
        var sheet = new PriceSheet(
            Currency.Cny,
            [new PriceSheetTier(null, new Dictionary<string, decimal> { ["input"] = 2, ["output"] = 8 })]
        );
        await server
            .Get<ModelProposals>()
            .ProposeAsync(
                new("zhipu", "glm-6", "GLM-6", ModelKind.Chat, "glm-6", 200_000, 32_000, sheet, "Our newest", "Li Na", default),
                PortalServer.Cancel
            );
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
                ("op-connect", "/operator/vendors/new"),
                ("op-vendors", "/operator/vendors"),
                ("op-vendor", "/operator/vendors/zhipu"),
                ("vendor-home", "/vendor"),
                ("vendor-models", "/vendor/models"),
                ("vendor-people", "/vendor/people"),
                ("vendor-payout", "/vendor/payout"),
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
                        Value = address.StartsWith("/vendor", StringComparison.Ordinal) ? vendor : administrator,
                        Url = server.Url,
                    },
                ]);
                var page = await context.NewPageAsync();
                await page.GotoAsync(address);
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{suffix}.png"), FullPage = true });
            }
        }
    }

    private async Task<string> SignedInAsync(StaffRole role)
    {
        var person = DemoStaff.All.First(one => one.Role == role);
        var sessions = server.Get<Commerce.Access.Sessions>();
        return (await sessions.BeginAsync(person.PhoneNumber, null, "Mozilla/5.0 (X11; Linux) Chrome/1", "127.0.0.1")).Secret;
    }
}
