using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using Tokenline.Cluster;

namespace Tokenline.Host;

/// <summary>What makes a process a node of a cluster: a database that it shares with others.</summary>
/// <param name="Name">Of the cluster; its database remembers it.</param>
/// <param name="Address">Where other nodes reach this one; port 0 takes a free one.</param>
/// <param name="KeepRecordsMonths">Usage records of calls that began longer ago, in whole months, are dropped; null: they are kept for ever.</param>
/// <param name="SecretsFolder">Holds what is the same on every node; null: the data folder.</param>
internal sealed record ClusterSettings(
    string Database,
    string Name,
    IPEndPoint Address,
    NodeRoles Roles,
    string? SecretsFolder,
    int? KeepRecordsMonths
)
{
    private const int NameLengthMax = 60;

    /// <summary>A month must be billed, disputed and settled before its records may go.</summary>
    private const int KeptMonthsMin = 3;

    public ClusterSettings ForVerb() => this with { Roles = NodeRoles.Portal, Address = new IPEndPoint(Address.Address, 0) };

    public static ClusterSettings? Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Cluster");
        var database = Environment.GetEnvironmentVariable("TOKENLINE_DATABASE") ?? configuration["Database"];
        var roles = Environment.GetEnvironmentVariable("TOKENLINE_ROLES") ?? section["Roles"];
        if (database is not { Length: > 0 })
        {
            return roles is null or { Length: 0 } || ParseRoles(roles) == NodeRoles.All
                ? null
                : throw new SettingException(
                    $"The roles '{roles}' are for a node of a cluster, and there is none: set TOKENLINE_DATABASE to the cluster's PostgreSQL, or leave the roles out."
                );
        }
        var name = section["Name"] ?? "tokenline";
        if (name.Length is 0 or > NameLengthMax)
            throw new SettingException($"The setting Cluster:Name has 1 to {NameLengthMax} characters.");
        return new(
            database,
            name,
            Endpoint(Environment.GetEnvironmentVariable("TOKENLINE_NODE") ?? section["Node"] ?? "127.0.0.1:0"),
            ParseRoles(roles is { Length: > 0 } ? roles : "all"),
            (Environment.GetEnvironmentVariable("TOKENLINE_SECRETS") ?? section["Secrets"]) is { Length: > 0 } secrets
                ? Path.GetFullPath(secrets)
                : null,
            Months(section["KeepRecordsMonths"])
        );
    }

    private static NodeRoles ParseRoles(string text)
    {
        var roles = NodeRoles.None;
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            roles |= word.ToLowerInvariant() switch
            {
                "gateway" => NodeRoles.Gateway,
                "charging" => NodeRoles.Charging,
                "portal" => NodeRoles.Portal,
                "all" => NodeRoles.All,
                _ => throw new SettingException(
                    $"'{word}' is no role of a node. TOKENLINE_ROLES (Cluster:Roles) lists gateway, charging and portal, separated by commas, or says all."
                ),
            };
        return roles is NodeRoles.None
            ? throw new SettingException("TOKENLINE_ROLES (Cluster:Roles) names no role: gateway, charging, portal, or all.")
            : roles;
    }

    private static int? Months(string? text) =>
        text is not { Length: > 0 } ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var months) && months >= KeptMonthsMin ? months
        : throw new SettingException(
            $"The setting Cluster:KeepRecordsMonths is a whole number from {KeptMonthsMin} on, not '{text}'; left out, usage records are kept for ever."
        );

    private static IPEndPoint Endpoint(string text)
    {
        if (
            IPEndPoint.TryParse(text, out var endpoint)
            && !endpoint.Address.Equals(IPAddress.Any)
            && !endpoint.Address.Equals(IPAddress.IPv6Any)
        )
            return endpoint;
        throw new SettingException(
            $"'{text}' is not where other nodes reach this one. TOKENLINE_NODE (Cluster:Node) is an address of this machine and a port, such as 10.0.0.7:11111."
        );
    }
}
