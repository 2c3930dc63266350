using System.Buffers;
using System.IO.Compression;
using System.Net;

namespace Tokenline.Gateway.Upstreams;

/// <summary>A vendor's answer: its head is there, its body is read as it comes. Dispose it; when nothing was left of it the connection serves the next call.</summary>
internal sealed class VendorAnswer : IDisposable
{
    /// <summary>For the end of an answer that is over; what takes longer is not worth its connection.</summary>
    private static readonly TimeSpan endPatience = TimeSpan.FromMilliseconds(200);

    private const int EndBytesMax = 64 * 1024;

    private readonly bool keepsConnection;
    private VendorConnection? connection; // until all of it has been read
    private BodyFrames frames;
    private Stream? decoded;
    private bool hasBegun;
    private bool isReading;
    private InvalidDataException? failure; // told by the next read: what came before it is good

    public VendorAnswer(VendorConnection connection, in AnswerHead head, bool isSent)
    {
        this.connection = connection;
        (Status, Headers, frames) = (head.Status, head.Headers, head.Body);
        keepsConnection = head.KeepsConnection && isSent && !frames.EndsWithConnection;
        Pass();
    }

    public HttpStatusCode Status { get; }

    public VendorHeaders Headers { get; }

    public string? ContentType =>
        Headers.TryGet("content-type"u8, out var type) && type.SequenceEqual("application/json"u8)
            ? "application/json"
            : Headers.Text("content-type"u8);

    /// <summary>The body as it is meant, for the vendors that compress although they were asked not to. 0: it is over. A read of nothing completes when there is something to read.</summary>
    /// <exception cref="IOException">It broke off.</exception>
    /// <exception cref="InvalidDataException">It does not follow the protocol.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> into)
    {
        if (!hasBegun)
        {
            hasBegun = true;
            decoded = Decoding(Headers.Text("content-encoding"u8));
        }
        return decoded is null ? ReadPlainAsync(into) : decoded.ReadAsync(into);
    }

    public void Dispose()
    {
        decoded?.Dispose();
        if (connection is not { } left)
            return;
        if (keepsConnection && failure is null && !isReading && left.Unwatch())
            _ = EndAsync(left);
        else
            left.Dispose();
    }

    private ValueTask<int> ReadPlainAsync(Memory<byte> into) =>
        TryTake(into.Span, out var count) ? new(count) : ReadMoreAsync(connection!, into);

    /// <summary>False: more must come first.</summary>
    private bool TryTake(Span<byte> into, out int count)
    {
        count = 0;
        if (connection is not { } from)
            return true;
        if (failure is not null)
            throw failure;
        var buffered = from.Buffered;
        if (buffered.IsEmpty || frames.Left == 0)
            return false;
        count = (int)Math.Min(Math.Min(into.Length, buffered.Length), frames.Left);
        buffered[..count].CopyTo(into);
        from.Take(count);
        frames.Took(count);
        Pass(); // the end often comes with the last of it
        return true;
    }

    private async ValueTask<int> ReadMoreAsync(VendorConnection from, Memory<byte> into)
    {
        isReading = true;
        try
        {
            while (true)
            {
                if (into.IsEmpty)
                    return await from.ReadAsync(into);
                if (frames.Left > 0)
                {
                    var read = await from.ReadAsync(into[..(int)Math.Min(into.Length, frames.Left)]);
                    frames.Took(read);
                    if (read > 0)
                        Pass();
                    else if (frames.EndsWithConnection)
                        Release();
                    else
                        throw VendorConnection.Closed();
                    return read;
                }
                from.Heard(await from.MoreAsync());
                Pass();
                if (TryTake(into.Span, out var count))
                    return count;
            }
        }
        catch (Exception e)
        {
            throw from.Told(e);
        }
        finally
        {
            isReading = false;
        }
    }

    /// <summary>Goes on to the next bytes of the body, or to its end.</summary>
    private void Pass()
    {
        if (connection is not { } from)
            return;
        try
        {
            from.Take(frames.Pass(from.Buffered));
        }
        catch (InvalidDataException e)
        {
            failure = e;
        }
        if (frames.IsOver)
            Release();
    }

    private void Release()
    {
        connection?.Release(keepsConnection);
        connection = null;
    }

    /// <summary>Nobody reads on, and its end may be on its way: a stream is over for its reader with its last event.</summary>
    private async Task EndAsync(VendorConnection left)
    {
        var unread = ArrayPool<byte>.Shared.Rent(EndBytesMax);
        using var limit = new CancellationTokenSource(endPatience);
        left.Watch(limit.Token);
        try
        {
            for (var sum = 0; connection is not null && sum <= EndBytesMax; )
                sum += await ReadPlainAsync(unread);
            connection?.Dispose();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or OperationCanceledException)
        {
            left.Dispose(); // late, or broken: nobody misses it
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(unread);
        }
    }

    private Stream? Decoding(string? encodings)
    {
        Stream? body = null;
        foreach (var encoding in encodings?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            body = encoding.ToLowerInvariant() switch
            {
                "identity" => body,
                "gzip" => new GZipStream(body ?? new PlainBody(this), CompressionMode.Decompress),
                "br" => new BrotliStream(body ?? new PlainBody(this), CompressionMode.Decompress),
                "deflate" => new ZLibStream(body ?? new PlainBody(this), CompressionMode.Decompress),
                _ => throw new InvalidDataException($"the vendor answers in the encoding '{encoding}'"),
            };
        }
        return body;
    }

    /// <summary>The bytes of the body as they came.</summary>
    private sealed class PlainBody(VendorAnswer answer) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            answer.ReadPlainAsync(buffer);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            answer.ReadPlainAsync(buffer.AsMemory(offset, count)).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
