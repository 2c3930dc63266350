using System.Buffers;

namespace Tokenline.Gateway.Protocols.Sse;

/// <summary>
/// Cuts a byte stream into server-sent events (WHATWG HTML, section 9.2), however the network split it. Lines end with LF, CR or CRLF.
/// Nothing is lost: the raw parts of all events, one after the other, are the stream.
/// </summary>
/// <remarks>
/// <code>
/// splitter.Feed(chunk);
/// while (splitter.TryNext(out var ev)) relay(ev);
/// if (splitter.IsTooLarge) cut();
/// </code>
/// An event that lies wholly inside a chunk is not copied; a split one is collected in a pooled buffer. A CR at the very end of a chunk
/// waits for the next byte, which may be the LF that belongs to it.
/// </remarks>
internal sealed class SseSplitter(int eventBytesMax = SseSplitter.EventBytesMaxDefault) : IDisposable
{
    public const int EventBytesMaxDefault = 4 * 1024 * 1024;

    private const int CarryBytesKept = 64 * 1024; // a larger buffer goes back to the pool as soon as its event is over

    private ReadOnlyMemory<byte> chunk;
    private byte[] carry = [];
    private int carryLength;
    private byte[] joined = [];
    private bool carryWasGiven;
    private bool isCompleted;
    private bool bomIsPast;

    // Where the scan stands between two bytes.
    private bool atLineStart = true;
    private bool afterCr;
    private bool afterBlankCr;

    /// <summary>An event is larger than allowed: no further event comes, and the stream is to be cut.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>Hands over the next bytes. They must stay as they are until <see cref="TryNext"/> has answered false.</summary>
    public void Feed(ReadOnlyMemory<byte> bytes)
    {
        if (!chunk.IsEmpty)
            throw new InvalidOperationException("the chunk before has not been read to its end");
        chunk = bytes;
    }

    /// <summary>The stream has ended: what is left comes out as a last event, terminated or not.</summary>
    public void Complete() => isCompleted = true;

    public bool TryNext(out SseEvent next)
    {
        if (carryWasGiven)
            DropCarry();
        next = default;
        if (IsTooLarge)
            return false;
        var end = FindEnd(chunk.Span);
        if (end >= 0)
            return TakeEvent(end, isTerminated: true, out next);
        Carry(chunk.Span);
        chunk = default;
        if (!isCompleted || carryLength == 0 || IsTooLarge)
            return false;
        return TakeEvent(0, isTerminated: afterBlankCr, out next);
    }

    public void Dispose()
    {
        Return(ref carry);
        Return(ref joined);
        carryLength = 0;
        chunk = default;
    }

    private bool TakeEvent(int end, bool isTerminated, out SseEvent next)
    {
        next = default;
        ReadOnlyMemory<byte> raw;
        if (carryLength == 0)
        {
            raw = chunk[..end];
            IsTooLarge = end > eventBytesMax;
        }
        else
        {
            Carry(chunk.Span[..end]);
            raw = carry.AsMemory(0, carryLength);
            carryWasGiven = true;
        }
        if (IsTooLarge)
            return false;
        chunk = chunk[end..];
        next = Parse(raw, isTerminated);
        return true;
    }

    /// <summary>The index just behind the end of the current event, or -1 if it is not in these bytes.</summary>
    private int FindEnd(ReadOnlySpan<byte> bytes)
    {
        var i = 0;
        while (i < bytes.Length)
        {
            if (afterBlankCr)
            {
                afterBlankCr = false;
                return bytes[i] == (byte)'\n' ? i + 1 : i;
            }
            if (afterCr)
            {
                afterCr = false;
                if (bytes[i] == (byte)'\n')
                {
                    i++;
                    continue;
                }
            }
            if (atLineStart && bytes[i] == (byte)'\n')
                return i + 1;
            if (atLineStart && bytes[i] == (byte)'\r')
            {
                afterBlankCr = true;
                i++;
                continue;
            }
            var length = bytes[i..].IndexOfAny((byte)'\n', (byte)'\r');
            atLineStart = length >= 0;
            if (length < 0)
                return -1;
            i += length;
            afterCr = bytes[i] == (byte)'\r';
            i++;
        }
        return -1;
    }

    private SseEvent Parse(ReadOnlyMemory<byte> raw, bool isTerminated)
    {
        var from = 0;
        var bytes = raw.Span;
        if (!bomIsPast && bytes.StartsWith("\uFEFF"u8))
            from = 3;
        bomIsPast = true;
        ReadOnlyMemory<byte> name = default;
        ReadOnlyMemory<byte> data = default;
        var joinedLength = 0;
        var dataLines = 0;
        while (from < bytes.Length)
        {
            var length = bytes[from..].IndexOfAny((byte)'\n', (byte)'\r');
            var line = length < 0 ? raw[from..] : raw.Slice(from, length);
            from += line.Length + 1; // of a CRLF, the LF is an empty line more, which means nothing here
            if (IsField(line.Span, "event"u8))
                name = Value(line, "event"u8.Length);
            if (!IsField(line.Span, "data"u8))
                continue;
            var value = Value(line, "data"u8.Length);
            if (++dataLines == 1)
            {
                data = value;
                continue;
            }
            if (dataLines == 2)
                Join(ref joinedLength, data.Span, bytes.Length);
            Join(ref joinedLength, "\n"u8, bytes.Length);
            Join(ref joinedLength, value.Span, bytes.Length);
        }
        if (dataLines > 1)
            data = joined.AsMemory(0, joinedLength);
        return new SseEvent(raw, data, name, dataLines > 0, isTerminated);
    }

    private static bool IsField(ReadOnlySpan<byte> line, ReadOnlySpan<byte> field) =>
        line.StartsWith(field) && (line.Length == field.Length || line[field.Length] == (byte)':');

    private static ReadOnlyMemory<byte> Value(ReadOnlyMemory<byte> line, int fieldLength)
    {
        if (line.Length == fieldLength)
            return default;
        var value = line[(fieldLength + 1)..];
        return !value.IsEmpty && value.Span[0] == (byte)' ' ? value[1..] : value;
    }

    private void Join(ref int length, ReadOnlySpan<byte> bytes, int eventLength)
    {
        if (joined.Length < eventLength) // the joined lines are never longer than the event
        {
            Return(ref joined);
            joined = ArrayPool<byte>.Shared.Rent(eventLength);
        }
        bytes.CopyTo(joined.AsSpan(length));
        length += bytes.Length;
    }

    private void Carry(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > eventBytesMax - carryLength)
        {
            IsTooLarge = true;
            return;
        }
        if (bytes.Length > carry.Length - carryLength)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(carryLength + bytes.Length, Math.Min(carry.Length * 2, eventBytesMax)));
            carry.AsSpan(0, carryLength).CopyTo(larger);
            Return(ref carry);
            carry = larger;
        }
        bytes.CopyTo(carry.AsSpan(carryLength));
        carryLength += bytes.Length;
    }

    private void DropCarry()
    {
        carryWasGiven = false;
        carryLength = 0;
        if (carry.Length > CarryBytesKept)
            Return(ref carry);
        if (joined.Length > CarryBytesKept)
            Return(ref joined);
    }

    private static void Return(ref byte[] buffer)
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }
}
