using Tokenline.Gateway.Protocols.OpenAI;

namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>Unescapes the strings of one answer, one at a time. A string without escapes is not copied.</summary>
internal sealed class StringScratch
{
    private const int BytesKept = 64 * 1024; // one huge string must not stay for the length of the stream

    private byte[] bytes = [];

    /// <summary>The inside of a JSON string as UTF-8; good until the next call.</summary>
    public ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> raw)
    {
        if (raw.IndexOf((byte)'\\') < 0)
            return raw;
        if (bytes.Length < raw.Length || bytes.Length > BytesKept)
            bytes = new byte[Math.Max(raw.Length, 256)];
        return bytes.AsSpan(0, JsonText.Unescape(raw, bytes));
    }
}
