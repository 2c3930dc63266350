using System.Text.Json;
using static Tokenline.Host.Verbs.ReceiptVerb;

namespace Tokenline.Host.Verbs;

/// <summary>A price or weight explained for a person: what applied to every line, the lines, and their sum.</summary>
internal static class CardText
{
    /// <param name="unit">What the amounts are in.</param>
    public static IEnumerable<string> Of(JsonElement card, string unit)
    {
        yield return $"in {unit}: {string.Join(", ", Applied(card, unit))}";
        var isForOne = Items(card, "lines").All(line => Text(line, "rateFor") == "1");
        var rateOf = Text(card, "unitWorth").Length == 0 ? unit : "price";
        yield return $"  {"meter", -16}{"quantity", 14}  {$"{rateOf} for {(isForOne ? "one" : "a million")}", -26}{"volume tier", -13}{unit}";
        foreach (var line in card.GetProperty("lines").EnumerateArray())
        {
            var (meter, quantity, charged) = (Text(line, "meter"), Text(line, "quantity"), Text(line, "charged"));
            if (meter == "request" && Text(line, "rate") == "0")
                continue; // every call is one: worth a line only where that costs something
            if (meter == "reasoning" && charged == "0")
            {
                yield return $"  {meter, -16}{quantity, 14}  inside output";
                continue;
            }
            var rate = Text(line, "rate") + (Text(line, "rateFor") == "1" && !isForOne ? " for one" : "");
            yield return $"  {meter, -16}{quantity, 14}  {rate, -26}{Text(line, "volumeTier"), -13}{Text(line, "amount")}"
                + (charged == quantity ? "" : $"  (charged: {charged})");
        }
        if (Text(card, "minimumAdded") is { Length: > 0 } and not "0" and var added)
            yield return $"  the minimum of {Text(card, "minimum")} a call adds {added}";
        yield return $"  exact {Text(card, "exact")}, rounding {Text(card, "rounding")}";
    }

    private static IEnumerable<string> Applied(JsonElement card, string unit)
    {
        yield return $"tier {Text(card, "tier")}{UpTo(card)}";
        foreach (var volume in Items(card, "volumes"))
            yield return $"volume tier {Text(volume, "tier")} ({Text(volume, "kind")}, × {Text(volume, "factor")}, {Text(volume, "units")} of {Text(volume, "callUnits")} units)";
        foreach (var multiplier in Items(card, "multipliers"))
            yield return $"{Text(multiplier, "name")} × {Text(multiplier, "factor")}";
        if (Text(card, "unitWorth") is { Length: > 0 } worth)
            yield return $"one {unit} is worth {worth} of the price";
    }

    private static string UpTo(JsonElement card)
    {
        string[] edges =
        [
            .. Text(card, "tierUpToInput") is { Length: > 0 } input ? [$"{input} tokens of input"] : Array.Empty<string>(),
            .. Text(card, "tierUpToOutput") is { Length: > 0 } output ? [$"{output} of output"] : Array.Empty<string>(),
        ];
        return edges.Length == 0 ? "" : $" (up to {string.Join(", ", edges)})";
    }

    private static List<JsonElement> Items(JsonElement card, string name) =>
        card.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? [.. items.EnumerateArray()] : [];
}
