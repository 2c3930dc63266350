using System.Buffers;

namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>
/// Reads the whole body of an answer that was not streamed. <see cref="ChatPayloadKinds.NotJson"/>, <see cref="ChatPayloadKinds.Error"/>, and for
/// chat the absence of <see cref="ChatPayloadKinds.Choices"/>, are vendor failures even with status 200. Serves embeddings too: they have usage only.
/// </summary>
internal static class ChatAnswerReader
{
    public static ChatPayload Read(ReadOnlySpan<byte> body, ChatAnswerFacts facts, IBufferWriter<byte> text) =>
        new ChatPayloadReader(body, isChunk: false, facts, text).Run();
}
