using System.IO.Compression;
using System.Net;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Gateway.Upstreams;

/// <summary>Speaks to vendors. One connection pool for all; no redirects, cookies, proxies or decompression behind our back.</summary>
internal sealed class UpstreamClient : IDisposable
{
    private readonly HttpMessageInvoker invoker;

    public UpstreamClient(GatewayOptions options) =>
        invoker = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                ActivityHeadersPropagator = null, // a vendor has no use for our traces
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                ConnectTimeout = TimeSpan.FromSeconds(options.ConnectTimeoutSeconds),
                MaxResponseHeadersLength = 64,
                PooledConnectionLifetime = TimeSpan.FromMinutes(10),
                ResponseDrainTimeout = TimeSpan.FromMilliseconds(200), // enough for the end of an answer that is over; a cancelled one is not listened to
                UseCookies = false,
                UseProxy = false,
            }
        );

    /// <exception cref="HttpRequestException">The vendor could not be reached, or broke off before its answer began.</exception>
    public Task<HttpResponseMessage> SendChatAsync(
        Deployment deployment,
        ReadOnlyMemory<byte> body,
        bool stream,
        CancellationToken cancellation
    )
    {
        var target = UpstreamTarget.Of(deployment);
        var request = new HttpRequestMessage(HttpMethod.Post, target.ChatUri) { Content = new UpstreamContent(body) };
        if (target.Authorization is { } authorization)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        request.Headers.TryAddWithoutValidation("Accept", stream ? "text/event-stream" : "application/json");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        return invoker.SendAsync(request, cancellation);
    }

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

    public void Dispose() => invoker.Dispose();
}
