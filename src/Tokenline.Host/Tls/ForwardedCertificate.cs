using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tokenline.Commerce.Calling;

namespace Tokenline.Host.Tls;

/// <summary>
/// A client's certificate that a proxy which ends TLS passes on in a header: as RFC 9440 writes it (<c>:base64:</c>), as base64 of DER (HAProxy's <c>ssl_c_der</c>), or
/// as PEM with percent-encoding (nginx' <c>$ssl_client_escaped_cert</c>). Read only where the connection comes from a proxy that is trusted; from anybody else the header is nothing.
/// </summary>
internal static class ForwardedCertificate
{
    private const int TextLengthMax = 16 * 1024;

    /// <summary>Before forwarded addresses are taken: it is the connection's own address that is looked at.</summary>
    public static IApplicationBuilder UseForwardedCertificate(this IApplicationBuilder app, string header, IReadOnlyList<string> proxies)
    {
        AddressRange[] trusted =
        [
            .. proxies.Select(proxy => AddressRange.TryParse(proxy, out var range) ? range : throw new FormatException(proxy)),
        ];
        return app.Use(next =>
            context =>
            {
                if (!context.Request.Headers.TryGetValue(header, out var values))
                    return next(context);
                context.Request.Headers.Remove(header);
                if (
                    values is [{ Length: > 0 and <= TextLengthMax } text]
                    && context.Connection.RemoteIpAddress is { } peer
                    && IsOf(trusted, peer)
                )
                    context.Features.Set<ITlsConnectionFeature>(new Feature(text));
                return next(context);
            }
        );
    }

    /// <summary>Null: it is no certificate.</summary>
    internal static X509Certificate2? Read(string text)
    {
        try
        {
            if (text.StartsWith("-----BEGIN", StringComparison.Ordinal))
                return X509Certificate2.CreateFromPem(Uri.UnescapeDataString(text));
            return X509CertificateLoader.LoadCertificate(Convert.FromBase64String(text.Trim().Trim(':')));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }

    private static bool IsOf(AddressRange[] ranges, IPAddress address)
    {
        foreach (var range in ranges)
        {
            if (range.Contains(address))
                return true;
        }
        return false;
    }

    /// <summary>Read when somebody asks for it: most calls have no access line that does.</summary>
    private sealed class Feature(string text) : ITlsConnectionFeature
    {
        private X509Certificate2? certificate;
        private bool isRead;

        public X509Certificate2? ClientCertificate
        {
            get
            {
                if (!isRead)
                    (certificate, isRead) = (Read(text), true);
                return certificate;
            }
            set => (certificate, isRead) = (value, true);
        }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
    }
}
