using System.Net;
using System.Net.Sockets;

namespace Tokenline.Commerce;

/// <summary>
/// Keeps what customers and vendors name from reaching into the operator's network. The address that is connected to is checked, after the name was resolved:
/// a name that is harmless when it is entered and points inside later is caught too.
/// </summary>
public static class PublicAddresses
{
    /// <summary>Everything that is not routed on the internet (IANA's special-purpose registries), and what wraps such an address.</summary>
    private static readonly IPNetwork[] notPublic =
    [
        .. new[]
        {
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10", // carrier-grade NAT: the operator's own subscribers
            "127.0.0.0/8",
            "169.254.0.0/16", // link-local: clouds serve credentials there
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "::/96", // unspecified, loopback, IPv4-compatible
            "64:ff9b::/96", // NAT64
            "64:ff9b:1::/48",
            "100::/64",
            "2001::/23", // Teredo and other protocols
            "2001:db8::/32",
            "2002::/16", // 6to4
            "3fff::/20",
            "5f00::/16",
            "fc00::/7",
            "fe80::/10",
            "fec0::/10",
            "ff00::/8",
        }.Select(text => IPNetwork.Parse(text)),
    ];

    public static bool IsPublic(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !notPublic.Any(network => network.Contains(plain));
    }

    /// <summary>As far as a host's name tells by itself; what it resolves to is checked when a connection is made.</summary>
    public static bool IsPrivate(string host) =>
        IPAddress.TryParse(host, out var address)
            ? !IsPublic(address)
            : host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>A client for addresses that others name: no redirects, proxies or cookies, and unless private ones are allowed, public addresses only.</summary>
    public static HttpClient NewHttpClient(bool allowPrivate) =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                MaxResponseHeadersLength = 16, // KB
                MaxResponseDrainSize = 0,
                ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, allowPrivate, cancellation),
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan, // each try has its own
        };

    /// <exception cref="HttpRequestException">The name leads to no address that is allowed.</exception>
    public static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, bool allowPrivate, CancellationToken cancellation)
    {
        var addresses = await Dns.GetHostAddressesAsync(target.Host, cancellation);
        var allowed = allowPrivate ? addresses : [.. addresses.Where(IsPublic)];
        if (allowed.Length == 0)
            throw new HttpRequestException($"{target.Host} is not on the public internet");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // These very addresses, so that no second look at the name can lead elsewhere.
            await socket.ConnectAsync(allowed, target.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
