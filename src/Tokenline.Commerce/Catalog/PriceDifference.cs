using System.Globalization;
using System.Text.Json;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.PriceSheets;

namespace Tokenline.Commerce.Catalog;

/// <summary>What customers are told of two charges of a model.</summary>
public static class PriceDifference
{
    private const int RatesMax = 8; // that are named

    /// <summary>
    /// In words, such as <c>input 2 -> 3, output 8 -> 12 CNY a million</c>; of tiers the first is named, as is the quota that a token takes.
    /// Null: a call costs the same by both.
    /// </summary>
    public static string? Between(ModelTariff before, ModelTariff after)
    {
        if (Stored(before) == Stored(after))
            return null;
        var rates = new List<(string Rate, string Unit)>();
        if (before.Currency == after.Currency)
            Compare(rates, before.Price, after.Price, after.Currency.Code, Money.NanoPerUnit);
        foreach (var (unit, card) in after.Weights)
        {
            if (before.CardIn(unit) is { } former && former.Scale == RateCard.PerUnit && card.Scale == RateCard.PerUnit)
                Compare(rates, former, card, unit.Name, QuotaUnit.Micro);
        }
        if (rates.Count == 0)
            return "its tiers or rules, see the price list";
        var words = rates
            .Take(RatesMax)
            .GroupBy(rate => rate.Unit)
            .Select(group => $"{string.Join(", ", group.Select(rate => rate.Rate))} {group.Key}");
        return string.Join("; ", words) + (rates.Count > RatesMax ? "; and more, see the price list" : "");
    }

    /// <summary>The stored form has everything that a price is made of, and not its version.</summary>
    private static string Stored(ModelTariff charges) => JsonSerializer.Serialize(StoredCharges.Of(charges), CommerceJson.Options);

    private static void Compare(List<(string, string)> rates, RateCard before, RateCard after, string unit, long whole)
    {
        foreach (var meter in Enum.GetValues<Meter>())
        {
            var (was, will) = (before.Table.Tiers[0][meter], after.Table.Tiers[0][meter]);
            if (was == will)
                continue;
            var isPrice = after.Scale == RateCard.PerMillion;
            var units = isPrice ? MeterQuotes.PerMillion(meter) : 1;
            var quoted = !isPrice || MeterQuotes.UnitsOf(meter) == 1 ? "each" : "a million";
            rates.Add(($"{MeterNames.Of(meter)} {Number(was, whole, units)} -> {Number(will, whole, units)}", $"{unit} {quoted}"));
        }
    }

    private static string Number(long rate, long whole, long units) =>
        ((decimal)rate / whole / units).ToString("0.###############", CultureInfo.InvariantCulture);
}
