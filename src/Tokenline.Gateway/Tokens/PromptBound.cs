using Tokenline.Gateway.Protocols;

namespace Tokenline.Gateway.Tokens;

/// <summary>
/// The most tokens a request's input can be, from sizes alone:
/// <code>
/// text bytes + tool bytes + 8 × messages + 128 + (tools ? 512 : 0) + images × the model's most per image + audio bytes
/// </code>
/// A token of a byte-level BPE without normalisation stands for at least one byte, so bytes bound the tokens of text. The rest is what the
/// vendor's template adds: role marks around each message, a system preamble, and tools, which it prints again in its own layout and are
/// therefore counted twice. Base64 is never tokenised as text; audio costs far less than a token a byte.
/// </summary>
internal static class PromptBound
{
    public const int TokensPerMessage = 8;
    public const int TokensPerTemplate = 128; // the longest default system message seen in public templates, and to spare
    public const int TokensPerToolPreamble = 512;

    public static long Of(in RequestFacts request, int tokensPerImageMax) =>
        request.PromptBytes
        + request.ToolBytes
        + request.AudioPayloadBytes
        + TokensPerTemplate
        + (request.HasTools ? TokensPerToolPreamble : 0)
        + ((long)request.MessageCount * TokensPerMessage)
        + ((long)request.ImageCount * tokensPerImageMax);

    /// <summary>The most tokens that delivered text can be.</summary>
    public static long OfOutput(long bytes) => bytes;
}
