using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Tokenline.Gateway.Protocols.Translation.Requests;

/// <summary>
/// Gemini's own schemas (a part of OpenAPI 3.0: types in capitals, <c>nullable</c>, counts as strings) as JSON schemas. What was written as a JSON
/// schema, in the fields that take one, is never touched.
/// </summary>
internal static class GeminiSchema
{
    public static JsonElement ToJsonSchema(JsonElement schema)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            Write(schema, json);
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static void Write(JsonElement schema, Utf8JsonWriter json)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            json.WriteRawValue(JsonMarshal.GetRawUtf8Value(schema), skipInputValidation: true);
            return;
        }
        var isNullable = schema.Get("nullable").Flag() == true;
        json.WriteStartObject();
        foreach (var (name, value) in schema.Members())
            WriteMember(name, value, isNullable, json);
        json.WriteEndObject();
    }

    private static void WriteMember(string name, JsonElement value, bool isNullable, Utf8JsonWriter json)
    {
        switch (name)
        {
            case "nullable" or "propertyOrdering" or "property_ordering": // said with the type; an order that no other vendor knows
                break;
            case "type":
                WriteType(value, isNullable, json);
                break;
            case "properties" or "defs" or "$defs":
                json.WriteStartObject(name);
                foreach (var (property, inside) in value.Members())
                {
                    json.WritePropertyName(property);
                    Write(inside, json);
                }
                json.WriteEndObject();
                break;
            case "items" or "additionalProperties":
                json.WritePropertyName(name);
                Write(value, json);
                break;
            case "anyOf" or "any_of" or "prefixItems" or "prefix_items":
                json.WriteStartArray(name[0] == 'a' ? "anyOf" : "prefixItems");
                foreach (var inside in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : default)
                    Write(inside, json);
                json.WriteEndArray();
                break;
            case "minItems" or "maxItems" or "minLength" or "maxLength" or "minProperties" or "maxProperties":
                if (long.TryParse(value.Text(), CultureInfo.InvariantCulture, out var count)) // 64-bit numbers are strings here
                    json.WriteNumber(name, count);
                else
                    json.WriteAsWritten(name, value);
                break;
            default:
                json.WriteAsWritten(name, value);
                break;
        }
    }

    private static void WriteType(JsonElement type, bool isNullable, Utf8JsonWriter json)
    {
        if (type.Text() is not { } name)
        {
            json.WriteAsWritten("type", type);
            return;
        }
        name = name.ToLowerInvariant();
        if (name == "type_unspecified")
            return;
        if (!isNullable)
        {
            json.WriteString("type", name);
            return;
        }
        json.WriteStartArray("type");
        json.WriteStringValue(name);
        json.WriteStringValue("null");
        json.WriteEndArray();
    }
}
