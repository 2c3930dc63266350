using System.Numerics;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Tests.Tariffs;

/// <summary>The same amounts by the plainest arithmetic: fractions of any size, unit by unit of volume. Shares nothing with the card but its figures.</summary>
internal static class NaiveCard
{
    public static (BigInteger Numerator, BigInteger Denominator) Amount(RateCard card, Usage usage, RatingContext context, MeterSet meters)
    {
        var own =
            context.Traits.Service == ServiceClass.Batch && card.Multipliers.Classes.Factors is [var batch] ? batch.Factor : Ratio.One;
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
