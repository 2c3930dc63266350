namespace Tokenline.Gateway.Protocols.Translation;

internal enum StopReason
{
    /// <summary>The model was done.</summary>
    End,
    StopSequence,
    Length,
    ToolCalls,
    ContentFilter,
    Refusal,

    /// <summary>Anthropic's <c>pause_turn</c>: the client is to send the answer back as it is.</summary>
    Pause,
}

/// <summary>
/// An answer, piece by piece, in words of no protocol. A vendor's reader calls, a client's writer is called. Spans hold for the call alone; texts are
/// unescaped UTF-8 and never cut inside a character. A block begins with its first piece and ends when another kind of piece comes, or another tool call.
/// </summary>
internal interface IAnswerEvents
{
    /// <summary>Once, before anything else.</summary>
    /// <param name="id">The vendor's id of the answer; may be empty.</param>
    void Started(ReadOnlySpan<byte> id);

    void Text(ReadOnlySpan<byte> utf8);

    /// <summary>The model says that it will not.</summary>
    void Refusal(ReadOnlySpan<byte> utf8);

    void Reasoning(ReadOnlySpan<byte> utf8);

    /// <summary>The seal of the reasoning before it, whole; or, with no reasoning before it, of reasoning that is not shown.</summary>
    void ReasoningSignature(ReadOnlySpan<byte> utf8);

    /// <summary>Reasoning that is only its seal.</summary>
    void RedactedReasoning(ReadOnlySpan<byte> utf8);

    /// <param name="index">0 for the answer's first call, and so on. Pieces of two calls may come in turns.</param>
    void ToolCall(int index, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, bool isCustom = false);

    /// <summary>A piece of the arguments' JSON text; of a custom tool, of its input.</summary>
    void ToolArguments(int index, ReadOnlySpan<byte> utf8);

    /// <summary>The vendor has given its reason to stop. Usage may still come, to the meter.</summary>
    void Stopped(StopReason reason, ReadOnlySpan<byte> stopSequence = default);
}
