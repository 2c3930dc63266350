using Microsoft.Playwright;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Staff;

namespace Tokenline.Portal.Tests;

/// <summary>Pictures of the catalogue's pages, for whoever works on their looks: <c>docs/screenshots.sh</c> with TOKENLINE_SCREENSHOTS.</summary>
[Collection(OnePortal.Name)]
public sealed class CatalogueScreenshots(PortalServer server)
{
    internal static readonly IReadOnlyList<(string Name, string Address)> Pages =
    [
        ("catalogue", "/operator/catalogue"),
        ("offering", "/operator/catalogue/offerings/plan-light"),
        ("prices", "/operator/catalogue/prices"),
        ("price", "/operator/catalogue/prices/glm-5"),
        ("what-if", "/operator/catalogue/what-if"),
        ("models", "/operator/models"),
        ("model", "/operator/models/glm-5"),
        ("deployments", "/operator/deployments"),
        ("deployment", "/operator/deployments/glm-5@zhipu"),
        ("routing", "/operator/routing"),
        ("route", "/operator/routing/glm-5"),
        ("vendors", "/operator/vendors"),
        ("vendor", "/operator/vendors/zhipu"),
    ];

    [Fact(Explicit = true)]
    public async Task Take()
    {
        if (Environment.GetEnvironmentVariable("TOKENLINE_SCREENSHOTS") is not { } folder)
            return;
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
        await Eventually.WhenAsync(() => desk.FindAsync(run.Id, PortalServer.Cancel), tried => tried!.EndedAt is not null);
        foreach (
            var (suffix, language, width, scheme) in new[]
            {
                ("", "en", 1280, ColorScheme.Light),
                ("-phone", "zh-CN", 390, ColorScheme.Dark),
            }
        )
        {
            await using var context = await CatalogueFlowTests.ContextAsync(server, language, width, scheme, StaffRole.Administrator);
            var page = await context.NewPageAsync();
            foreach (var (name, address) in Pages.Append(("what-if-run", $"/operator/catalogue/what-if/{run.Id}")))
            {
                await page.GotoAsync(address);
                await page.ScreenshotAsync(
                    new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}{suffix}.png"), FullPage = true }
                );
            }
        }
    }
}
