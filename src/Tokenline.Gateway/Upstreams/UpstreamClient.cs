using System.Collections.Concurrent;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Gateway.Upstreams;

/// <summary>Speaks HTTP/1.1 to vendors. No redirects, cookies, proxies or traces: a vendor gets what the gateway says, and nothing else.</summary>
internal sealed class UpstreamClient : IDisposable
{
    private static readonly TimeSpan tidying = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<(string Scheme, string Host, int Port, bool MayBePrivate), VendorPool> pools = new();
    private readonly GatewayOptions options;
    private readonly TimeProvider time;
    private readonly ITimer timer;

    public UpstreamClient(GatewayOptions options, TimeProvider time)
    {
        (this.options, this.time) = (options, time);
        timer = time.CreateTimer(static state => ((UpstreamClient)state!).Tidy(), this, tidying, tidying);
    }

    /// <summary>
    /// A request to a deployment's vendor, which is sent by itself. Whatever the vendor's name resolves to at the moment of connecting: a private address is called
    /// only where the operator allows it for that vendor.
    /// </summary>
    public VendorRequest NewRequest(ReadOnlySpan<byte> method, Uri uri, Deployment deployment) =>
        new(
            pools.GetOrAdd(
                (uri.Scheme, uri.Host, uri.Port, deployment.AllowsPrivateAddress),
                static (_, the) => the.Client.NewPool(the.Uri, the.MayBePrivate),
                (Client: this, Uri: uri, MayBePrivate: deployment.AllowsPrivateAddress)
            ),
            method,
            uri
        );

    private VendorPool NewPool(Uri uri, bool mayBePrivate) =>
        new(VendorAddress.Of(uri, mayBePrivate), TimeSpan.FromSeconds(options.ConnectTimeoutSeconds), time);

    private void Tidy()
    {
        foreach (var pool in pools.Values)
            pool.Tidy();
    }

    public void Dispose()
    {
        timer.Dispose();
        foreach (var pool in pools.Values)
            pool.Dispose();
    }
}
