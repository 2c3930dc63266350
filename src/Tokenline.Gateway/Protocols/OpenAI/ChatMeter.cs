using System.Buffers;
using System.Text;
using Tokenline.Charging.Tariffs;
using Tokenline.Gateway.Protocols.Sse;

namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>Reads chat completions as they pass. Not thread-safe; <see cref="Reset"/> makes it ready for the next stream.</summary>
internal sealed class ChatMeter(int choices = 1) : AnswerMeter
{
    private bool isDone;
    private bool usageHasCome;

    /// <summary>What is known of the answer so far.</summary>
    public ChatAnswerFacts Facts { get; } = new();

    /// <summary><c>[DONE]</c> has passed. Data behind it is still read.</summary>
    public override bool IsDone => isDone;

    public override bool IsEnding => isDone || usageHasCome || Facts.FinishedChoices >= choices;

    public override bool HasUsage => Facts.HasUsage;

    public override string? Model => Facts.Model();

    public override ServiceClass? Service => Facts.Service;

    public override AnswerPayload ReadEvent(in SseEvent next, IBufferWriter<byte> text) =>
        Read(next.Data.Span, text, next.IsNamed("error"u8));

    public override AnswerPayload ReadWhole(ReadOnlySpan<byte> body, IBufferWriter<byte> text) => ChatAnswerReader.Read(body, Facts, text);

    public override UsageReading ReadUsage(string vendor) => Facts.ReadUsage(VendorQuirks.Of(vendor).Usage);

    public override string? VerbatimUsage() => Facts.VerbatimUsage.IsEmpty ? null : Encoding.UTF8.GetString(Facts.VerbatimUsage);

    /// <summary>
    /// Reads the data of one event. Delivered output – content, reasoning, refusals, names and arguments of tool calls, unescaped – is
    /// appended to <paramref name="text"/>. An event named "error" is an error whatever it holds.
    /// </summary>
    public AnswerPayload Read(ReadOnlySpan<byte> data, IBufferWriter<byte> text, bool isErrorEvent = false)
    {
        if (data.Trim(" \t\r\n"u8).SequenceEqual("[DONE]"u8))
        {
            isDone = true;
            return new AnswerPayload(AnswerPayloadKinds.Done, 0, default, default);
        }
        var payload = new ChatPayloadReader(data, isChunk: true, Facts, text).Run();
        usageHasCome |= payload.Has(AnswerPayloadKinds.UsageOnly);
        if (!isErrorEvent || payload.Has(AnswerPayloadKinds.Error))
            return payload;
        return payload with { Kinds = payload.Kinds | AnswerPayloadKinds.Error, ErrorValue = new ByteRange(0, data.Length) };
    }

    public void Reset()
    {
        Facts.Reset();
        isDone = usageHasCome = false;
    }
}
