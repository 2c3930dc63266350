using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Tokenline.Charging.Journal;

/// <summary>Writes pieces of JSON one after the other into a span. What it cannot write, for want of room or because its letters need more than a backslash, makes all of it void.</summary>
internal ref struct EntryPen(Span<byte> into)
{
    /// <summary>Seven digits after the second, and the offset behind them.</summary>
    private const int Fraction = 8;
    private const int Offset = 6;

    private static readonly SearchValues<char> plain = SearchValues.Create(
        " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"
    );

    private readonly Span<byte> into = into;
    private int length;

    /// <summary>0: void.</summary>
    public readonly int Length => Math.Max(length, 0);

    private readonly Span<byte> Rest => length < 0 ? [] : into[length..];

    public void Raw(ReadOnlySpan<byte> bytes) => Wrote(bytes.TryCopyTo(Rest), bytes.Length);

    public void Number(long value) => Wrote(Utf8Formatter.TryFormat(value, Rest, out var bytes), bytes);

    public void Id<T>(Id<T> id)
        where T : IIdKind => Wrote(id.TryWrite(Rest, out var bytes), bytes);

    /// <summary>As the enumeration calls it.</summary>
    public void Name<T>(T value)
        where T : struct, Enum
    {
        if (Enum.GetName(value) is { } name)
            Text(name);
        else
            length = -1;
    }

    /// <summary>The letters of a string, without its quotes.</summary>
    public void Text(string text)
    {
        if (!System.Text.Ascii.IsValid(text))
        {
            Letters(text);
            return;
        }
        var left = text.AsSpan();
        while (left.IndexOfAnyExcept(plain) is >= 0 and var special)
        {
            Ascii(left[..special]);
            if (left[special] is '"' or '\\')
                Raw(left[special] == '"' ? "\\\""u8 : "\\\\"u8);
            else
                length = -1;
            left = left[(special + 1)..];
        }
        Ascii(left);
    }

    /// <summary>Nothing where it is null.</summary>
    public void Member(ReadOnlySpan<byte> nameAndQuote, string? text)
    {
        if (text is null)
            return;
        Raw(nameAndQuote);
        Text(text);
        Raw("\""u8);
    }

    /// <summary>As of ISO 8601; no more digits after the second than there are.</summary>
    public void Time(DateTimeOffset at)
    {
        var rest = Rest;
        if (!Utf8Formatter.TryFormat(at, rest, out var bytes, 'O'))
        {
            length = -1;
            return;
        }
        var offset = bytes - Offset;
        var digits = rest[(offset - Fraction)..offset].TrimEnd((byte)'0').TrimEnd((byte)'.').Length;
        var end = offset - Fraction + digits;
        rest[offset..bytes].CopyTo(rest[end..]);
        Wrote(true, end + Offset);
    }

    /// <summary>Such as the name of a Chinese plan: as they are, where none of them has to be escaped.</summary>
    private void Letters(string text)
    {
        var rest = Rest;
        var isWhole = Utf8.FromUtf16(text, rest, out _, out var bytes, replaceInvalidSequences: false) == OperationStatus.Done;
        Wrote(isWhole && JavaScriptEncoder.UnsafeRelaxedJsonEscaping.FindFirstCharacterToEncodeUtf8(rest[..bytes]) < 0, bytes);
    }

    private void Ascii(ReadOnlySpan<char> text) => Wrote(Encoding.ASCII.TryGetBytes(text, Rest, out var bytes), bytes);

    private void Wrote(bool isWritten, int bytes) => length = isWritten && length >= 0 ? length + bytes : -1;
}
