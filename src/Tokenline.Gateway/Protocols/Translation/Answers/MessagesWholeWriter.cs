using System.Buffers;
using System.Text.Json;

namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>Collects an answer and writes it as one body of Anthropic's messages.</summary>
internal sealed class MessagesWholeWriter(AnswerContext context) : AnswerWriter(context)
{
    private readonly List<Block> blocks = [];
    private readonly List<Block> calls = [];
    private bool hasRefused;
    private StopReason? stopped;
    private byte[] stopSequence = [];

    private enum Kind
    {
        Text,
        Thinking,
        Redacted,
        ToolCall,
    }

    private sealed class Block(Kind kind)
    {
        public Kind Kind => kind;

        public ArrayBufferWriter<byte> Text { get; } = new();

        public byte[]? Signature { get; set; }

        public byte[] Id { get; init; } = [];

        public byte[] Name { get; init; } = [];
    }

    public override void Started(ReadOnlySpan<byte> id) { }

    public override void Text(ReadOnlySpan<byte> utf8)
    {
        if (!utf8.IsEmpty)
            Last(Kind.Text).Text.Write(utf8);
    }

    public override void Refusal(ReadOnlySpan<byte> utf8)
    {
        hasRefused = true;
        Text(utf8);
    }

    public override void Reasoning(ReadOnlySpan<byte> utf8)
    {
        if (!utf8.IsEmpty)
            Last(Kind.Thinking).Text.Write(utf8);
    }

    public override void ReasoningSignature(ReadOnlySpan<byte> utf8) => Last(Kind.Thinking).Signature = utf8.ToArray();

    public override void RedactedReasoning(ReadOnlySpan<byte> utf8)
    {
        var block = new Block(Kind.Redacted);
        block.Text.Write(utf8);
        blocks.Add(block);
    }

    public override void ToolCall(int index, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, bool isCustom = false)
    {
        var call = new Block(Kind.ToolCall) { Id = id.ToArray(), Name = name.ToArray() };
        blocks.Add(call);
        calls.Add(call);
    }

    public override void ToolArguments(int index, ReadOnlySpan<byte> utf8) => calls[index].Text.Write(utf8);

    public override void Stopped(StopReason reason, ReadOnlySpan<byte> stopSequence = default)
    {
        stopped = reason;
        this.stopSequence = stopSequence.ToArray();
    }

    public override void End(in Usage usage)
    {
        var reason = stopped ?? (calls.Count > 0 ? StopReason.ToolCalls : StopReason.End);
        Write(reason == StopReason.End && hasRefused ? StopReason.Refusal : reason, usage);
    }

    public override void EndForLength(in Usage usage)
    {
        stopSequence = [];
        Write(StopReason.Length, usage);
    }

    public override void Error(Problem problem, string message)
    {
        var pen = new JsonPen(Output);
        MessagesFacts.WriteError(ref pen, problem, message);
        pen.Done();
    }

    /// <summary>The last block if it is of this kind and has no seal yet; otherwise a new one.</summary>
    private Block Last(Kind kind)
    {
        if (blocks is not [.., { Signature: null } last] || last.Kind != kind)
            blocks.Add(last = new Block(kind));
        return last;
    }

    private void Write(StopReason reason, in Usage usage)
    {
        // As in a stream, a text that ends the answer is its last block: a seal alone behind it is dropped.
        if (blocks is [.., { Kind: Kind.Text }, { Kind: Kind.Thinking, Text.WrittenCount: 0 }])
            blocks.RemoveAt(blocks.Count - 1);
        var pen = new JsonPen(Output);
        pen.Raw("{\"id\":\"msg_"u8);
        pen.Escaped(Context.Reference);
        pen.Raw("\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\""u8);
        pen.Escaped(Context.Model);
        pen.Raw("\",\"content\":["u8);
        for (var i = 0; i < blocks.Count; i++)
        {
            if (i > 0)
                pen.Raw(","u8);
            WriteBlock(ref pen, blocks[i]);
        }
        pen.Raw("],\"stop_reason\":\""u8);
        pen.Raw(MessagesFacts.WordOf(reason));
        pen.Raw("\",\"stop_sequence\":"u8);
        MessagesFacts.WriteTextOrNull(ref pen, stopSequence);
        pen.Raw(",\"usage\":"u8);
        MessagesFacts.WriteUsage(ref pen, usage);
        pen.Raw("}"u8);
        pen.Done();
    }

    private void WriteBlock(ref JsonPen pen, Block block)
    {
        switch (block.Kind)
        {
            case Kind.Text:
                pen.Raw("{\"type\":\"text\",\"text\":\""u8);
                pen.Escaped(block.Text.WrittenSpan);
                break;
            case Kind.Thinking:
                pen.Raw("{\"type\":\"thinking\",\"thinking\":\""u8);
                pen.Escaped(block.Text.WrittenSpan);
                pen.Raw("\",\"signature\":\""u8);
                pen.Escaped(block.Signature ?? []);
                break;
            case Kind.Redacted:
                pen.Raw("{\"type\":\"redacted_thinking\",\"data\":\""u8);
                pen.Escaped(block.Text.WrittenSpan);
                break;
            default:
                pen.Raw("{\"type\":\"tool_use\","u8);
                MessagesFacts.WriteCall(ref pen, Context, calls.IndexOf(block), block.Id, block.Name);
                WriteInput(ref pen, block.Text.WrittenSpan);
                pen.Raw("}"u8);
                return;
        }
        pen.Raw("\"}"u8);
    }

    /// <summary>The arguments as they came. Where the answer was cut inside them they are no JSON, and go out as text.</summary>
    private static void WriteInput(ref JsonPen pen, ReadOnlySpan<byte> arguments)
    {
        if (arguments.IsEmpty)
        {
            pen.Raw("{}"u8);
        }
        else if (IsObject(arguments))
        {
            pen.Raw(arguments);
        }
        else
        {
            pen.Raw("\""u8);
            pen.Escaped(arguments);
            pen.Raw("\""u8);
        }
    }

    private static bool IsObject(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
