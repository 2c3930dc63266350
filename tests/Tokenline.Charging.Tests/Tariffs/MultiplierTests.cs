using Tokenline.Charging.Tariffs;
using static Tokenline.Charging.Tests.Tariffs.Cards;

namespace Tokenline.Charging.Tests.Tariffs;

public sealed class MultiplierTests
{
    private static readonly QuotaUnit point = new("point");
    private static readonly Multipliers all = new()
    {
        Classes = new([new(ServiceClass.Batch, new Ratio(1, 2)), new(ServiceClass.Priority, new Ratio(2, 1))]),
        Hours = new("Asia/Shanghai", [new("noon", Weekdays.All, 11 * 60, 13 * 60, new Ratio(3, 1))], []),
        Regions = new([new("north", new Ratio(11, 10))]),
        CustomerGroups = new([new("school", new Ratio(4, 5))]),
    };

    private static readonly ModelTariff tariff = new(
        "m",
        1,
        Currency.Cny,
        new RateCard(Flat((Meter.Input, 1_000_000)), RateCard.PerMillion),
        [new(point, Card(Flat((Meter.Input, 10))))]
    )
    {
        Multipliers = all,
    };

    [Fact]
    [Trait("WhatOthersGotWrong", "40")]
    public void A_multiplier_applies_to_quota_and_to_money_alike()
    {
        var usage = Usage.Of(1000, 0);
        var plain = tariff.Context(Noon.AddHours(2), CallTraits.Plain, 0);
        var dear = tariff.Context(Noon, new CallTraits(ServiceClass.Priority, "north", "school"), 0);

        Assert.Equal(new Ratio(528, 100), dear.Factor); // 2 × 3 × 1.1 × 0.8
        Assert.Equal((1000, 5280), (tariff.Retail(usage, plain), tariff.Retail(usage, dear)));
        Assert.Equal(10_000, tariff.CardIn(point)!.Amount(usage, plain, MeterSet.All).Rounded());
        Assert.Equal(52_800, tariff.CardIn(point)!.Amount(usage, dear, MeterSet.All).Rounded());
    }

    [Fact]
    public void A_name_that_the_tariff_does_not_know_changes_nothing() =>
        Assert.True(tariff.Context(Noon.AddHours(2), new CallTraits(Region: "south", CustomerGroup: "army"), 0).Factor.IsOne);

    [Fact]
    public void A_service_class_without_a_price_is_not_offered()
    {
        Assert.True(tariff.Offers(ServiceClass.Standard));
        Assert.True(tariff.Offers(ServiceClass.Batch));
        Assert.False(tariff.Offers(ServiceClass.Flex));
        Assert.False(Tariff(Card(Flat((Meter.Input, 1)))).Offers(ServiceClass.Batch));
    }

    [Fact]
    public void A_card_may_have_multipliers_of_its_own_beside_the_tariffs()
    {
        var peak = new RateCard(Flat((Meter.Input, 10)), RateCard.PerUnit)
        {
            Multipliers = new() { Hours = new("Asia/Shanghai", [new("peak", Weekdays.All, 0, 1440, new Ratio(3, 2))], []) },
        };
        var context = tariff.Context(Noon, CallTraits.Plain, 0);

        Assert.Equal(45, peak.Amount(Usage.Of(1, 0), context, MeterSet.All).Rounded());
    }

    [Fact]
    public void Credits_are_as_much_as_their_worth_of_list_price()
    {
        // 1 credit is 0.01 CNY of list price; 5 CNY a million tokens, at least 0.02 CNY a call.
        var price = new RateCard(Flat((Meter.Input, 5 * Money.NanoPerUnit)), RateCard.PerMillion) { Minimum = Money.NanoPerUnit / 50 };
        var credits = Credits.Of(price, Money.NanoPerUnit / 100);

        Assert.Equal(500 * QuotaUnit.Micro, Rounded(credits, Usage.Of(1_000_000, 0)));
        Assert.Equal(2 * QuotaUnit.Micro, Rounded(credits, Usage.Of(1, 0)));
        Assert.Equal(0, Rounded(credits, default));
    }

    [Fact]
    public void A_tariff_has_a_card_for_each_currency_that_may_pay()
    {
        var usd = new Currency("USD");
        var both = tariff with { OtherPrices = [new(usd, new RateCard(Flat((Meter.Input, 150_000)), RateCard.PerMillion))] };

        Assert.Equal(
            150,
            both.CardIn(usd)!.Amount(Usage.Of(1000, 0), both.Context(Noon.AddHours(2), CallTraits.Plain, 0), MeterSet.All).Rounded()
        );
        Assert.Same(both.Price, both.CardIn(Currency.Cny));
        Assert.Null(both.CardIn(new Currency("EUR")));
    }

    [Theory]
    [InlineData("0.5", "0.5", 1, 2)]
    [InlineData("2", "2", 2, 1)]
    [InlineData("2/3", "2/3", 2, 3)]
    [InlineData("4/8", "0.5", 1, 2)]
    [InlineData("0.0625", "0.0625", 1, 16)]
    [InlineData("1.10", "1.1", 11, 10)]
    public void Ratios_are_read_and_written(string text, string written, long numerator, long denominator)
    {
        Assert.True(Ratio.TryParse(text, out var ratio));
        Assert.Equal((written, numerator, denominator), (ratio.ToString(), ratio.Numerator, ratio.Denominator));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("-1")]
    [InlineData("1/0")]
    [InlineData("a")]
    [InlineData("1/2/3")]
    [InlineData("0.00000000001")]
    [InlineData("1e3")]
    public void What_is_no_ratio_is_not_read(string? text) => Assert.False(Ratio.TryParse(text, out _));
}
