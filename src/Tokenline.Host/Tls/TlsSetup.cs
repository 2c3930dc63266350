using System.Net;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tokenline.Host.Tls;

/// <summary>TLS at the addresses that begin with https.</summary>
internal static class TlsSetup
{
    public static void AddTls(this WebApplicationBuilder builder, TlsSettings? settings)
    {
        if (settings is null)
            return;
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton(provider => new TlsCertificates(
            settings,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<TlsCertificates>>()
        ));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var certificates = kestrel.ApplicationServices.GetRequiredService<TlsCertificates>();
            // One call a connection at a time, as over plain HTTP: what a hang-up means is the same on both.
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
            kestrel.ConfigureHttpsDefaults(https =>
            {
                https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                https.ServerCertificateSelector = (_, _) => certificates.Leaf;
                https.ClientCertificateMode = settings.ClientCertificates switch
                {
                    ClientCertificates.Require => ClientCertificateMode.RequireCertificate,
                    ClientCertificates.Allow => ClientCertificateMode.AllowCertificate,
                    _ => ClientCertificateMode.NoCertificate,
                };
                https.ClientCertificateValidation = (client, _, _) => certificates.Takes(client);
                https.OnAuthenticate = (connection, ssl) =>
                {
                    // With those between it and its root, which a selector alone does not send.
                    ssl.ServerCertificateSelectionCallback = null;
                    ssl.ServerCertificateContext = certificates.Context;
                    if (
                        settings.ClientCertificatePorts.Count > 0
                        && connection.LocalEndPoint is IPEndPoint local
                        && !settings.ClientCertificatePorts.Contains(local.Port)
                    )
                    {
                        ssl.ClientCertificateRequired = false;
                        ssl.RemoteCertificateValidationCallback = null;
                    }
                };
            });
        });
    }
}
