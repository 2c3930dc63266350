using System.Numerics;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Tests.Tariffs;

/// <summary>The same amounts by the plainest arithmetic: fractions of any size, unit by unit of volume. Shares nothing with the card but its figures.</summary>
internal static class NaiveCard
{
    public static (BigInteger Numerator, BigInteger Denominator) Amount(RateCard card, Usage usage, RatingContext context, MeterSet meters)
    {
        var own = Own(card, context);
        var part = Times(Times(Volume(card, usage, context, meters), context.Factor), own);
        var whole = Times(Times(Volume(card, usage, context, MeterSet.All), context.Factor), own);
        if (card.Minimum > 0 && whole.Numerator < card.Minimum * whole.Denominator)
        {
            if (whole.Numerator > 0)
                part = (card.Minimum * part.Numerator * whole.Denominator, part.Denominator * whole.Numerator);
            else
            {
                var (some, all) = (Counted(usage, meters), Counted(usage, MeterSet.All));
                part = all == 0 ? (0, 1) : (card.Minimum * some, all);
            }
        }
        return Times(part, card.Worth);
    }

    /// <summary>
    /// The most that these meters can cost within the bound: in every volume tier from the one reached on, and every context tier the bound reaches, all tokens at the
    /// dearest rate, and a begun package of each meter sold in packages; at least the minimum.
    /// </summary>
    public static (BigInteger Numerator, BigInteger Denominator) WorstCase(
        RateCard card,
        UsageBound bound,
        RatingContext context,
        MeterSet meters
    )
    {
        if (meters.IsEmpty || bound == default)
            return (0, 1);
        var worst = (Numerator: BigInteger.Zero, Denominator: BigInteger.One);
        var volumes = card.Volume?.Tiers.Where(tier => tier.UpTo is null || context.VolumeBefore <= tier.UpTo).ToList();
        foreach (var (table, factor) in volumes?.Select(tier => (tier.Rates ?? card.Table, tier.Factor)) ?? [(card.Table, Ratio.One)])
        {
            var most = Times((Reached(table, bound).Max(tier => Dearest(table, tier, bound, context, meters)), card.Scale), factor);
            if (most.Numerator * worst.Denominator > worst.Numerator * most.Denominator)
                worst = most;
        }
        worst = Times(Times(worst, context.Factor), Own(card, context));
        if (worst.Numerator < card.Minimum * worst.Denominator)
            worst = (card.Minimum, 1);
        return Times(worst, card.Worth);
    }

    /// <summary>The context tiers that some usage within the bound falls into.</summary>
    private static IEnumerable<RateTier> Reached(RateTable table, UsageBound bound)
    {
        for (var i = 0; i < table.Tiers.Length; i++)
        {
            var tier = table.Tiers[i];
            var below = table.Tiers.Take(i).LastOrDefault(known => known.UpToInput != tier.UpToInput);
            var beside = table.Tiers.Take(i).LastOrDefault(known => known.UpToInput == tier.UpToInput);
            if ((below is null || bound.Input > below.UpToInput) && (beside is null || bound.Output > beside.UpToOutput))
                yield return tier;
        }
    }

