using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Tokenline.Gateway.Pipeline;

namespace Tokenline.Gateway.Upstreams;

/// <summary>A request to a vendor, written as it goes over the line. Its body stays the caller's, and must stay as it is until the answer begins.</summary>
internal sealed class VendorRequest : IDisposable
{
    /// <summary>A body up to so many bytes goes out with its head, as one piece.</summary>
    private const int OnePieceBytes = 32 * 1024;

    private readonly VendorPool pool;
    private readonly PooledBuffer head = new();
    private ReadOnlyMemory<byte> body;
    private bool isInvalid;

    public VendorRequest(VendorPool pool, ReadOnlySpan<byte> method, Uri uri)
    {
        this.pool = pool;
        head.GetSpan(1024);
        head.Write(method);
        head.Write(" "u8);
        Write(uri.PathAndQuery);
        head.Write(" HTTP/1.1\r\nHost: "u8);
        Write(pool.Authority);
        head.Write("\r\nAccept-Encoding: identity\r\n"u8);
    }

    public void Add(ReadOnlySpan<byte> name, string value) => Add(name, default, value);

    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> scheme, string value)
    {
        head.Write(name);
        head.Write(": "u8);
        head.Write(scheme);
        Write(value);
        head.Write("\r\n"u8);
    }

    public void SetBody(ReadOnlyMemory<byte> bytes, string type)
    {
        body = bytes;
        Add("Content-Type"u8, type);
        head.Write("Content-Length: "u8);
        Utf8Formatter.TryFormat(bytes.Length, head.GetSpan(20), out var digits);
        head.Advance(digits);
        head.Write("\r\n"u8);
    }

    /// <summary>Completes with the head of the answer; how it fails, <see cref="VendorConnection.AskAsync"/> says. It disposes of the request.</summary>
    public Task<VendorAnswer> SendAsync(CancellationToken cancellation) => pool.AskAsync(this, cancellation);

    /// <exception cref="HttpRequestException">A header holds what would end its line.</exception>
    public ValueTask WriteToAsync(Stream stream)
    {
        if (isInvalid)
            throw new HttpRequestException("a header of the request holds the end of a line");
        head.Write("\r\n"u8);
        if (body.Length > OnePieceBytes)
            return WriteBothAsync(stream);
        head.Write(body.Span);
        return stream.WriteAsync(head.Memory);
    }

    private async ValueTask WriteBothAsync(Stream stream)
    {
        await stream.WriteAsync(head.Memory);
        await stream.WriteAsync(body);
    }

    public void Dispose() => head.Dispose();

    /// <summary>Texts come from settings and from clients' headers; one that could end its line does not get into it.</summary>
    private void Write(string text)
    {
        isInvalid |= text.AsSpan().ContainsAny('\r', '\n', '\0');
        head.Advance(Encoding.UTF8.GetBytes(text, head.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
    }
}
