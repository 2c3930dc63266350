using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tokenline.Gateway.Errors;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Tokens;

namespace Tokenline.Gateway.Protocols.Anthropic;

/// <summary>A client that speaks Anthropic messages.</summary>
internal sealed class MessagesProtocol : ClientProtocol
{
    public static readonly MessagesProtocol Instance = new();

    private static readonly byte[] maxTokensMember = ",\"max_tokens\":"u8.ToArray();
    private static readonly JsonWriterOptions unvalidated = new() { SkipValidation = true };

    /// <summary>Thoughts of a vendor that seals none, or of Gemini's: translations have handed them out, and Claude would refuse them.</summary>
    private static readonly ForeignReasoning foreign = new(
        "thinking",
        "signature",
        static seal => seal.IsEmpty || seal.Span.StartsWith("gemini."u8)
    );

    public override Protocol Kind => Protocol.Messages;

    public override string PromptParam => "messages";

    public override bool Pings => true;

    public override RequestRefusal? Read(Call call)
    {
        var parser = new GenerationParser(call.Body.Span, MessagesShape.Instance);
        var refusal = parser.Run();
        call.Request = parser.Facts;
        call.Request.IncludeUsage = true;
        return refusal ?? (call.Request.MaxTokens is null ? new("max_tokens: Field required", "max_tokens") : null);
    }

    public override string OutputLimitParam(in RequestFacts request) => "max_tokens";

    public override BodyEdits Edits(Call call, ReadOnlyMemory<byte> modelToken)
    {
        var edits = new BodyEdits();
        if (!modelToken.IsEmpty)
            edits.Replace(call.Request.ModelToken, modelToken);
        if (call.OutputLimit is { } limit)
        {
            if (call.Request.MaxTokensValue.IsEmpty)
                edits.Insert(call.Request.ClosingBrace, maxTokensMember, limit);
            else
                edits.Replace(call.Request.MaxTokensValue, limit);
        }
        var left = foreign.Find(call.Body.Memory);
        foreach (var block in left)
            edits.Remove(block);
        call.Dropped(left.Count > 0 ? ["messages[].content[].thinking"] : []);
        return edits;
    }

    public override AnswerMeter NewMeter(Call call) => new MessagesMeter();

    public override long CountPrompt(ReadOnlySpan<byte> body, in RequestFacts request, bool isO200k) =>
        TokenCounter.CountPrompt(body, request, MessagesShape.Instance, isO200k);

    public override void WriteLengthEnd(IBufferWriter<byte> to, AnswerMeter meter, Call call, in Usage usage)
    {
        if (((MessagesMeter)meter).OpenBlock is { } open)
        {
            to.Write("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":"u8);
            WriteNumber(to, open);
            to.Write("}\n\n"u8);
        }
        to.Write(
            "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"max_tokens\",\"stop_sequence\":null},\"usage\":"u8
        );
        using (var json = new Utf8JsonWriter(to, unvalidated))
            MessagesUsage.Write(json, usage);
        to.Write("}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"u8);
    }

    public override void WriteStreamError(IBufferWriter<byte> to, Problem problem, string message)
    {
        to.Write("event: error\ndata: "u8);
        using (var json = new Utf8JsonWriter(to, unvalidated))
            AnthropicErrors.Write(json, problem, message, null);
        to.Write("\n\n"u8);
    }

    public override Task WriteErrorAsync(HttpContext context, Rejection rejection, DateTimeOffset now) =>
        AnthropicErrors.WriteAsync(context, rejection, now);

    public override void WritePing(IBufferWriter<byte> to) => to.Write("event: ping\ndata: {\"type\":\"ping\"}\n\n"u8);

    public override bool TryWriteOpening(Call call, IBufferWriter<byte> to)
    {
        to.Write("event: message_start\ndata: "u8);
        using (var json = new Utf8JsonWriter(to, unvalidated))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "message_start"u8);
            json.WriteStartObject("message"u8);
            json.WriteString("id"u8, "msg_" + call.Charge.ToString()[4..]);
            json.WriteString("type"u8, "message"u8);
            json.WriteString("role"u8, "assistant"u8);
            json.WriteString("model"u8, call.Model.Id);
            json.WriteStartArray("content"u8);
            json.WriteEndArray();
            json.WriteNull("stop_reason"u8);
            json.WriteNull("stop_sequence"u8);
            json.WritePropertyName("usage"u8);
            MessagesUsage.Write(json, Usage.Of(call.InputEstimate, 1));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        to.Write("\n\n"u8);
        return true;
    }

    private static void WriteNumber(IBufferWriter<byte> to, int number)
    {
        System.Buffers.Text.Utf8Formatter.TryFormat(number, to.GetSpan(16), out var written);
        to.Advance(written);
    }
}
