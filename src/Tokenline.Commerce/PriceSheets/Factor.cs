using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Commerce.PriceSheets;

/// <summary>A multiplier as it is typed: <c>0.5</c>, as text or as a number, or <c>2/3</c>.</summary>
[JsonConverter(typeof(FactorJsonConverter))]
public readonly record struct Factor(string? Text)
{
    /// <summary>Of numerator and denominator: four of them multiply within 64 bits.</summary>
    private const long PartMax = 50_000;

    public static Factor Of(Ratio ratio) => new(ratio.ToString());

    /// <summary>Null: read.</summary>
    internal Refused? Read(string at, out Ratio ratio) =>
        !Ratio.TryParse(Text, out ratio)
            ? Refused.Invalid(at, $"'{Text}' is not a factor: a decimal such as 0.8 or a fraction such as 2/3 is expected, not negative.")
        : ratio.Numerator == 0 ? Refused.Invalid(at, "A factor is more than 0. What is free has the price 0.")
        : ratio.Numerator > PartMax || ratio.Denominator > PartMax
            ? Refused.Invalid(
                at,
                $"'{Text}' is too fine or too much: a factor is a fraction of two numbers up to {PartMax}, as every decimal with four digits is."
            )
        : null;

    public override string ToString() => Text ?? "";
}

internal sealed class FactorJsonConverter : JsonConverter<Factor>
{
    public override Factor Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.String => new(reader.GetString()),
            JsonTokenType.Number => new(Encoding.UTF8.GetString(reader.ValueSpan)),
            _ => throw new JsonException("a factor such as \"0.8\" or \"2/3\" is expected"),
        };

    public override void Write(Utf8JsonWriter writer, Factor value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
}
