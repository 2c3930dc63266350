using System.CommandLine;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>The verbs of those who work for the operator and for vendors, and of what they and others have changed.</summary>
internal static class StaffVerbs
{
    private const string Roles =
        "administrator, product, finance, support, operations or auditor; of a vendor vendorAdministrator, vendorFinance or vendorViewer. Repeat for more.";

    public static IEnumerable<Command> Commands() => [Staff(), AuditLogVerbs.Command(), SettingVerbs.Command()];

    private static Command Staff()
    {
        var id = Id("id", "The member of staff, stf_….");
        var phone = Required("--phone", "The phone number that signs in.");
        var name = Required("--name", "What to call the person.");
        var newName = Optional("--name", "What to call the person; without it: as before.");
        var roles = new Option<string[]>("--role") { Description = Roles, Required = true };
        var newRoles = new Option<string[]>("--role") { Description = Roles };
        var vendor = Optional("--vendor", "The vendor whose person it is; without it: the operator's.");
        var of = Optional("--vendor", "Only this vendor's people.");
        return Group(
            "staff",
            "People of the operator and of vendors, who sign in to their consoles.",
            Call(
                "add",
                "Add a member of staff.",
                HttpMethod.Post,
                _ => "staff",
                p => new
                {
                    phoneNumber = p.GetValue(phone),
                    name = p.GetValue(name),
                    roles = p.GetValue(roles),
                    vendor = p.GetValue(vendor),
                },
                phone,
                name,
                roles,
                vendor
            ),
            List(
                "list",
                "All of staff, those who have left last.",
                p => p.GetValue(of) is { } one ? $"staff?vendor={Escape(one)}" : "staff",
                ["id", "phoneNumber", "name", "roles", "vendor", "createdAt", "endedAt"],
                of
            ),
            Get("show", "One member of staff.", p => $"staff/{Escape(p.GetValue(id))}", id),
            Call(
                "change",
                "Change the name or the roles; in force with the next page.",
                HttpMethod.Put,
                p => $"staff/{Escape(p.GetValue(id))}",
                p => new { name = p.GetValue(newName), roles = p.GetValue(newRoles) is { Length: > 0 } some ? some : null },
                id,
                newName,
                newRoles
            ),
            Call(
                "remove",
                "Remove a member of staff: opens nothing from then on.",
                HttpMethod.Delete,
                p => $"staff/{Escape(p.GetValue(id))}",
                _ => null,
                id
            ),
            List("rights", "Which role has which right.", _ => "staff-rights", ["role", "rights"])
        );
    }
}
