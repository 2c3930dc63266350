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
        var gone = before
            .Weights.Where(weight => after.CardIn(weight.Unit) is null)
            .Select(weight => $"{weight.Unit.Name} pays no more for it");
        if (rates.Count == 0 && !gone.Any())
            return "its tiers or rules, see the price list";
        var words = rates
            .Take(RatesMax)
            .GroupBy(rate => rate.Unit)
            .Select(group => $"{string.Join(", ", group.Select(rate => rate.Rate))} {group.Key}");
        return string.Join("; ", [.. words, .. gone]) + (rates.Count > RatesMax ? "; and more, see the price list" : "");
    }

    /// <summary>The stored form has everything that a price is made of, and not its version.</summary>
    private static string Stored(ModelTariff charges) => JsonSerializer.Serialize(StoredCharges.Of(charges), CommerceJson.Options);

    /// <summary>Input and output first. What costs the same as one of them, before and after, is not named: most sheets say no more than these.</summary>
    private static void Compare(List<(string, string)> rates, RateCard before, RateCard after, string unit, long whole)
    {
        var (input, output) = (Rates(Meter.Input), Rates(Meter.Output));
        Name(Meter.Input, input);
        Name(Meter.Output, output);
        foreach (var meter in Enum.GetValues<Meter>())
        {
            var both = Rates(meter);
            if (both != input && both != output)
                Name(meter, both);
        }

        (long Was, long Will) Rates(Meter meter) => (before.Table.Tiers[0][meter], after.Table.Tiers[0][meter]);

        void Name(Meter meter, (long Was, long Will) both)
        {
            if (both.Was == both.Will)
                return;
            var isPrice = after.Scale == RateCard.PerMillion;
            var units = isPrice ? MeterQuotes.PerMillion(meter) : 1;
            var quoted = !isPrice || MeterQuotes.UnitsOf(meter) == 1 ? "each" : "a million";
            rates.Add(
                ($"{MeterNames.Of(meter)} {Number(both.Was, whole, units)} -> {Number(both.Will, whole, units)}", $"{unit} {quoted}")
            );
        }
    }

    private static string Number(long rate, long whole, long units) =>
        ((decimal)rate / whole / units).ToString("0.###############", CultureInfo.InvariantCulture);
}
