// Every certificate is made here, and which one is shown is what the tests look at.
#pragma warning disable MA0039, CA5359
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Tokenline.Commerce.Calling;
using Tokenline.Commerce.Parties;
using Tokenline.Host.Tls;
using Tokenline.Testing;

namespace Tokenline.Host.Tests;

/// <summary>A server that speaks TLS itself and asks for certificates, and trusts a proxy at 127.0.0.2 that passes them on.</summary>
public sealed class TlsServer : RunningServer
{
    public const string Proxy = "127.0.0.2";
    public const string Header = "Client-Cert";

    internal string Folder { get; } = Directory.CreateTempSubdirectory("tokenline-tls-").FullName;

    internal string CertificateFile => Path.Combine(Folder, "server.pem");

    internal string SecureUrl =>
        Get<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First(address => address.StartsWith("https", StringComparison.Ordinal));

    private protected override Settings Adjust(Settings settings)
    {
        File.WriteAllText(CertificateFile, Certificates.Pem(Certificates.Make("server", DateTimeOffset.MaxValue)));
        return settings with
        {
            Urls = "http://127.0.0.1:0;https://127.0.0.1:0",
            Tls = new TlsSettings(CertificateFile, null, ClientCertificates.Allow, null, []),
            TrustedProxies = [Proxy],
            ClientCertificateHeader = Header,
        };
    }
}

/// <summary>Certificates that a test makes for itself.</summary>
internal static class Certificates
{
    /// <param name="until">At most ten years from now.</param>
    public static X509Certificate2 Make(string name, DateTimeOffset until, X509Certificate2? by = null, bool isAuthority = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        var (from, to) = (now.AddYears(-2), until > now.AddYears(10) ? now.AddYears(10) : until);
        using var made = by is null
            ? request.CreateSelfSigned(from, to)
            : request
                .Create(
                    by.SubjectName,
                    X509SignatureGenerator.CreateForECDsa(by.GetECDsaPrivateKey()!),
                    from,
                    to,
                    RandomNumberGenerator.GetBytes(8)
                )
                .CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    public static string Pem(X509Certificate2 certificate) =>
        $"{certificate.ExportCertificatePem()}\n{certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n";
}

/// <summary>Access lines that are for who shows a certificate: over a connection of the gateway's own, and behind a proxy.</summary>
public class TlsTests(TlsServer server) : IClassFixture<TlsServer>
{
    private const string Body = $$"""{"model":"{{RunningServer.Model}}","messages":[{"role":"user","content":"Hi"}]}""";
    private static readonly DateTimeOffset later = TimeProvider.System.GetUtcNow().AddYears(1);

    [Fact]
    public async Task A_line_with_a_certificate_lets_in_who_shows_that_one_in_its_time_and_nobody_else()
    {
        using var right = Certificates.Make("right", later);
        using var wrong = Certificates.Make("wrong", later);
        using var expired = Certificates.Make("expired", TimeProvider.System.GetUtcNow().AddDays(-1));
        var subscriber = await server.SubscriberAsync(tokens: 1_000_000);
        var (editing, customer) = (server.Get<CallingTermsEditing>(), subscriber.Customer.Id);
        (await editing.AddLineAsync(customer, "Line", "127.0.0.0/8", RunningServer.Cancel, right.ExportCertificatePem())).Required();
        (await editing.AddLineAsync(customer, "Old", "127.0.0.0/8", RunningServer.Cancel, CertificatePrint.Of(expired))).Required();

        Assert.Equal((200, null), await CallAsync(subscriber.Key, right));
        Assert.Equal((403, "certificate_not_allowed"), await CallAsync(subscriber.Key, wrong));
        Assert.Equal((403, "certificate_not_allowed"), await CallAsync(subscriber.Key, expired));
        Assert.Equal((403, "certificate_not_allowed"), await CallAsync(subscriber.Key, null));
        using (var plain = new HttpClient())
            Assert.Equal((403, "certificate_not_allowed"), await CallAsync(plain, server.Url, subscriber.Key));
        Assert.Single(await subscriber.RecordsAsync());

        (await server.Get<Keys>().RevokeAsync(customer, subscriber.KeyId, RunningServer.Cancel)).Required();
        Assert.Equal((401, "invalid_api_key"), await CallAsync(subscriber.Key, right));
        var next = (await server.Get<Keys>().CreateAsync(customer, "next", null, null, RunningServer.Cancel)).Required();
        (await editing.RemoveLineAsync(customer, "127.0.0.0/8", RunningServer.Cancel, CertificatePrint.Of(right))).Required();
        Assert.Equal((403, "certificate_not_allowed"), await CallAsync(next.Text, right));
        Assert.Single(await subscriber.RecordsAsync());
    }

