using System.Buffers;
using System.Text;
using System.Text.Json;
using Tokenline.Commerce.Responses;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Protocols;

namespace Tokenline.Gateway.Responses;

/// <summary>A body that goes on from an earlier response, and what it becomes: the same body with the earlier items in front of its own.</summary>
internal readonly record struct PreviousResponse(string Id, JsonMember Member, JsonMember Input)
{
    private const int IdLengthMax = 256;

    private static readonly byte[] name = "previous_response_id"u8.ToArray();
    private static readonly byte[][] names = [name, "input"u8.ToArray()];

    /// <summary>False: the body names no earlier response, or is not well-formed, which its parser will say better.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out PreviousResponse previous)
    {
        previous = default;
        if (body.IndexOf(name) < 0)
            return false;
        Span<JsonMember> found = stackalloc JsonMember[2];
        if (
            !JsonMembers.TryFind(body, names, found)
            || found[0].Kind != JsonTokenType.String
            || found[0].Value.Length is <= 2 or > IdLengthMax
        )
            return false;
        previous = new(Encoding.UTF8.GetString(found[0].Value.Of(body)[1..^1]), found[0], found[1]);
        return true;
    }

    /// <summary>Every byte outside the member and the seam stays as it was.</summary>
    public void Join(ReadOnlySpan<byte> body, StoredResponse earlier, IBufferWriter<byte> to)
    {
        if (!Input.IsThere)
        {
            to.Write(body[..Member.Start]);
            to.Write("\"input\":["u8);
            WriteItems(earlier, to);
            to.Write("]"u8);
            to.Write(body[Member.Whole.End..]);
            return;
        }
        var removed = WithComma(body, Member.Whole);
        var isBefore = removed.Start < Input.Start;
        to.Write(isBefore ? body[..removed.Start] : body[..Input.Value.Start]);
        if (isBefore)
            to.Write(body[removed.End..Input.Value.Start]);
        WriteInput(body, earlier, to);
        if (!isBefore)
            to.Write(body[Input.Value.End..removed.Start]);
        to.Write(body[(isBefore ? Input.Value.End : removed.End)..]);
    }

    private void WriteInput(ReadOnlySpan<byte> body, StoredResponse earlier, IBufferWriter<byte> to)
    {
        var own = Input.Value.Of(body);
        switch (Input.Kind)
        {
            case JsonTokenType.StartArray:
                to.Write("["u8);
                var hasOwn = !own[1..^1].Trim(" \t\r\n"u8).IsEmpty;
                if (WriteItems(earlier, to) && hasOwn)
                    to.Write(","u8);
                to.Write(own[1..]);
                break;
            case JsonTokenType.String:
                to.Write("["u8);
                if (WriteItems(earlier, to))
                    to.Write(","u8);
                ResponseItems.WriteText(own, to);
                to.Write("]"u8);
                break;
            default:
                to.Write(own); // its parser refuses it
                break;
        }
    }

    private static bool WriteItems(StoredResponse earlier, IBufferWriter<byte> to)
    {
        to.Write(earlier.Input.Span);
        var output = ResponseItems.OutputOf(earlier.Response.Span);
        if (earlier.Input.Length > 0 && output.Length > 0)
            to.Write(","u8);
        to.Write(output);
        return earlier.Input.Length + output.Length > 0;
    }

    private static ByteRange WithComma(ReadOnlySpan<byte> body, ByteRange member)
    {
        var (start, end) = (member.Start, member.End);
        while (IsSpace(body[end]))
            end++;
        if (body[end] == (byte)',')
            return new(start, end + 1 - start);
        while (IsSpace(body[start - 1]))
            start--;
        return body[start - 1] == (byte)',' ? new(start - 1, member.End - start + 1) : member;
    }

    private static bool IsSpace(byte one) => one is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
