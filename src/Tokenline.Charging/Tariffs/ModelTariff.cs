using System.Collections.Immutable;

namespace Tokenline.Charging.Tariffs;

/// <summary>How one model is charged under one tariff version: its retail price in money and its published weight in each quota unit that may pay for it.</summary>
/// <param name="Price">Nano of <paramref name="Currency"/> per million units of a meter.</param>
public sealed record ModelTariff(string Model, int Version, Currency Currency, RateTable Price, ImmutableArray<UnitWeight> Weights)
{
    /// <summary>Units of a meter that one price is quoted for.</summary>
    public const long PriceScale = 1_000_000;

    /// <summary>The weights in this unit, or null where this unit cannot pay for the model.</summary>
    public RateTable? WeightIn(QuotaUnit unit)
    {
        foreach (var weight in Weights)
        {
            if (weight.Unit == unit)
                return weight.Table;
        }
        return null;
    }

    /// <summary>Retail value of this usage in nano, rounded once.</summary>
    public long Retail(in Usage usage) => Rounding.HalfAwayFromZero(Price.Amount(usage), PriceScale);
}

/// <summary>Micro-units of a quota unit per unit of a meter.</summary>
public sealed record UnitWeight(QuotaUnit Unit, RateTable Table);
