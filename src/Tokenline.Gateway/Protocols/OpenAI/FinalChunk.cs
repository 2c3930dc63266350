using System.Buffers;
using System.Text.Json;
using Tokenline.Units;

namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>
/// The events that Tokenline itself writes at the end of a stream: a clean end when the quota is used up (RFC 8506: final unit, terminate),
/// and an error when the vendor failed after its first byte, which must not look like an end.
/// </summary>
internal static class FinalChunk
{
    private static readonly JsonWriterOptions options = new() { SkipValidation = true };

    /// <summary>Ends every choice that has not ended with <c>finish_reason: "length"</c>. Usage, if asked for, and [DONE] come after.</summary>
    public static void WriteLengthEnd(IBufferWriter<byte> to, ChatAnswerFacts facts, int choices)
    {
        for (var choice = 0; choice < choices; choice++)
        {
            if (facts.IsFinished(choice))
                continue;
            using var json = Begin(to, facts);
            json.WriteStartArray("choices"u8);
            json.WriteStartObject();
            json.WriteNumber("index"u8, choice);
            json.WriteStartObject("delta"u8);
            json.WriteEndObject();
            json.WriteString("finish_reason"u8, "length"u8);
            json.WriteEndObject();
            json.WriteEndArray();
            End(json, to);
        }
    }

    /// <summary>The extra chunk that a client which asked for usage gets. Meters go back into OpenAI's meaning: prompt includes the caches.</summary>
    public static void WriteUsage(IBufferWriter<byte> to, ChatAnswerFacts facts, in Usage usage)
    {
        using var json = Begin(to, facts);
        json.WriteStartArray("choices"u8);
        json.WriteEndArray();
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, usage.WholeInput);
        json.WriteNumber("completion_tokens"u8, usage[Meter.Output]);
        json.WriteNumber("total_tokens"u8, usage.WholeInput + usage[Meter.Output]);
        json.WriteStartObject("prompt_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage[Meter.CachedInput]);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, usage[Meter.Reasoning]);
        json.WriteEndObject();
        json.WriteEndObject();
        End(json, to);
    }

    public static void WriteDone(IBufferWriter<byte> to) => to.Write("data: [DONE]\n\n"u8);

    /// <summary>An error in the stream. Nothing may follow it: no finish reason and no [DONE], so that a cut stream looks cut.</summary>
    public static void WriteError(IBufferWriter<byte> to, Problem problem, string message)
    {
        to.Write("data: "u8);
        using var json = new Utf8JsonWriter(to, options);
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, message);
        json.WriteString("type"u8, problem.Type);
        json.WriteNull("param"u8);
        json.WriteString("code"u8, problem.Code);
        json.WriteEndObject();
        End(json, to);
    }

    private static Utf8JsonWriter Begin(IBufferWriter<byte> to, ChatAnswerFacts facts)
    {
        to.Write("data: "u8);
        var json = new Utf8JsonWriter(to, options);
        json.WriteStartObject();
        json.WritePropertyName("id"u8);
        json.WriteRawValue(facts.IdToken.IsEmpty ? "\"chatcmpl-0\""u8 : facts.IdToken, skipInputValidation: true);
        json.WriteString("object"u8, "chat.completion.chunk"u8);
        json.WriteNumber("created"u8, facts.Created);
        json.WritePropertyName("model"u8);
        json.WriteRawValue(facts.ModelToken.IsEmpty ? "\"\""u8 : facts.ModelToken, skipInputValidation: true);
        return json;
    }

    private static void End(Utf8JsonWriter json, IBufferWriter<byte> to)
    {
        json.WriteEndObject();
        json.Flush();
        to.Write("\n\n"u8);
    }
}
