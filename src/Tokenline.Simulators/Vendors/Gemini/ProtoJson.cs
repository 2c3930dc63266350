using System.Text;
using System.Text.Json;

namespace Tokenline.Simulators.Vendors.Gemini;

/// <summary>JSON as a protobuf service reads it: members in camelCase or snake_case, and none that it does not know.</summary>
internal static class ProtoJson
{
    /// <summary>Null where it is absent or null.</summary>
    public static JsonElement? Member(JsonElement json, string name)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return null;
        if (!json.TryGetProperty(name, out var value) && !json.TryGetProperty(Snake(name), out value))
            return null;
        return value.ValueKind == JsonValueKind.Null ? null : value;
    }

    public static string? Text(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static bool IsTrue(JsonElement json, string name) => Member(json, name) is { ValueKind: JsonValueKind.True };

    public static int? Int(JsonElement json, string name) => Member(json, name)?.GetInt32();

    /// <param name="json">An object of the request.</param>
    /// <param name="place">Where it stands; empty for the body.</param>
    /// <param name="known">In camelCase.</param>
    public static void OnlyKnown(JsonElement json, string place, ReadOnlySpan<string> known)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new RefusedException(new Refusal($"Invalid value at '{place}', expected an object", place));
        foreach (var member in json.EnumerateObject())
        {
            if (known.Contains(member.Name) || known.Contains(Camel(member.Name)))
                continue;
            var at = place.Length == 0 ? "" : $" at '{place}'";
            throw new RefusedException(
                new Refusal($"Invalid JSON payload received. Unknown name \"{member.Name}\"{at}: Cannot find field.", place)
            );
        }
    }

    private static string Snake(string name)
    {
        var snake = new StringBuilder(name.Length + 4);
        foreach (var c in name)
            _ = char.IsAsciiLetterUpper(c) ? snake.Append('_').Append(char.ToLowerInvariant(c)) : snake.Append(c);
        return snake.ToString();
    }

    private static string Camel(string name)
    {
        if (!name.Contains('_', StringComparison.Ordinal))
            return name;
        var camel = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '_' && i + 1 < name.Length)
                camel.Append(char.ToUpperInvariant(name[++i]));
            else
                camel.Append(name[i]);
        }
        return camel.ToString();
    }
}
