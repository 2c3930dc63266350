using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Tokenline.Gateway.Protocols;

namespace Tokenline.Gateway.Responses;

/// <summary>The items in the bodies and answers of responses, as the bytes they are.</summary>
internal static class ResponseItems
{
    private static readonly byte[][] answerNames = ["id"u8.ToArray(), "output"u8.ToArray()];
    private static readonly byte[][] requestNames = ["store"u8.ToArray(), "input"u8.ToArray()];
    private static readonly byte[][] eventNames = ["type"u8.ToArray(), "response"u8.ToArray()];

    /// <summary>The output of a response, with commas between and without its brackets.</summary>
    public static ReadOnlySpan<byte> OutputOf(ReadOnlySpan<byte> response)
    {
        Span<JsonMember> found = stackalloc JsonMember[2];
        return JsonMembers.TryFind(response, answerNames, found) && found[1].Kind == JsonTokenType.StartArray
            ? Inside(found[1].Value.Of(response))
            : default;
    }

    /// <summary>The id of a response; null: it has none that could be asked for.</summary>
    public static string? IdOf(ReadOnlySpan<byte> response)
    {
        Span<JsonMember> found = stackalloc JsonMember[2];
        return
            JsonMembers.TryFind(response, answerNames, found)
            && found[0].Kind == JsonTokenType.String
            && found[0].Value.Length is > 2 and < 256
            ? Encoding.UTF8.GetString(found[0].Value.Of(response)[1..^1])
            : null;
    }

    /// <summary>Whether a request wants its response kept, which it does unless it says no.</summary>
    public static bool TryReadInput(ReadOnlySpan<byte> request, IBufferWriter<byte> input)
    {
        Span<JsonMember> found = stackalloc JsonMember[2];
        if (!JsonMembers.TryFind(request, requestNames, found) || found[0].Kind == JsonTokenType.False)
            return false;
        if (found[1].Kind == JsonTokenType.StartArray)
            input.Write(Inside(found[1].Value.Of(request)));
        else if (found[1].Kind == JsonTokenType.String)
            WriteText(found[1].Value.Of(request), input);
        return true;
    }

    /// <summary>Whether a request says in so many words that its response is to be kept.</summary>
    public static bool IsToBeKept(ReadOnlySpan<byte> request)
    {
        if (request.IndexOf("\"store\""u8) < 0)
            return false;
        Span<JsonMember> found = stackalloc JsonMember[2];
        return JsonMembers.TryFind(request, requestNames, found) && found[0].Kind == JsonTokenType.True;
    }

    /// <summary>The response in the data of the event that ends a stream; empty: another event.</summary>
    public static ReadOnlySpan<byte> OfEnd(ReadOnlySpan<byte> data)
    {
        Span<JsonMember> found = stackalloc JsonMember[2];
        if (!JsonMembers.TryFind(data, eventNames, found) || found[1].Kind != JsonTokenType.StartObject)
            return default;
        var type = found[0].Value.Of(data);
        return type.SequenceEqual("\"response.completed\""u8) || type.SequenceEqual("\"response.incomplete\""u8)
            ? found[1].Value.Of(data)
            : default;
    }

    /// <summary>Input that is only a text, as the item that it stands for.</summary>
    /// <param name="token">With its quotes.</param>
    public static void WriteText(ReadOnlySpan<byte> token, IBufferWriter<byte> to)
    {
        to.Write("{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":"u8);
        to.Write(token);
        to.Write("}]}"u8);
    }

    /// <summary>Items one by one, each with an id: where its client gave none, one that is made of the response's.</summary>
    public static List<(string Id, byte[] Json)> List(string response, ReadOnlySpan<byte> items)
    {
        var list = new List<(string, byte[])>();
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes($"[{Encoding.UTF8.GetString(items)}]"), new() { MaxDepth = 256 });
        foreach (var item in document.RootElement.EnumerateArray())
        {
            var raw = JsonMarshal.GetRawUtf8Value(item);
            if (MemberText.Of(item, "id") is { } known)
            {
                list.Add((known, raw.ToArray()));
                continue;
            }
            var id = string.Create(CultureInfo.InvariantCulture, $"item_{response}_{list.Count}");
            var rest = raw[1..];
            var isEmpty = rest.TrimStart(" \t\r\n"u8).StartsWith("}"u8);
            list.Add((id, [.. "{\"id\":"u8, .. BodyEdits.Quote(id), .. isEmpty ? ""u8 : ","u8, .. rest]));
        }
        return list;
    }

    private static ReadOnlySpan<byte> Inside(ReadOnlySpan<byte> array) => array[1..^1].Trim(" \t\r\n"u8);
}
