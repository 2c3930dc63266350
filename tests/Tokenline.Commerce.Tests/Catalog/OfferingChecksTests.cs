using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Tests.Catalog;

/// <summary>What a product manager is told before publishing.</summary>
public sealed class OfferingChecksTests
{
    private const string Model = "deepseek-v4-flash";

    [Fact]
    public async Task A_plan_that_brings_less_than_its_tokens_cost_is_said_to()
    {
        await using var world = await World.SeededAsync();
        var plan = await NarrowAsync(world);
        await PriceAsync(world, "8");

        var dear = await CheckAsync(world, plan with { Price = new Money(1_000_000, Currency.Cny) });
        var fair = await CheckAsync(world, plan with { Price = new Money(100_000_000_000_000, Currency.Cny) });

        var finding = Assert.Single(dear, finding => finding.Kind is FindingKind.BelowCost);
        Assert.Equal(FindingWeight.Warning, finding.Weight);
        Assert.True(finding.Costs!.Value.Nano > finding.Brings!.Value.Nano);
        var above = Assert.Single(fair, finding => finding.Kind is FindingKind.AboveCost);
        Assert.True(above.Costs!.Value.Nano < above.Brings!.Value.Nano);
        Assert.DoesNotContain(fair, finding => finding.Kind is FindingKind.BelowCost or FindingKind.BelowCostAtWorst);
    }

    [Fact]
    public async Task Tax_is_no_money_that_it_brings()
    {
        await using var world = await World.SeededAsync();
        await PriceAsync(world, "8");
        var plan = await NarrowAsync(world);
        var price = new Money(106_000_000_000_000, Currency.Cny);

        var taxed = Assert.Single(
            await CheckAsync(world, plan with { Price = price, TaxPercent = 6 }),
            finding => finding.Brings is not null
        );

        Assert.Equal(100_000_000_000_000, taxed.Brings!.Value.Nano);
    }

    [Fact]
    public async Task A_name_without_Chinese_is_said_to_have_none_and_a_shipped_one_is_known()
    {
        await using var world = await World.SeededAsync();
        var plan = await PlanAsync(world);

        Assert.DoesNotContain(await CheckAsync(world, plan), finding => finding.Kind is FindingKind.NoChineseName);
        var renamed = plan with { Name = "Summer" };
        Assert.Contains(
            await CheckAsync(world, renamed),
            finding => finding is { Kind: FindingKind.NoChineseName, Weight: FindingWeight.Warning }
        );
        Assert.Contains(
            await CheckAsync(world, renamed with { Chinese = new OfferingText("夏季版") }),
            finding => finding.Kind is FindingKind.NoChineseDescription
        );
        var whole = await CheckAsync(world, renamed with { Chinese = new OfferingText("夏季版", "夏天用") });
        Assert.DoesNotContain(whole, finding => finding.Kind is FindingKind.NoChineseName or FindingKind.NoChineseDescription);
    }

    [Fact]
    public async Task A_stock_that_is_used_up_stops_it_and_one_that_nearly_is_warns()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        await world.OrderAsync(customer, "plan-light");
        var plan = await PlanAsync(world);

