using System.Collections.Immutable;

namespace Tokenline.Charging.Tariffs;

/// <summary>
/// A usage rated by a tariff, and how: every meter times its rate. Σ lines in money = <see cref="ExactNano"/>, which rounded once is <see cref="RetailNano"/>;
/// Σ lines in a unit = its quota. Rates a call that never happened as well as the one on a receipt.
/// </summary>
/// <param name="Tier">Which tier of the price the whole input fell into, from 0.</param>
/// <param name="TierUpToInput">The input that this tier reaches up to; null when it is the last.</param>
/// <param name="ExactNano">Retail value before rounding, in millionths of a nano.</param>
public sealed record Rating(
    int Tier,
    long? TierUpToInput,
    ImmutableArray<RatedLine> Lines,
    ImmutableArray<RatedQuota> Quotas,
    Int128 ExactNano,
    long RetailNano
)
{
    /// <summary>In money, and in each of these units.</summary>
    public static Rating Of(in Usage usage, ModelTariff tariff, in RatingContext context, ImmutableArray<QuotaUnit> units)
    {
        var tier = tariff.Price.Table.TierOf(usage.WholeInput);
        var quotas = ImmutableArray.CreateBuilder<RatedQuota>(units.Length);
        foreach (var unit in units)
            quotas.Add(new RatedQuota(unit, WeightIn(tariff, unit).Amount(usage, context, MeterSet.All).Numerator));
        return new Rating(
            tier,
            tariff.Price.Table.Tiers[tier].UpToInput,
            LinesOf(usage, tariff, units),
            quotas.MoveToImmutable(),
            tariff.Price.Amount(usage, context, MeterSet.All).Numerator,
            tariff.Retail(usage, context)
        );
    }

    internal static RateCard WeightIn(ModelTariff tariff, QuotaUnit unit) =>
        tariff.CardIn(unit) ?? throw new InvalidOperationException($"{unit} does not pay for {tariff.Model} in version {tariff.Version}");

    private static ImmutableArray<RatedLine> LinesOf(in Usage usage, ModelTariff tariff, ImmutableArray<QuotaUnit> units)
    {
        var price = tariff.Price.Table.Tiers[tariff.Price.Table.TierOf(usage.WholeInput)];
        var lines = ImmutableArray.CreateBuilder<RatedLine>();
        foreach (var meter in Enum.GetValues<Meter>())
        {
            var quantity = usage[meter];
            if (quantity == 0)
                continue;
            var weights = ImmutableArray.CreateBuilder<RatedWeight>(units.Length);
            foreach (var unit in units)
            {
                var table = WeightIn(tariff, unit).Table;
                var weight = table.Tiers[table.TierOf(usage.WholeInput)][meter];
                weights.Add(new RatedWeight(unit, weight, (Int128)quantity * weight));
            }
            lines.Add(new RatedLine(meter, quantity, price[meter], (Int128)quantity * price[meter], weights.MoveToImmutable()));
        }
        return lines.DrainToImmutable();
    }
}

/// <param name="PriceNano">Nano per million units of the meter.</param>
/// <param name="MoneyExact">Quantity × price, in millionths of a nano: exact.</param>
/// <param name="Weights">The same in each unit asked about.</param>
public sealed record RatedLine(Meter Meter, long Quantity, long PriceNano, Int128 MoneyExact, ImmutableArray<RatedWeight> Weights);

/// <param name="WeightMicro">Micro-units for one unit of the meter.</param>
/// <param name="AmountMicro">Quantity × weight: exact.</param>
public sealed record RatedWeight(QuotaUnit Unit, long WeightMicro, Int128 AmountMicro);

public sealed record RatedQuota(QuotaUnit Unit, Int128 AmountMicro);
