using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Tokenline.Host.Tls;

/// <summary>
/// The certificate that this process shows, and the authorities that it takes clients' certificates from: read again when their files have changed, looked at with a new
/// connection and at most once a second. What cannot be read leaves what was there before in force, and a line in the log.
/// </summary>
internal sealed partial class TlsCertificates
{
    private static readonly TimeSpan lookEvery = TimeSpan.FromSeconds(1);

    private readonly TlsSettings settings;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly Lock turn = new();
    private Loaded loaded;
    private long lookedAt;

    /// <exception cref="SettingException">The files cannot be used.</exception>
    public TlsCertificates(TlsSettings settings, TimeProvider time, ILogger log)
    {
        (this.settings, this.time, this.log) = (settings, time, log);
        lookedAt = time.GetTimestamp();
        try
        {
            loaded = Load();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"Tls:Certificate {settings.Certificate} cannot be used: {e.Message}");
        }
    }

    public X509Certificate2 Leaf => Current().Context.TargetCertificate;

    public SslStreamCertificateContext Context => Current().Context;

    /// <summary>Of a client, at the handshake. Without authorities any is taken here: the access line says which is good, and looks at its dates.</summary>
    public bool Takes(X509Certificate2 client)
    {
        if (Current().Authorities is not { } authorities)
            return true;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        return chain.Build(client);
    }

    private Loaded Current()
    {
        lock (turn)
        {
            if (time.GetElapsedTime(lookedAt) < lookEvery)
                return loaded;
            lookedAt = time.GetTimestamp();
            if (Stamp() == loaded.Stamp)
                return loaded;
            try
            {
                loaded = Load();
                LogLoaded(loaded.Context.TargetCertificate.NotAfter.ToUniversalTime());
            }
            catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
            {
                // Half of a pair may be there already: the next look finds both.
                LogUnusable(settings.Certificate, e.Message);
            }
            return loaded;
        }
    }

    private Loaded Load()
    {
        var stamp = Stamp();
        using var pem = X509Certificate2.CreateFromPemFile(settings.Certificate, settings.Key ?? settings.Certificate);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(settings.Certificate);
        // A key that came from PEM is not one that every platform can use at once; one that was exported and read again is.
        var leaf = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        X509Certificate2Collection? authorities = null;
        if (settings.ClientAuthorities is { } file)
        {
            authorities = [];
            authorities.ImportFromPemFile(file);
            if (authorities.Count == 0)
                throw new CryptographicException($"{file} holds no certificate.");
        }
        return new(
            stamp,
            SslStreamCertificateContext.Create(leaf, new X509Certificate2Collection(chain.Skip(1).ToArray()), offline: true),
            authorities
        );
    }

    private string Stamp() =>
        string.Join(
            ' ',
            ((string?[])[settings.Certificate, settings.Key, settings.ClientAuthorities])
                .OfType<string>()
                .Select(file => new FileInfo(file))
                .Select(file => file.Exists ? $"{file.LastWriteTimeUtc.Ticks}/{file.Length}" : "-")
        );

    private sealed record Loaded(string Stamp, SslStreamCertificateContext Context, X509Certificate2Collection? Authorities);

    [LoggerMessage(Level = LogLevel.Information, Message = "The certificate of this server was read anew; it is good until {Until:u}")]
    private partial void LogLoaded(DateTime until);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{File} has changed and cannot be used ({Why}); the certificate from before stays in use"
    )]
    private partial void LogUnusable(string file, string why);
}
