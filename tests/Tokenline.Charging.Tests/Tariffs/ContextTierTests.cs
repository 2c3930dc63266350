using Tokenline.Charging.Tariffs;
using static Tokenline.Charging.Tests.Tariffs.Cards;

namespace Tokenline.Charging.Tests.Tariffs;

public sealed class ContextTierTests
{
    private static readonly RateCard oneDimension = Card(
        Table(
            Tier(32_000, (Meter.Input, 2), (Meter.CachedInput, 1), (Meter.Output, 10)),
            Tier(null, (Meter.Input, 5), (Meter.CachedInput, 3), (Meter.Output, 20))
        )
    );

    /// <summary>The shape of GLM-4.7's price list.</summary>
    private static readonly RateCard twoDimensions = Card(
        Table(
            Tier(32_000, 200, (Meter.Input, 2), (Meter.Output, 8)),
            Tier(32_000, (Meter.Input, 3), (Meter.Output, 14)),
            Tier(null, (Meter.Input, 4), (Meter.Output, 16))
        )
    );

    [Theory]
    [InlineData(31_999, (31_999 * 2) + (7 * 10))]
    [InlineData(32_000, (32_000 * 2) + (7 * 10))]
    [InlineData(32_001, (32_001 * 5) + (7 * 20))]
    public void The_whole_request_is_charged_at_the_tier_of_its_whole_input(long input, long expected) =>
        Assert.Equal(expected, Rounded(oneDimension, Usage.Of(input, 7)));

    [Theory]
    [InlineData(Meter.CachedInput)]
    [InlineData(Meter.CacheWrite5m)]
    [InlineData(Meter.CacheWrite1h)]
    [InlineData(Meter.AudioInput)]
    [InlineData(Meter.ImageInput)]
    [InlineData(Meter.VideoInput)]
    public void Caches_and_media_are_a_part_of_the_input_that_chooses_the_tier(Meter meter)
    {
        var usage = Usage.Of(31_999, 1);
        usage[meter] = 2;

        Assert.Equal(1, oneDimension.Table.TierOf(usage.WholeInput));
        Assert.True(Rounded(oneDimension, usage) >= (31_999 * 5) + 20);
    }

    [Theory]
    [InlineData(32_000, 199, (32_000 * 2) + (199 * 8))]
    [InlineData(32_000, 200, (32_000 * 2) + (200 * 8))]
    [InlineData(32_000, 201, (32_000 * 3) + (201 * 14))]
    [InlineData(32_001, 200, (32_001 * 4) + (200 * 16))]
    [InlineData(32_001, 201, (32_001 * 4) + (201 * 16))]
    [InlineData(0, 0, 0)]
    public void Input_and_output_together_choose_a_tier_of_two_dimensions(long input, long output, long expected) =>
        Assert.Equal(expected, Rounded(twoDimensions, Usage.Of(input, output)));

    [Theory]
    [Trait("WhatOthersGotWrong", "9")]
    [InlineData(31_999, 100, (31_999 * 2) + (100 * 10))]
    [InlineData(32_000, 100, (32_000 * 2) + (100 * 10))]
    [InlineData(32_001, 100, (32_001 * 5) + (100 * 20))]
    public void The_worst_case_is_over_every_tier_that_the_bound_reaches(long input, long output, long expected) =>
        Assert.Equal(expected, Worst(oneDimension, input, output));

    [Theory]
    [InlineData(100, 200, (100 * 2) + (200 * 8))]
    [InlineData(100, 201, (100 * 3) + (201 * 14))]
    [InlineData(40_000, 100, (40_000 * 4) + (100 * 16))]
    public void The_worst_case_looks_at_both_dimensions(long input, long output, long expected) =>
        Assert.Equal(expected, Worst(twoDimensions, input, output));

    [Fact]
    public void A_tier_that_is_cheaper_beyond_its_edge_is_held_at_the_edge()
    {
        var card = Card(Table(Tier(1000, (Meter.Input, 10)), Tier(null, (Meter.Input, 1))));

        Assert.Equal(10_000, Worst(card, 1001, 0));
        Assert.Equal(20_000, Worst(card, 20_000, 0));
    }

    [Fact]
    public void Tiers_that_leave_a_gap_or_overlap_are_no_table()
    {
        Assert.Throws<ArgumentException>(() => Table());
        Assert.Throws<ArgumentException>(() => Table(Tier(10, (Meter.Input, 1))));
        Assert.Throws<ArgumentException>(() => Table(Tier(null, (Meter.Input, 1)), Tier(null, (Meter.Input, 1))));
        Assert.Throws<ArgumentException>(() => Table(Tier(10, (Meter.Input, 1)), Tier(9, (Meter.Input, 1)), Tier(null, (Meter.Input, 1))));
        Assert.Throws<ArgumentException>(() => Table(Tier(10, 5, (Meter.Input, 1)), Tier(null, (Meter.Input, 1))));
        Assert.Throws<ArgumentException>(() =>
            Table(Tier(10, 5, (Meter.Input, 1)), Tier(10, 5, (Meter.Input, 1)), Tier(null, (Meter.Input, 1)))
        );
        Assert.Throws<ArgumentException>(() => Table(Tier(null, 5, (Meter.Input, 1))));
        Assert.Equal(2, Table(Tier(null, 5, (Meter.Input, 1)), Tier(null, (Meter.Input, 1))).Tiers.Length);
    }

    private static long Worst(RateCard card, long input, long output) =>
        card.WorstCase(new UsageBound(input, output, default), new RatingContext(Noon, CallTraits.Plain, Ratio.One, 0), MeterSet.All)
            .RoundedUp();
}
