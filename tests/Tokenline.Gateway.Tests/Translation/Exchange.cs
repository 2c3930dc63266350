using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.Sse;
using Tokenline.Gateway.Protocols.Translation;
using Tokenline.Units;

namespace Tokenline.Gateway.Tests.Translation;

/// <summary>One request and its answer through a pair, as the pipeline does it; the request is known to the answer's writer.</summary>
internal sealed class Exchange(Protocol client, Protocol vendor)
{
    private static readonly VendorWish wish = new("vendor-model", Stream: true, OutputLimit: null, OutputTokensMax: 8_192);

    private readonly ProtocolPair pair =
        ProtocolPairs.Find(client, vendor) ?? throw new InvalidOperationException($"{client} to {vendor} is not translated");

    private byte[] request = "{}"u8.ToArray();

    public TranslationNotes Notes { get; private set; } = null!;

    public VendorWish Wish { get; init; } = wish;

    /// <summary>The vendor's body.</summary>
    public string Ask(string body)
    {
        request = Encoding.UTF8.GetBytes(body);
        var output = new ArrayBufferWriter<byte>();
        Notes = pair.TranslateRequest(request, Wish, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>The vendor's body of a request that must pass.</summary>
    public JsonNode Asked(string body)
    {
        var translated = Ask(body);
        Assert.Null(Notes.Refusal);
        return JsonNode.Parse(translated)!;
    }

    public string Stream(string vendorStream, Usage usage = default) => Stream([Encoding.UTF8.GetBytes(vendorStream)], usage);

    public string Stream(IEnumerable<byte[]> chunks, Usage usage = default, bool endsForLength = false)
    {
        var output = new ArrayBufferWriter<byte>();
        var reader = pair.NewReader();
        var writer = pair.NewStreamWriter(Context());
        writer.Output = output;
        writer.Open();
        using var splitter = new SseSplitter();
        foreach (var chunk in chunks)
        {
            splitter.Feed(chunk);
            while (splitter.TryNext(out var next))
            {
                if (next.HasData)
                    reader.ReadEvent(next.Data.Span, writer);
            }
            Array.Fill(chunk, (byte)'!'); // nothing may look at a chunk once it is read
        }
        if (endsForLength)
            writer.EndForLength(usage);
        else
            writer.End(usage);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public string Whole(string vendorBody, Usage usage = default)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = pair.NewWholeWriter(Context());
        writer.Output = output;
        pair.NewReader().ReadWhole(Encoding.UTF8.GetBytes(vendorBody), writer);
        writer.End(usage);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public string Failed(string vendorEvent, Problem problem, string message)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = pair.NewStreamWriter(Context());
        writer.Output = output;
        writer.Open();
        pair.NewReader().ReadEvent(Encoding.UTF8.GetBytes(vendorEvent), writer);
        writer.Error(problem, message);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>The payloads of a stream.</summary>
    public static List<JsonNode> Events(string stream)
    {
        using var splitter = new SseSplitter();
        List<JsonNode> events = [];
        splitter.Feed(Encoding.UTF8.GetBytes(stream));
        while (splitter.TryNext(out var next))
        {
            if (next.HasData && !next.Data.Span.SequenceEqual("[DONE]"u8))
                events.Add(JsonNode.Parse(next.Data.Span)!);
        }
        return events;
    }

    /// <summary>Equal as JSON, whatever the white space; the order of members counts.</summary>
    public static void Same(string expected, JsonNode? actual) =>
        Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), actual?.ToJsonString());

    public static void Same(string expected, string actual) => Same(expected, JsonNode.Parse(actual));

    private AnswerContext Context() => new("client/model", Created: 1_700_000_000, Reference: "abc", InputEstimate: 12, true, request);
}
