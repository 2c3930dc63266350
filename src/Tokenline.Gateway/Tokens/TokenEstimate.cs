using Tokenline.Gateway.Protocols;

namespace Tokenline.Gateway.Tokens;

/// <summary>
/// Quick estimates from sizes, for rate limits and for recovery after a crash, when the text is gone and only its length was journalled.
/// About right for prose and code in any script (English: four bytes a token; Chinese: three bytes a character, somewhat fewer tokens than
/// characters) and never above <see cref="PromptBound"/>, so an estimate never charges more than was held.
/// </summary>
internal static class TokenEstimate
{
    /// <summary>Output tokens of a usual answer, taken for granted where the client names no limit.</summary>
    public const int ModestAnswer = 512;

    private const int BytesPerToken = 4;
    private const int TokensPerMessage = 4;
    private const int AudioBytesPerToken = 1024;

    /// <summary>⌈bytes ÷ 4⌉.</summary>
    public static long OfBytes(long bytes) => (bytes + BytesPerToken - 1) / BytesPerToken;

    public static long OfPrompt(in RequestFacts request, int tokensPerImageMax) =>
        OfBytes(request.PromptBytes)
        + ((long)request.MessageCount * TokensPerMessage)
        + ((long)request.ImageCount * tokensPerImageMax)
        + (request.AudioPayloadBytes / AudioBytesPerToken);
}
