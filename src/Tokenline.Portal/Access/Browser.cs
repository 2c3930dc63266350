using Microsoft.AspNetCore.Http;

namespace Tokenline.Portal.Access;

/// <summary>What is known of the browser that asks.</summary>
internal static class Browser
{
    /// <summary>Behind a proxy that of the visitor, where the host uses forwarded headers.</summary>
    public static string Address(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    public static string Device(HttpContext context) => context.Request.Headers.UserAgent.ToString();

    private static readonly (string Mark, string Name)[] browsers =
    [
        ("MicroMessenger", "WeChat"),
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ];

    private static readonly (string Mark, string Name)[] systems =
    [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("HarmonyOS", "HarmonyOS"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];

    /// <summary>A user agent in two words: Chrome, Windows. Null: it tells nothing that is known here.</summary>
    public static string? NameOf(string userAgent)
    {
        var words = new[] { Find(browsers), Find(systems) }.Where(word => word is not null);
        var name = string.Join(", ", words);
        return name.Length == 0 ? null : name;

        string? Find((string Mark, string Name)[] known) =>
            Array.Find(known, candidate => userAgent.Contains(candidate.Mark, StringComparison.Ordinal)).Name;
    }
}
