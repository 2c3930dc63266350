using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Tokenline.Gateway.Protocols;

/// <summary>
/// Member names as the most lenient vendor would read them. Some servers match JSON names without regard to case, and by Unicode folding
/// (U+017F is an s, U+212A a k), so <c>"Model"</c> beside <c>"model"</c> would be a second model that the meter never saw.
/// </summary>
internal static class MemberName
{
    /// <summary>Longest name of a top-level member, unescaped.</summary>
    public const int BytesMax = 256;

    private const int EscapedBytesMax = BytesMax * 6;

    /// <summary>Writes the unescaped, folded name and returns its length, or -1 if it is too long. <paramref name="exact"/>: folding changed nothing.</summary>
    public static int Fold(ReadOnlySpan<byte> raw, bool isEscaped, Span<byte> folded, out bool exact)
    {
        if (isEscaped)
            return FoldEscaped(raw, folded, out exact);
        exact = false;
        if (raw.Length > BytesMax)
            return -1;
        if (Ascii.ToLower(raw, folded, out var written) != OperationStatus.Done)
            written = FoldUnicode(raw, folded);
        exact = folded[..written].SequenceEqual(raw);
        return written;
    }

    /// <summary>Whether some vendor would take the name at the reader for this one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        var raw = reader.ValueSpan;
        if (reader.ValueIsEscaped)
            return IsWhenFolded(raw, isEscaped: true, name);
        // Folding never makes a name longer, and the names that clients send are nearly always equal or shorter.
        return raw.Length >= name.Length && (raw.SequenceEqual(name) || IsWhenFolded(raw, isEscaped: false, name));
    }

    private static bool IsWhenFolded(ReadOnlySpan<byte> raw, bool isEscaped, ReadOnlySpan<byte> name)
    {
        if (!isEscaped && Ascii.IsValid(raw))
            return Ascii.EqualsIgnoreCase(raw, name);
        Span<byte> folded = stackalloc byte[BytesMax];
        var length = Fold(raw, isEscaped, folded, out _);
        return length >= 0 && folded[..length].SequenceEqual(name);
    }

    private static int FoldEscaped(ReadOnlySpan<byte> raw, Span<byte> folded, out bool exact)
    {
        exact = false;
        if (raw.Length > EscapedBytesMax)
            return -1;
        Span<byte> plain = stackalloc byte[EscapedBytesMax];
        return Fold(plain[..JsonText.Unescape(raw, plain)], isEscaped: false, folded, out exact);
    }

    private static int FoldUnicode(ReadOnlySpan<byte> raw, Span<byte> folded)
    {
        var written = 0;
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i..].StartsWith("\u017F"u8))
            {
                folded[written++] = (byte)'s';
                i += 1;
            }
            else if (raw[i..].StartsWith("\u212A"u8))
            {
                folded[written++] = (byte)'k';
                i += 2;
            }
            else
            {
                folded[written++] = raw[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(raw[i] | 0x20) : raw[i];
            }
        }
        return written;
    }
}
