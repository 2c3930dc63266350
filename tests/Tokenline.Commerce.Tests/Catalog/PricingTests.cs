using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Tests.Catalog;

public sealed class PricingTests
{
    private static readonly Currency usd = new("USD");
    private readonly Pricing pricing = new(new CommerceOptions());

    [Theory]
    [InlineData("CNY", "9.9", 9_900_000_000)]
    [InlineData("USD", "1.25", 8_422_375_000)] // × 6.7379
    [InlineData("USD", "0.0000000001", null)]
    [InlineData("USD", "0.1", 673_790_000)]
    [InlineData("USD", "0.00015", 1_010_685)]
    [InlineData("CNY", "0.0005", 500_000)]
    [InlineData("CNY", "0.0004999", null)] // a price for one token
    [InlineData("CNY", "0", 0)]
    [InlineData("CNY", "100001", null)]
    [InlineData("CNY", "-1", null)]
    [InlineData("EUR", "1", null)]
    public void Prices_become_whole_nano_per_million(string currency, string amount, object? nano)
    {
        var price = decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture);
        var outcome = pricing.ToTariff("m", Sheet(new Currency(currency), price, 1), 7);
        if (nano is null)
            Assert.Equal(Problems.InvalidRequest, outcome.Refused!.Problem);
        else
            Assert.Equal(Convert.ToInt64(nano), outcome.Required().Price.Table.Tiers[0][Meter.Input]);
    }

    [Fact]
    public void Conversion_rounds_half_up_once()
    {
        var halves = new Pricing(new CommerceOptions { UsdRate = 1.5m });
        var sheet = Sheet(usd, 1.000000001m, 1); // 1.5000000015

        Assert.Equal(1_500_000_002, halves.ToTariff("m", sheet, 1).Required().Price.Table.Tiers[0][Meter.Input]);
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "36")]
    public void What_looks_like_a_price_for_one_token_is_refused_with_the_price_that_was_meant()
    {
        var refused = pricing.ToTariff("m", Sheet(Currency.Cny, 3, 0.000009m), 1).Refused!;

        Assert.Equal("tiers[0].price.output", refused.Param);
        Assert.Contains("did you mean 9?", refused.Message);
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "35")]
    public void A_price_that_is_not_published_is_the_input_price_and_never_free()
    {
        var rates = pricing.ToTariff("m", Sheet(Currency.Cny, 4, 18), 1).Required().Price.Table.Tiers[0];

        Assert.Equal(rates[Meter.Input], rates[Meter.CachedInput]);
        Assert.Equal(rates[Meter.Input], rates[Meter.CacheWrite5m]);
        Assert.Equal(rates[Meter.Input], rates[Meter.CacheWrite1h]);
        Assert.Equal(0, rates[Meter.Reasoning]); // inside output
    }

    [Fact]
    public void Tiers_rise_and_only_the_last_is_open()
    {
        Assert.Equal("tiers[1].upToInput", Tiers(32_000, 32_000, null));
        Assert.Equal("tiers[0].upToInput", Tiers(null, null));
        Assert.Equal("tiers[0].upToInput", Tiers(32_000));
        Assert.Equal("tiers[0].upToInput", Tiers(0, null));
        Assert.Equal("tiers", Tiers());
        Assert.Null(Tiers(32_000, 64_000, null));

        string? Tiers(params long?[] limits) =>
            pricing.ToTariff("m", new PriceSheet(Currency.Cny, [.. limits.Select(limit => Tier(1, 1, limit))]), 1).Refused?.Param;
    }

    [Fact]
    public void Every_tier_has_weights_in_the_same_units_to_six_decimals()
    {
        Assert.Equal("tiers[1].weights", Param(Weighed("point", 1, 10), Weighed("general-token", 1)));
        Assert.Equal("tiers[0].weights.point.input", Param(Weighed("point", 0.0000001m)));
        Assert.Equal("tiers[0].weights.Points", Param(Weighed("Points", 1)));
        Assert.Equal("tiers[0].price.inptu", Param(new PriceSheetTier(null, Amounts(("inptu", 1)))));
        Assert.Null(Param(Weighed("point", 0.000001m)));

        string? Param(params PriceSheetTier[] tiers) => pricing.ToTariff("m", new PriceSheet(Currency.Cny, tiers), 1).Refused?.Param;
    }

    [Fact]
    public void A_tariff_version_reads_as_it_was_written()
    {
        var sheet = new PriceSheet(usd, [Weighed("point", 0.025m, 272_000), Weighed("point", 0.5m)]);
        var charges = pricing.ToTariff("m", sheet, 3).Required();

        var read = TariffVersion.Of(3, World.Start, World.Start, "why", [charges]).ToTariff();

        var model = read.Models["m"];
        Assert.Equal(
            (3, World.Start, "m", 3, Currency.Cny),
            (read.Version, read.EffectiveFrom, model.Model, model.Version, model.Currency)
        );
        var usage = Usage.Of(200_000, 5_000, cachedInput: 100_000);
        var context = charges.Context(World.Start, CallTraits.Plain, 0);
        Assert.Equal(charges.Retail(usage, context), model.Retail(usage, context));
        var point = new QuotaUnit("point");
        Assert.Equal(
            charges.CardIn(point)!.Amount(usage, context, MeterSet.All),
            model.CardIn(point)!.Amount(usage, context, MeterSet.All)
        );
        Assert.Null(model.CardIn(new QuotaUnit("general-token")));
    }

    private static PriceSheet Sheet(Currency currency, decimal input, decimal output) => new(currency, [Tier(input, output, null)]);

    private static PriceSheetTier Tier(decimal input, decimal output, long? limit) =>
        new(limit, Amounts(("input", input), ("output", output)));

    private static PriceSheetTier Weighed(string unit, decimal weight, long? limit = null) =>
        Tier(1, 1, limit) with
        {
            Weights = new Dictionary<string, IReadOnlyDictionary<string, decimal>>
            {
                [unit] = Amounts(("input", weight), ("output", weight)),
            },
        };

    private static Dictionary<string, decimal> Amounts(params (string Meter, decimal Amount)[] amounts) =>
        amounts.ToDictionary(pair => pair.Meter, pair => pair.Amount);
}
