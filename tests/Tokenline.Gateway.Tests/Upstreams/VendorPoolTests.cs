using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tokenline.Gateway.Upstreams;
using Tokenline.Testing;

namespace Tokenline.Gateway.Tests.Upstreams;

/// <summary>Connections over real sockets, with TLS and without.</summary>
public sealed class VendorPoolTests : IAsyncDisposable
{
    private static readonly byte[] answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray();

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly List<Stream> accepted = [];
    private readonly List<Task> served = [];
    private X509Certificate2? certificate;
    private Task serving = Task.CompletedTask;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_serves_call_after_call_and_another_takes_its_place_when_it_is_gone(bool isSecure)
    {
        using var pool = Serve(isSecure);
        for (var i = 0; i < 3; i++)
            Assert.Equal("ok", await AskAsync(pool));
        var first = Assert.Single(accepted);

        await first.DisposeAsync();
        Assert.True(
            await Eventually.WhenAsync(
                () =>
                {
                    pool.Tidy();
                    return Task.FromResult(pool.Idle);
                },
                idle => idle == 0
            ) == 0
        );

        Assert.Equal("ok", await AskAsync(pool));
        Assert.Equal(2, accepted.Count);
    }

    [Fact]
    public async Task Calls_at_once_have_a_connection_each()
    {
        using var pool = Serve(isSecure: false);

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AskAsync(pool))), said => Assert.Equal("ok", said));

        Assert.InRange(pool.Idle, 1, 8);
        Assert.Equal(accepted.Count, pool.Idle);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_not_spoken_to()
    {
        using var believing = Serve(isSecure: true);
        using var pool = new VendorPool(Address(isSecure: true, mayBePrivate: true), TimeSpan.FromSeconds(5), TimeProvider.System);

        var e = await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(pool));

        Assert.Equal(HttpRequestError.SecureConnectionError, e.HttpRequestError);
    }

    [Fact]
    public async Task A_private_address_is_called_only_where_it_may_be()
    {
        using var allowed = Serve(isSecure: false);
        using var pool = new VendorPool(Address(isSecure: false, mayBePrivate: false), TimeSpan.FromSeconds(5), TimeProvider.System);

        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(pool));

        Assert.Empty(accepted);
    }

    [Fact]
    public async Task Where_nobody_listens_is_said_at_once()
    {
        listener.Start();
        var address = Address(isSecure: false, mayBePrivate: true);
        listener.Stop();
        using var pool = new VendorPool(address, TimeSpan.FromSeconds(5), TimeProvider.System);

        var e = await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(pool));

        Assert.Equal(HttpRequestError.ConnectionError, e.HttpRequestError);
    }

    [Fact]
    public async Task A_vendor_that_does_not_shake_hands_is_waited_for_as_long_as_a_connection_may_take()
    {
        listener.Start(); // and accepts nobody
        using var pool = new VendorPool(Address(isSecure: true, mayBePrivate: true), TimeSpan.FromMilliseconds(50), TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AskAsync(pool));
    }

    [Fact]
    public async Task What_is_idle_ends_with_the_pool()
    {
        var pool = Serve(isSecure: false);
        Assert.Equal("ok", await AskAsync(pool));

        pool.Dispose();

        await Assert.Single(served).WaitAsync(TimeSpan.FromSeconds(20), Cancel); // its vendor has seen the end
    }

    private static async Task<string> AskAsync(VendorPool pool)
    {
        var request = new VendorRequest(pool, "POST"u8, new Uri("http://localhost/v1"));
        request.SetBody("{}"u8.ToArray(), "application/json");
        using var said = await request.SendAsync(Cancel);
        return await VendorLine.ReadAsync(said);
    }

    private VendorAddress Address(bool isSecure, bool mayBePrivate) =>
        new(isSecure, "localhost", ((IPEndPoint)listener.LocalEndpoint).Port, "localhost", mayBePrivate);

    /// <summary>A vendor that answers, and a pool that believes its certificate.</summary>
    private VendorPool Serve(bool isSecure)
    {
        listener.Start();
        X509ChainPolicy? trust = null;
        if (isSecure)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var wish = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            wish.CertificateExtensions.Add(names.Build());
            certificate = wish.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
            trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            trust.CustomTrustStore.Add(certificate);
        }
        serving = AcceptAsync();
        return new(Address(isSecure, mayBePrivate: true), TimeSpan.FromSeconds(5), TimeProvider.System) { Trust = trust };
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Stream stream = new NetworkStream(await listener.AcceptSocketAsync(Cancel), ownsSocket: true);
                accepted.Add(stream);
                served.Add(AnswerAsync(stream));
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException or OperationCanceledException)
        {
            await Task.WhenAll(served);
        }
    }

    /// <summary>Each request is one piece, as it is sent.</summary>
    private async Task AnswerAsync(Stream stream)
    {
        try
        {
            if (certificate is not null)
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync(certificate);
                stream = secure;
            }
            var request = new byte[4096];
            while (await stream.ReadAsync(request, Cancel) > 0)
                await stream.WriteAsync(answer, Cancel);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It is closed.
        }
    }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        foreach (var stream in accepted)
            await stream.DisposeAsync();
        await serving;
        certificate?.Dispose();
    }
}
