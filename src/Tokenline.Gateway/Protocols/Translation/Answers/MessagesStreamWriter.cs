using System.Buffers;

namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>
/// Writes an answer as the events of Anthropic's messages. There a block is over before the next begins, while pieces of two calls may come in turns:
/// a call waits until the one before it has all its arguments.
/// </summary>
internal sealed class MessagesStreamWriter(AnswerContext context) : AnswerWriter(context)
{
    private readonly Queue<WaitingCall> waiting = [];
    private bool hasOpened;
    private Kind open;
    private int block = -1;
    private bool isSealed;
    private byte[]? sealBehindText;
    private bool hasRefused;
    private int calls;
    private int openCall;
    private ArgumentsScan scan;
    private StopReason? stopped;
    private byte[] stopSequence = [];

    private enum Kind
    {
        None,
        Text,
        Thinking,
        ToolCall,
    }

    private sealed class WaitingCall
    {
        public required int Index { get; init; }

        public required byte[] Id { get; init; }

        public required byte[] Name { get; init; }

        public ArrayBufferWriter<byte> Arguments { get; } = new();
    }

    public override void Open()
    {
        if (hasOpened)
            return;
        hasOpened = true;
        var pen = new JsonPen(Output);
        pen.Raw("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_"u8);
        pen.Escaped(Context.Reference);
        pen.Raw("\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\""u8);
        pen.Escaped(Context.Model);
        pen.Raw("\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":"u8);
        MessagesFacts.WriteUsage(ref pen, Usage.Of(Context.InputEstimate, output: 0));
        pen.Raw("}}\n\n"u8);
        pen.Done();
    }

    public override void Started(ReadOnlySpan<byte> id) => Open();

    public override void Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return;
        TellSealBehindText();
        var pen = Begin(Kind.Text);
        BeginDelta(ref pen);
        pen.Raw("\"text_delta\",\"text\":\""u8);
        pen.Escaped(utf8);
        EndDelta(ref pen);
        pen.Done();
    }

    /// <summary>There is no block for it; the reason to stop says it.</summary>
    public override void Refusal(ReadOnlySpan<byte> utf8)
    {
        hasRefused = true;
        Text(utf8);
    }

    public override void Reasoning(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return;
        TellSealBehindText();
        var pen = BeginThinking();
        BeginDelta(ref pen);
        pen.Raw("\"thinking_delta\",\"thinking\":\""u8);
        pen.Escaped(utf8);
        EndDelta(ref pen);
        pen.Done();
    }

    public override void ReasoningSignature(ReadOnlySpan<byte> utf8)
    {
        TellSealBehindText();
        if (open == Kind.Text)
        {
            sealBehindText = utf8.ToArray();
            return;
        }
        var pen = BeginThinking();
        Seal(ref pen, utf8);
        pen.Done();
    }

    public override void RedactedReasoning(ReadOnlySpan<byte> utf8)
    {
        TellSealBehindText();
        var pen = Begin(Kind.None);
        BeginBlock(ref pen);
        pen.Raw("\"redacted_thinking\",\"data\":\""u8);
        pen.Escaped(utf8);
        pen.Raw("\"}}\n\n"u8);
        EndBlock(ref pen);
        pen.Done();
    }

    public override void ToolCall(int index, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, bool isCustom = false)
    {
        calls++;
        TellSealBehindText();
        if (open == Kind.ToolCall && (!scan.IsComplete || waiting.Count > 0))
        {
            waiting.Enqueue(
                new WaitingCall
                {
                    Index = index,
                    Id = id.ToArray(),
                    Name = name.ToArray(),
                }
            );
            return;
        }
        var pen = Begin(Kind.None);
        BeginCall(ref pen, index, id, name);
        pen.Done();
    }

    public override void ToolArguments(int index, ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return;
        if (open != Kind.ToolCall || index != openCall)
        {
            foreach (var call in waiting)
            {
                if (call.Index == index)
                    call.Arguments.Write(utf8);
            }
            return;
        }
        var pen = new JsonPen(Output);
        WriteArguments(ref pen, utf8);
        TakeWaiting(ref pen, all: false);
        pen.Done();
    }

    public override void Stopped(StopReason reason, ReadOnlySpan<byte> stopSequence = default)
    {
        stopped = reason;
        this.stopSequence = stopSequence.ToArray();
    }

    public override void End(in Usage usage)
    {
        var reason = stopped ?? (calls > 0 ? StopReason.ToolCalls : StopReason.End);
        End(reason == StopReason.End && hasRefused ? StopReason.Refusal : reason, usage);
    }

    public override void EndForLength(in Usage usage)
    {
        stopSequence = [];
        End(StopReason.Length, usage);
    }

