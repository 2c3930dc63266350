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
    public long Scale { get; } = scale;

    /// <summary>What these meters of the usage cost. The whole usage chooses tiers and volumes, whatever the meters.</summary>
    public ExactAmount Amount(in Usage usage, in RatingContext context, MeterSet meters) =>
        Times(Table.Amount(usage, meters), context.Factor);

    /// <summary>The most that these meters of a call can cost within the bound: over every tier, volume and class that it may reach.</summary>
    public ExactAmount WorstCase(in UsageBound bound, in RatingContext context, MeterSet meters) =>
        Times(Table.WorstCase(bound, meters), context.Factor);

    /// <summary>Whether it has a rate for this meter.</summary>
    public bool Charges(Meter meter)
    {
        foreach (var tier in Table.Tiers)
        {
            if (tier[meter] > 0)
                return true;
        }
        return false;
    }

    private ExactAmount Times(Int128 amount, Ratio factor) =>
        new(checked(amount * factor.Numerator), checked((Int128)Scale * factor.Denominator));
}
