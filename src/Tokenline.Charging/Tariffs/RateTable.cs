using System.Collections.Immutable;

namespace Tokenline.Charging.Tariffs;

/// <summary>Rates per meter, in force up to (and with) <paramref name="UpToInput"/> tokens of whole input; null is the last tier.</summary>
public sealed record RateTier(long? UpToInput, ImmutableArray<long> Rates)
{
    public long this[Meter meter] => (int)meter < Rates.Length ? Rates[(int)meter] : 0;
}

/// <summary>
/// Rates by context tier. One request has one tier, chosen by its whole input (caches included), and all its meters are charged at it.
/// The same table serves prices (nano per million units) and weights (micro-units of quota per unit); its results are in rate × count.
/// </summary>
public sealed class RateTable
{
    public RateTable(ImmutableArray<RateTier> tiers)
    {
        if (tiers.IsDefaultOrEmpty)
            throw new ArgumentException("a rate table has at least one tier");
        for (var i = 0; i < tiers.Length; i++)
        {
            if (tiers[i].Rates.Length > Usage.MeterCount || tiers[i].Rates.Any(rate => rate < 0))
                throw new ArgumentException("a tier has one rate per meter, none negative");
            if (tiers[i].UpToInput is null != (i == tiers.Length - 1))
                throw new ArgumentException("the last tier, and only the last, is open upwards");
            if (i > 0 && tiers[i].UpToInput <= tiers[i - 1].UpToInput)
                throw new ArgumentException("tiers are in rising order of input");
        }
        Tiers = tiers;
    }

    public ImmutableArray<RateTier> Tiers { get; }

    public int TierOf(long wholeInput)
    {
        for (var i = 0; i < Tiers.Length; i++)
        {
            if (Tiers[i].UpToInput is not { } limit || wholeInput <= limit)
                return i;
        }
        throw new InvalidOperationException("the last tier is open upwards");
    }

    /// <summary>Σ count × rate of the tier that this usage falls into, of these meters. Never rounded.</summary>
    public Int128 Amount(in Usage usage, MeterSet meters)
    {
        var tier = Tiers[TierOf(usage.WholeInput)];
        Int128 sum = 0;
        for (var meter = 0; meter < Usage.MeterCount; meter++)
        {
            if (meters.Has((Meter)meter))
                sum += (Int128)usage[(Meter)meter] * tier[(Meter)meter];
        }
        return sum;
    }

    /// <summary>The most that these meters of a call can cost: over every tier it may reach, all input at that tier's dearest input rate.</summary>
    public Int128 WorstCase(in UsageBound bound, MeterSet meters)
    {
        Int128 worst = 0;
        foreach (var tier in Tiers)
        {
            var (input, output) = (0L, 0L);
            Int128 other = 0;
            for (var i = 0; i < Usage.MeterCount; i++)
            {
                var meter = (Meter)i;
                if (!meters.Has(meter))
                    continue;
                if (Usage.InputTokens.Has(meter))
                    input = Math.Max(input, tier[meter]);
                else if (meter is Meter.Output or Meter.Reasoning)
                    output = checked(output + tier[meter]);
                else
                    other += (Int128)bound.Other[meter] * tier[meter];
            }
            worst = Int128.Max(worst, (Int128)bound.Input * input + (Int128)bound.Output * output + other);
            if (tier.UpToInput >= bound.Input)
                break;
        }
        return worst;
    }
}
