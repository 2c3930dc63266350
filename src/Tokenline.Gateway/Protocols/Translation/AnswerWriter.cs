using System.Buffers;

namespace Tokenline.Gateway.Protocols.Translation;

/// <summary>What a writer knows of the call.</summary>
/// <param name="Model">The Model ID as the client asked for it.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="Reference">Letters and digits that are this call's alone, for ids in the client's form (<c>chatcmpl-…</c>, <c>msg_…</c>, <c>resp_…</c>).</param>
/// <param name="InputEstimate">Input tokens, for protocols that tell them first; the end restates them.</param>
/// <param name="IncludeUsage">The client asked for usage on the stream (chat completions).</param>
/// <param name="Request">The client's body, for protocols whose answers repeat parts of it (responses).</param>
internal sealed record AnswerContext(
    string Model,
    long Created,
    string Reference,
    long InputEstimate,
    bool IncludeUsage,
    ReadOnlyMemory<byte> Request
);

/// <summary>Writes one answer in a client's protocol: a stream's events as they come, or a whole body at the end.</summary>
internal abstract class AnswerWriter(AnswerContext context) : IAnswerEvents
{
    protected AnswerContext Context => context;

    /// <summary>Where the next bytes go; set before each call.</summary>
    public IBufferWriter<byte> Output { get; set; } = null!;

    /// <summary>The first bytes of a stream, which may leave before the vendor has said anything. Called once, at the latest with the first event.</summary>
    public virtual void Open() { }

    public abstract void Started(ReadOnlySpan<byte> id);
    public abstract void Text(ReadOnlySpan<byte> utf8);
    public abstract void Refusal(ReadOnlySpan<byte> utf8);
    public abstract void Reasoning(ReadOnlySpan<byte> utf8);
    public abstract void ReasoningSignature(ReadOnlySpan<byte> utf8);
    public abstract void RedactedReasoning(ReadOnlySpan<byte> utf8);
    public abstract void ToolCall(int index, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, bool isCustom = false);
    public abstract void ToolArguments(int index, ReadOnlySpan<byte> utf8);

    /// <summary>Keeps the reason for <see cref="End"/>; writes nothing that says the answer is over.</summary>
    public abstract void Stopped(StopReason reason, ReadOnlySpan<byte> stopSequence = default);

    /// <summary>The clean end: open blocks are closed, the reason and the usage told. Of a whole answer: all of it.</summary>
    public abstract void End(in Usage usage);

    /// <summary>The same where the quota has ended and the stream is closed as if the output limit were reached, whatever the vendor said.</summary>
    public abstract void EndForLength(in Usage usage);

    /// <summary>The protocol's error in the stream. Nothing may follow it, so that a cut stream looks cut.</summary>
    public abstract void Error(Problem problem, string message);
}
