using System.Collections.Immutable;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Commerce.Catalog;

/// <summary>Turns what a person enters into what is charged: checked, converted, in whole nano and micro.</summary>
public sealed class Pricing(CommerceOptions options)
{
    public const int TiersMax = 16;
    private const decimal PerTokenBelow = 0.0005m; // per million; below it, the figure was meant for one token
    private const decimal PriceMax = 100_000m; // per million
    private const decimal WeightMax = 100_000m;
    private static readonly Currency usd = new("USD");

    /// <summary>The charges of this model. The version is that of the tariff they will be in.</summary>
    public Outcome<ModelTariff> ToTariff(string model, PriceSheet sheet, int version)
    {
        if (RateOf(sheet.Currency) is not { } rate)
            return Refused.Invalid("currency", $"Prices are entered in {options.Currency} or USD, not in {sheet.Currency}.");
        if (sheet.Tiers is not { Count: > 0 and <= TiersMax })
            return Refused.Invalid("tiers", $"A price has 1 to {TiersMax} tiers.");

        var prices = ImmutableArray.CreateBuilder<RateTier>();
        var weights = new SortedDictionary<string, ImmutableArray<RateTier>.Builder>(StringComparer.Ordinal);
        for (var i = 0; i < sheet.Tiers.Count; i++)
        {
            var tier = sheet.Tiers[i];
            var where = $"tiers[{i}]";
            if (OutOfOrder(sheet.Tiers, i) is { } order)
                return Refused.Invalid($"{where}.upToInput", order);
            if (ReadPrice(tier, rate, where, out var price) is { } wrongPrice)
                return wrongPrice;
            prices.Add(new RateTier(tier.UpToInput, price));
            if (ReadWeights(tier, where, isFirst: i == 0, weights) is { } wrongWeight)
                return wrongWeight;
        }
        return new ModelTariff(
            model,
            version,
            options.Currency,
            new RateCard(new RateTable(prices.ToImmutable()), RateCard.PerMillion),
            [
                .. weights.Select(pair => new UnitCard(
                    new QuotaUnit(pair.Key),
                    new RateCard(new RateTable(pair.Value.ToImmutable()), RateCard.PerUnit)
                )),
            ]
        );
    }

    /// <summary>Operator currency for one unit of this one; null when there is no rate.</summary>
    public decimal? RateOf(Currency currency) =>
        currency == options.Currency ? 1m
        : currency == usd ? options.UsdRate
        : null;

    private static string? OutOfOrder(IReadOnlyList<PriceSheetTier> tiers, int i)
    {
        var isLast = i == tiers.Count - 1;
        if (tiers[i].UpToInput is null != isLast)
            return "The last tier, and only the last, has no upper limit.";
        var below = i == 0 ? 0 : tiers[i - 1].UpToInput;
        return tiers[i].UpToInput <= below ? "Tiers are in rising order of input." : null;
    }

    private Refused? ReadPrice(PriceSheetTier tier, decimal rate, string where, out ImmutableArray<long> nano)
    {
        nano = [];
        if (ReadMeters(tier.Price, $"{where}.price", out var amounts) is { } wrong)
            return wrong;
        var rates = new long[Usage.MeterCount];
        foreach (var (meter, amount) in amounts)
        {
            var converted = amount * rate;
            var param = $"{where}.price.{MeterNames.Of(meter)}";
            if (converted > PriceMax)
                return Refused.Invalid(
                    param,
                    $"{amount} is more than {PriceMax} {options.Currency} per million tokens. Prices are per million."
                );
            if (converted is > 0 and < PerTokenBelow)
                return Refused.Invalid(
                    param,
                    $"{amount} looks like a price for one token. Prices are per million tokens: did you mean {amount * 1_000_000m:0.######}?"
                );
            rates[(int)meter] = decimal.ToInt64(decimal.Round(converted * Money.NanoPerUnit, 0, MidpointRounding.AwayFromZero));
        }
        nano = [.. rates];
        return null;
    }

    private static Refused? ReadWeights(
        PriceSheetTier tier,
        string where,
        bool isFirst,
        SortedDictionary<string, ImmutableArray<RateTier>.Builder> weights
    )
    {
        var units = tier.Weights ?? ImmutableDictionary<string, IReadOnlyDictionary<string, decimal>>.Empty;
        if (!isFirst && !units.Keys.Order(StringComparer.Ordinal).SequenceEqual(weights.Keys))
            return Refused.Invalid($"{where}.weights", "Every tier has weights in the same units.");
        foreach (var (unit, meters) in units)
        {
            var param = $"{where}.weights.{unit}";
            if (!IsUnit(unit))
                return Refused.Invalid(param, "A quota unit is 1 to 32 lower-case letters and hyphens.");
            if (ReadMeters(meters, param, out var amounts) is { } wrong)
                return wrong;
            var rates = new long[Usage.MeterCount];
            foreach (var (meter, amount) in amounts)
            {
                var micro = amount * QuotaUnit.Micro;
                if (amount > WeightMax || micro != decimal.Truncate(micro))
                    return Refused.Invalid(
                        $"{param}.{MeterNames.Of(meter)}",
                        $"A weight is at most {WeightMax} and has at most six decimals."
                    );
                rates[(int)meter] = decimal.ToInt64(micro);
            }
            if (!weights.TryGetValue(unit, out var table))
                weights.Add(unit, table = ImmutableArray.CreateBuilder<RateTier>());
            table.Add(new RateTier(tier.UpToInput, [.. rates]));
        }
        return null;
    }

    private static Refused? ReadMeters(IReadOnlyDictionary<string, decimal>? given, string where, out Dictionary<Meter, decimal> amounts)
    {
        amounts = [];
        if (given is null)
            return Refused.Invalid(where, "Give at least the meters input and output.");
        foreach (var (name, amount) in given)
        {
            if (!MeterNames.TryParse(name, out var meter))
                return Refused.Invalid($"{where}.{name}", $"'{name}' is not a meter.");
            if (amount < 0)
                return Refused.Invalid($"{where}.{name}", "An amount is never negative.");
            amounts[meter] = amount;
        }
        if (!amounts.TryGetValue(Meter.Input, out var input) || !amounts.ContainsKey(Meter.Output))
            return Refused.Invalid(where, "Give at least the meters input and output.");
        // Never free by omission: what has no published price of its own costs as much as fresh input.
        foreach (var meter in (ReadOnlySpan<Meter>)[Meter.CachedInput, Meter.CacheWrite5m, Meter.CacheWrite1h])
            amounts.TryAdd(meter, input);
        return null;
    }

    private static bool IsUnit(string name) => name is { Length: > 0 and <= 32 } && name.All(c => char.IsAsciiLetterLower(c) || c == '-');
}
