using System.Collections.Immutable;

namespace Tokenline.Charging.Tariffs;

/// <summary>Rates per meter, in force up to (and with) <paramref name="UpToInput"/> tokens of whole input; null is the last tier.</summary>
public sealed record RateTier(long? UpToInput, ImmutableArray<long> Rates)
{
    public long this[Meter meter] => Rates[(int)meter];
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
            if (tiers[i].Rates.Length != Usage.MeterCount || tiers[i].Rates.Any(rate => rate < 0))
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

    /// <summary>Σ count × rate of the tier that this usage falls into. Never rounded.</summary>
    public Int128 Amount(in Usage usage)
    {
        var tier = Tiers[TierOf(usage.WholeInput)];
        Int128 sum = 0;
        for (var meter = Meter.Input; meter <= Meter.Reasoning; meter++)
            sum += (Int128)usage[meter] * tier[meter];
        return sum;
    }

    /// <summary>The most that a call with at most these tokens can cost: over every tier it may reach, all input at that tier's dearest input rate.</summary>
    public Int128 WorstCase(long inputBound, long outputBound)
    {
        Int128 worst = 0;
        foreach (var tier in Tiers)
        {
            var input = Math.Max(
                Math.Max(tier[Meter.Input], tier[Meter.CachedInput]),
                Math.Max(tier[Meter.CacheWrite5m], tier[Meter.CacheWrite1h])
            );
            var output = checked(tier[Meter.Output] + tier[Meter.Reasoning]);
            worst = Int128.Max(worst, (Int128)inputBound * input + (Int128)outputBound * output);
            if (tier.UpToInput >= inputBound)
                break;
        }
        return worst;
    }
}
