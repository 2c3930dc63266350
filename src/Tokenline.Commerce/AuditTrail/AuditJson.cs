using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tokenline.Commerce.AuditTrail;

/// <summary>Makes the JSON of entries: whatever is named like a secret is left out.</summary>
public static class AuditJson
{
    private const string Hidden = "•••";

    private static readonly HashSet<string> secrets = new(StringComparer.OrdinalIgnoreCase)
    {
        "apiKey",
        "apiKeys",
        "secret",
        "secretHash",
        "password",
        "code",
        "token",
        "text",
        "challenge",
        "authentication",
        "authorization",
        "bankAccount",
        "settlementAccount",
    };

    /// <summary>Null of null.</summary>
    public static string? Of(object? value) =>
        value is null ? null : Clean(JsonSerializer.SerializeToNode(value, CommerceJson.Options))?.ToJsonString(CommerceJson.Options);

    /// <summary>A body that somebody sent; null where it is no JSON.</summary>
    public static string? OfBody(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8);
            return Clean(JsonNode.Parse(ref reader))?.ToJsonString(CommerceJson.Options);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return null; // it will be refused, has names twice, or texts that are none (half a surrogate pair, damaged UTF-8)
        }
    }

    private static JsonNode? Clean(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                {
                    if (value is not null && secrets.Contains(name))
                        members[name] = Hidden;
                    else
                        Clean(value);
                }
                break;
            case JsonArray items:
                foreach (var item in items)
                    Clean(item);
                break;
        }
        return node;
    }
}
