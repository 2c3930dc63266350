using System.Buffers;

namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>Collects an answer and writes it as one body of chat completions.</summary>
internal sealed class ChatWholeWriter(AnswerContext context) : AnswerWriter(context)
{
    // All of these hold escaped text.
    private readonly ArrayBufferWriter<byte> text = new();
    private readonly ArrayBufferWriter<byte> refusal = new();
    private readonly ArrayBufferWriter<byte> reasoning = new();
    private readonly List<Detail> details = [];
    private readonly List<Call> calls = [];
    private bool reasoningIsOpen;
    private StopReason? stopped;

    /// <summary>A block of reasoning.</summary>
    private sealed class Detail
    {
        public ArrayBufferWriter<byte> Text { get; } = new();

        public ArrayBufferWriter<byte> Signature { get; } = new();

        public bool IsRedacted { get; init; }
    }

    private sealed class Call
    {
        public required byte[] Id { get; init; }

        public required byte[] Name { get; init; }

        public bool IsCustom { get; init; }

        public ArrayBufferWriter<byte> Arguments { get; } = new();
    }

    public override void Started(ReadOnlySpan<byte> id) { }

    public override void Text(ReadOnlySpan<byte> utf8)
    {
        reasoningIsOpen = false;
        Append(text, utf8);
    }

    public override void Refusal(ReadOnlySpan<byte> utf8)
    {
        reasoningIsOpen = false;
        Append(refusal, utf8);
    }

    public override void Reasoning(ReadOnlySpan<byte> utf8)
    {
        if (!reasoningIsOpen && reasoning.WrittenCount > 0)
            Append(reasoning, "\n\n"u8);
        Append(reasoning, utf8);
        Append(OpenDetail().Text, utf8);
    }

    public override void ReasoningSignature(ReadOnlySpan<byte> utf8)
    {
        Append(OpenDetail().Signature, utf8);
        reasoningIsOpen = false;
    }

    public override void RedactedReasoning(ReadOnlySpan<byte> utf8)
    {
        var detail = new Detail { IsRedacted = true };
        details.Add(detail);
        Append(detail.Text, utf8);
        reasoningIsOpen = false;
    }

    private Detail OpenDetail()
    {
        if (!reasoningIsOpen)
            details.Add(new Detail());
        reasoningIsOpen = true;
        return details[^1];
    }

    public override void ToolCall(int index, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, bool isCustom = false)
    {
        reasoningIsOpen = false;
        calls.Add(
            new Call
            {
                Id = id.ToArray(),
                Name = name.ToArray(),
                IsCustom = isCustom,
            }
        );
    }

    public override void ToolArguments(int index, ReadOnlySpan<byte> utf8) => Append(calls[index].Arguments, utf8);

    public override void Stopped(StopReason reason, ReadOnlySpan<byte> stopSequence = default) => stopped = reason;

    public override void End(in Usage usage) => Write(stopped ?? (calls.Count > 0 ? StopReason.ToolCalls : StopReason.End), usage);

    public override void EndForLength(in Usage usage) => Write(StopReason.Length, usage);

    public override void Error(Problem problem, string message)
    {
        var pen = new JsonPen(Output);
        ChatFacts.WriteError(ref pen, problem, message);
        pen.Done();
    }

    private void Write(StopReason reason, in Usage usage)
    {
        var pen = new JsonPen(Output);
        pen.Raw("{\"id\":\"chatcmpl-"u8);
        pen.Escaped(Context.Reference);
        pen.Raw("\",\"object\":\"chat.completion\",\"created\":"u8);
        pen.Number(Context.Created);
        pen.Raw(",\"model\":\""u8);
        pen.Escaped(Context.Model);
        pen.Raw("\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"u8);
        WriteTextOrNull(ref pen, text, orNull: calls.Count > 0 || refusal.WrittenCount > 0);
        pen.Raw(",\"refusal\":"u8);
        WriteTextOrNull(ref pen, refusal, orNull: true);
        WriteReasoning(ref pen);
        WriteCalls(ref pen);
        pen.Raw("},\"logprobs\":null,\"finish_reason\":\""u8);
        pen.Raw(ChatFacts.FinishReason(reason));
        pen.Raw("\"}],\"usage\":"u8);
        ChatFacts.WriteUsage(ref pen, usage);
        pen.Raw("}"u8);
        pen.Done();
    }

    private static void WriteTextOrNull(ref JsonPen pen, ArrayBufferWriter<byte> escaped, bool orNull)
    {
        if (escaped.WrittenCount == 0 && orNull)
        {
            pen.Raw("null"u8);
            return;
        }
        pen.Raw("\""u8);
        pen.Raw(escaped.WrittenSpan);
        pen.Raw("\""u8);
    }

    private void WriteReasoning(ref JsonPen pen)
    {
        if (reasoning.WrittenCount > 0)
        {
            pen.Raw(",\"reasoning_content\":\""u8);
            pen.Raw(reasoning.WrittenSpan);
            pen.Raw("\""u8);
        }
        for (var i = 0; i < details.Count; i++)
        {
            pen.Raw(i == 0 ? ",\"reasoning_details\":["u8 : ","u8);
            pen.Raw(
                details[i].IsRedacted ? "{\"type\":\"reasoning.encrypted\",\"data\":\""u8 : "{\"type\":\"reasoning.text\",\"text\":\""u8
            );
            pen.Raw(details[i].Text.WrittenSpan);
            if (details[i].Signature.WrittenCount > 0)
            {
                pen.Raw("\",\"signature\":\""u8);
                pen.Raw(details[i].Signature.WrittenSpan);
            }
            pen.Raw("\",\"index\":"u8);
            pen.Number(i);
            pen.Raw(i == details.Count - 1 ? "}]"u8 : "}"u8);
        }
    }

    private void WriteCalls(ref JsonPen pen)
    {
        for (var i = 0; i < calls.Count; i++)
        {
            pen.Raw(i == 0 ? ",\"tool_calls\":[{"u8 : ",{"u8);
            ChatFacts.WriteCall(ref pen, Context, i, calls[i].Id, calls[i].Name, calls[i].IsCustom);
            pen.Raw("\""u8);
            pen.Raw(calls[i].Arguments.WrittenSpan);
            pen.Raw(i == calls.Count - 1 ? "\"}}]"u8 : "\"}}"u8);
        }
    }

    private static void Append(ArrayBufferWriter<byte> to, ReadOnlySpan<byte> utf8)
    {
        var pen = new JsonPen(to);
        pen.Escaped(utf8);
        pen.Done();
    }
}
