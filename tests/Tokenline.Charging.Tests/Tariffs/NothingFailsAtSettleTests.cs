using Tokenline.Charging.Tariffs;
using Tokenline.Testing;
using static Tokenline.Charging.Tests.Tariffs.Cards;

namespace Tokenline.Charging.Tests.Tariffs;

/// <summary>What a vendor reports and what a tariff may contain never makes the rating of a call fail, nor costs it memory.</summary>
public sealed class NothingFailsAtSettleTests
{
    private static readonly CallTraits traits = new(ServiceClass.Batch, "north", "staff");

    [Fact]
    [Trait("WhatOthersGotWrong", "46")]
    public void Multipliers_of_the_tariff_and_of_the_card_multiply_beyond_64_bits()
    {
        var factor = new Ratio(9999, 10_000);
        var all = new Multipliers
        {
            Classes = new([new(ServiceClass.Batch, factor)]),
            Regions = new([new("north", factor)]),
            CustomerGroups = new([new("staff", factor)]),
            Hours = new("UTC", [new("day", Weekdays.All, 0, TimeWindow.DayMinutes, factor)], []),
        };
        var card = new RateCard(Flat((Meter.Input, 1_000_000_000)), RateCard.PerMillion) { Multipliers = all };
        var tariff = Tariff(card) with { Multipliers = all };
        var context = tariff.Context(Noon, traits, 0);

        // 1,000,000 nano × 0.9999^8
        Assert.Equal(999_200, tariff.Retail(Usage.Of(1000, 0), context));
        Assert.Equal(999_201, card.WorstCase(new UsageBound(1000, 0, default), context, MeterSet.All).RoundedUp());
        Assert.Equal(999_200, Rating.Of(Usage.Of(1000, 0), tariff, context, []).Money.Amount);
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "46")]
    public void A_vendors_absurd_figures_cost_the_most_there_is_and_fall_into_the_last_tier()
    {
        var group = new VolumeGroup("g", MeterSet.Of(Meter.Input, Meter.CachedInput), "UTC");
        var card = new RateCard(
            Table(Tier(1000, (Meter.Input, 1), (Meter.CachedInput, 1)), Tier(null, (Meter.Input, 7), (Meter.CachedInput, 7))),
            RateCard.PerUnit
        )
        {
            Volume = new(VolumeKind.Marginal, group, [new(1000, Ratio.One), new(null, new Ratio(1, 2))]),
        };
        var absurd = Usage.Of(long.MaxValue, long.MaxValue, cachedInput: long.MaxValue);

        Assert.Equal(long.MaxValue, absurd.WholeInput);
        Assert.Equal(long.MaxValue, absurd.Tokens);
        Assert.Equal(long.MaxValue, group.CountOf(absurd));
        Assert.Equal(long.MaxValue, Rounded(card, absurd));
        Assert.Equal(long.MaxValue, Rounded(card, absurd, volumeBefore: long.MaxValue));
    }

    [Fact]
    public void Rating_a_call_allocates_nothing()
    {
        var hours = new TimeOfDay(
            "Asia/Shanghai",
            [new("peak", Weekdays.All, 540, 1080, new Ratio(2, 1), HolidayRule.Exclude)],
            [new(2026, 1, 1)]
        );
        var group = new VolumeGroup("g", MeterSet.Of(Meter.Input, Meter.Output), "Asia/Shanghai");
        var card = new RateCard(
            Table(
                Tier(32_000, 200, (Meter.Input, 2), (Meter.Output, 8)),
                Tier(32_000, (Meter.Input, 3), (Meter.Output, 14)),
                Tier(null, (Meter.Input, 4), (Meter.Output, 16))
            ),
            RateCard.PerMillion
        )
        {
            Minimum = 5,
            Volume = new(VolumeKind.Marginal, group, [new(1000, Ratio.One), new(null, new Ratio(4, 5))]),
        };
        var tariff = Tariff(card) with
        {
            Multipliers = new() { Hours = hours, Classes = new([new(ServiceClass.Batch, new Ratio(1, 2))]) },
        };
        var bound = new UsageBound(40_000, 4_000, default);
        var usage = Usage.Of(30_000, 300);
        Rate(100); // compiled, and the zone's rules read

        Assert.Equal(0, Allocations.Least(() => Rate(1000)));

        void Rate(int times)
        {
            for (var i = 0; i < times; i++)
            {
                var context = tariff.Context(Noon, traits, i);
                _ = card.WorstCase(bound, context, MeterSet.All).RoundedUp();
                _ = card.Amount(usage, context, MeterSet.All).Rounded();
                _ = tariff.Volume?.CountOf(usage);
            }
        }
    }
}
