using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tokenline.Commerce;

/// <summary>How commerce writes JSON: camel case, and decimals as strings, so that no reader makes them floating point.</summary>
public static class CommerceJson
{
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            Converters = { new DecimalText() },
        };
}

/// <summary>A decimal as a string; a JSON number is read too, by its digits.</summary>
public sealed class DecimalText : JsonConverter<decimal>
{
    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var number))
            return number;
        if (
            reader.TokenType == JsonTokenType.String
            && decimal.TryParse(reader.GetString(), Plain, CultureInfo.InvariantCulture, out var text)
        )
            return text;
        throw new JsonException("a decimal such as \"9.90\" is expected");
    }

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString("0.############################", CultureInfo.InvariantCulture));
}
