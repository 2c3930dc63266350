using System.Collections.Immutable;
using System.Numerics;

namespace Tokenline.Charging.Tariffs;

/// <summary>Draws up the lines of a rated card. For eyes, so it may be slow; never on the way of a call.</summary>
internal static class CardRating
{
    private const long ExactPerUnit = 1_000_000;

    public static RatedCard Of(RateCard card, in Usage usage, in RatingContext context, ImmutableArray<AppliedMultiplier> everywhere)
    {
        var volumes = Volumes(card, usage, context);
        var unit = UnitOf(card, context, volumes);
        var lines = ImmutableArray.CreateBuilder<RatedLine>();
        var sum = BigInteger.Zero;
        if (volumes.IsEmpty)
            AddLines(card.Table, volume: null, weight: BigInteger.One, usage, context.Traits);
        foreach (var volume in volumes)
        {
            var weight = (BigInteger)card.Volume!.FactorOf(volume.Tier) * Math.Max(1, volume.Units);
            AddLines(card.RatesIn(volume.Tier), volume.Tier, weight, usage, context.Traits);
        }

        var amount = card.Amount(usage, context, MeterSet.All);
        var exact = card.Minimum == 0 ? unit.Cut(sum) : (BigInteger)amount.Numerator * ExactPerUnit / amount.Denominator;
        var tier = card.Table.Tiers[card.Table.TierOf(usage.WholeInput, usage.WholeOutput)];
        return new RatedCard(
            card.Table.Tiers.IndexOf(tier),
            tier.UpToInput,
            tier.UpToOutput,
            volumes,
            [.. everywhere, .. card.Multipliers.Explain(context.StartedAt, context.Traits)],
            lines.DrainToImmutable(),
            card.Scale,
            card.Minimum,
            Int128.CreateSaturating(exact - unit.Cut(sum)),
            card.Worth,
            Int128.CreateSaturating(exact),
            amount.Rounded()
        );

        void AddLines(RateTable table, int? volume, BigInteger weight, in Usage usage, CallTraits traits)
        {
            var tier = table.TierOf(usage.WholeInput, usage.WholeOutput);
            for (var i = 0; i < Usage.MeterCount; i++)
            {
                var meter = (Meter)i;
                if (usage[meter] == 0)
                    continue;
                var (charged, rate) = (table.Charged(usage, meter), table.RateOf(tier, meter, traits));
                var before = unit.Cut(sum);
                sum += (BigInteger)charged * rate * weight;
                lines.Add(new RatedLine(meter, usage[meter], charged, rate, volume, Int128.CreateSaturating(unit.Cut(sum) - before)));
            }
        }
    }

    private static ImmutableArray<RatedVolume> Volumes(RateCard card, in Usage usage, in RatingContext context)
    {
        if (card.Volume is not { } volume)
            return [];
        var count = volume.Group.CountOf(usage);
        var (first, last) = volume.Reach(context.VolumeBefore, count);
        var volumes = ImmutableArray.CreateBuilder<RatedVolume>(last - first + 1);
        for (var tier = first; tier <= last; tier++)
        {
            var units = first == last ? count : volume.UnitsIn(tier, context.VolumeBefore, count);
            volumes.Add(new(volume.Kind, tier, volume.Tiers[tier].UpTo, volume.Tiers[tier].Factor, units, count));
        }
        return volumes.MoveToImmutable();
    }

    /// <summary>What one charged unit at a rate of 1, of weight 1, costs in exact figures: the same fraction for every line.</summary>
    private static LineUnit UnitOf(RateCard card, in RatingContext context, ImmutableArray<RatedVolume> volumes)
    {
        var (factor, own) = (context.Factor, card.OwnFactor(context));
        var weights = volumes.IsEmpty ? BigInteger.One : (BigInteger)card.Volume!.Denominator * Math.Max(1, volumes[0].Of);
        return new(
            (BigInteger)ExactPerUnit * factor.Numerator * own.Numerator * card.Worth.Numerator,
            weights * card.Scale * factor.Denominator * own.Denominator * card.Worth.Denominator
        );
    }

    private readonly record struct LineUnit(BigInteger Numerator, BigInteger Denominator)
    {
        public BigInteger Cut(BigInteger sum) => sum * Numerator / Denominator;
    }
}
