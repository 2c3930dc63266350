using System.Text.Json;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Tests.PriceSheets;

/// <summary>Sheets as JSON: what a test says, and the rest of a plain one.</summary>
internal static class Sheets
{
    private const string Tiers = """
        "tiers":[{"price":{"input":"2","output":"8"},"weights":{"point":{"input":"1","output":"4"}}}]
        """;

    public static readonly Pricing Pricing = new(new CommerceOptions());

    /// <param name="members">Of the sheet; tiers and currency are there unless they are among them.</param>
    public static PriceSheet Read(string members)
    {
        string[] parts =
        [
            .. members.Contains("\"currency\":", StringComparison.Ordinal) ? Array.Empty<string>() : ["\"currency\":\"CNY\""],
            .. members.Contains("\"tiers\":[{\"price\"", StringComparison.Ordinal)
            || members.StartsWith("\"tiers\":", StringComparison.Ordinal)
                ? Array.Empty<string>()
                : [Tiers],
            .. members.Length == 0 ? Array.Empty<string>() : [members],
        ];
        return JsonSerializer.Deserialize<PriceSheet>($"{{{string.Join(',', parts)}}}", CommerceJson.Options)!;
    }

    public static ModelTariff Tariff(string members) => Pricing.ToTariff("m", Read(members), 1).Required();

    public static Refused? Refusal(string members) => Pricing.ToTariff("m", Read(members), 1).Refused;
}
