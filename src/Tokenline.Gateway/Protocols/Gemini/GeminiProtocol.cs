using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tokenline.Gateway.Errors;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Tokens;

namespace Tokenline.Gateway.Protocols.Gemini;

/// <summary>A client that speaks Gemini's <c>generateContent</c>. The model and the wish for a stream are in the address.</summary>
internal sealed class GeminiProtocol(bool stream) : ClientProtocol
{
    public static readonly GeminiProtocol Whole = new(stream: false);
    public static readonly GeminiProtocol Streamed = new(stream: true);

    private static readonly byte[] firstInSettings = "\"maxOutputTokens\":"u8.ToArray();
    private static readonly byte[] comma = ","u8.ToArray();
    private static readonly byte[] settingsMember = ",\"generationConfig\":{\"maxOutputTokens\":"u8.ToArray();
    private static readonly byte[] closingBrace = "}"u8.ToArray();
    private static readonly JsonWriterOptions unvalidated = new() { SkipValidation = true };

    public override Protocol Kind => Protocol.Gemini;

    public override string PromptParam => "contents";

    public override string ModelOf(Call call) => call.Subject ?? "";

    public override RequestRefusal? Read(Call call)
    {
        var parser = new GenerationParser(call.Body.Span, GeminiShape.Instance);
        var refusal = parser.Run();
        call.Request = parser.Facts;
        call.Request.Stream = stream;
        call.Request.IncludeUsage = true;
        return refusal;
    }

    public override string OutputLimitParam(in RequestFacts request) => "generationConfig.maxOutputTokens";

    public override BodyEdits Edits(Call call, ReadOnlyMemory<byte> modelToken)
    {
        var edits = new BodyEdits();
        if (call.OutputLimit is not { } limit)
            return edits;
        ref readonly var request = ref call.Request;
        if (!request.MaxTokensValue.IsEmpty)
        {
            edits.Replace(request.MaxTokensValue, limit);
        }
        else if (request.HasSettings)
        {
            edits.Insert(request.SettingsStart, firstInSettings, limit);
            if (!request.SettingsAreEmpty)
                edits.Insert(request.SettingsStart, comma);
        }
        else
        {
            edits.Insert(request.ClosingBrace, settingsMember, limit);
            edits.Insert(request.ClosingBrace, closingBrace);
        }
        return edits;
    }

    public override AnswerMeter NewMeter(Call call) => new GeminiMeter(call.Request.Choices);

    public override long CountPrompt(ReadOnlySpan<byte> body, in RequestFacts request, bool isO200k) =>
        TokenCounter.CountPrompt(body, request, GeminiShape.Instance, isO200k);

    public override void WriteLengthEnd(IBufferWriter<byte> to, AnswerMeter meter, Call call, in Usage usage)
    {
        to.Write("data: "u8);
        using (var json = new Utf8JsonWriter(to, unvalidated))
        {
            json.WriteStartObject();
            json.WriteStartArray("candidates"u8);
            for (var choice = 0; choice < call.Request.Choices; choice++)
            {
                json.WriteStartObject();
                json.WriteStartObject("content"u8);
                json.WriteStartArray("parts"u8);
                json.WriteEndArray();
                json.WriteString("role"u8, "model"u8);
                json.WriteEndObject();
                json.WriteString("finishReason"u8, "MAX_TOKENS"u8);
                json.WriteNumber("index"u8, choice);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WritePropertyName("usageMetadata"u8);
            WriteUsage(json, usage);
            json.WriteString("modelVersion"u8, call.AnsweredModel);
            json.WriteEndObject();
        }
        to.Write("\r\n\r\n"u8);
    }

    public override void WriteStreamError(IBufferWriter<byte> to, Problem problem, string message)
    {
        to.Write("data: "u8);
        using (var json = new Utf8JsonWriter(to, unvalidated))
            GeminiErrors.Write(json, problem, message, null);
        to.Write("\r\n\r\n"u8);
    }

    public override Task WriteErrorAsync(HttpContext context, Rejection rejection, DateTimeOffset now) =>
        GeminiErrors.WriteAsync(context, rejection, now);

    /// <summary>Meters back in Gemini's meaning: the prompt includes the cache, candidates leave out thoughts.</summary>
    public static void WriteUsage(Utf8JsonWriter json, in Usage usage)
    {
        json.WriteStartObject();
        json.WriteNumber("promptTokenCount"u8, usage.WholeInput);
        if (usage[Meter.CachedInput] > 0)
            json.WriteNumber("cachedContentTokenCount"u8, usage[Meter.CachedInput]);
        json.WriteNumber("candidatesTokenCount"u8, usage[Meter.Output] - usage[Meter.Reasoning]);
        if (usage[Meter.Reasoning] > 0)
            json.WriteNumber("thoughtsTokenCount"u8, usage[Meter.Reasoning]);
        json.WriteNumber("totalTokenCount"u8, usage.WholeInput + usage[Meter.Output]);
        json.WriteEndObject();
    }
}
