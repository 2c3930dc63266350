using System.Text.Json;
using System.Text.Json.Nodes;
using Tokenline.Commerce;

namespace Tokenline.Portal.Operator.Catalogue;

/// <summary>In which fields two sheets differ.</summary>
internal static class SheetDifference
{
    private const int FieldsMax = 40;
    private const string Nothing = "–";

    public static IReadOnlyList<(string Field, string Was, string Will)> Of<T>(T before, T after)
    {
        var found = new List<(string, string, string)>();
        Compare(
            "",
            JsonSerializer.SerializeToNode(before, CommerceJson.Options),
            JsonSerializer.SerializeToNode(after, CommerceJson.Options)
        );
        return found;

        void Compare(string field, JsonNode? was, JsonNode? will)
        {
            if (found.Count >= FieldsMax || JsonNode.DeepEquals(was, will))
                return;
            if (was is JsonObject or null && will is JsonObject or null && (was is JsonObject || will is JsonObject))
            {
                var (one, other) = (was as JsonObject ?? [], will as JsonObject ?? []);
                foreach (var name in one.Select(member => member.Key).Union(other.Select(member => member.Key)).ToList())
                    Compare(field.Length == 0 ? name : $"{field}.{name}", one[name], other[name]);
            }
            else if (was is JsonArray left && will is JsonArray right && left.Concat(right).Any(item => item is JsonObject))
            {
                for (var i = 0; i < Math.Max(left.Count, right.Count); i++)
                    Compare($"{field}[{i}]", i < left.Count ? left[i] : null, i < right.Count ? right[i] : null);
            }
            else
            {
                found.Add((field, Show(was), Show(will)));
            }
        }
    }

    private static string Show(JsonNode? value) =>
        value switch
        {
            null => Nothing,
            JsonArray list => list.Count == 0 ? Nothing : string.Join(", ", list.Select(Show)),
            JsonValue one when one.TryGetValue<string>(out var text) => text.Length == 0 ? Nothing : text,
            _ => value.ToJsonString(),
        };
}
