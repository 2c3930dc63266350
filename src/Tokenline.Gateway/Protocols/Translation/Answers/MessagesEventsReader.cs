namespace Tokenline.Gateway.Protocols.Translation.Answers;

internal sealed class MessagesEventsReader : AnswerReader
{
    public override void ReadEvent(ReadOnlySpan<byte> data, IAnswerEvents to) => throw new NotSupportedException();

    public override void ReadWhole(ReadOnlySpan<byte> body, IAnswerEvents to) => throw new NotSupportedException();
}
