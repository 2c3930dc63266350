using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tokenline.Simulators.Vendors;

/// <summary>Bytes of an answer while it is put together, in memory borrowed from the pool.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private byte[] bytes = ArrayPool<byte>.Shared.Rent(4096);
    private int length;

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, length);

    public ReadOnlyMemory<byte> WrittenMemory => bytes.AsMemory(0, length);

    public void Clear() => length = 0;

    public PooledBuffer Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(GetSpan(text.Length));
        length += text.Length;
        return this;
    }

    public PooledBuffer Add(long number)
    {
        Utf8Formatter.TryFormat(number, GetSpan(20), out var written);
        length += written;
        return this;
    }

    /// <summary>The text escaped as the inside of a JSON string.</summary>
    public PooledBuffer AddEscaped(string text) => Add(Escape(text));

    public static ReadOnlySpan<byte> Escape(string text) =>
        JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes;

    public void Advance(int count) => length += count;

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(Math.Max(sizeHint, 1));
        return bytes.AsSpan(length);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(Math.Max(sizeHint, 1));
        return bytes.AsMemory(length);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = [];
    }

    private void Grow(int needed)
    {
        if (bytes.Length - length >= needed)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length * 2, checked(length + needed)));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
