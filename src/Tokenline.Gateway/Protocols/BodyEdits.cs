using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tokenline.Gateway.Protocols;

/// <summary>
/// The few edits that a body which passes through needs. Everything outside them goes out byte for byte: white space, order, unknown members and escapes,
/// because signatures and prompt caches depend on it.
/// </summary>
internal struct BodyEdits
{
    private Edits few;
    private List<Edit>? many; // in place of the few, where there are more
    private int count;

    /// <summary>False: the body can go out as it came.</summary>
    public readonly bool Any => count > 0;

    /// <summary>A name as a JSON token with quotes.</summary>
    public static byte[] Quote(string name) =>
        [(byte)'"', .. JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, (byte)'"'];

    public void Replace(ByteRange range, ReadOnlyMemory<byte> text) => Add(new Edit(range.Start, range.Length, text, 0));

    public void Replace(ByteRange range, int number) => Add(new Edit(range.Start, range.Length, default, number));

    /// <summary>A text, followed by a number if there is one.</summary>
    public void Insert(int position, ReadOnlyMemory<byte> text, int number = 0) => Add(new Edit(position, 0, text, number));

    public void Remove(ByteRange range) => Add(new Edit(range.Start, range.Length, default, 0));

    /// <summary>The length of the new body, for its Content-Length.</summary>
    public readonly int Measure(int bodyLength)
    {
        var length = bodyLength;
        for (var i = 0; i < count; i++)
        {
            var edit = At(i);
            length += edit.Text.Length + Digits(edit.Number) - edit.Length;
        }
        return length;
    }

    public readonly void WriteTo(ReadOnlySpan<byte> body, IBufferWriter<byte> to)
    {
        var position = 0;
        for (var i = 0; i < count; i++)
        {
            var edit = At(i);
            to.Write(body[position..edit.Start]);
            to.Write(edit.Text.Span);
            if (edit.Number > 0)
            {
                Utf8Formatter.TryFormat(edit.Number, to.GetSpan(16), out var written);
                to.Advance(written);
            }
            position = edit.Start + edit.Length;
        }
        to.Write(body[position..]);
    }

    private readonly Edit At(int index) => many is null ? few[index] : many[index];

    /// <summary>Keeps the edits in the order of the body; two inserts at one place stay in the order they were made.</summary>
    private void Add(in Edit edit)
    {
        if (many is null && count == FewMax)
        {
            many = [];
            for (var known = 0; known < count; known++)
                many.Add(few[known]);
        }
        var i = count++;
        while (i > 0 && At(i - 1).Start > edit.Start)
            i--;
        if (many is not null)
        {
            many.Insert(i, edit);
            return;
        }
        for (var last = count - 1; last > i; last--)
            few[last] = few[last - 1];
        few[i] = edit;
    }

    private static int Digits(int number)
    {
        var digits = 0;
        for (; number > 0; number /= 10)
            digits++;
        return digits;
    }

    /// <summary>Replaces a range by a text followed by a number, if there is one.</summary>
    private readonly record struct Edit(int Start, int Length, ReadOnlyMemory<byte> Text, int Number);

    private const int FewMax = 4; // what a body usually needs: model, usage, and at most two limits

    [InlineArray(FewMax)]
    private struct Edits
    {
        private Edit first;
    }
}
