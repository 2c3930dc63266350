using System.CommandLine;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline setting</c>: the settings that need no restart.</summary>
internal static class SettingVerbs
{
    public static Command Command()
    {
        var name = Id("name", "As in appsettings.json, such as Billing:PaymentDays.");
        var value = Id("value", "The new value.");
        var gone = Id("name", "As in appsettings.json, such as Billing:PaymentDays.");
        var reason = Required("--reason", "Why; the audit log keeps it.");
        return Group(
            "setting",
            "Settings that change while the system runs.",
            List(
                "list",
                "What holds, and what this server was started with.",
                _ => "settings",
                ["name", "value", "startedWith", "changedAt", "by"]
            ),
            Call(
                "set",
                "Set one: in force at once, on every node.",
                HttpMethod.Patch,
                _ => "settings",
                p => new
                {
                    settings = new Dictionary<string, string?> { [p.GetValue(name)!] = p.GetValue(value) },
                    reason = p.GetValue(reason),
                },
                name,
                value,
                reason
            ),
            Call(
                "reset",
                "Take back what was set: it is as servers are started with again.",
                HttpMethod.Patch,
                _ => "settings",
                p => new { settings = new Dictionary<string, string?> { [p.GetValue(gone)!] = null }, reason = p.GetValue(reason) },
                gone,
                reason
            )
        );
    }
}
