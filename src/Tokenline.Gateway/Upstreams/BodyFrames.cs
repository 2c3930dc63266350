using System.Buffers.Text;

namespace Tokenline.Gateway.Upstreams;

/// <summary>Which of a connection's bytes are the body of an answer, and where it ends (RFC 9112, sections 6.3 and 7.1). Mutable: it is how far the reader has come.</summary>
internal struct BodyFrames
{
    /// <summary>Of the line before a chunk, or of one behind the last.</summary>
    private const int LineBytesMax = 8 * 1024;

    private const int TrailerBytesMax = 64 * 1024;

    private Next next;
    private int trailerBytes;

    private enum Next
    {
        Length,
        Closed,
        ChunkSize,
        ChunkEnd,
        Trailer,
        Nothing,
    }

    public static BodyFrames Chunked => new() { next = Next.ChunkSize };

    public static BodyFrames UntilClosed => new() { next = Next.Closed, Left = long.MaxValue };

    public static BodyFrames OfLength(long length) => new() { next = Next.Length, Left = length };

    /// <summary>Bytes of the body that come next; 0: first comes what is none of it.</summary>
    public long Left { get; private set; }

    /// <summary>All of it has come.</summary>
    public readonly bool IsOver => next == Next.Nothing;

    /// <summary>Nothing but the end of the connection ends it.</summary>
    public readonly bool EndsWithConnection => next == Next.Closed;

    /// <summary>So many bytes of the body were taken.</summary>
    public void Took(int count) => Left -= next == Next.Closed ? 0 : count;

    /// <summary>How many of these bytes are passed over until the next of the body. Where one is cut in two, the rest of its line is to come.</summary>
    /// <exception cref="InvalidDataException">They do not follow the protocol.</exception>
    public int Pass(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (Left == 0 && next != Next.Nothing)
        {
            if (next == Next.Length)
            {
                next = Next.Nothing;
                break;
            }
            var length = bytes[at..].IndexOf((byte)'\n');
            if (length < 0)
                return bytes.Length - at <= LineBytesMax ? at : throw new InvalidDataException("a line between chunks is too long");
            Read(bytes.Slice(at, length).TrimEnd((byte)'\r'));
            at += length + 1;
        }
        return at;
    }

    private void Read(ReadOnlySpan<byte> line)
    {
        switch (next)
        {
            case Next.ChunkEnd:
                if (!line.IsEmpty)
                    throw new InvalidDataException("a chunk is longer than it says");
                next = Next.ChunkSize;
                break;
            case Next.ChunkSize:
                Left = SizeOf(line);
                next = Left > 0 ? Next.ChunkEnd : Next.Trailer;
                break;
            default:
                trailerBytes += line.Length;
                if (trailerBytes > TrailerBytesMax)
                    throw new InvalidDataException("what follows the last chunk is too long");
                if (line.IsEmpty)
                    next = Next.Nothing;
                break;
        }
    }

    /// <summary>Hexadecimal digits; extensions behind a semicolon mean nothing here.</summary>
    private static long SizeOf(ReadOnlySpan<byte> line)
    {
        var end = line.IndexOf((byte)';');
        var digits = (end < 0 ? line : line[..end]).TrimEnd(" \t"u8);
        return Utf8Parser.TryParse(digits, out long size, out var read, 'x') && read == digits.Length && size >= 0
            ? size
            : throw new InvalidDataException("a chunk has no size");
    }
}
