using System.Text.Json;
using Tokenline.Gateway.Protocols;

namespace Tokenline.Gateway.Responses;

/// <summary>Where a top-level member lies: its name with what stands before the value, and the value.</summary>
internal readonly record struct JsonMember(int Start, ByteRange Value, JsonTokenType Kind)
{
    public bool IsThere => Kind != JsonTokenType.None;

    public ByteRange Whole => new(Start, Value.End - Start);
}

/// <summary>Finds a few top-level members in one pass.</summary>
internal static class JsonMembers
{
    private static readonly JsonReaderOptions options = new() { MaxDepth = 256 };

    /// <summary>False: no JSON object, or a name that is there twice.</summary>
    public static bool TryFind(ReadOnlySpan<byte> json, ReadOnlySpan<byte[]> names, Span<JsonMember> found)
    {
        found.Clear();
        try
        {
            var reader = new Utf8JsonReader(json, options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var start = (int)reader.TokenStartIndex;
                var wanted = IndexOf(ref reader, names);
                reader.Read();
                var (valueStart, kind) = ((int)reader.TokenStartIndex, reader.TokenType);
                reader.Skip();
                if (wanted < 0)
                    continue;
                if (found[wanted].IsThere)
                    return false;
                found[wanted] = new(start, new(valueStart, (int)reader.BytesConsumed - valueStart), kind);
            }
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static int IndexOf(ref Utf8JsonReader reader, ReadOnlySpan<byte[]> names)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (reader.ValueTextEquals(names[i]))
                return i;
        }
        return -1;
    }
}
