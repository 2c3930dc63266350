using Tokenline.Charging.Tariffs;
using static Tokenline.Charging.Tests.Tariffs.Cards;

namespace Tokenline.Charging.Tests.Tariffs;

public sealed class MinimumChargeTests
{
    private static readonly RateCard card = new(Flat((Meter.Input, 1), (Meter.Output, 2)), RateCard.PerUnit) { Minimum = 100 };

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0, 100)]
    [InlineData(99, 0, 100)]
    [InlineData(100, 0, 100)]
    [InlineData(101, 0, 101)]
    [InlineData(1, 50, 101)]
    public void A_call_that_used_anything_costs_at_least_the_minimum(long input, long output, long expected) =>
        Assert.Equal(expected, Rounded(card, Usage.Of(input, output)));

    [Fact]
    public void A_call_of_free_meters_costs_the_minimum_too() => Assert.Equal(100, Rounded(card, new Usage { [Meter.Request] = 1 }));

    [Fact]
    public void Multipliers_do_not_lower_the_minimum()
    {
        var half = new RatingContext(Noon, CallTraits.Plain, new Ratio(1, 2), 0);

        Assert.Equal(100, card.Amount(Usage.Of(150, 0), half, MeterSet.All).Rounded());
        Assert.Equal(101, card.Amount(Usage.Of(202, 0), half, MeterSet.All).Rounded());
    }

    [Fact]
    public void Some_of_the_meters_bear_their_part_of_the_minimum()
    {
        var usage = Usage.Of(10, 10); // 10 + 20 of 30

        Assert.Equal(new ExactAmount(1000, 30), Amount(card, usage, meters: MeterSet.Of(Meter.Input)));
        Assert.Equal(new ExactAmount(2000, 30), Amount(card, usage, meters: MeterSet.Of(Meter.Output)));
        Assert.Equal(new ExactAmount(300, 4), Amount(card, FreeCalls(), meters: MeterSet.Of(Meter.Request))); // by count, where nothing has a price
        Assert.Equal(new ExactAmount(100, 4), Amount(card, FreeCalls(), meters: MeterSet.Of(Meter.Search)));

        static Usage FreeCalls() => new() { [Meter.Request] = 3, [Meter.Search] = 1 };
    }
}
