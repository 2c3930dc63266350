using System.Text.Json;

namespace Tokenline.Gateway.Protocols;

/// <summary>Members of documents that were written elsewhere.</summary>
internal static class MemberText
{
    /// <summary>Null where it is not there, is no string, or is no text: half a surrogate pair and damaged UTF-8 pass as JSON, and cannot be read.</summary>
    public static string? Of(JsonElement from, string name)
    {
        try
        {
            return from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
