using System.Text;
using System.Text.Json;

namespace Tokenline.Gateway.Protocols;

/// <summary>
/// Reasoning in a conversation that another vendor's model made, or that has no seal: a client which changed its model sends it back as it came. The vendor
/// that the call goes to now could not verify it and would refuse the whole conversation, so it is taken out of a body that passes, and said to be.
/// </summary>
/// <param name="type">The block's type, such as <c>thinking</c>.</param>
/// <param name="member">The member that holds the seal.</param>
/// <param name="isForeign">Whether a seal, as it is written, was made here for another vendor's reasoning.</param>
internal sealed class ForeignReasoning(string type, string member, Func<ReadOnlyMemory<byte>, bool> isForeign)
{
    private readonly byte[] quoted = Encoding.UTF8.GetBytes($"\"{member}\"");

    /// <summary>The blocks, each with the comma that must go with it; in the body's order. Nearly always none.</summary>
    public IReadOnlyList<ByteRange> Find(ReadOnlyMemory<byte> body)
    {
        if (body.Span.IndexOf(quoted) < 0)
            return [];
        List<ByteRange> found = [];
        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = 256 });
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.StartArray)
                ReadArray(ref reader, body, found);
        }
        return found;
    }

    private void ReadArray(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body, List<ByteRange> found)
    {
        var previousEnd = (int)reader.BytesConsumed;
        var isFirstLeft = true; // no element before this one stays
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            var isForeignBlock = false;
            if (reader.TokenType == JsonTokenType.StartArray)
                ReadArray(ref reader, body, found);
            else if (reader.TokenType == JsonTokenType.StartObject)
                isForeignBlock = ReadObject(ref reader, body, found);
            var end = (int)reader.BytesConsumed;
            if (!isForeignBlock)
            {
                isFirstLeft = false;
                previousEnd = end;
                continue;
            }
            // Behind an element that stays the comma before goes too; at the array's start the comma behind.
            var cutEnd = isFirstLeft ? EndWithComma(body.Span, end) : end;
            var cutStart = isFirstLeft ? start : previousEnd;
            found.Add(new ByteRange(cutStart, cutEnd - cutStart));
            previousEnd = end;
        }
    }

    private bool ReadObject(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body, List<ByteRange> found)
    {
        var (isType, isMarked) = (false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isTypeMember = reader.ValueTextEquals("type"u8);
            var isSeal = reader.ValueTextEquals(member);
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                isType |= isTypeMember && reader.ValueTextEquals(type);
                isMarked |= isSeal && isForeign(body.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length));
            }
            else if (reader.TokenType == JsonTokenType.StartArray)
                ReadArray(ref reader, body, found);
            else if (reader.TokenType == JsonTokenType.StartObject)
                ReadObject(ref reader, body, found);
        }
        return isType && isMarked;
    }

    private static int EndWithComma(ReadOnlySpan<byte> body, int end)
    {
        var at = end;
        while (body[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            at++;
        return body[at] == (byte)',' ? at + 1 : end;
    }
}
