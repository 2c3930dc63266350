using System.Text.Json;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Portal.Operator.Catalogue;

/// <summary>A price sheet as it is typed: JSON, or where it is none.</summary>
internal static class SheetText
{
    /// <param name="field">What the refusal names.</param>
    public static Outcome<PriceSheet> Read(string text, string field)
    {
        try
        {
            return JsonSerializer.Deserialize<PriceSheet>(text, CommerceJson.Options) is { Tiers.Count: > 0 } sheet
                ? sheet
                : Refused.Invalid(field, "A price sheet is a JSON object with at least one tier.");
        }
        catch (JsonException e)
        {
            return Refused.Invalid(field, $"Line {e.LineNumber + 1}: {e.Path ?? "this"} cannot be read.");
        }
    }
}
