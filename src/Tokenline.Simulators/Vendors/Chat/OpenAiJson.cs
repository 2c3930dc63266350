using System.Text.Json;

namespace Tokenline.Simulators.Vendors.Chat;

/// <summary>JSON as OpenAI's newer endpoints read it, and their words where it does not fit.</summary>
internal static class OpenAiJson
{
    /// <summary>Null where it is absent or null.</summary>
    public static JsonElement? Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    public static string? Text(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static bool IsTrue(JsonElement json, string name) => Member(json, name) is { ValueKind: JsonValueKind.True };

    public static string Required(JsonElement json, string place, string name)
    {
        var at = place.Length == 0 ? name : $"{place}.{name}";
        if (Member(json, name) is not { } value)
            throw Missing(at);
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new RefusedException(
                new Refusal($"Invalid type for '{at}': expected a string, but got {Named(value)} instead.", at, Code: "invalid_type")
            );
    }

    public static RefusedException Missing(string place) =>
        new(new Refusal($"Missing required parameter: '{place}'.", place, Code: "missing_required_parameter"));

    public static void OnlyKnown(JsonElement json, string place, ReadOnlySpan<string> known)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new RefusedException(
                new Refusal($"Invalid type for '{place}': expected an object, but got {Named(json)} instead.", place, Code: "invalid_type")
            );
        foreach (var member in json.EnumerateObject())
        {
            if (known.Contains(member.Name))
                continue;
            var at = place.Length == 0 ? member.Name : $"{place}.{member.Name}";
            throw new RefusedException(new Refusal($"Unknown parameter: '{at}'.", at, Code: "unknown_parameter"));
        }
    }

    private static string Named(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.Number => "a number",
            JsonValueKind.String => "a string",
            _ => "a boolean",
        };
}
