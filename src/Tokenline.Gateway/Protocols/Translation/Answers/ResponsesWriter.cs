using System.Buffers;
using System.Text;
using System.Text.Json;
using Tokenline.Gateway.Protocols.OpenAI;

namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>
/// The items of a response, as they grow. A stream tells of each step, and says everything again at a block's end and at the very end; a whole answer is
/// only that end. Message, reasoning and calls are items; calls stay open side by side until something else comes.
/// </summary>
internal abstract class ResponsesWriter(AnswerContext context, Protocol vendor, bool isStream) : AnswerWriter(context)
{
    private enum Block
    {
        None,
        Message,
        Reasoning,
        Calls,
    }

    private enum Part
    {
        None,
        Text,
        Refusal,
    }

    private sealed class Call(int index, int outputIndex, ClientTool? tool, bool isCustom, byte[] id, byte[] name)
    {
        public int Index => index;
        public int OutputIndex => outputIndex;

        /// <summary>The client's tool, where the vendor knows it as something else.</summary>
        public ClientTool? Tool => tool;
        public bool IsCustom => isCustom;

        /// <summary>The input is inside the arguments of a function, and known when they are whole.</summary>
        public bool IsWrapped => tool is { IsCustom: true } && !isCustom;
        public bool IsCustomForClient => isCustom || IsWrapped;
        public byte[] Id => id;
        public byte[] Name => name;
        public PooledText Arguments { get; } = new();
    }

    private readonly ResponsesEcho echo = ResponsesEcho.Of(context.Request);
    private readonly ResponseObject response = new(context);
    private readonly byte[] reference = Encoding.UTF8.GetBytes(context.Reference);
    private readonly PooledText items = new(); // those that are finished, with commas between
    private readonly PooledText parts = new(); // finished parts of the open message
    private readonly PooledText text = new(); // of the open part, or of the open reasoning
    private readonly PooledText seal = new();
    private readonly PooledText scratch = new();
    private readonly List<Call> calls = [];
    private Block block;
    private Part part;
    private int outputIndex = -1; // of the open item, or the last one
    private int itemStart; // of the item that was finished last, in the list
    private int contentIndex;
    private long sequence;
    private bool isOpened;
    private bool hasRefused;
    private StopReason stop;

    public override void Open()
    {
        if (isOpened)
            return;
        isOpened = true;
        WriteResponseEvent("response.created"u8, "in_progress"u8);
        WriteResponseEvent("response.in_progress"u8, "in_progress"u8);
    }

    public override void Started(ReadOnlySpan<byte> id) => Open();

    public override void Text(ReadOnlySpan<byte> utf8) => Say(utf8, Part.Text);

    public override void Refusal(ReadOnlySpan<byte> utf8)
    {
        hasRefused = true;
        Say(utf8, Part.Refusal);
    }

    public override void Reasoning(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return;
        if (block != Block.Reasoning)
            BeginReasoning();
        if (text.IsEmpty)
            WriteSummaryPart("response.reasoning_summary_part.added"u8, default);
        text.Append(utf8);
        if (!isStream)
            return;
        var pen = Event("response.reasoning_summary_text.delta"u8);
        Place(ref pen, "rs_"u8, outputIndex);
        pen.Raw(",\"summary_index\":0,\"delta\":\""u8);
        pen.Escaped(utf8);
        pen.Raw("\"}\n\n"u8);
        pen.Done();
    }

    public override void ReasoningSignature(ReadOnlySpan<byte> utf8)
    {
        if (block != Block.Reasoning)
            BeginReasoning();
        ReasoningSeal.Add(seal, vendor, text.Span, utf8);
        CloseBlock();
    }

    public override void RedactedReasoning(ReadOnlySpan<byte> utf8)
    {
        BeginReasoning();
        ReasoningSeal.Add(seal, vendor, default, utf8, isRedacted: true);
        CloseBlock();
    }

