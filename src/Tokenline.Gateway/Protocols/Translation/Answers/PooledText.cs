using System.Buffers;

namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>
/// Bytes that grow, in a pooled array: what a writer must say again at a block's end. <see cref="Release"/> gives the array back; of a stream that is
/// given up in the middle it falls to the garbage collector.
/// </summary>
internal sealed class PooledText : IBufferWriter<byte>
{
    private const int FirstBytes = 256;

    private byte[] bytes = [];

    public int Length { get; private set; }

    public bool IsEmpty => Length == 0;

    public ReadOnlySpan<byte> Span => bytes.AsSpan(0, Length);

    public void Append(ReadOnlySpan<byte> more)
    {
        more.CopyTo(GetSpan(more.Length));
        Length += more.Length;
    }

    public void Append(byte one)
    {
        GetSpan(1)[0] = one;
        Length++;
    }

    public void Clear() => Length = 0;

    public void Release()
    {
        Length = 0;
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
        bytes = [];
    }

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return bytes.AsSpan(Length);
    }

    private void Ensure(int more)
    {
        if (bytes.Length - Length >= Math.Max(more, 1))
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBytes, Math.Max(Length + more, checked(Length * 2))));
        Span.CopyTo(larger);
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
