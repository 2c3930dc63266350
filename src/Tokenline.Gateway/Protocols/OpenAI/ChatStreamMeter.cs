using System.Buffers;

namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>Reads the payloads of one chat-completions stream as they pass. Not thread-safe; <see cref="Reset"/> makes it ready for the next stream.</summary>
internal sealed class ChatStreamMeter
{
    /// <summary>What is known of the answer so far.</summary>
    public ChatAnswerFacts Facts { get; } = new();

    /// <summary><c>[DONE]</c> has passed. Data behind it is still read.</summary>
    public bool IsDone { get; private set; }

    /// <summary>
    /// Reads the data of one event. Delivered output – content, reasoning, refusals, names and arguments of tool calls, unescaped – is
    /// appended to <paramref name="text"/>. An event named "error" is an error whatever it holds.
    /// </summary>
    public ChatPayload Read(ReadOnlySpan<byte> data, IBufferWriter<byte> text, bool isErrorEvent = false)
    {
        if (data.Trim(" \t\r\n"u8).SequenceEqual("[DONE]"u8))
        {
            IsDone = true;
            return new ChatPayload(ChatPayloadKinds.Done, 0, default, default);
        }
        var payload = new ChatPayloadReader(data, isChunk: true, Facts, text).Run();
        if (!isErrorEvent || payload.Has(ChatPayloadKinds.Error))
            return payload;
        return payload with { Kinds = payload.Kinds | ChatPayloadKinds.Error, ErrorValue = new ByteRange(0, data.Length) };
    }

    public void Reset()
    {
        Facts.Reset();
        IsDone = false;
    }
}
