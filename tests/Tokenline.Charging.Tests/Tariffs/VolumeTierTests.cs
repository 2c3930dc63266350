using Tokenline.Charging.Tariffs;
using static Tokenline.Charging.Tests.Tariffs.Cards;

namespace Tokenline.Charging.Tests.Tariffs;

public sealed class VolumeTierTests
{
    private static readonly VolumeGroup group = new("chat", MeterSet.Of(Meter.Input, Meter.Output), "Asia/Shanghai");

    [Theory]
    [InlineData(0, 999, 999 * 10, 999 * 10)]
    [InlineData(0, 1000, 1000 * 10, 1000 * 10)]
    [InlineData(0, 1001, (1000 * 10) + 8, 1001 * 8)]
    [InlineData(999, 1, 10, 10)]
    [InlineData(1000, 1, 8, 8)]
    [InlineData(1000, 1000, 1000 * 8, 1000 * 8)]
    [InlineData(500, 2000, (500 * 10) + (1000 * 8) + (500 * 5), 2000 * 5)]
    [InlineData(1_000_000, 7, 35, 35)]
    public void Marginal_tiers_divide_a_call_at_the_edge_and_retroactive_ones_do_not(
        long before,
        long input,
        long marginal,
        long retroactive
    )
    {
        Assert.Equal(marginal, Rounded(Of(VolumeKind.Marginal), Usage.Of(input, 0), before));
        Assert.Equal(retroactive, Rounded(Of(VolumeKind.Retroactive), Usage.Of(input, 0), before));
    }

    [Fact]
    public void Many_small_calls_cost_what_one_large_call_does()
    {
        var card = Of(VolumeKind.Marginal);
        var (sum, before) = (0L, 0L);
        foreach (var input in new[] { 1, 998, 2, 400, 599, 1, 1, 5000 })
        {
            sum += Rounded(card, Usage.Of(input, 0), before);
            before += input;
        }
        Assert.Equal(Rounded(card, Usage.Of(before, 0)), sum);
    }

    [Fact]
    public void A_call_is_divided_by_its_counted_units_whatever_else_it_used()
    {
        // 30 counted units, 20 of them beyond the edge: two thirds of the images are charged at 8/10.
        var card = new RateCard(Flat((Meter.Input, 10), (Meter.Image, 900)), RateCard.PerUnit) { Volume = Tiers(VolumeKind.Marginal) };
        var usage = new Usage { [Meter.Input] = 30, [Meter.Image] = 1 };

        Assert.Equal((10 * 10) + (20 * 8) + 300 + 480, Rounded(card, usage, 990));
    }

    [Fact]
    public void A_tier_may_have_rates_of_its_own()
    {
        var volume = new VolumeTiers(
            VolumeKind.Marginal,
            group,
            [new(1000, Ratio.One), new(null, Ratio.One, Flat((Meter.Input, 7), (Meter.Output, 30)))]
        );
        var card = new RateCard(Flat((Meter.Input, 10), (Meter.Output, 40)), RateCard.PerUnit) { Volume = volume };

        Assert.Equal((5 * 10) + (5 * 40), Rounded(card, Usage.Of(5, 5), 990));
        Assert.Equal((5 * 7) + (5 * 30), Rounded(card, Usage.Of(5, 5), 1000));
        Assert.Equal((50 + 200 + 35 + 150) / 2 + 1, Rounded(card, Usage.Of(5, 5), 995)); // half and half: 217.5
    }

    [Fact]
    public void A_call_without_counted_units_is_charged_in_the_tier_reached()
    {
        var card = new RateCard(Flat((Meter.Input, 10), (Meter.Image, 10)), RateCard.PerUnit) { Volume = Tiers(VolumeKind.Marginal) };

        Assert.Equal(10, Rounded(card, new Usage { [Meter.Image] = 1 }, 1000));
        Assert.Equal(8, Rounded(card, new Usage { [Meter.Image] = 1 }, 1001));
    }

    [Fact]
    public void The_hold_looks_at_the_tier_reached_and_at_all_above_it()
    {
        var dearer = new VolumeTiers(VolumeKind.Marginal, group, [new(1000, Ratio.One), new(null, new Ratio(3, 1))]);
        var card = new RateCard(Flat((Meter.Input, 10)), RateCard.PerUnit) { Volume = dearer };

        Assert.Equal(300, Worst(card, 0)); // other calls may move the month across the edge before this one ends
        Assert.Equal(100, Worst(Of(VolumeKind.Marginal), 1000));
        Assert.Equal(80, Worst(Of(VolumeKind.Marginal), 1001));

        static long Worst(RateCard card, long before) =>
            card.WorstCase(new UsageBound(10, 0, default), new RatingContext(Noon, CallTraits.Plain, Ratio.One, before), MeterSet.All)
                .RoundedUp();
    }

    [Fact]
    public void The_months_true_up_charges_every_call_in_the_tier_it_ended_in()
    {
        var tariff = Tariff(new RateCard(Flat((Meter.Input, 10)), RateCard.PerUnit) { Volume = Tiers(VolumeKind.Retroactive) }) with
        {
            Volume = group,
        };
        var (before, calls) = (0L, new List<VolumeCall>());
        foreach (var input in new[] { 600, 400, 1, 999, 1 })
        {
            calls.Add(new(tariff, Usage.Of(input, 0), tariff.Context(Noon, CallTraits.Plain, before)));
            before += input;
        }

        var correction = VolumeTrueUp.Of(calls);

        Assert.Equal(2001, correction.Volume);
        Assert.Equal((600 * 10) + (400 * 10) + 8 + (999 * 8) + 5, correction.ChargedNano);
        Assert.Equal(2001 * 5, correction.DueNano);
        Assert.Equal(correction.DueNano - correction.ChargedNano, correction.Nano);
        Assert.Equal(0, VolumeTrueUp.Of([calls[0]]).Nano);
    }

    [Fact]
    public void Marginal_tiers_need_no_true_up()
    {
        var tariff = Tariff(Of(VolumeKind.Marginal)) with { Volume = group };

        Assert.Equal(0, VolumeTrueUp.Of([new(tariff, Usage.Of(5000, 0), tariff.Context(Noon, CallTraits.Plain, 0))]).Nano);
        Assert.Equal(0, VolumeTrueUp.Of([]).Nano);
    }

    private static RateCard Of(VolumeKind kind) => new(Flat((Meter.Input, 10)), RateCard.PerUnit) { Volume = Tiers(kind) };

    private static VolumeTiers Tiers(VolumeKind kind) =>
        new(kind, group, [new(1000, Ratio.One), new(2000, new Ratio(8, 10)), new(null, new Ratio(1, 2))]);
}
