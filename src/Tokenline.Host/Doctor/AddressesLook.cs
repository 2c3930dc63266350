using System.Net;

namespace Tokenline.Host.Doctor;

/// <summary>Where it listens, and what that means for who can reach it.</summary>
internal static class AddressesLook
{
    public static Task<IReadOnlyList<Finding>> TakeAsync(Settings settings, CancellationToken cancellation)
    {
        var isPublic = settings.Urls.Split(';').Any(url => !IsLoopback(new Uri(url).Host));
        var findings = new List<Finding> { Finding.Well("addresses", settings.Urls) };
        if (isPublic)
            findings.Add(
                Finding.Watch(
                    "encryption",
                    "it listens beyond this machine, and speaks plain HTTP: keys and prompts cross the network as they are",
                    "Put a proxy that ends TLS before it (docs/deploy.md), and let it alone reach this port."
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

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