    private void End(StopReason reason, in Usage usage)
    {
        var pen = Begin(Kind.None);
        pen.Raw("event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\""u8);
        pen.Raw(MessagesFacts.WordOf(reason));
        pen.Raw("\",\"stop_sequence\":"u8);
        MessagesFacts.WriteTextOrNull(ref pen, stopSequence);
        pen.Raw("},\"usage\":"u8);
        MessagesFacts.WriteUsage(ref pen, usage);
        pen.Raw("}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"u8);
        pen.Done();
    }

    public override void Error(Problem problem, string message)
    {
        var pen = new JsonPen(Output);
        pen.Raw("event: error\ndata: "u8);
        MessagesFacts.WriteError(ref pen, problem, message);
        pen.Raw("\n\n"u8);
        pen.Done();
    }

    /// <summary>A block of this kind is open afterwards; of none, all are closed.</summary>
    private JsonPen Begin(Kind kind)
    {
        Open();
        var pen = new JsonPen(Output);
        if (open == kind && kind != Kind.None)
            return pen;
        TakeWaiting(ref pen, all: true);
        Close(ref pen);
        if (kind == Kind.None)
            return pen;
        BeginBlock(ref pen);
        pen.Raw(kind == Kind.Text ? "\"text\",\"text\":\"\"}}\n\n"u8 : "\"thinking\",\"thinking\":\"\",\"signature\":\"\"}}\n\n"u8);
        open = kind;
        isSealed = false;
        return pen;
    }

    /// <summary>
    /// The seal of reasoning that is not shown, which Gemini puts behind its text, waits for a block to stand before, and is dropped at the end: Claude Code
    /// takes the last block for the answer, and Gemini wants none back but those of calls.
    /// </summary>
    private void TellSealBehindText()
    {
        if (sealBehindText is not { } seal)
            return;
        sealBehindText = null;
        var pen = BeginThinking();
        Seal(ref pen, seal);
        pen.Done();
    }

    /// <summary>What comes behind a seal is another block.</summary>
    private JsonPen BeginThinking()
    {
        if (open != Kind.Thinking || !isSealed)
            return Begin(Kind.Thinking);
        var pen = Begin(Kind.None);
        pen.Done();
        return Begin(Kind.Thinking);
    }

    private void BeginCall(ref JsonPen pen, int index, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name)
    {
        BeginBlock(ref pen);
        pen.Raw("\"tool_use\","u8);
        MessagesFacts.WriteCall(ref pen, Context, index, id, name);
        pen.Raw("{}}}\n\n"u8);
        open = Kind.ToolCall;
        openCall = index;
        scan = new ArgumentsScan();
    }

    private void WriteArguments(ref JsonPen pen, ReadOnlySpan<byte> utf8)
    {
        scan.Add(utf8);
        BeginDelta(ref pen);
        pen.Raw("\"input_json_delta\",\"partial_json\":\""u8);
        pen.Escaped(utf8);
        EndDelta(ref pen);
    }

    /// <summary>Lets calls go that have waited: as far as those before them are whole, or all.</summary>
    private void TakeWaiting(ref JsonPen pen, bool all)
    {
        while ((all || scan.IsComplete) && waiting.TryDequeue(out var call))
        {
            Close(ref pen);
            BeginCall(ref pen, call.Index, call.Id, call.Name);
            if (call.Arguments.WrittenCount > 0)
                WriteArguments(ref pen, call.Arguments.WrittenSpan);
        }
    }

    /// <summary>Reasoning without a seal gets an empty one: clients keep a block only with it, and send it back.</summary>
    private void Close(ref JsonPen pen)
    {
        if (open == Kind.Thinking && !isSealed)
            Seal(ref pen, default);
        if (open != Kind.None)
            EndBlock(ref pen);
        open = Kind.None;
    }

    private void Seal(ref JsonPen pen, ReadOnlySpan<byte> signature)
    {
        isSealed = true;
        BeginDelta(ref pen);
        pen.Raw("\"signature_delta\",\"signature\":\""u8);
        pen.Escaped(signature);
        EndDelta(ref pen);
    }

    private void BeginBlock(ref JsonPen pen)
    {
        pen.Raw("event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":"u8);
        pen.Number(++block);
        pen.Raw(",\"content_block\":{\"type\":"u8);
    }

    private void BeginDelta(ref JsonPen pen)
    {
        pen.Raw("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":"u8);
        pen.Number(block);
        pen.Raw(",\"delta\":{\"type\":"u8);
    }

    private static void EndDelta(ref JsonPen pen) => pen.Raw("\"}}\n\n"u8);

    private void EndBlock(ref JsonPen pen)
    {
        pen.Raw("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":"u8);
        pen.Number(block);
        pen.Raw("}\n\n"u8);
    }
}
