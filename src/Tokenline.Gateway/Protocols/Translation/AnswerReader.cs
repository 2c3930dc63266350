namespace Tokenline.Gateway.Protocols.Translation;

/// <summary>Reads one answer of a vendor's protocol. The meter has seen every payload first: errors and garbage do not come here.</summary>
internal abstract class AnswerReader
{
    /// <summary>The data of one event of a stream.</summary>
    public abstract void ReadEvent(ReadOnlySpan<byte> data, IAnswerEvents to);

    /// <summary>An answer that was not streamed.</summary>
    public abstract void ReadWhole(ReadOnlySpan<byte> body, IAnswerEvents to);
}