    [Fact]
    public async Task A_proxy_that_is_trusted_passes_the_certificate_on_and_nobody_else_does()
    {
        using var right = Certificates.Make("right", later);
        using var wrong = Certificates.Make("wrong", later);
        var subscriber = await server.SubscriberAsync(tokens: 1_000_000);
        (
            await server
                .Get<CallingTermsEditing>()
                .AddLineAsync(subscriber.Customer.Id, "Line", "::/0", RunningServer.Cancel, CertificatePrint.Of(right).ToUpperInvariant())
        ).Required();
        using var proxy = From(TlsServer.Proxy);
        using var somebody = From("127.0.0.3");
        string[] forms = [Rfc9440(right), Convert.ToBase64String(right.RawData), Uri.EscapeDataString(right.ExportCertificatePem())];

        foreach (var form in forms)
        {
            Assert.Equal((200, null), await CallAsync(proxy, server.Url, subscriber.Key, form));
            Assert.Equal((403, "certificate_not_allowed"), await CallAsync(somebody, server.Url, subscriber.Key, form));
        }
        Assert.Equal((403, "certificate_not_allowed"), await CallAsync(proxy, server.Url, subscriber.Key, Rfc9440(wrong)));
        Assert.Equal((403, "certificate_not_allowed"), await CallAsync(proxy, server.Url, subscriber.Key, ":bm90IG9uZQ==:"));
        Assert.Equal((403, "certificate_not_allowed"), await CallAsync(proxy, server.Url, subscriber.Key));
        Assert.Equal(forms.Length, (await subscriber.RecordsAsync()).Count);
    }

    [Fact]
    public async Task A_new_certificate_is_shown_without_a_restart_and_a_broken_file_changes_nothing()
    {
        var before = await ShownAsync();
        using var next = Certificates.Make("next", later);

        await File.WriteAllTextAsync(server.CertificateFile, "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n");
        var waited = TimeProvider.System.GetTimestamp();
        await Eventually.WhenAsync(
            ShownAsync,
            shown => TimeProvider.System.GetElapsedTime(waited) > TimeSpan.FromSeconds(1.2) && shown == before
        );
        await File.WriteAllTextAsync(server.CertificateFile, Certificates.Pem(next));

        Assert.Equal(CertificatePrint.Of(next), await Eventually.WhenAsync(ShownAsync, shown => shown != before));
    }

