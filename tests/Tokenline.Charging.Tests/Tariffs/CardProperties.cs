using System.Numerics;
using CsCheck;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Tests.Tariffs;

public sealed class CardProperties
{
    private const int Iterations = 3000;

    [Fact]
    public void Any_card_charges_what_the_plainest_arithmetic_does() =>
        Gen.Select(RandomCards.All, RandomCards.Usages, RandomCards.Contexts, RandomCards.Sets)
            .Sample(
                (card, usage, context, meters) =>
                {
                    var (numerator, denominator) = NaiveCard.Amount(card, usage, context, meters);
                    var amount = card.Amount(usage, context, meters);
                    return numerator * (BigInteger)amount.Denominator == (BigInteger)amount.Numerator * denominator;
                },
                iter: Iterations
            );

    [Fact]
    public void Any_card_is_held_at_what_the_plainest_arithmetic_finds_the_dearest() =>
        Gen.Select(RandomCards.All, RandomCards.Bounded, RandomCards.Contexts, RandomCards.Sets)
            .Sample(
                (card, bounded, context, meters) =>
                {
                    var (numerator, denominator) = NaiveCard.WorstCase(card, bounded.Bound, context, meters);
                    var amount = card.WorstCase(bounded.Bound, context, meters);
                    return numerator * (BigInteger)amount.Denominator == (BigInteger)amount.Numerator * denominator;
                },
                iter: Iterations
            );

    [Fact]
    [Trait("WhatOthersGotWrong", "9")]
    [Trait("WhatOthersGotWrong", "46")]
    public void No_usage_within_a_bound_costs_more_than_its_worst_case() =>
        Gen.Select(RandomCards.All, RandomCards.Bounded, RandomCards.Contexts, RandomCards.Sets)
            .Sample(
                (card, bounded, context, meters) =>
                    card.Amount(bounded.Usage, context, meters).RoundedUp() <= card.WorstCase(bounded.Bound, context, meters).RoundedUp(),
                iter: Iterations
            );

    [Fact]
    public void The_worst_case_holds_although_other_calls_move_the_volume_on_meanwhile() =>
        Gen.Select(RandomCards.All, RandomCards.Bounded, RandomCards.Contexts, Gen.Long[0, 300])
            .Sample(
                (card, bounded, context, meanwhile) =>
                {
                    var later = context with { VolumeBefore = context.VolumeBefore + meanwhile };
                    return card.Amount(bounded.Usage, later, MeterSet.All).Rounded()
                        <= card.WorstCase(bounded.Bound, context, MeterSet.All).RoundedUp();
                },
                iter: Iterations
            );

    [Fact]
    public void The_parts_of_disjoint_meters_make_the_whole_exactly() =>
        Gen.Select(RandomCards.All, RandomCards.Usages, RandomCards.Contexts, RandomCards.Sets)
            .Sample(
                (card, usage, context, meters) =>
                {
                    var (one, rest) = (card.Amount(usage, context, meters), card.Amount(usage, context, MeterSet.All.Without(meters)));
                    var whole = card.Amount(usage, context, MeterSet.All);
                    var sum = ((BigInteger)one.Numerator * rest.Denominator) + ((BigInteger)rest.Numerator * one.Denominator);
                    return sum * whole.Denominator == (BigInteger)whole.Numerator * one.Denominator * rest.Denominator;
                },
                iter: Iterations
            );

    [Fact]
    public void The_lines_of_a_rating_add_up_and_round_to_the_charge() =>
        Gen.Select(RandomCards.All, RandomCards.Usages, RandomCards.Contexts)
            .Sample(
                (card, usage, context) =>
                {
                    var rated = Rating.Of(usage, Cards.Tariff(card), context, []).Money;
                    var sum = rated.Lines.Aggregate(rated.MinimumExact, (sum, line) => sum + line.Exact);
                    var rounded = rated.Exact / 1_000_000 + (rated.Exact % 1_000_000 >= 500_000 ? 1 : 0);
                    return sum == rated.Exact
                        && rated.Amount == Int128.Min(rounded, long.MaxValue)
                        && rated.Amount == card.Amount(usage, context, MeterSet.All).Rounded();
                },
                iter: Iterations
            );

    [Fact]
    public void Flat_rates_are_held_at_the_price_of_the_dearest_call() =>
        Gen.Select(Gen.Long[0, 1_000_000], Gen.Long[0, 1_000_000], Gen.Long[0, 10_000_000_000], Gen.Long[0, 10_000_000_000])
            .Sample(
                (input, output, inputRate, outputRate) =>
                {
                    var card = new RateCard(Cards.Flat((Meter.Input, inputRate), (Meter.Output, outputRate)), RateCard.PerMillion);
                    var context = new RatingContext(Cards.Noon, CallTraits.Plain, Ratio.One, 0);
                    return card.WorstCase(new UsageBound(input, output, default), context, MeterSet.All)
                        == card.Amount(Usage.Of(input, output), context, MeterSet.All);
                }
            );

    // No 32-bit counters, no floating point; beyond 128 bits the arithmetic grows instead of failing.
    [Theory]
    [Trait("WhatOthersGotWrong", "46")]
    [InlineData(4_000_000_000, 1)]
    [InlineData(9_000_000_000_000_000, 1)]
    [InlineData(9_000_000_000_000_000, 9_000_000_000)]
    [InlineData(4_000_000_000_000_000_000, 4_000_000_000_000_000_000)]
    public void No_count_is_too_large_to_be_rated(long count, long rate)
    {
        var group = new VolumeGroup("g", MeterSet.Of(Meter.Input), "UTC");
        var card = new RateCard(Cards.Flat((Meter.Input, rate)), RateCard.PerMillion)
        {
            Minimum = 7,
            Volume = new(VolumeKind.Marginal, group, [new(1000, new Ratio(999, 1000)), new(null, new Ratio(7919, 10_000))]),
        };
        var context = new RatingContext(Cards.Noon, CallTraits.Plain, new Ratio(999_983, 1_000_000), 500);
        var usage = Usage.Of(count, 0);

        var (numerator, denominator) = Exactly(count, rate);
        var expected = BigInteger.Min(long.MaxValue, ((numerator * 2) + denominator) / (denominator * 2));
        Assert.Equal(expected, card.Amount(usage, context, MeterSet.All).Rounded());
        Assert.True(card.WorstCase(new UsageBound(count, 0, default), context, MeterSet.All).RoundedUp() >= expected);
        Assert.Equal(expected, Rating.Of(usage, Cards.Tariff(card), context, []).Money.Amount);
    }

    private static (BigInteger, BigInteger) Exactly(BigInteger count, BigInteger rate)
    {
        var weighted = (500 * 9990) + ((count - 500) * 7919); // of 10,000: 500 units are left of the first tier
        return (weighted * rate * 999_983, (BigInteger)10_000 * 1_000_000 * 1_000_000);
    }
}
