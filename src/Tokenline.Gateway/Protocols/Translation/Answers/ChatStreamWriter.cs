using System.Buffers;

namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>Writes an answer as the chunks of chat completions.</summary>
internal sealed class ChatStreamWriter : AnswerWriter
{
    private readonly byte[] head; // of every chunk, up to its choices
    private bool hasStarted;
    private StopReason? stopped;
    private int calls;

    // Which calls are of custom tools, whose pieces have another name. More than 64 in one answer have not been seen.
    private ulong customCalls;

    // Reasoning is numbered by its blocks, so that a client can put the pieces of each together again.
    private int reasoningIndex = -1;
    private bool reasoningIsOpen;
    private bool reasoningIsSealed;

    public ChatStreamWriter(AnswerContext context)
        : base(context)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var pen = new JsonPen(bytes);
        pen.Raw("data: {\"id\":\"chatcmpl-"u8);
        pen.Escaped(context.Reference);
        pen.Raw("\",\"object\":\"chat.completion.chunk\",\"created\":"u8);
        pen.Number(context.Created);
        pen.Raw(",\"model\":\""u8);
        pen.Escaped(context.Model);
        pen.Raw("\",\"choices\":["u8);
        pen.Done();
        head = bytes.WrittenSpan.ToArray();
    }

    public override void Started(ReadOnlySpan<byte> id)
    {
        if (hasStarted)
            return;
        hasStarted = true;
        var pen = Begin();
        pen.Raw("\"role\":\"assistant\",\"content\":\"\""u8);
        End(ref pen);
    }

    public override void Text(ReadOnlySpan<byte> utf8) => Write("\"content\":\""u8, utf8);

    public override void Refusal(ReadOnlySpan<byte> utf8) => Write("\"refusal\":\""u8, utf8);

    private void Write(ReadOnlySpan<byte> member, ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return;
        reasoningIsOpen = false;
        var pen = Begin();
        pen.Raw(member);
        pen.Escaped(utf8);
        pen.Raw("\""u8);
        End(ref pen);
    }

    /// <summary>Twice: for those who show it, and for those who keep it to send it back with its seal.</summary>
    public override void Reasoning(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return;
        if (!reasoningIsOpen || reasoningIsSealed)
            OpenReasoning();
        var pen = Begin();
        pen.Raw("\"reasoning_content\":\""u8);
        pen.Escaped(utf8);
        pen.Raw("\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\""u8);
        pen.Escaped(utf8);
        EndDetail(ref pen);
    }

    public override void ReasoningSignature(ReadOnlySpan<byte> utf8)
    {
        if (!reasoningIsOpen || reasoningIsSealed)
            OpenReasoning();
        reasoningIsSealed = true;
        var pen = Begin();
        pen.Raw("\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"\",\"signature\":\""u8);
        pen.Escaped(utf8);
        EndDetail(ref pen);
    }

    public override void RedactedReasoning(ReadOnlySpan<byte> utf8)
    {
        OpenReasoning();
        reasoningIsSealed = true;
        var pen = Begin();
        pen.Raw("\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\""u8);
        pen.Escaped(utf8);
        EndDetail(ref pen);
    }

    private void OpenReasoning()
    {
        reasoningIndex++;
        reasoningIsOpen = true;
        reasoningIsSealed = false;
    }

    private void EndDetail(ref JsonPen pen)
    {
        pen.Raw("\",\"index\":"u8);
        pen.Number(reasoningIndex);
        pen.Raw("}]"u8);
        End(ref pen);
    }

    public override void ToolCall(int index, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, bool isCustom = false)
    {
        reasoningIsOpen = false;
        calls++;
        var pen = Begin();
        pen.Raw("\"tool_calls\":[{\"index\":"u8);
        pen.Number(index);
        pen.Raw(","u8);
        ChatFacts.WriteCall(ref pen, Context, index, id, name, isCustom);
        pen.Raw("\"\"}}]"u8);
        End(ref pen);
        if (isCustom)
            customCalls |= 1UL << index;
    }

    public override void ToolArguments(int index, ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return;
        var pen = Begin();
        pen.Raw("\"tool_calls\":[{\"index\":"u8);
        pen.Number(index);
        pen.Raw(((customCalls >> index) & 1) == 1 ? ",\"custom\":{\"input\":\""u8 : ",\"function\":{\"arguments\":\""u8);
        pen.Escaped(utf8);
        pen.Raw("\"}}]"u8);
        End(ref pen);
    }

    public override void Stopped(StopReason reason, ReadOnlySpan<byte> stopSequence = default) => stopped = reason;

    public override void End(in Usage usage) => End(stopped ?? (calls > 0 ? StopReason.ToolCalls : StopReason.End), usage);

    public override void EndForLength(in Usage usage) => End(StopReason.Length, usage);

    private void End(StopReason reason, in Usage usage)
    {
        Started(default);
        var pen = new JsonPen(Output);
        pen.Raw(head);
        pen.Raw("{\"index\":0,\"delta\":{},\"finish_reason\":\""u8);
        pen.Raw(ChatFacts.FinishReason(reason));
        pen.Raw("\"}]}\n\n"u8);
        if (Context.IncludeUsage)
        {
            pen.Raw(head);
            pen.Raw("],\"usage\":"u8);
            ChatFacts.WriteUsage(ref pen, usage);
            pen.Raw("}\n\n"u8);
        }
        pen.Raw("data: [DONE]\n\n"u8);
        pen.Done();
    }

    public override void Error(Problem problem, string message)
    {
        var pen = new JsonPen(Output);
        pen.Raw("data: "u8);
        ChatFacts.WriteError(ref pen, problem, message);
        pen.Raw("\n\n"u8);
        pen.Done();
    }

    private JsonPen Begin()
    {
        Started(default);
        var pen = new JsonPen(Output);
        pen.Raw(head);
        pen.Raw("{\"index\":0,\"delta\":{"u8);
        return pen;
    }

    private static void End(ref JsonPen pen)
    {
        pen.Raw("},\"finish_reason\":null}]}\n\n"u8);
        pen.Done();
    }
}