    [Fact]
    public async Task Every_answer_is_told_to_browsers_as_what_it_is_and_over_TLS_to_come_so_again()
    {
        using var client = Secure(null);
        foreach (
            var path in (string[])
                [
                    "/",
                    "/sign-in",
                    "/nowhere",
                    "/v1/models",
                    "/api/v1/customers",
                    "/openapi/v1.json",
                    "/metrics",
                    "/healthz",
                    "/docs/",
                    "/market",
                ]
        )
        {
            using var answer = await client.GetAsync(new Uri(server.SecureUrl + path), RunningServer.Cancel);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("max-age=31536000", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
            if (path.StartsWith("/v1", StringComparison.Ordinal))
                continue;
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe-inline", policy.Split("style-src")[0], StringComparison.Ordinal);
            Assert.Equal(path == "/docs/", policy.Contains("unsafe-inline", StringComparison.Ordinal));
            Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        }
        using var plain = await new HttpClient().GetAsync(new Uri(server.Url + "/healthz"), RunningServer.Cancel);
        Assert.False(plain.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task What_is_charged_of_a_broken_stream_reaches_a_client_that_reads_late_over_TLS_too()
    {
        await using var vendor = new ScriptedVendor(ScriptedVendor.CutAfterMuchAsync);
        var body = new StringContent(Wire.Ask(model: await server.ServeAsync(vendor), stream: true), Encoding.UTF8, "application/json");
        var subscriber = await server.SubscriberAsync();
        using var client = Secure(null);

        using var request = RunningServer.Request($"{server.SecureUrl}/v1/chat/completions", body, subscriber.Key);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, RunningServer.Cancel);

        await VendorFaultTests.AssertAllArrivesAsync(response);
    }

    private static string Rfc9440(X509Certificate2 certificate) => $":{Convert.ToBase64String(certificate.RawData)}:";

    private async Task<string> ShownAsync()
    {
        var shown = "";
        using var socket = new TcpClient();
        var address = new Uri(server.SecureUrl);
        await socket.ConnectAsync(address.Host, address.Port, RunningServer.Cancel);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    shown = CertificatePrint.Of((X509Certificate2)certificate!);
                    return true;
                },
            },
            RunningServer.Cancel
        );
        return shown;
    }

    private async Task<(int Status, string? Code)> CallAsync(string key, X509Certificate2? certificate)
    {
        using var client = Secure(certificate);
        return await CallAsync(client, server.SecureUrl, key);
    }

    private static HttpClient Secure(X509Certificate2? certificate)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        if (certificate is not null)
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        return new(handler);
    }

    private static HttpClient From(string address) =>
        new(
            new SocketsHttpHandler
            {
                ConnectCallback = async (context, cancellation) =>
                {
                    var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                    await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        );

    private static async Task<(int Status, string? Code)> CallAsync(HttpClient client, string url, string key, string? header = null)
    {
        using var request = RunningServer.Request(
            $"{url}/v1/chat/completions",
            new StringContent(Body, Encoding.UTF8, "application/json"),
            key
        );
        if (header is not null)
            request.Headers.TryAddWithoutValidation(TlsServer.Header, header);
        using var response = await client.SendAsync(request, RunningServer.Cancel);
        var text = await response.Content.ReadAsStringAsync(RunningServer.Cancel);
        return response.StatusCode == HttpStatusCode.OK
            ? (200, null)
            : ((int)response.StatusCode, (string?)JsonNode.Parse(text)!["error"]!["code"]);
    }
}

/// <summary>Where authorities are named, a certificate that none of them has issued ends the handshake.</summary>
public sealed class ClientAuthorityTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tokenline-authorities-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Only_what_an_authority_has_issued_is_taken_and_only_in_its_time()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authority = Certificates.Make("authority", now.AddYears(5), isAuthority: true);
        using var another = Certificates.Make("authority", now.AddYears(5), isAuthority: true);
        using var good = Certificates.Make("good", now.AddYears(1), authority);
        using var forged = Certificates.Make("good", now.AddYears(1), another);
        using var own = Certificates.Make("own", now.AddYears(1));
        var (server, clients) = (Path.Combine(folder, "server.pem"), Path.Combine(folder, "clients.pem"));
        File.WriteAllText(server, Certificates.Pem(Certificates.Make("server", now.AddYears(1))));
        File.WriteAllText(clients, authority.ExportCertificatePem());
        var settings = new TlsSettings(server, null, ClientCertificates.Allow, clients, []);
        var certificates = new TlsCertificates(settings, TimeProvider.System, NullLogger.Instance);

        Assert.True(certificates.Takes(good));
        Assert.False(certificates.Takes(forged));
        Assert.False(certificates.Takes(own));
        Assert.False(new TlsCertificates(settings, new Later(TimeSpan.FromDays(400)), NullLogger.Instance).Takes(good));
    }

    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