        Assert.Contains(
            await CheckAsync(world, plan with { Sale = new SaleTerms(Stock: 1) }),
            finding => finding is { Kind: FindingKind.OutOfStock, Weight: FindingWeight.Wrong }
        );
        Assert.Contains(
            await CheckAsync(world, plan with { Sale = new SaleTerms(Stock: 5) }),
            finding => finding.Kind is FindingKind.LowStock
        );
        Assert.DoesNotContain(
            await CheckAsync(world, plan with { Sale = new SaleTerms(Stock: 5000) }),
            finding => finding.Kind is FindingKind.LowStock or FindingKind.OutOfStock
        );
    }

    [Fact]
    public async Task What_it_excludes_and_requires_at_once_what_excludes_it_and_what_nobody_can_have_stop_it()
    {
        await using var world = await World.SeededAsync();
        var plan = await PlanAsync(world);
        var offerings = world.Get<Offerings>();
        var jealous = OfferingSheet.Of(plan) with { Name = "Jealous", Sale = new SaleTerms(Excludes: ["plan-light"]) };
        (await offerings.PutAsync("jealous", jealous, CancellationToken.None)).Required();
        (await offerings.PutDraftAsync("never", OfferingSheet.Of(plan) with { Name = "Never" }, CancellationToken.None)).Required();

        Assert.Contains(
            await CheckAsync(world, plan with { Sale = new SaleTerms(Excludes: ["plan-standard"], Requires: ["plan-standard"]) }),
            finding => finding is { Kind: FindingKind.RequiresExcluded, Weight: FindingWeight.Wrong }
        );
        Assert.Contains(
            await CheckAsync(world, plan with { Sale = new SaleTerms(Requires: ["jealous"]) }),
            finding => finding is { Kind: FindingKind.ExcludedByRequired, Weight: FindingWeight.Wrong }
        );
        Assert.Contains(
            await CheckAsync(world, plan with { Sale = new SaleTerms(Requires: ["never"]) }),
            finding => finding is { Kind: FindingKind.RequiresUnsold, Weight: FindingWeight.Wrong }
        );
        Assert.DoesNotContain(
            await CheckAsync(world, plan with { Sale = new SaleTerms(Requires: ["plan-standard"]) }),
            finding => finding.Weight == FindingWeight.Wrong
        );
    }

    [Fact]
    public async Task What_nothing_that_is_served_can_be_paid_with_stops_it()
    {
        await using var world = await World.SeededAsync();
        var plan = await PlanAsync(world);
        var nothing = plan with { Grants = [plan.Grants[0] with { Models = ["gone-model"] }] };

        var findings = await CheckAsync(world, nothing);

        Assert.Contains(findings, finding => finding is { Kind: FindingKind.NothingToSpendOn, Weight: FindingWeight.Wrong });
        Assert.Contains(findings, finding => finding is { Kind: FindingKind.ModelNotServed, Subject: "gone-model" });
        Assert.Equal(FindingWeight.Wrong, findings[0].Weight);
    }

    [Fact]
    public async Task A_name_in_Chinese_is_kept_with_the_version_and_the_order_that_bought_it()
    {
        await using var world = await World.SeededAsync();
        var plan = await PlanAsync(world);
        var sheet = OfferingSheet.Of(plan) with { Chinese = new OfferingText("轻享版二", "适合所有人") };

        (await world.Get<Offerings>().PutAsync("plan-light", sheet, CancellationToken.None)).Required();
        var order = await world.OrderAsync(await world.NewCustomerAsync(), "plan-light");

        Assert.Equal("轻享版二", (await PlanAsync(world)).Chinese?.Name);
        Assert.Equal("适合所有人", order.Offering.Chinese?.Description);
        var versions = await world.Get<ICatalogStore>().OfferingVersionsAsync("plan-light", CancellationToken.None);
        Assert.Equal("轻享版二", versions[^1].Chinese?.Name);
        Assert.Null(versions[0].Chinese);
    }

    private static async Task<ProductOffering> PlanAsync(World world) =>
        (await world.Get<ICatalogStore>().FindOfferingAsync("plan-light", CancellationToken.None))!;

    /// <summary>The same for one model alone, whose cost is all that it costs.</summary>
    private static async Task<ProductOffering> NarrowAsync(World world)
    {
        var plan = await PlanAsync(world);
        return plan with { Grants = [plan.Grants[0] with { Models = [Model] }] };
    }

    private static Task<IReadOnlyList<OfferingFinding>> CheckAsync(World world, ProductOffering draft) =>
        world.Get<OfferingChecks>().OfAsync(draft, CancellationToken.None);

    /// <summary>Every vendor of the model is owed so much for a million tokens of it.</summary>
    private static async Task PriceAsync(World world, string perMillion)
    {
        var amount = decimal.Parse(perMillion, System.Globalization.CultureInfo.InvariantCulture);
        var sheet = new PriceSheet(
            Currency.Cny,
            [new PriceSheetTier(null, new Dictionary<string, decimal> { ["input"] = amount, ["output"] = amount })]
        );
        var rows = await world.Get<ICatalogStore>().LoadAsync(CancellationToken.None);
        foreach (var mapping in rows.Mappings.Where(mapping => mapping.Model == Model))
            (
                await world.Get<Contracts>().PutAsync(mapping.Vendor, mapping.Model, sheet, Schedule.AtOnce, "", CancellationToken.None)
            ).Required();
    }
}
