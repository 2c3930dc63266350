using Microsoft.Extensions.Configuration;

namespace Tokenline.Host.Tls;

internal enum ClientCertificates
{
    /// <summary>None is asked for.</summary>
    None,

    /// <summary>Whoever has one shows it; access lines look at it.</summary>
    Allow,

    /// <summary>Nobody connects without one.</summary>
    Require,
}

/// <summary>How this process speaks TLS itself, at its addresses that begin with https.</summary>
/// <param name="Certificate">A file of PEM: the certificate first, then those between it and its root.</param>
/// <param name="Key">The private key, PEM without a password; null: it is in the file of the certificate.</param>
/// <param name="ClientAuthorities">A file of PEM: certificates of clients are issued by one of these. Null: any is taken, and only access lines say which is good.</param>
/// <param name="ClientCertificatePorts">Certificates are asked for at these ports alone; empty: at all.</param>
internal sealed record TlsSettings(
    string Certificate,
    string? Key,
    ClientCertificates ClientCertificates,
    string? ClientAuthorities,
    IReadOnlyList<int> ClientCertificatePorts
)
{
    public static TlsSettings? Read(IConfigurationSection section)
    {
        var certificate = File(section, "Certificate");
        var clients = section["ClientCertificates"] switch
        {
            null or "" or "none" => ClientCertificates.None,
            "allow" => ClientCertificates.Allow,
            "require" => ClientCertificates.Require,
            { } other => throw new SettingException($"The setting Tls:ClientCertificates is none, allow or require, not '{other}'."),
        };
        if (certificate is null)
            return clients == ClientCertificates.None
                ? null
                : throw new SettingException(
                    "Tls:ClientCertificates needs Tls:Certificate: clients show theirs only to a server that has one."
                );
        var ports = (section["ClientCertificatePorts"] ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(text =>
                ushort.TryParse(text, out var port)
                    ? (int)port
                    : throw new SettingException($"The setting Tls:ClientCertificatePorts lists ports with commas between, not '{text}'.")
            );
        return new(certificate, File(section, "Key"), clients, File(section, "ClientAuthorities"), [.. ports]);
    }

    private static string? File(IConfigurationSection section, string name) =>
        section[name] is not { Length: > 0 } text ? null
        : System.IO.File.Exists(text) ? Path.GetFullPath(text)
        : throw new SettingException($"The setting {section.Path}:{name} names a file that is not there: {text}");
}
