using System.Net;
using System.Net.Http.Headers;

namespace Tokenline.Gateway.Upstreams;

/// <summary>A body that is ready as bytes. The bytes stay the caller's and may be sent again to another deployment.</summary>
internal sealed class UpstreamContent : HttpContent
{
    private static readonly MediaTypeHeaderValue json = new("application/json");

    private readonly ReadOnlyMemory<byte> bytes;

    /// <param name="type">The media type, with its parameters; null: JSON.</param>
    public UpstreamContent(ReadOnlyMemory<byte> bytes, string? type = null)
    {
        this.bytes = bytes;
        if (type is null)
            Headers.ContentType = json;
        else
            Headers.TryAddWithoutValidation("Content-Type", type);
        Headers.ContentLength = bytes.Length;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(bytes).AsTask();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        stream.WriteAsync(bytes, cancellationToken).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
