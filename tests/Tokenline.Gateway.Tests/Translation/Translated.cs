using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.Sse;
using Tokenline.Gateway.Protocols.Translation;

namespace Tokenline.Gateway.Tests.Translation;

/// <summary>Runs a pair as the pipeline would.</summary>
internal static class Translated
{
    private static readonly JsonSerializerOptions relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static readonly VendorWish Wish = new("vendor-model", Stream: false, OutputLimit: null, OutputTokensMax: 8_192);

    public static ProtocolPair Pair(Protocol client, Protocol vendor) =>
        ProtocolPairs.Find(client, vendor) ?? throw new InvalidOperationException($"{client} to {vendor} is not translated");

    public static (string Body, TranslationNotes Notes) Request(this ProtocolPair pair, string body, VendorWish? wish = null)
    {
        var output = new ArrayBufferWriter<byte>();
        var notes = pair.TranslateRequest(Encoding.UTF8.GetBytes(body), wish ?? Wish, output);
        return (Encoding.UTF8.GetString(output.WrittenSpan), notes);
    }

    /// <summary>The vendor's body, of a request that nothing is lost of.</summary>
    public static string Exactly(this ProtocolPair pair, string body, VendorWish? wish = null)
    {
        var (translated, notes) = pair.Request(body, wish);
        Assert.Null(notes.Refusal);
        Assert.Empty(notes.Dropped);
        return translated;
    }

    public static AnswerContext Context(bool includeUsage = true) =>
        new("client/model", Created: 1_700_000_000, Reference: "abc", InputEstimate: 12, includeUsage, ReadOnlyMemory<byte>.Empty);

    /// <summary>What the client gets of a vendor's stream that came in these chunks.</summary>
    public static string Stream(
        this ProtocolPair pair,
        IEnumerable<byte[]> chunks,
        Usage usage,
        bool includeUsage = true,
        Action<AnswerWriter>? end = null
    )
    {
        var output = new ArrayBufferWriter<byte>();
        var reader = pair.NewReader();
        var writer = pair.NewStreamWriter(Context(includeUsage));
        writer.Output = output;
        writer.Open();
        using var splitter = new SseSplitter();
        foreach (var chunk in chunks)
        {
            splitter.Feed(chunk);
            while (splitter.TryNext(out var ev))
            {
                if (ev.HasData)
                    reader.ReadEvent(ev.Data.Span, writer);
            }
        }
        if (end is null)
            writer.End(usage);
        else
            end(writer);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static string Stream(
        this ProtocolPair pair,
        string stream,
        Usage usage,
        bool includeUsage = true,
        Action<AnswerWriter>? end = null
    ) => pair.Stream([Encoding.UTF8.GetBytes(stream)], usage, includeUsage, end);

    public static string Whole(this ProtocolPair pair, string body, Usage usage)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = pair.NewWholeWriter(Context());
        writer.Output = output;
        pair.NewReader().ReadWhole(Encoding.UTF8.GetBytes(body), writer);
        writer.End(usage);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>The stream of chat completions whose choices hold these deltas; a reason to stop ends it.</summary>
    public static string ChatStream(params string[] deltas)
    {
        var stream = new StringBuilder();
        foreach (var delta in deltas)
        {
            var choice = delta.StartsWith('{')
                ? $$$"""{"index":0,"delta":{{{delta}}},"finish_reason":null}"""
                : $$$"""{"index":0,"delta":{},"finish_reason":"{{{delta}}}"}""";
            stream.Append("data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[");
            stream.Append(choice).Append("]}\n\n");
        }
        return stream.Append("data: [DONE]\n\n").ToString();
    }

    /// <summary>The stream of messages with these events.</summary>
    public static string MessagesStream(params string[] events) =>
        string.Concat(events.Select(data => $"event: {JsonNode.Parse(data)!["type"]}\ndata: {data}\n\n"));

    public static void Same(string expected, string actual) => Assert.Equal(Normal(expected), Normal(actual));

    private static string Normal(string json) => JsonNode.Parse(json)!.ToJsonString(relaxed);
}
