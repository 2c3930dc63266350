using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Tokenline.Gateway.Protocols;

/// <summary>
/// JSON strings as UTF-8 bytes. The framework's own unescaping throws on a lone surrogate such as <c>"\ud83d"</c>, which vendors do send
/// when they cut an emoji between two chunks; here it becomes U+FFFD.
/// </summary>
internal static class JsonText
{
    private const int EscapedByteLength = 6; // \u0061

    /// <summary>Appends the unescaped string at the reader and returns how many bytes it took.</summary>
    public static int AppendTo(ref Utf8JsonReader reader, IBufferWriter<byte> to)
    {
        var raw = reader.ValueSpan;
        if (raw.IsEmpty)
            return 0;
        var span = to.GetSpan(raw.Length);
        var written = raw.Length;
        if (reader.ValueIsEscaped)
            written = Unescape(raw, span);
        else
            raw.CopyTo(span);
        to.Advance(written);
        return written;
    }

    /// <summary>Whether the string at the reader, unescaped, is exactly this text.</summary>
    public static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        var raw = reader.ValueSpan;
        return reader.ValueIsEscaped ? IsWhenUnescaped(raw, text) : raw.SequenceEqual(text);
    }

    private static bool IsWhenUnescaped(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> text)
    {
        if (raw.Length > text.Length * EscapedByteLength)
            return false;
        var plain = raw.Length <= 512 ? stackalloc byte[512] : new byte[raw.Length];
        return plain[..Unescape(raw, plain)].SequenceEqual(text);
    }

    /// <summary>Unescapes the inside of a JSON string that a reader has already found well-formed. The destination is at least as long.</summary>
    public static int Unescape(ReadOnlySpan<byte> raw, Span<byte> destination)
    {
        var written = 0;
        while (true)
        {
            var plain = raw.IndexOf((byte)'\\');
            if (plain < 0)
            {
                raw.CopyTo(destination[written..]);
                return written + raw.Length;
            }
            raw[..plain].CopyTo(destination[written..]);
            written += plain;
            raw = raw[(plain + 1)..];
            if (raw[0] != (byte)'u')
            {
                destination[written++] = Simple(raw[0]);
                raw = raw[1..];
                continue;
            }
            int code = Hex(raw[1..5]);
            raw = raw[5..];
            if (
                char.IsHighSurrogate((char)code)
                && raw is [(byte)'\\', (byte)'u', _, _, _, _, ..]
                && char.IsLowSurrogate((char)Hex(raw[2..6]))
            )
            {
                code = char.ConvertToUtf32((char)code, (char)Hex(raw[2..6]));
                raw = raw[6..];
            }
            var rune = Rune.IsValid(code) ? new Rune(code) : Rune.ReplacementChar;
            written += rune.EncodeToUtf8(destination[written..]);
        }
    }

    private static byte Simple(byte escape) =>
        escape switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'t' => (byte)'\t',
            (byte)'r' => (byte)'\r',
            (byte)'b' => (byte)'\b',
            (byte)'f' => (byte)'\f',
            _ => escape, // quote, backslash and slash stand for themselves
        };

    private static ushort Hex(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits)
            value = (value << 4) | (digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        return (ushort)value;
    }
}
