using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Tokenline.Host.Tls;

namespace Tokenline.Host.Doctor;

/// <summary>Where it listens, and what that means for who can reach it.</summary>
internal static class AddressesLook
{
    private const int CertificateDaysFew = 14;

    public static Task<IReadOnlyList<Finding>> TakeAsync(Settings settings, CancellationToken cancellation)
    {
        var isPublic = settings.Urls.Split(';').Any(url => !IsLoopback(new Uri(url).Host));
        var isPlain = settings
            .Urls.Split(';')
            .Select(url => new Uri(url))
            .Any(url => url.Scheme == Uri.UriSchemeHttp && !IsLoopback(url.Host));
        var findings = new List<Finding> { Finding.Well("addresses", settings.Urls) };
        if (settings.Tls is { } tls)
            findings.Add(CertificateOf(tls));
        if (isPlain)
            findings.Add(
                Finding.Watch(
                    "encryption",
                    "it listens beyond this machine, and speaks plain HTTP: keys and prompts cross the network as they are",
                    "Put a proxy that ends TLS before it (docs/deploy.md) and let it alone reach this port, or listen at https (Tls:Certificate)."
                )
            );
        if (isPublic && settings.Demo)
            findings.Add(
                Finding.Ill(
                    "demo",
                    "the demo is on at an address that others reach: its vendors and its carrier are simulated, and its phone bills are nobody's",
                    "Set Demo to false (TOKENLINE__Demo=false)."
                )
            );
        if (isPublic && settings.PublicUrl is null)
            findings.Add(
                Finding.Watch(
                    "public address",
                    "PublicUrl is not set: what is sent to customers names the address that this process listens on",
                    "Set PublicUrl to where customers find the portal."
                )
            );
        return Task.FromResult<IReadOnlyList<Finding>>(findings);
    }

    /// <summary>The file is read as the server reads it.</summary>
    private static Finding CertificateOf(TlsSettings tls)
    {
        const string about = "certificate";
        var now = TimeProvider.System.GetUtcNow();
        var certificates = new TlsCertificates(tls, TimeProvider.System, NullLogger.Instance);
        var until = new DateTimeOffset(certificates.Leaf.NotAfter.ToUniversalTime());
        var says = string.Create(CultureInfo.InvariantCulture, $"{tls.Certificate} is good until {until:yyyy-MM-dd}");
        const string remedy = "Put a new one in its place: it is taken without a restart.";
        return until < now ? Finding.Ill(about, says, remedy)
            : until < now.AddDays(CertificateDaysFew) ? Finding.Watch(about, says, remedy)
            : Finding.Well(about, says);
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
