using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>
/// Writes JSON by hand for streams: constant pieces, escaped text and numbers go straight into the output, which is asked for space and told of it
/// once an event instead of once a piece. <see cref="Done"/> must come last.
/// </summary>
internal ref struct JsonPen(IBufferWriter<byte> output)
{
    private const int FirstBytes = 256;
    private const int NumberBytesMax = 20;
    private const int EscapedBytesMax = 6; // \u001f

    private static readonly SearchValues<byte> escaped = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Select(code => (byte)code),
        (byte)'"',
        (byte)'\\',
    ]);

    private Span<byte> space = output.GetSpan(FirstBytes);
    private int written;

    /// <summary>Bytes as they are.</summary>
    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(space[written..]);
        written += bytes.Length;
    }

    public void Number(long value)
    {
        Ensure(NumberBytesMax);
        Utf8Formatter.TryFormat(value, space[written..], out var length);
        written += length;
    }

    /// <summary>The inside of a JSON string; the quotes are the caller's.</summary>
    public void Escaped(scoped ReadOnlySpan<byte> text)
    {
        while (true)
        {
            var plain = text.IndexOfAny(escaped);
            if (plain < 0)
            {
                Raw(text);
                return;
            }
            Raw(text[..plain]);
            Escape(text[plain]);
            text = text[(plain + 1)..];
        }
    }

    /// <summary>The same of text that is not on the hot path.</summary>
    public void Escaped(string text) => Escaped(Encoding.UTF8.GetBytes(text));

    /// <summary>Tells the output how much was written.</summary>
    public void Done()
    {
        output.Advance(written);
        space = default;
        written = 0;
    }

    private void Escape(byte code)
    {
        Ensure(EscapedBytesMax);
        var letter = code switch
        {
            (byte)'"' => (byte)'"',
            (byte)'\\' => (byte)'\\',
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            _ => (byte)0,
        };
        space[written++] = (byte)'\\';
        if (letter != 0)
        {
            space[written++] = letter;
            return;
        }
        "u00"u8.CopyTo(space[written..]);
        written += 3;
        space[written++] = code < 0x10 ? (byte)'0' : (byte)'1';
        space[written++] = "0123456789abcdef"u8[code & 0xF];
    }

    private void Ensure(int more)
    {
        if (space.Length - written >= more)
            return;
        output.Advance(written);
        written = 0;
        space = output.GetSpan(Math.Max(more, FirstBytes));
    }
}
