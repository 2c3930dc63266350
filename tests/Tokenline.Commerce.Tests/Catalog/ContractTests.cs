using Tokenline.Charging.Records;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Tests.PriceSheets;

namespace Tokenline.Commerce.Tests.Catalog;

public sealed class ContractTests
{
    private const string Half = """
        "currency":"USD","tiers":[{"price":{"input":"0.25","output":"1"}}],"serviceClasses":{"batch":"0.5"},"minimum":"0.001"
        """;

    [Fact]
    public async Task A_charge_is_rated_a_second_time_by_the_contract_of_the_vendor_that_served()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        await world.OrderAsync(customer, "plan-light");
        Assert.Null((await world.CallAsync(customer, "glm-5", Usage.Of(20_000, 1_000))).Wholesale);

        await PutAsync(world, "deepseek", "1"); // another vendor's
        var contract = await PutAsync(world, "vendor", "0.25");
        var record = await world.CallAsync(customer, "glm-5", Usage.Of(20_000, 1_000));

        // 20,000 × 0.25 + 1,000 × 1 USD a million
        Assert.Equal(new WholesaleCost(contract.Version, new Currency("USD"), 6_000_000), record.Wholesale);
        Assert.Equal(98_000_000, record.RetailNano);
        Assert.Null((await world.CallAsync(customer, "glm-4.7", Usage.Of(20_000, 1_000))).Wholesale);
    }

    [Fact]
    public async Task A_contract_is_scheduled_ends_and_survives_a_restart_with_every_rule()
    {
        await using var world = await World.SeededAsync();
        var day = TimeSpan.FromDays(1);
        var first = await PutAsync(world, "zhipu", "0.25");
        await PutAsync(world, "zhipu", "0.2", new Schedule(World.Start + day, World.Start + (2 * day)));
        (await world.Get<CatalogEditing>().PutPriceAsync("glm-5", Sheets.Read(""), "", CancellationToken.None)).Required(); // leaves contracts alone

        await using var next = await World.OpenAsync(world.Folder);
        foreach (var there in new[] { world, next })
        {
            var book = there.Get<TariffHolder>().Current;
            Assert.Null(book.FindContract("zhipu", "glm-5", World.Start - TimeSpan.FromTicks(1)));
            Assert.Equal(
                [250, 200, 250],
                new[] { 0, 1, 2 }.Select(days => Cost(book.FindContract("zhipu", "glm-5", World.Start + (days * day))!))
            );
            Assert.Equal(1_000_000, book.FindContract("zhipu", "glm-5", World.Start)!.Price.Minimum);
        }
        Assert.Equal(first.Version + 2, (await PutAsync(next, "zhipu", "0.3")).Version);

        static long Cost(Charging.Tariffs.ModelTariff contract) => contract.Price.Table.Tiers[0][Meter.Input] / 1_000_000;
    }

    [Theory]
    [InlineData(
        """
            "tiers":[{"price":{"input":"1","output":"2"},"weights":{"point":{"input":"1","output":"2"}}}]
            """,
        "price.tiers[0].weights"
    )]
    [InlineData(
        """
            "tiers":[{"price":{"input":"1","output":"2"}}],"units":{"credit":{"worth":"1"}}
            """,
        "price.units"
    )]
    [InlineData(
        """
            "tiers":[{"price":{"input":"1","output":"2"}}],"currencies":{"USD":{"tiers":[{"rates":{"input":"1","output":"2"}}]}}
            """,
        "price.currencies"
    )]
    [InlineData(
        """
            "tiers":[{"price":{"input":"1","output":"2"}}],"customerGroups":{"staff":"1"}
            """,
        "price.customerGroups"
    )]
    [InlineData(
        """
            "tiers":[{"price":{"input":"1","output":"2"}}],"money":{"regions":{"eu":"2"}}
            """,
        "price.money"
    )]
    [InlineData(
        """
            "tiers":[{"price":{"input":"1","output":"2"}}],"volume":{"kind":"marginal","group":"g","meters":["input"],"tiers":[{"upTo":1,"factor":"1"},{"factor":"0.5"}]}
            """,
        "price.volume"
    )]
    [InlineData(
        """
            "tiers":[{"price":{"input":"0.000001","output":"2"}}]
            """,
        "price.tiers[0].price.input"
    )]
    public async Task What_a_contract_cannot_have_is_refused_by_the_field(string members, string param)
    {
        await using var world = await World.SeededAsync();

        var put = await world
            .Get<Contracts>()
            .PutAsync("zhipu", "glm-5", Sheets.Read(members.Trim()), Schedule.AtOnce, "", CancellationToken.None);

        Assert.Equal(param, put.Refused!.Param);
        Assert.DoesNotContain(
            await world.Get<ICatalogStore>().ContractsAsync(CancellationToken.None),
            contract => contract.Model == "glm-5"
        );
    }

    [Fact]
    public async Task A_contract_is_with_a_vendor_for_a_model_and_not_for_the_past()
    {
        await using var world = await World.SeededAsync();
        var contracts = world.Get<Contracts>();
        var sheet = Sheets.Read(Half.Trim());

        Assert.Equal(
            "vendor",
            (await contracts.PutAsync("nobody", "glm-5", sheet, Schedule.AtOnce, "", CancellationToken.None)).Refused!.Param
        );
        Assert.Equal(
            "model",
            (await contracts.PutAsync("zhipu", "none", sheet, Schedule.AtOnce, "", CancellationToken.None)).Refused!.Param
        );
        var past = new Schedule(World.Start - TimeSpan.FromSeconds(1));
        Assert.Equal("effectiveFrom", (await contracts.PutAsync("zhipu", "glm-5", sheet, past, "", CancellationToken.None)).Refused!.Param);
    }

    private static async Task<ContractVersion> PutAsync(World world, string vendor, string input, Schedule? schedule = null)
    {
        if (vendor == "vendor") // the one that a world's calls are served by
            (
                await world
                    .Get<CatalogEditing>()
                    .PutVendorAsync(new VendorEntry("vendor", new Uri("https://api.example.com/v1")), CancellationToken.None)
            ).Required();
        var sheet = Sheets.Read(Half.Trim().Replace("0.25", input, StringComparison.Ordinal));
        return (
            await world.Get<Contracts>().PutAsync(vendor, "glm-5", sheet, schedule ?? Schedule.AtOnce, "test", CancellationToken.None)
        ).Required();
    }
}