    private static BigInteger Dearest(RateTable table, RateTier tier, UsageBound bound, RatingContext context, MeterSet meters)
    {
        var input = Math.Min(bound.Input, tier.UpToInput ?? long.MaxValue);
        var output = Math.Min(bound.Output, tier.UpToOutput ?? long.MaxValue);
        var (dearestInput, dearestOutput, sum) = (0L, 0L, BigInteger.Zero);
        foreach (var meter in Enum.GetValues<Meter>().Where(meters.Has))
        {
            var package = table.Packages.All.FirstOrDefault(known => known.Meter == meter);
            var rate = tier[meter];
            if (meter == Meter.Image && table.Images.Classes.FirstOrDefault(known => known.Class == context.Traits.ImageClass) is { } image)
                rate = image.Rate;
            switch (meter)
            {
                case Meter.Input or Meter.CachedInput or Meter.CacheWrite5m or Meter.CacheWrite1h:
                case Meter.AudioInput or Meter.ImageInput or Meter.VideoInput or Meter.Embedding:
                    dearestInput = Math.Max(dearestInput, rate);
                    sum += input > 0 && package is not null ? (BigInteger)(package.Units - 1) * rate : 0;
                    break;
                case Meter.Reasoning when !table.ReasoningApart:
                    break;
                case Meter.Output or Meter.Reasoning or Meter.AudioOutput:
                    dearestOutput = Math.Max(dearestOutput, rate);
                    sum += output > 0 && package is not null ? (BigInteger)(package.Units - 1) * rate : 0;
                    break;
                default:
                    BigInteger count = bound.Other[meter];
                    sum += (package is null ? count : (count + package.Units - 1) / package.Units * package.Units) * rate;
                    break;
            }
        }
        return sum + ((BigInteger)input * dearestInput) + ((BigInteger)output * dearestOutput);
    }

    private static Ratio Own(RateCard card, RatingContext context) =>
        context.Traits.Service == ServiceClass.Batch && card.Multipliers.Classes.Factors is [var batch] ? batch.Factor : Ratio.One;

    private static (BigInteger Numerator, BigInteger Denominator) Volume(RateCard card, Usage usage, RatingContext context, MeterSet meters)
    {
        if (card.Volume is not { } volume)
            return (Sum(card.Table, usage, context, meters), card.Scale);
        var counted = Enum.GetValues<Meter>().Where(volume.Group.Meters.Has).Sum(meter => usage[meter]);
        var end = context.VolumeBefore + counted;
        if (counted == 0 || volume.Kind == VolumeKind.Retroactive)
            return In(end);
        var (numerator, denominator) = (BigInteger.Zero, BigInteger.One);
        for (var unit = context.VolumeBefore + 1; unit <= end; unit++)
        {
            var (n, d) = In(unit);
            (numerator, denominator) = ((numerator * d) + (n * denominator), denominator * d);
            var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
            (numerator, denominator) = (numerator / divisor, denominator / divisor);
        }
        return (numerator, denominator * counted);

        (BigInteger, BigInteger) In(long position)
        {
            var tier = volume.Tiers.First(known => known.UpTo is null || position <= known.UpTo);
            return Times((Sum(tier.Rates ?? card.Table, usage, context, meters), card.Scale), tier.Factor);
        }
    }

    private static BigInteger Sum(RateTable table, Usage usage, RatingContext context, MeterSet meters)
    {
        var tier = table.Tiers.First(known =>
            (known.UpToInput is null || usage.WholeInput <= known.UpToInput)
            && (known.UpToOutput is null || usage.WholeOutput <= known.UpToOutput)
        );
        var sum = BigInteger.Zero;
        foreach (var meter in Enum.GetValues<Meter>().Where(meters.Has))
        {
            BigInteger count = usage[meter];
            if (meter == Meter.Reasoning)
                count = table.ReasoningApart ? Math.Min(usage[Meter.Reasoning], usage[Meter.Output]) : 0;
            if (meter == Meter.Output && table.ReasoningApart)
                count -= Math.Min(usage[Meter.Reasoning], usage[Meter.Output]);
            if (table.Packages.All.FirstOrDefault(package => package.Meter == meter) is { } package)
                count = (count + package.Units - 1) / package.Units * package.Units;
            var image =
                meter == Meter.Image ? table.Images.Classes.FirstOrDefault(known => known.Class == context.Traits.ImageClass) : null;
            sum += count * (image?.Rate ?? tier[meter]);
        }
        return sum;
    }

    private static (BigInteger Numerator, BigInteger Denominator) Times(
        (BigInteger Numerator, BigInteger Denominator) amount,
        Ratio factor
    ) => (amount.Numerator * factor.Numerator, amount.Denominator * factor.Denominator);

    private static long Counted(Usage usage, MeterSet meters) =>
        Enum.GetValues<Meter>().Where(meter => meter != Meter.Reasoning && meters.Has(meter)).Sum(meter => usage[meter]);
}
