using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Tokenline.Commerce;

namespace Tokenline.Gateway.Upstreams;

/// <summary>Connections to one address of a vendor. The one that was used last serves next, so that those that are not needed grow old.</summary>
internal sealed class VendorPool(VendorAddress address, TimeSpan connectTimeout, TimeProvider time) : IDisposable
{
    /// <summary>A name may lead elsewhere after a while.</summary>
    private static readonly TimeSpan lifetime = TimeSpan.FromMinutes(10);

    /// <summary>Most servers close a connection that is idle for longer.</summary>
    private static readonly TimeSpan idleTime = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly List<VendorConnection> idle = []; // the oldest first
    private bool isClosed;

    /// <summary>Whose certificates are believed; null: whose the system believes.</summary>
    public X509ChainPolicy? Trust { get; init; }

    /// <summary>As the <c>Host</c> header says it.</summary>
    public string Authority { get; } = address.Authority;

    /// <summary>Connections that nobody uses at this moment.</summary>
    public int Idle
    {
        get
        {
            lock (gate)
                return idle.Count;
        }
    }

    /// <summary>Completes with the head of the answer; how it fails, <see cref="VendorConnection.AskAsync"/> says.</summary>
    public Task<VendorAnswer> AskAsync(VendorRequest request, CancellationToken cancellation) =>
        Take() is { } connection ? connection.AskAsync(request, cancellation) : ConnectAndAskAsync(request, cancellation);

    /// <summary>A connection over what has just been connected.</summary>
    public VendorConnection Begin(Stream stream)
    {
        var connection = new VendorConnection(stream, this, time.GetTimestamp());
        connection.Listen();
        return connection;
    }

    /// <summary>It has been used, and may be used again.</summary>
    public void Give(VendorConnection connection)
    {
        var now = time.GetTimestamp();
        if (IsWorthKeeping(connection, now))
        {
            connection.IdleSince = now;
            connection.Listen();
            lock (gate)
            {
                if (!isClosed)
                {
                    idle.Add(connection);
                    return;
                }
            }
        }
        connection.Dispose();
    }

    /// <summary>Closes those that nobody has used for a while, and those that their vendor has closed.</summary>
    public void Tidy()
    {
        var now = time.GetTimestamp();
        var left = new List<VendorConnection>();
        lock (gate)
        {
            left.AddRange(idle.Where(IsLeft));
            if (left.Count > 0)
                idle.RemoveAll(left.ToHashSet().Contains);
        }
        foreach (var connection in left)
            connection.Dispose();

        bool IsLeft(VendorConnection connection) =>
            !connection.IsSilent || !IsWorthKeeping(connection, now) || time.GetElapsedTime(connection.IdleSince, now) > idleTime;
    }

    public void Dispose()
    {
        List<VendorConnection> left;
        lock (gate)
        {
            isClosed = true;
            left = [.. idle];
            idle.Clear();
        }
        foreach (var connection in left)
            connection.Dispose();
    }

    private VendorConnection? Take()
    {
        while (true)
        {
            VendorConnection last;
            lock (gate)
            {
                if (idle.Count == 0)
                    return null;
                last = idle[^1];
                idle.RemoveAt(idle.Count - 1);
            }
            if (last.IsSilent)
                return last;
            last.Dispose();
        }
    }

    private bool IsWorthKeeping(VendorConnection connection, long now) => time.GetElapsedTime(connection.OpenedAt, now) < lifetime;

    private async Task<VendorAnswer> ConnectAndAskAsync(VendorRequest request, CancellationToken cancellation)
    {
        VendorConnection connection;
        try
        {
            connection = Begin(await ConnectAsync(cancellation));
        }
        catch
        {
            request.Dispose();
            throw;
        }
        return await connection.AskAsync(request, cancellation);
    }

    private async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(connectTimeout);
        try
        {
            var stream = await PublicAddresses.ConnectAsync(new DnsEndPoint(address.Host, address.Port), address.MayBePrivate, limit.Token);
            return address.IsSecure ? await SecureAsync(stream, limit.Token) : stream;
        }
        catch (SocketException e)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, e.Message, e);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            throw new HttpRequestException(HttpRequestError.SecureConnectionError, e.Message, e);
        }
    }

    private async ValueTask<Stream> SecureAsync(Stream stream, CancellationToken cancellation)
    {
        var secure = new SslStream(stream);
        try
        {
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = address.Host,
                    ApplicationProtocols = [SslApplicationProtocol.Http11],
                    CertificateChainPolicy = Trust,
                },
                cancellation
            );
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }
}

/// <summary>Where connections lead that calls may share.</summary>
/// <param name="Host">A name as DNS has it, or an address.</param>
/// <param name="MayBePrivate">It may lead to an address that is not on the internet.</param>
internal sealed record VendorAddress(bool IsSecure, string Host, int Port, string Authority, bool MayBePrivate)
{
    public static VendorAddress Of(Uri uri, bool mayBePrivate)
    {
        var host = uri.IdnHost;
        var written = uri.HostNameType == UriHostNameType.IPv6 ? $"[{host}]" : host;
        return new(
            uri.Scheme == Uri.UriSchemeHttps,
            host,
            uri.Port,
            uri.IsDefaultPort ? written : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{written}:{uri.Port}"),
            mayBePrivate
        );
    }
}
