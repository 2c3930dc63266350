using System.Buffers;
using Tokenline.Charging.Tariffs;
using Tokenline.Gateway.Protocols.Sse;

namespace Tokenline.Gateway.Protocols;

/// <summary>
/// Reads a vendor's answer as it passes: what of it is output, when it ends, what usage it reports. One per attempt. Delivered output – text, reasoning,
/// refusals, names and arguments of tool calls, unescaped – is appended to the caller's buffer.
/// </summary>
internal abstract class AnswerMeter
{
    /// <summary>The protocol's last event has passed; at the most, usage may still come.</summary>
    public abstract bool IsDone { get; }

    /// <summary>The answer's finish has passed: from here on everything waits for the settle.</summary>
    public abstract bool IsEnding { get; }

    /// <summary>The usage that counts has come.</summary>
    public abstract bool HasUsage { get; }

    /// <summary>The answering model as the vendor names it; null where it does not. It may differ from the one asked for.</summary>
    public abstract string? Model { get; }

    /// <summary>The service class that the vendor says it served; null where it does not say.</summary>
    public virtual ServiceClass? Service => null;

    public abstract AnswerPayload ReadEvent(in SseEvent next, IBufferWriter<byte> text);

    public abstract AnswerPayload ReadWhole(ReadOnlySpan<byte> body, IBufferWriter<byte> text);

    public abstract UsageReading ReadUsage(string vendor);

    /// <summary>The vendor's usage for the record, as it was written; null if there is none or it is too long to keep.</summary>
    public abstract string? VerbatimUsage();
}
