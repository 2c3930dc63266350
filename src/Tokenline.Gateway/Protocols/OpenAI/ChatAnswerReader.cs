using System.Buffers;

namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>
/// Reads the whole body of an answer that was not streamed. <see cref="AnswerPayloadKinds.NotJson"/>, <see cref="AnswerPayloadKinds.Error"/>, and for
/// chat the absence of <see cref="AnswerPayloadKinds.Answer"/>, are vendor failures even with status 200. Serves embeddings too: they have usage only.
/// </summary>
internal static class ChatAnswerReader
{
    public static AnswerPayload Read(ReadOnlySpan<byte> body, ChatAnswerFacts facts, IBufferWriter<byte> text) =>
        new ChatPayloadReader(body, isChunk: false, facts, text).Run();
}
