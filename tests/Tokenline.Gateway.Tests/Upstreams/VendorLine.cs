using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Tests.Upstreams;

/// <summary>The other end of a connection, played by a test: what the vendor sends piece by piece, and what it was sent.</summary>
internal sealed class VendorLine : Stream
{
    private readonly Channel<byte[]> pieces = Channel.CreateUnbounded<byte[]>();
    private readonly MemoryStream sent = new();
    private ReadOnlyMemory<byte> left;
    private volatile bool isClosed;

    public string Sent => Encoding.UTF8.GetString(sent.ToArray());

    public bool IsClosed => isClosed;

    /// <summary>Writing fails, as it does when the other end has gone.</summary>
    public bool IsBroken { get; set; }

    public static VendorPool Pool(FakeTimeProvider? time = null) =>
        new(
            VendorAddress.Of(new Uri("http://vendor.example"), mayBePrivate: false),
            TimeSpan.FromSeconds(1),
            time ?? new FakeTimeProvider()
        );

    public static VendorRequest Request(VendorPool pool, string body = "{}")
    {
        var request = new VendorRequest(pool, "POST"u8, new Uri("http://vendor.example/v1/chat?x=1"));
        request.SetBody(Encoding.UTF8.GetBytes(body), "application/json");
        return request;
    }

    public void Says(string text) => Says(Encoding.Latin1.GetBytes(text));

    public void Says(byte[] piece) => pieces.Writer.TryWrite(piece);

    /// <summary>Nothing more comes.</summary>
    public void Ends() => pieces.Writer.TryComplete();

    public static async Task<string> ReadAsync(VendorAnswer answer, int at = 4096)
    {
        using var body = new MemoryStream();
        var into = new byte[at];
        while (await answer.ReadAsync(into) is > 0 and var count)
            body.Write(into, 0, count);
        return Encoding.Latin1.GetString(body.ToArray());
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (left.IsEmpty)
        {
            var isMore = !isClosed && await pieces.Reader.WaitToReadAsync(CancellationToken.None);
            ObjectDisposedException.ThrowIf(isClosed, this);
            if (!isMore)
                return 0;
            if (pieces.Reader.TryRead(out var piece))
                left = piece;
        }
        var count = Math.Min(left.Length, buffer.Length);
        left[..count].CopyTo(buffer);
        left = left[count..];
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsBroken)
            return ValueTask.FromException(new IOException("broken pipe"));
        sent.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        isClosed = true;
        pieces.Writer.TryComplete();
        base.Dispose(disposing);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() { }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
