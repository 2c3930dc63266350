using Microsoft.Playwright;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Staff;

namespace Tokenline.Portal.Tests;

/// <summary>Operations take a deployment out of service in a real browser, while calls of it run.</summary>
[Collection(OnePortal.Name)]
public sealed class DrainTests(PortalServer server)
{
    private const int Running = 3;

    [Theory]
    [InlineData("en", 390)]
    [InlineData("zh-CN", 1280)]
    public async Task Calls_that_run_end_new_ones_go_elsewhere_and_the_page_counts_to_zero_by_itself(string language, int width)
    {
        var texts = new Texts.PortalTexts(language == "en" ? Texts.Language.English : Texts.Language.Chinese);
        await using var held = await HeldVendor.StartAsync();
        await using var other = await HeldVendor.StartAsync();
        other.Open();
        var model = $"drained-{width}";
        var drained = await ListAsync(model, held, other);
        var key = (await server.KeyAsync(await server.CustomerAsync(100_000_000))).Text;
        await using var context = await CatalogueFlowTests.ContextAsync(server, language, width, ColorScheme.Light, StaffRole.Operations);
        context.SetDefaultTimeout(Chromium.MostMilliseconds);
        var page = await context.NewPageAsync();
        var calls = Enumerable.Range(0, Running).Select(_ => server.CallAsync(key, model)).ToList();
        Assert.Equal(Running, await Eventually.WhenAsync(() => Task.FromResult(held.Waiting), waiting => waiting == Running));

        await page.GotoAsync($"/operator/deployments/{Uri.EscapeDataString(drained)}");
        await page.Locator("#state button").ClickAsync();
        await page.Locator("#state-reason").FillAsync("Maintenance of the machine");
        await page.Locator("#state button[value=confirm]").ClickAsync();
        await Assertions.Expect(page.Locator("#drained")).ToHaveAttributeAsync("data-running", $"{Running}");
        await page.EvaluateAsync("window.same = 'page'"); // gone if it is loaded anew

        // New ones go elsewhere while those that run go on.
        Assert.Equal($"{model}@{model}-b", (await server.CallAsync(key, model)).Deployment);
        held.AnswerOne();
        await Assertions.Expect(page.Locator("#drained")).ToHaveAttributeAsync("data-running", $"{Running - 1}");
        held.Open();
        await Assertions.Expect(page.Locator("#drained")).ToHaveAttributeAsync("data-running", "0");
        await Assertions.Expect(page.Locator("#drained")).ToContainTextAsync(texts.Catalogue.StillRunning(0));
        Assert.Equal("page", await page.EvaluateAsync<string>("window.same"));
        Assert.All(await Task.WhenAll(calls), call => Assert.Equal(drained, call.Deployment));

        await page.Locator("#state button").ClickAsync();
        await page.Locator("#state-reason").FillAsync("It is well again");
        await page.Locator("#state button[value=confirm]").ClickAsync();
        await Assertions.Expect(page.Locator("#drained")).ToHaveCountAsync(0);
        Assert.Equal(drained, (await server.CallAsync(key, model)).Deployment);
    }

    /// <summary>A model of two deployments, the first of them held.</summary>
    private async Task<string> ListAsync(string model, HeldVendor held, HeldVendor other)
    {
        var editing = server.Get<CatalogEditing>();
        foreach (var (vendor, address) in new[] { ($"{model}-a", held.BaseUrl), ($"{model}-b", other.BaseUrl) })
        {
            var entry = new VendorEntry(vendor, address) { ApiKeys = ["any"], AllowsPrivateAddress = true };
            (await editing.PutVendorAsync(entry, PortalServer.Cancel)).Required();
        }
        var price = new Dictionary<string, decimal> { ["input"] = 1, ["output"] = 1 };
        var sheet = new PriceSheet(
            Currency.Cny,
            [new PriceSheetTier(null, price, new Dictionary<string, IReadOnlyDictionary<string, decimal>> { ["general-token"] = price })]
        );
        var listing = new ModelListing(model, model, $"{model}-a", 1, 32_000, 4_000, 0, false, null, "max_tokens", sheet);
        Mapping[] mappings = [new(model, $"{model}-a", model, 0), new(model, $"{model}-b", model, 1)];
        (await editing.PutModelsAsync([listing], mappings, "for the test", PortalServer.Cancel)).Required();
        return mappings[0].DeploymentId;
    }
}
