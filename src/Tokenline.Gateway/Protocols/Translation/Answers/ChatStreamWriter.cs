namespace Tokenline.Gateway.Protocols.Translation.Answers;

internal sealed class ChatStreamWriter(AnswerContext context) : AnswerWriter(context)
{
    public override void Started(ReadOnlySpan<byte> id) => throw new NotSupportedException();

    public override void Text(ReadOnlySpan<byte> utf8) => throw new NotSupportedException();

    public override void Refusal(ReadOnlySpan<byte> utf8) => throw new NotSupportedException();

    public override void Reasoning(ReadOnlySpan<byte> utf8) => throw new NotSupportedException();

    public override void ReasoningSignature(ReadOnlySpan<byte> utf8) => throw new NotSupportedException();

    public override void RedactedReasoning(ReadOnlySpan<byte> utf8) => throw new NotSupportedException();

    public override void ToolCall(int index, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, bool isCustom = false) =>
        throw new NotSupportedException();

    public override void ToolArguments(int index, ReadOnlySpan<byte> utf8) => throw new NotSupportedException();

    public override void Stopped(StopReason reason, ReadOnlySpan<byte> stopSequence = default) => throw new NotSupportedException();

    public override void End(in Usage usage) => throw new NotSupportedException();

    public override void EndForLength(in Usage usage) => throw new NotSupportedException();

    public override void Error(Problem problem, string message) => throw new NotSupportedException();
}
