using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.Translation;
using Tokenline.Testing;
using Tokenline.Units;

namespace Tokenline.Gateway.Tests.Translation;

/// <summary>Bytes that nobody should send, and bytes that nobody should allocate.</summary>
public sealed class ResponsesAndGeminiBytesTests
{
    private static readonly AnswerContext context = new("m", Created: 1, Reference: "abc", InputEstimate: 1, true, "{}"u8.ToArray());

    [Theory]
    [InlineData(Protocol.Responses, "Hello \\\"you\\\", é\\n", "content")]
    [InlineData(Protocol.Responses, "Hm, \\\"well\\\"\\n", "reasoning_content")]
    [InlineData(Protocol.Gemini, "Hello \\\"you\\\", é\\n", "content")]
    [InlineData(Protocol.Gemini, "Hm, \\\"well\\\"\\n", "reasoning_content")]
    internal void A_piece_of_a_chat_vendors_stream_allocates_nothing(Protocol client, string text, string member) =>
        AllocatesNothing(
            client,
            Protocol.Chat,
            $$$"""{"id":"c","choices":[{"index":0,"delta":{"{{{member}}}":"{{{text}}}"},"finish_reason":null}]}"""
        );

    [Theory]
    [InlineData(Protocol.Chat, "false")]
    [InlineData(Protocol.Messages, "false")]
    [InlineData(Protocol.Responses, "false")]
    [InlineData(Protocol.Responses, "true")]
    internal void A_piece_of_Geminis_stream_allocates_nothing(Protocol client, string isThought) =>
        AllocatesNothing(
            client,
            Protocol.Gemini,
            $$$"""{"candidates":[{"content":{"parts":[{"text":"Hello \"you\", é\n","thought":{{{isThought}}}}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":1},"responseId":"r"}"""
        );

    private static void AllocatesNothing(Protocol client, Protocol vendor, string piece)
    {
        var pair = ProtocolPairs.Find(client, vendor)!;
        var reader = pair.NewReader();
        var writer = pair.NewStreamWriter(context);
        using var output = new PooledBuffer();
        writer.Output = output;
        var data = Encoding.UTF8.GetBytes(piece);
        for (var i = 0; i < 600; i++) // the texts that are kept have grown, and do not grow again within the next 100
            reader.ReadEvent(data, writer);

        var least = Allocations.Least(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                output.Clear();
                reader.ReadEvent(data, writer);
            }
        });
        Assert.Equal(0, least);
    }

    [Fact]
    public void A_damaged_request_is_translated_or_refused()
    {
        foreach (var pair in ProtocolPairs.All.Where(pair => pair.Client is Protocol.Responses or Protocol.Gemini))
        {
            var body = pair.Client == Protocol.Responses ? ResponsesRequestTests.Codex : GeminiPairsTests.GeminiCli;
            Damaged(body)
                .Sample(
                    damaged =>
                    {
                        var output = new ArrayBufferWriter<byte>();
                        TranslationNotes notes;
                        try
                        {
                            using var _ = JsonDocument.Parse(damaged);
                        }
                        catch (JsonException)
                        {
                            return; // the client protocol's parser has refused it
                        }
                        notes = pair.TranslateRequest(damaged, new VendorWish("m", true, null, 100), output);
                        if (notes.Refusal is null)
                            JsonDocument.Parse(output.WrittenMemory).Dispose();
                    },
                    iter: 300
                );
        }
    }

    [Fact]
    public void A_damaged_answer_of_Gemini_does_no_harm()
    {
        const string Answer = """
            {"candidates":[{"content":{"parts":[{"text":"a\ud83d","thought":true},{"functionCall":{"id":"i","name":"f","args":{"a":[1]}},"thoughtSignature":"S"},{"text":"b"}],"role":"model"},"finishReason":"STOP"}],"promptFeedback":{"blockReason":"X"},"responseId":"r"}
            """;
        foreach (var pair in ProtocolPairs.All.Where(pair => pair.Vendor == Protocol.Gemini))
        {
            Damaged(Answer)
                .Sample(
                    damaged =>
                    {
                        try
                        {
                            using var _ = JsonDocument.Parse(damaged);
                        }
                        catch (JsonException)
                        {
                            return; // the meter has seen it first
                        }
                        var output = new ArrayBufferWriter<byte>();
                        var writer = pair.NewStreamWriter(context);
                        writer.Output = output;
                        writer.Open();
                        pair.NewReader().ReadEvent(damaged, writer);
                        writer.End(Usage.Of(1, 1));
                        Assert.NotEmpty(Exchange.Events(Encoding.UTF8.GetString(output.WrittenSpan)));
                    },
                    iter: 300
                );
        }
    }

    /// <summary>The document with values of other kinds in it, and with some bytes changed.</summary>
    private static Gen<byte[]> Damaged(string document)
    {
        var values = Gen.OneOf("1", "null", "true", "\"x\"", "[]", "{}", "[1]", "{\"x\":[]}", "\"\\ud83d\"");
        return Gen.Select(Gen.Int[0, document.Length - 1], values, Gen.Bool)
            .Array[1, 2]
            .Select(damages =>
            {
                var text = document;
                foreach (var (position, value, isValue) in damages)
                {
                    var at = Math.Min(position, text.Length - 1);
                    var colon = text.IndexOf(':', at);
                    if (!isValue || colon < 0)
                        text = text.Remove(at, 1);
                    else if (EndOfValue(text, colon + 1) is var end and > 0)
                        text = string.Concat(text.AsSpan(0, colon + 1), value, text.AsSpan(end));
                }
                return Encoding.UTF8.GetBytes(text);
            });
    }

    private static int EndOfValue(string text, int start)
    {
        var bytes = Encoding.UTF8.GetBytes(text[start..]);
        try
        {
            var reader = new Utf8JsonReader(bytes, isFinalBlock: false, default);
            if (!reader.Read() || !reader.TrySkip())
                return -1;
            return start + Encoding.UTF8.GetString(bytes.AsSpan(0, (int)reader.BytesConsumed)).Length;
        }
        catch (JsonException)
        {
            return -1;
        }
    }
}
