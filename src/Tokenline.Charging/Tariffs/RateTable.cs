using System.Collections.Immutable;
using System.Numerics;

namespace Tokenline.Charging.Tariffs;

/// <summary>
/// Rates by context tier, in one or two dimensions. One request has one tier, chosen by its whole input (caches included) and, where the band of its input
/// is divided, by its whole output; all its meters are charged at it. Serves prices and weights alike; results are in rate × count, never rounded.
/// </summary>
public sealed class RateTable
{
    /// <summary>Of which one token of output may be any.</summary>
    private static readonly MeterSet outputTokens = MeterSet.Of(Meter.Output, Meter.Reasoning, Meter.AudioOutput);

    private readonly MeterSet[] priced; // by tier: what has a rate, so that the rest is not looked at

    public RateTable(ImmutableArray<RateTier> tiers)
    {
        if (tiers.IsDefaultOrEmpty)
            throw new ArgumentException("a rate table has at least one tier");
        for (var i = 0; i < tiers.Length; i++)
        {
            if (tiers[i].Rates.Length > Usage.MeterCount || tiers[i].Rates.Any(rate => rate < 0))
                throw new ArgumentException("a tier has one rate per meter, none negative");
            if (
                TierOrder.WhatIsWrong(tiers[i].UpToInput, tiers[i].UpToOutput, i == 0 ? null : tiers[i - 1], i == tiers.Length - 1) is
                { } wrong
            )
                throw new ArgumentException(wrong.Reason);
        }
        Tiers = tiers;
        priced = [.. tiers.Select(tier => MeterSet.Of([.. Enum.GetValues<Meter>().Where(meter => tier[meter] > 0)]))];
    }

    /// <summary>In rising order of input, and within a band of input in rising order of output.</summary>
    public ImmutableArray<RateTier> Tiers { get; }

    /// <summary>Reasoning has a rate of its own, and output's applies to the rest. Otherwise its price is inside output's.</summary>
    public bool ReasoningApart { get; init; }

    public Packages Packages { get; init; } = Packages.None;

    public ImagePrices Images { get; init; } = ImagePrices.None;

    public int TierOf(long wholeInput, long wholeOutput = 0)
    {
        for (var i = 0; i < Tiers.Length; i++)
        {
            if (!(wholeInput > Tiers[i].UpToInput) && !(wholeOutput > Tiers[i].UpToOutput))
                return i;
        }
        throw new InvalidOperationException("the last tier is open upwards");
    }

    /// <summary>Whether some tier has a rate for this meter.</summary>
    public bool Charges(Meter meter)
    {
        for (var tier = 0; tier < Tiers.Length; tier++)
        {
            if (Priced(tier).Has(meter))
                return true;
        }
        return false;
    }

    /// <summary>What is charged for of this meter: reasoning apart or inside, in whole packages.</summary>
    public Int128 Charged(in Usage usage, Meter meter) => Packages.Whole(meter, ReasoningRule.Counted(usage, meter, ReasoningApart));

    /// <summary>Of this meter in this tier, for a call with these traits.</summary>
    public long RateOf(int tier, Meter meter, CallTraits traits) =>
        meter == Meter.Image && Images.Find(traits.ImageClass) is { } rate ? rate : Tiers[tier][meter];

    /// <summary>Σ charged quantity × rate of the tier that this usage falls into, of these meters.</summary>
    internal T Sum<T>(in Usage usage, MeterSet meters, CallTraits traits)
        where T : IBinaryInteger<T>
    {
        var tier = TierOf(usage.WholeInput, usage.WholeOutput);
        var sum = T.Zero;
        for (var bits = Priced(tier).And(meters).Bits; bits != 0; bits &= bits - 1)
        {
            var meter = (Meter)BitOperations.TrailingZeroCount(bits);
            if (usage[meter] != 0)
                sum = checked(sum + Product<T>(Charged(usage, meter), RateOf(tier, meter, traits)));
        }
        return sum;
    }

    /// <summary>
    /// The most that these meters of a call can cost: over every tier it may reach, all tokens at that tier's dearest rate,
    /// and a begun package of each meter that is sold in packages.
    /// </summary>
    internal T WorstCase<T>(in UsageBound bound, MeterSet meters, CallTraits traits)
        where T : IBinaryInteger<T>
    {
        var worst = T.Zero;
        var bandFrom = 0L;
        for (var i = 0; i < Tiers.Length; i++)
        {
            var tier = Tiers[i];
            if (i > 0 && tier.UpToInput != Tiers[i - 1].UpToInput)
                bandFrom = Tiers[i - 1].UpToInput!.Value;
            if (bandFrom > 0 && bound.Input <= bandFrom)
                break;
            var isFirstOfBand = i == 0 || tier.UpToInput != Tiers[i - 1].UpToInput;
            if (!isFirstOfBand && bound.Output <= Tiers[i - 1].UpToOutput)
                continue;
            worst = T.Max(worst, WorstIn<T>(i, bound, meters, traits));
        }
        return worst;
    }

    private T WorstIn<T>(int tier, in UsageBound bound, MeterSet meters, CallTraits traits)
        where T : IBinaryInteger<T>
    {
        var input = Math.Min(bound.Input, Tiers[tier].UpToInput ?? long.MaxValue);
        var output = Math.Min(bound.Output, Tiers[tier].UpToOutput ?? long.MaxValue);
        var (dearestInput, dearestOutput, sum) = (0L, 0L, T.Zero);
        for (var bits = Priced(tier).And(meters).Bits; bits != 0; bits &= bits - 1)
        {
            var meter = (Meter)BitOperations.TrailingZeroCount(bits);
            var rate = RateOf(tier, meter, traits);
            if (Usage.InputTokens.Has(meter))
            {
                dearestInput = Math.Max(dearestInput, rate);
                if (input > 0 && Packages.Begun(meter) is > 0 and var begun)
                    sum = checked(sum + Product<T>(begun, rate));
            }
            else if (outputTokens.Has(meter))
            {
                if (meter == Meter.Reasoning && !ReasoningApart)
                    continue;
                dearestOutput = Math.Max(dearestOutput, rate);
                if (output > 0 && Packages.Begun(meter) is > 0 and var begun)
                    sum = checked(sum + Product<T>(begun, rate));
            }
            else if (bound.Other[meter] is > 0 and var count)
                sum = checked(sum + Product<T>(Packages.Whole(meter, count), rate));
        }
        return checked(sum + Product<T>(input, dearestInput) + Product<T>(output, dearestOutput));
    }

    private MeterSet Priced(int tier) => Images.IsEmpty ? priced[tier] : new(priced[tier].Bits | MeterSet.Of(Meter.Image).Bits);

    private static T Product<T>(Int128 count, long rate)
        where T : IBinaryInteger<T> =>
        // Two numbers of 64 bits are multiplied in one step; nearly all are.
        typeof(T) == typeof(Int128)
        && count <= long.MaxValue
            ? T.CreateTruncating(Math.BigMul((long)count, rate))
            : checked(T.CreateChecked(count) * T.CreateChecked(rate));
}
