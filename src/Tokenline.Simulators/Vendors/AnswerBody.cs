using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors;

/// <summary>The way out for an answer's bytes: straight to the connection, or compressed, or in small pieces.</summary>
internal sealed class AnswerBody : IAsyncDisposable
{
    private readonly PipeWriter writer;
    private readonly int pieceBytes;
    private readonly PooledBuffer? pending; // only where the bytes cannot go straight out
    private readonly PooledBuffer? compressed;
    private readonly GZipStream? gzip;

    public AnswerBody(HttpResponse response, Behaviour behaviour)
    {
        writer = response.BodyWriter;
        pieceBytes = behaviour.Argument(Fault.Split) ?? int.MaxValue;
        if (behaviour.Has(Fault.Gzip))
        {
            response.Headers.ContentEncoding = "gzip";
            compressed = new PooledBuffer();
            gzip = new GZipStream(new BufferStream(compressed), CompressionLevel.Fastest);
        }
        if (gzip is not null || pieceBytes != int.MaxValue)
            pending = new PooledBuffer();
    }

    /// <summary>Whether the length of what is written is the length of the body.</summary>
    public bool IsPlain => pending is null;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (pending is null)
            writer.Write(bytes);
        else
            pending.Add(bytes);
    }

    public ValueTask<FlushResult> FlushAsync(CancellationToken cancel) =>
        pending is null ? writer.FlushAsync(cancel) : FlushPendingAsync(pending, cancel);

    /// <summary>Writes what ends the compression, if there is any.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancel)
    {
        if (gzip is null)
            return;
        await FlushAsync(cancel);
        await gzip.DisposeAsync();
        await WritePiecesAsync(compressed!, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (gzip is not null)
            await gzip.DisposeAsync();
        compressed?.Dispose();
        pending?.Dispose();
    }

    private async ValueTask<FlushResult> FlushPendingAsync(PooledBuffer bytes, CancellationToken cancel)
    {
        if (gzip is null)
            return await WritePiecesAsync(bytes, cancel);
        gzip.Write(bytes.Written);
        bytes.Clear();
        gzip.Flush();
        return await WritePiecesAsync(compressed!, cancel);
    }

    private async ValueTask<FlushResult> WritePiecesAsync(PooledBuffer bytes, CancellationToken cancel)
    {
        var result = default(FlushResult);
        for (var at = 0; at < bytes.Written.Length; )
        {
            var length = Math.Min(pieceBytes, bytes.Written.Length - at);
            writer.Write(bytes.Written.Slice(at, length));
            at += length;
            result = await writer.FlushAsync(cancel);
            // Gives the connection a turn to send this piece before the next one joins it.
            await Task.Yield();
        }
        bytes.Clear();
        return result;
    }

    private sealed class BufferStream(PooledBuffer buffer) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] bytes, int offset, int count) => buffer.Add(bytes.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> bytes) => buffer.Add(bytes);

        public override void Flush() { }

        public override int Read(byte[] bytes, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
