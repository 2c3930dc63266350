using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tokenline.Units;

/// <summary>A currency as its code.</summary>
public sealed class CurrencyJsonConverter : JsonConverter<Currency>
{
    public override Currency Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return new Currency(reader.GetString()!);
        }
        catch (FormatException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    public override void Write(Utf8JsonWriter writer, Currency value, JsonSerializerOptions options) => writer.WriteStringValue(value.Code);
}

/// <summary>A quota unit as its name.</summary>
public sealed class QuotaUnitJsonConverter : JsonConverter<QuotaUnit>
{
    public override QuotaUnit Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return new QuotaUnit(reader.GetString()!);
        }
        catch (FormatException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    public override void Write(Utf8JsonWriter writer, QuotaUnit value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Name);
}
