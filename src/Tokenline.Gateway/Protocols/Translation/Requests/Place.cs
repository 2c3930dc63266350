using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Tokenline.Gateway.Protocols.OpenAI;

namespace Tokenline.Gateway.Protocols.Translation.Requests;

/// <summary>Where a reader stands in a body: as the tables of losses name it, and exactly.</summary>
/// <param name="Field">Such as <c>messages[].name</c>.</param>
/// <param name="Param">Such as <c>messages[3].name</c>.</param>
internal readonly record struct Place(string Field, string Param)
{
    public Place(string name)
        : this(name, name) { }

    public Place Member(string name) => new($"{Field}.{name}", $"{Param}.{name}");

    public Place Item(int index) => new($"{Field}[]", $"{Param}[{index}]");
}

/// <summary>What readers ask of a JSON value. Absent and null are the same.</summary>
internal static class JsonValues
{
    public static void Lose(this TranslationNotes notes, Place place) => notes.Lose(place.Field, place.Param);

    public static bool IsNothing(this JsonElement value) => value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    /// <summary>A member, or an undefined value.</summary>
    public static JsonElement Get(this JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member : default;

    /// <summary>The members that are not null.</summary>
    public static IEnumerable<(string Name, JsonElement Value)> Members(this JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            yield break;
        foreach (var member in value.EnumerateObject())
        {
            if (!member.Value.IsNothing())
                yield return (Plain(JsonMarshal.GetRawUtf8PropertyName(member)), member.Value);
        }
    }

    /// <summary>The elements of an array with their places; a value that is no array is the body's fault.</summary>
    public static IEnumerable<(JsonElement Value, Place Place)> Items(this JsonElement value, Place place, TranslationNotes notes)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            notes.Refuse(place.Param, $"'{place.Param}' must be an array.");
            yield break;
        }
        var index = 0;
        foreach (var item in value.EnumerateArray())
            yield return (item, place.Item(index++));
    }

    /// <summary>A string's text, or null. Half a surrogate pair, on which the framework's own reading throws, becomes U+FFFD.</summary>
    public static string? Text(this JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? Plain(JsonMarshal.GetRawUtf8Value(value)[1..^1]) : null;

    /// <summary>A string that must be there.</summary>
    public static string RequiredText(this JsonElement value, Place place, TranslationNotes notes)
    {
        if (value.Text() is { } text)
            return text;
        notes.Refuse(place.Param, $"'{place.Param}' must be a string.");
        return "";
    }

    public static bool? Flag(this JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };

    public static int? Count(this JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) ? count : null;

    public static bool IsZero(this JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number == 0;

    /// <summary>A JSON number as written, or null.</summary>
    public static JsonElement? Number(this JsonElement value, Place place, TranslationNotes notes)
    {
        if (value.ValueKind == JsonValueKind.Number)
            return value;
        notes.Refuse(place.Param, $"'{place.Param}' must be a number.");
        return null;
    }

    public static JsonElement? OrNull(this JsonElement value) => value.IsNothing() ? null : value;

    /// <summary>The JSON as the client wrote it, byte for byte.</summary>
    public static string Raw(this JsonElement value) => Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value));

    /// <summary>Writes a value as the client wrote it, byte for byte.</summary>
    public static void WriteAsWritten(this Utf8JsonWriter json, string name, JsonElement value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
    }

    private static string Plain(ReadOnlySpan<byte> raw)
    {
        if (raw.IndexOf((byte)'\\') < 0)
            return Encoding.UTF8.GetString(raw);
        var plain = ArrayPool<byte>.Shared.Rent(raw.Length);
        var text = Encoding.UTF8.GetString(plain, 0, JsonText.Unescape(raw, plain));
        ArrayPool<byte>.Shared.Return(plain);
        return text;
    }
}