    public override void ToolCall(int index, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, bool isCustom = false)
    {
        Open();
        if (block != Block.Calls)
            CloseBlock();
        block = Block.Calls;
        outputIndex++;
        var tool = ToolOf(name);
        var call = new Call(index, outputIndex, tool, isCustom, IdOf(id, index), name.ToArray());
        calls.Add(call);
        if (!isStream)
            return;
        var pen = Event("response.output_item.added"u8);
        pen.Raw(",\"output_index\":"u8);
        pen.Number(call.OutputIndex);
        pen.Raw(",\"item\":"u8);
        WriteCall(ref pen, call, default, "in_progress"u8);
        pen.Raw("}\n\n"u8);
        pen.Done();
    }

    public override void ToolArguments(int index, ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty || FindCall(index) is not { } call)
            return;
        call.Arguments.Append(utf8);
        if (!call.IsWrapped)
            WriteCallDelta(call, utf8);
    }

    public override void Stopped(StopReason reason, ReadOnlySpan<byte> stopSequence = default) => stop = reason;

    public override void End(in Usage usage)
    {
        Open();
        var (isIncomplete, reason) = stop switch
        {
            StopReason.Length => (true, "max_output_tokens"),
            StopReason.ContentFilter => (true, "content_filter"),
            StopReason.Refusal when !hasRefused => (true, "content_filter"),
            _ => (false, ""),
        };
        CloseBlock(isIncomplete);
        if (isIncomplete)
            WriteEnd("response.incomplete"u8, "incomplete"u8, usage, reason: reason);
        else
            WriteEnd("response.completed"u8, "completed"u8, usage);
        Release();
    }

    public override void EndForLength(in Usage usage)
    {
        stop = StopReason.Length;
        End(usage);
    }

    /// <summary>The official shape. Open items stay open: nothing may look finished.</summary>
    public override void Error(Problem problem, string message)
    {
        Open();
        WriteEnd("response.failed"u8, "failed"u8, null, problem: problem, message: message);
        Release();
    }

    private void Say(ReadOnlySpan<byte> utf8, Part kind)
    {
        if (utf8.IsEmpty)
            return;
        if (block != Block.Message)
            BeginMessage();
        if (part != kind)
            BeginPart(kind);
        text.Append(utf8);
        if (!isStream)
            return;
        var pen = Event(kind == Part.Text ? "response.output_text.delta"u8 : "response.refusal.delta"u8);
        PlaceOfPart(ref pen);
        pen.Raw(",\"delta\":\""u8);
        pen.Escaped(utf8);
        pen.Raw(kind == Part.Text ? "\",\"logprobs\":[]}\n\n"u8 : "\"}\n\n"u8);
        pen.Done();
    }

    private void BeginMessage()
    {
        Begin(Block.Message);
        contentIndex = -1;
        if (!isStream)
            return;
        var pen = Event("response.output_item.added"u8);
        pen.Raw(",\"output_index\":"u8);
        pen.Number(outputIndex);
        pen.Raw(",\"item\":"u8);
        WriteMessage(ref pen, "in_progress"u8);
        pen.Raw("}\n\n"u8);
        pen.Done();
    }

    private void BeginPart(Part kind)
    {
        ClosePart();
        part = kind;
        contentIndex++;
        if (!isStream)
            return;
        var pen = Event("response.content_part.added"u8);
        PlaceOfPart(ref pen);
        pen.Raw(",\"part\":"u8);
        WritePart(ref pen);
        pen.Raw("}\n\n"u8);
        pen.Done();
    }

    private void BeginReasoning()
    {
        Begin(Block.Reasoning);
        if (!isStream)
            return;
        var pen = Event("response.output_item.added"u8);
        pen.Raw(",\"output_index\":"u8);
        pen.Number(outputIndex);
        pen.Raw(",\"item\":"u8);
        WriteReasoning(ref pen);
        pen.Raw("}\n\n"u8);
        pen.Done();
    }

    private void Begin(Block kind)
    {
        Open();
        CloseBlock();
        block = kind;
        outputIndex++;
    }

    private void CloseBlock(bool isIncomplete = false)
    {
        var status = isIncomplete ? "incomplete"u8 : "completed"u8;
        switch (block)
        {
            case Block.Message:
                ClosePart();
                var message = Item();
                WriteMessage(ref message, status);
                message.Done();
                WriteItemDone(outputIndex);
                parts.Clear();
                break;
            case Block.Reasoning:
                CloseReasoning();
                break;
            case Block.Calls:
                foreach (var call in calls)
                    CloseCall(call, status);
                calls.Clear();
                break;
        }
        block = Block.None;
    }

    private void ClosePart()
    {
        if (part == Part.None)
            return;
        if (isStream)
        {
            var pen = Event(part == Part.Text ? "response.output_text.done"u8 : "response.refusal.done"u8);
            PlaceOfPart(ref pen);
            pen.Raw(part == Part.Text ? ",\"text\":\""u8 : ",\"refusal\":\""u8);
            pen.Escaped(text.Span);
            pen.Raw(part == Part.Text ? "\",\"logprobs\":[]}\n\n"u8 : "\"}\n\n"u8);
            pen.Done();
            pen = Event("response.content_part.done"u8);
            PlaceOfPart(ref pen);
            pen.Raw(",\"part\":"u8);
            WritePart(ref pen);
            pen.Raw("}\n\n"u8);
            pen.Done();
        }
        var kept = new JsonPen(parts);
        if (contentIndex > 0)
            kept.Raw(","u8);
        WritePart(ref kept);
        kept.Done();
        text.Clear();
        part = Part.None;
    }

    private void CloseReasoning()
    {
        if (!text.IsEmpty)
        {
            if (isStream)
            {
                var pen = Event("response.reasoning_summary_text.done"u8);
                Place(ref pen, "rs_"u8, outputIndex);
                pen.Raw(",\"summary_index\":0,\"text\":\""u8);
                pen.Escaped(text.Span);
                pen.Raw("\"}\n\n"u8);
                pen.Done();
            }
            WriteSummaryPart("response.reasoning_summary_part.done"u8, text.Span);
            if (seal.IsEmpty && echo.WantsEncryptedReasoning) // a client that keeps nothing else sends this back
                ReasoningSeal.Add(seal, vendor, text.Span, default);
        }
        var item = Item();
        WriteReasoning(ref item);
        item.Done();
        WriteItemDone(outputIndex);
        text.Clear();
        seal.Clear();
    }

    private void CloseCall(Call call, ReadOnlySpan<byte> status)
    {
        var arguments = call.Arguments.Span;
        if (call.IsWrapped)
        {
            arguments = Unwrap(arguments);
            WriteCallDelta(call, arguments);
        }
        else if (arguments.IsEmpty && !call.IsCustom)
        {
            arguments = "{}"u8; // clients parse it
            WriteCallDelta(call, arguments);
        }
        if (isStream)
        {
            var pen = Event(call.IsCustomForClient ? "response.custom_tool_call_input.done"u8 : "response.function_call_arguments.done"u8);
            Place(ref pen, Prefix(call), call.OutputIndex);
            pen.Raw(call.IsCustomForClient ? ",\"input\":\""u8 : ",\"arguments\":\""u8);
            pen.Escaped(arguments);
            pen.Raw("\"}\n\n"u8);
            pen.Done();
        }
        var item = Item();
        WriteCall(ref item, call, arguments, status);
        item.Done();
        WriteItemDone(call.OutputIndex);
        call.Arguments.Release();
    }

    private void WriteCallDelta(Call call, ReadOnlySpan<byte> delta)
    {
        if (!isStream)
            return;
        var pen = Event(call.IsCustomForClient ? "response.custom_tool_call_input.delta"u8 : "response.function_call_arguments.delta"u8);
        Place(ref pen, Prefix(call), call.OutputIndex);
        pen.Raw(",\"delta\":\""u8);
        pen.Escaped(delta);
        pen.Raw("\"}\n\n"u8);
        pen.Done();
    }

    private void WriteSummaryPart(ReadOnlySpan<byte> type, ReadOnlySpan<byte> summary)
    {
        if (!isStream)
            return;
        var pen = Event(type);
        Place(ref pen, "rs_"u8, outputIndex);
        pen.Raw(",\"summary_index\":0,\"part\":{\"type\":\"summary_text\",\"text\":\""u8);
        pen.Escaped(summary);
        pen.Raw("\"}}\n\n"u8);
        pen.Done();
    }

    private void WriteMessage(ref JsonPen pen, ReadOnlySpan<byte> status)
    {
        pen.Raw("{\"id\":\""u8);
        Id(ref pen, "msg_"u8, outputIndex);
        pen.Raw("\",\"type\":\"message\",\"status\":\""u8);
        pen.Raw(status);
        pen.Raw("\",\"content\":["u8);
        pen.Raw(parts.Span);
        pen.Raw("],\"role\":\"assistant\"}"u8);
    }

    private void WritePart(ref JsonPen pen)
    {
        if (part == Part.Refusal)
        {
            pen.Raw("{\"type\":\"refusal\",\"refusal\":\""u8);
            pen.Escaped(text.Span);
            pen.Raw("\"}"u8);
            return;
        }
        pen.Raw("{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":[],\"text\":\""u8);
        pen.Escaped(text.Span);
        pen.Raw("\"}"u8);
    }

    private void WriteReasoning(ref JsonPen pen)
    {
        pen.Raw("{\"id\":\""u8);
        Id(ref pen, "rs_"u8, outputIndex);
        pen.Raw("\",\"type\":\"reasoning\""u8);
        if (!seal.IsEmpty)
        {
            scratch.Clear();
            ReasoningSeal.Encode(seal, scratch);
            pen.Raw(",\"encrypted_content\":\""u8);
            pen.Raw(scratch.Span);
            pen.Raw("\""u8);
        }
        pen.Raw(",\"summary\":["u8);
        if (!text.IsEmpty)
        {
            pen.Raw("{\"type\":\"summary_text\",\"text\":\""u8);
            pen.Escaped(text.Span);
            pen.Raw("\"}"u8);
        }
        pen.Raw("]}"u8);
    }

    private void WriteCall(ref JsonPen pen, Call call, ReadOnlySpan<byte> arguments, ReadOnlySpan<byte> status)
    {
        pen.Raw("{\"id\":\""u8);
        Id(ref pen, Prefix(call), call.OutputIndex);
        pen.Raw(
            call.IsCustomForClient ? "\",\"type\":\"custom_tool_call\",\"status\":\""u8 : "\",\"type\":\"function_call\",\"status\":\""u8
        );
        pen.Raw(status);
        pen.Raw(call.IsCustomForClient ? "\",\"input\":\""u8 : "\",\"arguments\":\""u8);
        pen.Escaped(arguments);
        pen.Raw("\",\"call_id\":\""u8);
        pen.Escaped(call.Id);
        pen.Raw("\",\"name\":\""u8);
        pen.Escaped(call.Tool?.Name ?? call.Name);
        if (call.Tool is { Space.Length: > 0 } tool)
        {
            pen.Raw("\",\"namespace\":\""u8);
            pen.Escaped(tool.Space);
        }
        pen.Raw("\"}"u8);
    }

    /// <summary>A pen for the next finished item. It goes to the list first, and from there into its event.</summary>
    private JsonPen Item()
    {
        if (!items.IsEmpty)
            items.Append((byte)',');
        itemStart = items.Length;
        return new JsonPen(items);
    }

    private void WriteItemDone(int index)
    {
        if (!isStream)
            return;
        var pen = Event("response.output_item.done"u8);
        pen.Raw(",\"output_index\":"u8);
        pen.Number(index);
        pen.Raw(",\"item\":"u8);
        pen.Raw(items.Span[itemStart..]);
        pen.Raw("}\n\n"u8);
        pen.Done();
    }

    private void WriteResponseEvent(ReadOnlySpan<byte> type, ReadOnlySpan<byte> status)
    {
        if (!isStream)
            return;
        var pen = Event(type);
        pen.Raw(",\"response\":"u8);
        response.Write(ref pen, echo, items.Span, status, null, "", null, "");
        pen.Raw("}\n\n"u8);
        pen.Done();
    }

    private void WriteEnd(
        ReadOnlySpan<byte> type,
        ReadOnlySpan<byte> status,
        Usage? usage,
        string reason = "",
        Problem? problem = null,
        string message = ""
    )
    {
        var pen = isStream ? Event(type) : new JsonPen(Output);
        if (isStream)
            pen.Raw(",\"response\":"u8);
        response.Write(ref pen, echo, items.Span, status, usage, reason, problem, message);
        if (isStream)
            pen.Raw("}\n\n"u8);
        pen.Done();
    }

    private JsonPen Event(ReadOnlySpan<byte> type)
    {
        var pen = new JsonPen(Output);
        pen.Raw("event: "u8);
        pen.Raw(type);
        pen.Raw("\ndata: {\"type\":\""u8);
        pen.Raw(type);
        pen.Raw("\",\"sequence_number\":"u8);
        pen.Number(sequence++);
        return pen;
    }

    private void Place(ref JsonPen pen, ReadOnlySpan<byte> prefix, int index)
    {
        pen.Raw(",\"item_id\":\""u8);
        Id(ref pen, prefix, index);
        pen.Raw("\",\"output_index\":"u8);
        pen.Number(index);
    }

    private void PlaceOfPart(ref JsonPen pen)
    {
        Place(ref pen, "msg_"u8, outputIndex);
        pen.Raw(",\"content_index\":"u8);
        pen.Number(contentIndex);
    }

    /// <summary>An item's id: the call's own letters, and the item's number.</summary>
    private void Id(ref JsonPen pen, ReadOnlySpan<byte> prefix, int index)
    {
        pen.Raw(prefix);
        pen.Raw(reference);
        pen.Number(index);
    }

    private static ReadOnlySpan<byte> Prefix(Call call) => call.IsCustomForClient ? "ctc_"u8 : "fc_"u8;

    private byte[] IdOf(ReadOnlySpan<byte> id, int index) =>
        id.IsEmpty ? Encoding.UTF8.GetBytes($"call_{Context.Reference}{index}") : id.ToArray();

    private ClientTool? ToolOf(ReadOnlySpan<byte> name)
    {
        foreach (var tool in echo.Tools)
        {
            if (name.SequenceEqual(tool.Flat))
                return tool;
        }
        return null;
    }

    private Call? FindCall(int index)
    {
        for (var i = calls.Count - 1; i >= 0; i--)
        {
            if (calls[i].Index == index)
                return calls[i];
        }
        return null;
    }

    /// <summary>The custom tool's input inside the function's arguments. Arguments that a limit has cut, or of another form, pass as they are.</summary>
    private ReadOnlySpan<byte> Unwrap(ReadOnlySpan<byte> arguments)
    {
        try
        {
            var reader = new Utf8JsonReader(arguments);
            while (reader.Read())
            {
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("input"u8))
                    continue;
                if (!reader.Read() || reader.TokenType != JsonTokenType.String)
                    return arguments;
                scratch.Clear();
                JsonText.AppendTo(ref reader, scratch);
                return scratch.Span;
            }
        }
        catch (JsonException)
        {
            return arguments;
        }
        return arguments;
    }

    private void Release()
    {
        foreach (var call in calls)
            call.Arguments.Release();
        calls.Clear();
        items.Release();
        parts.Release();
        text.Release();
        seal.Release();
        scratch.Release();
    }
}
