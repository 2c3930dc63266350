using Tokenline.Gateway.Protocols.OpenAI;

namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>Unescapes the strings of one answer, one at a time. A string without escapes is not copied.</summary>
internal sealed class StringScratch
{
    private const int BytesKept = 64 * 1024; // one huge string must not stay for the length of the stream

    private const int EscapeBytes = 6; // \ud83d

    private byte[] bytes = [];
    private byte[] half = [];

    /// <summary>The inside of a JSON string as UTF-8; good until the next call.</summary>
    public ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> raw)
    {
        if (raw.IndexOf((byte)'\\') < 0)
            return raw;
        if (bytes.Length < raw.Length || bytes.Length > BytesKept)
            bytes = new byte[Math.Max(raw.Length, 256)];
        return bytes.AsSpan(0, JsonText.Unescape(raw, bytes));
    }

    /// <summary>
    /// The same of a piece of a text. Vendors cut an emoji in two that is written as two escapes: its first half waits for the piece that has the other.
    /// </summary>
    public ReadOnlySpan<byte> UnescapePiece(ReadOnlySpan<byte> raw)
    {
        if (half.Length > 0)
        {
            raw = (byte[])[.. half, .. raw];
            half = [];
        }
        if (!EndsInHalf(raw))
            return Unescape(raw);
        half = raw[^EscapeBytes..].ToArray();
        return Unescape(raw[..^EscapeBytes]);
    }

    /// <summary>The escape at the end is a high surrogate, D800 to DBFF, and its backslash is not itself escaped.</summary>
    private static bool EndsInHalf(ReadOnlySpan<byte> raw)
    {
        if (
            raw
            is not [
                ..,
                (byte)'\\',
                (byte)'u',
                (byte)'d'
                or (byte)'D',
                (byte)'8'
                or (byte)'9'
                or (byte)'a'
                or (byte)'A'
                or (byte)'b'
                or (byte)'B',
                _,
                _,
            ]
        )
            return false;
        var before = raw[..^EscapeBytes];
        return (before.Length - 1 - before.LastIndexOfAnyExcept((byte)'\\')) % 2 == 0;
    }
}
