using System.Numerics;

namespace Tokenline.Charging.Tariffs;

/// <summary>
/// How usage becomes an amount of one unit of account: nano of a currency, or micro-units of a quota unit. The rules of a card apply in the order in which
/// they stand in this folder's README; the result is exact, and rounded by whoever holds or charges it.
/// </summary>
public sealed class RateCard(RateTable table, long scale)
{
    /// <summary>For prices: rates are per million units of a meter.</summary>
    public const long PerMillion = 1_000_000;

    /// <summary>For weights: rates are per unit of a meter.</summary>
    public const long PerUnit = 1;

    public RateTable Table { get; } = table;

    /// <summary>Units of a meter that a rate is quoted for.</summary>
    public long Scale { get; } = scale > 0 ? scale : throw new ArgumentOutOfRangeException(nameof(scale));

    public VolumeTiers? Volume { get; init; }

    /// <summary>Of this card alone, beside the tariff's: a weight that is higher at peak hours, say.</summary>
    public Multipliers Multipliers { get; init; } = Multipliers.None;

    /// <summary>The least that a call costs, in the card's unit before <see cref="Worth"/>; 0 where there is no minimum.</summary>
    public long Minimum { get; init; }

    /// <summary>What the amount is multiplied by at the end; for credits, whose card is the price card (<see cref="Credits"/>).</summary>
    public Ratio Worth { get; init; } = Ratio.One;

    /// <summary>What these meters of the usage cost. The whole usage chooses tiers and volumes, whatever the meters.</summary>
    public ExactAmount Amount(in Usage usage, in RatingContext context, MeterSet meters)
    {
        try
        {
            return ExactAmount.Of(Amount<Int128>(usage, context, meters));
        }
        catch (OverflowException) // a call far beyond any real one: slower, and as exact
        {
            return ExactAmount.Of(Amount<BigInteger>(usage, context, meters));
        }
    }

    /// <summary>The most that these meters of a call can cost within the bound: over every tier, volume and class that it may reach.</summary>
    public ExactAmount WorstCase(in UsageBound bound, in RatingContext context, MeterSet meters)
    {
        try
        {
            return ExactAmount.Of(WorstCase<Int128>(bound, context, meters));
        }
        catch (OverflowException)
        {
            return ExactAmount.Of(WorstCase<BigInteger>(bound, context, meters));
        }
    }

    /// <summary>Whether it has a rate for this meter.</summary>
    public bool Charges(Meter meter)
    {
        if (Table.Charges(meter))
            return true;
        foreach (var tier in Volume?.Tiers ?? [])
        {
            if (tier.Rates?.Charges(meter) == true)
                return true;
        }
        return false;
    }

    /// <summary>Of this card alone. Never multiplied with the tariff's into one <see cref="Ratio"/>: each is within 64 bits, the product need not be.</summary>
    internal Ratio OwnFactor(in RatingContext context) =>
        ReferenceEquals(Multipliers, Multipliers.None) ? Ratio.One : Multipliers.Of(context.StartedAt, context.Traits);

    internal RateTable RatesIn(int volumeTier) => Volume!.Tiers[volumeTier].Rates ?? Table;

    private Fraction<T> Amount<T>(in Usage usage, in RatingContext context, MeterSet meters)
        where T : IBinaryInteger<T>
    {
        var own = OwnFactor(context);
        var part = Rated<T>(usage, context, meters).Times(context.Factor).Times(own);
        if (Minimum > 0)
        {
            var whole = meters == MeterSet.All ? part : Rated<T>(usage, context, MeterSet.All).Times(context.Factor).Times(own);
            part = MinimumCharge.Apply(Minimum, whole, part, usage, meters);
        }
        return part.Times(Worth);
    }

    /// <summary>By rates, tiers and volume.</summary>
    private Fraction<T> Rated<T>(in Usage usage, in RatingContext context, MeterSet meters)
        where T : IBinaryInteger<T>
    {
        var traits = context.Traits;
        if (Volume is null)
            return new(Table.Sum<T>(usage, meters, traits), T.CreateChecked(Scale));
        var count = Volume.Group.CountOf(usage);
        var (first, last) = Volume.Reach(context.VolumeBefore, count);
        var denominator = checked(T.CreateChecked(Scale) * T.CreateChecked(Volume.Denominator));
        if (first == last)
            return new(checked(RatesIn(first).Sum<T>(usage, meters, traits) * T.CreateChecked(Volume.FactorOf(first))), denominator);
        var sum = T.Zero;
        for (var tier = first; tier <= last; tier++)
        {
            var share = T.CreateChecked((Int128)Volume.UnitsIn(tier, context.VolumeBefore, count) * Volume.FactorOf(tier));
            sum = checked(sum + (RatesIn(tier).Sum<T>(usage, meters, traits) * share));
        }
        return new(sum, checked(denominator * T.CreateChecked(count)));
    }

    private Fraction<T> WorstCase<T>(in UsageBound bound, in RatingContext context, MeterSet meters)
        where T : IBinaryInteger<T>
    {
        if (meters.IsEmpty || bound == default)
            return new(T.Zero, T.One);
        var worst = WorstRated<T>(bound, context, meters).Times(context.Factor).Times(OwnFactor(context));
        var least = checked(T.CreateChecked(Minimum) * worst.Denominator);
        return (worst.Numerator < least ? worst with { Numerator = least } : worst).Times(Worth);
    }

    /// <summary>Other calls may end before this one and move the volume on, so every tier from here upwards is looked at.</summary>
    private Fraction<T> WorstRated<T>(in UsageBound bound, in RatingContext context, MeterSet meters)
        where T : IBinaryInteger<T>
    {
        var traits = context.Traits;
        if (Volume is null)
            return new(Table.WorstCase<T>(bound, meters, traits), T.CreateChecked(Scale));
        var worst = T.Zero;
        for (var tier = Volume.TierOf(context.VolumeBefore); tier < Volume.Tiers.Length; tier++)
        {
            // Tiers that only multiply the card's rates share one look at them, at the largest of their factors.
            var (rates, factor) = (RatesIn(tier), Volume.FactorOf(tier));
            while (tier + 1 < Volume.Tiers.Length && RatesIn(tier + 1) == rates)
                factor = Math.Max(factor, Volume.FactorOf(++tier));
            worst = T.Max(worst, checked(rates.WorstCase<T>(bound, meters, traits) * T.CreateChecked(factor)));
        }
        return new(worst, checked(T.CreateChecked(Scale) * T.CreateChecked(Volume.Denominator)));
    }
}
