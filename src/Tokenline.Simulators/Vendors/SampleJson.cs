using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tokenline.Simulators.Vendors;

/// <summary>A JSON text that fits a schema: its required properties, with sample values. The same schema gives the same text.</summary>
internal static class SampleJson
{
    private const int DepthMax = 16;
    private const int BytesMax = 1 << 16;

    private static readonly JsonWriterOptions options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An empty object where there is no schema.</summary>
    public static string For(JsonElement schema)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, options);
        if (schema.ValueKind == JsonValueKind.Object)
            Write(writer, schema, schema, "value", 0);
        else
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
        }
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement schema, JsonElement root, string name, int depth)
    {
        // A schema that refers to itself without end, or grows without end, gets null where it reaches the bound.
        if (depth > DepthMax || writer.BytesCommitted + writer.BytesPending > BytesMax)
            writer.WriteNullValue();
        else if (schema.ValueKind != JsonValueKind.Object)
            writer.WriteStringValue($"simulated {name}");
        else if (schema.TryGetProperty("$ref", out var reference))
            Write(writer, Resolve(reference.GetString() ?? "", root), root, name, depth + 1);
        else if (schema.TryGetProperty("const", out var constant))
            constant.WriteTo(writer);
        else if (schema.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array && values.GetArrayLength() > 0)
            values[0].WriteTo(writer);
        else if (First(schema, "anyOf") is { } any)
            Write(writer, any, root, name, depth + 1);
        else if (First(schema, "oneOf") is { } one)
            Write(writer, one, root, name, depth + 1);
        else if (First(schema, "allOf") is { } all)
            Write(writer, all, root, name, depth + 1);
        else
            WriteTyped(writer, schema, root, name, depth);
    }

    private static void WriteTyped(Utf8JsonWriter writer, JsonElement schema, JsonElement root, string name, int depth)
    {
        switch (TypeOf(schema).ToLowerInvariant())
        {
            case "object":
                WriteObject(writer, schema, root, depth);
                break;
            case "array":
                writer.WriteStartArray();
                var items = schema.TryGetProperty("items", out var item) ? item : default;
                for (var i = Math.Clamp(Number(schema, "minItems") ?? 1, 1, 16); i > 0 && Number(schema, "maxItems") is not 0; i--)
                    Write(writer, items, root, name, depth + 1);
                writer.WriteEndArray();
                break;
            case "integer" or "number":
                writer.WriteNumberValue(SampleNumber(schema));
                break;
            case "boolean":
                writer.WriteBooleanValue(true);
                break;
            case "null":
                writer.WriteNullValue();
                break;
            default:
                writer.WriteStringValue(SampleString(schema, name));
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, JsonElement schema, JsonElement root, int depth)
    {
        writer.WriteStartObject();
        if (schema.TryGetProperty("required", out var required) && required.ValueKind == JsonValueKind.Array)
        {
            foreach (var property in required.EnumerateArray())
            {
                var name = property.GetString() ?? "";
                writer.WritePropertyName(name);
                var known =
                    schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(name, out var found)
                        ? found
                        : default;
                Write(writer, known, root, name, depth + 1);
            }
        }
        writer.WriteEndObject();
    }

    private static string TypeOf(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type))
            return schema.TryGetProperty("properties", out _) ? "object" : "string";
        if (type.ValueKind == JsonValueKind.Array && type.GetArrayLength() > 0)
            type = type[0];
        return type.ValueKind == JsonValueKind.String ? type.GetString()! : "string";
    }

    private static string SampleString(JsonElement schema, string name)
    {
        var format = schema.TryGetProperty("format", out var f) && f.ValueKind == JsonValueKind.String ? f.GetString() : null;
        var sample = format switch
        {
            "date-time" => "2026-01-01T00:00:00Z",
            "date" => "2026-01-01",
            "time" => "00:00:00Z",
            "email" => "simulated@example.com",
            "uri" => "https://example.com/simulated",
            "uuid" => "00000000-0000-4000-8000-000000000000",
            _ => $"simulated {name}",
        };
        sample = sample.PadRight(Math.Clamp(Number(schema, "minLength") ?? 0, 0, 4096), '.');
        return Number(schema, "maxLength") is { } most && most < sample.Length ? sample[..Math.Max(most, 0)] : sample;
    }

    private static int SampleNumber(JsonElement schema)
    {
        var least = Number(schema, "minimum") ?? (Number(schema, "exclusiveMinimum") + 1) ?? int.MinValue;
        var most = Number(schema, "maximum") ?? (Number(schema, "exclusiveMaximum") - 1) ?? int.MaxValue;
        return Math.Min(Math.Max(42, least), most);
    }

    private static int? Number(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : null;

    private static JsonElement? First(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 ? list[0] : null;

    /// <summary>Only references inside the schema: <c>#</c>, <c>#/$defs/Name</c>.</summary>
    private static JsonElement Resolve(string reference, JsonElement root)
    {
        if (!reference.StartsWith('#'))
            return default;
        var at = root;
        foreach (var part in reference[1..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(part, out at))
                return default;
        }
        return at;
    }
}
