using System.IO.Compression;
using System.Net;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Gateway.Upstreams;

/// <summary>Speaks to vendors. One connection pool for all; no redirects, cookies, proxies or decompression behind our back.</summary>
internal sealed class UpstreamClient : IDisposable
{
    private readonly HttpMessageInvoker anywhere;
    private readonly HttpMessageInvoker publicOnly;

    public UpstreamClient(GatewayOptions options)
    {
        anywhere = Make(options, null);
        // Whatever a vendor's name resolves to at the moment of connecting: a private address is called only where the operator allows it for that vendor.
        publicOnly = Make(
            options,
            (context, cancellation) => PublicAddresses.ConnectAsync(context.DnsEndPoint, allowPrivate: false, cancellation)
        );
    }

    /// <exception cref="HttpRequestException">The vendor could not be reached, or broke off before its answer began.</exception>
    public Task<HttpResponseMessage> SendAsync(Deployment deployment, HttpRequestMessage request, CancellationToken cancellation)
    {
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        return (deployment.AllowsPrivateAddress ? anywhere : publicOnly).SendAsync(request, cancellation);
    }

    private static HttpMessageInvoker Make(
        GatewayOptions options,
        Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connect
    ) =>
        new(
            new SocketsHttpHandler
            {
                ActivityHeadersPropagator = null, // a vendor has no use for our traces
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                ConnectCallback = connect,
                ConnectTimeout = TimeSpan.FromSeconds(options.ConnectTimeoutSeconds),
                MaxResponseHeadersLength = 64,
                PooledConnectionLifetime = TimeSpan.FromMinutes(10),
                ResponseDrainTimeout = TimeSpan.FromMilliseconds(200), // enough for the end of an answer that is over; a cancelled one is not listened to
                UseCookies = false,
                UseProxy = false,
            }
        );

    /// <summary>The body as it is meant, for the vendors that compress although they were asked not to.</summary>
    public static async ValueTask<Stream> OpenBodyAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsStreamAsync(cancellation);
        foreach (var encoding in response.Content.Headers.ContentEncoding)
        {
            body = encoding.ToLowerInvariant() switch
            {
                "identity" => body,
                "gzip" => new GZipStream(body, CompressionMode.Decompress),
                "br" => new BrotliStream(body, CompressionMode.Decompress),
                "deflate" => new ZLibStream(body, CompressionMode.Decompress),
                _ => throw new InvalidDataException($"the vendor answers in the encoding '{encoding}'"),
            };
        }
        return body;
    }

    public void Dispose()
    {
        anywhere.Dispose();
        publicOnly.Dispose();
    }
}
