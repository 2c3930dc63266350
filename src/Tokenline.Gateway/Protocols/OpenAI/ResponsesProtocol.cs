using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tokenline.Gateway.Errors;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Tokens;

namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>A client that speaks OpenAI responses.</summary>
internal sealed class ResponsesProtocol : ClientProtocol
{
    public static readonly ResponsesProtocol Instance = new();

    private static readonly byte[] limitMember = ",\"max_output_tokens\":"u8.ToArray();
    private static readonly JsonWriterOptions unvalidated = new() { SkipValidation = true };

    /// <summary>Reasoning of other vendors in the form that translations hand out: base64 of <c>TLR1…</c>.</summary>
    private static readonly ForeignReasoning foreign = new(
        "reasoning",
        "encrypted_content",
        static seal => seal.Span.StartsWith("VExSM"u8)
    );

    public override Protocol Kind => Protocol.Responses;

    public override string PromptParam => "input";

    public override RequestRefusal? Read(Call call)
    {
        var parser = new GenerationParser(call.Body.Span, ResponsesShape.Instance);
        var refusal = parser.Run();
        call.Request = parser.Facts;
        call.Request.IncludeUsage = true;
        return refusal;
    }

    public override string OutputLimitParam(in RequestFacts request) => "max_output_tokens";

    public override BodyEdits Edits(Call call, ReadOnlyMemory<byte> modelToken)
    {
        List<string> dropped = [];
        var edits = new BodyEdits();
        if (!modelToken.IsEmpty)
            edits.Replace(call.Request.ModelToken, modelToken);
        if (call.OutputLimit is { } limit)
        {
            if (call.Request.MaxTokensValue.IsEmpty)
                edits.Insert(call.Request.ClosingBrace, limitMember, limit);
            else
                edits.Replace(call.Request.MaxTokensValue, limit);
        }
        if (!call.Request.LeftOutTool.IsEmpty)
        {
            edits.Remove(WithComma(call.Body.Span, call.Request.LeftOutTool));
            dropped.Add("tools[].web_search");
        }
        var left = foreign.Find(call.Body.Memory);
        foreach (var item in left)
            edits.Remove(item);
        if (left.Count > 0)
            dropped.Add("input[].encrypted_content");
        call.Dropped(dropped);
        return edits;
    }

    public override AnswerMeter NewMeter(Call call) => new ResponsesMeter();

    public override long CountPrompt(ReadOnlySpan<byte> body, in RequestFacts request, bool isO200k) =>
        TokenCounter.CountPrompt(body, request, ResponsesShape.Instance, isO200k);

    public override void WriteLengthEnd(IBufferWriter<byte> to, AnswerMeter meter, Call call, in Usage usage)
    {
        var facts = (ResponsesMeter)meter;
        to.Write("event: response.incomplete\ndata: "u8);
        using (var json = new Utf8JsonWriter(to, unvalidated))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "response.incomplete"u8);
            json.WriteNumber("sequence_number"u8, facts.SequenceNumber + 1);
            json.WriteStartObject("response"u8);
            json.WritePropertyName("id"u8);
            json.WriteRawValue(facts.IdToken.Length == 0 ? "\"resp_0\""u8 : facts.IdToken, skipInputValidation: true);
            json.WriteString("object"u8, "response"u8);
            json.WriteNumber("created_at"u8, facts.CreatedAt);
            json.WriteString("status"u8, "incomplete"u8);
            json.WriteNull("error"u8);
            json.WriteStartObject("incomplete_details"u8);
            json.WriteString("reason"u8, "max_output_tokens"u8);
            json.WriteEndObject();
            json.WriteString("model"u8, call.AnsweredModel);
            json.WriteStartArray("output"u8);
            json.WriteEndArray();
            json.WritePropertyName("usage"u8);
            WriteUsage(json, usage);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        to.Write("\n\n"u8);
    }

    /// <summary>The protocol's <c>error</c> event; no end follows it.</summary>
    public override void WriteStreamError(IBufferWriter<byte> to, Problem problem, string message)
    {
        to.Write("event: error\ndata: "u8);
        using (var json = new Utf8JsonWriter(to, unvalidated))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "error"u8);
            json.WriteString("code"u8, problem.Code);
            json.WriteString("message"u8, message);
            json.WriteNull("param"u8);
            json.WriteEndObject();
        }
        to.Write("\n\n"u8);
    }

    public override Task WriteErrorAsync(HttpContext context, Rejection rejection, DateTimeOffset now) =>
        OpenAIErrors.WriteAsync(context, rejection, now);

    /// <summary>Meters back in the meaning of responses: input includes the caches.</summary>
    public static void WriteUsage(Utf8JsonWriter json, in Usage usage)
    {
        json.WriteStartObject();
        json.WriteNumber("input_tokens"u8, usage.WholeInput);
        json.WriteStartObject("input_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage[Meter.CachedInput]);
        json.WriteEndObject();
        json.WriteNumber("output_tokens"u8, usage[Meter.Output]);
        json.WriteStartObject("output_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, usage[Meter.Reasoning]);
        json.WriteEndObject();
        json.WriteNumber("total_tokens"u8, usage.WholeInput + usage[Meter.Output]);
        json.WriteEndObject();
    }

    /// <summary>An element of an array with the comma that must go with it.</summary>
    private static ByteRange WithComma(ReadOnlySpan<byte> body, ByteRange element)
    {
        var (start, end) = (element.Start, element.End);
        while (body[end] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            end++;
        if (body[end] == (byte)',')
            return new ByteRange(start, end + 1 - start);
        while (body[start - 1] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            start--;
        if (body[start - 1] == (byte)',')
            start--;
        return new ByteRange(start, element.End - start);
    }
}
