using System.CommandLine;
using static Tokenline.Host.Verbs.ApiVerbs;
using static Tokenline.Host.Verbs.SellingVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>The verbs of people: who belongs to a customer, as what, and who is invited.</summary>
internal static class MemberVerbs
{
    private static readonly Option<string?> by = Optional(
        "--by",
        "The member on whose behalf it is done, mbr_…; without it: the operator."
    );

    public static IEnumerable<Command> Commands() => [Members(), Invitations()];

    private static Command Members()
    {
        var id = Id("id", "The member's id, mbr_….");
        var role = Required("--role", "administrator, departmentAdministrator or member.");
        var department = Optional("--department", "The node that a department administrator looks after.");
        var phone = Required("--phone", "The person's phone number.");
        var reason = Optional("--reason", "Why, for the record.");
        return Group(
            "member",
            "Persons who belong to a customer.",
            List(
                "list",
                "A customer's members, those who have left too.",
                p => Of(p, "members"),
                ["id", "phoneNumber", "name", "role", "state", "allotment", "department", "from", "until"],
                customer
            ),
            Get("show", "One member.", p => Of(p, "members") + $"/{Escape(p.GetValue(id))}", id, customer),
            List(
                "of",
                "The customers that a person belongs to.",
                p => $"memberships?phoneNumber={Escape(p.GetValue(phone))}",
                ["id", "role", "customer", "customerName", "customerType", "allotment", "department", "from"],
                phone
            ),
            Call(
                "role",
                "Give a member another role.",
                HttpMethod.Put,
                p => Of(p, "members") + $"/{Escape(p.GetValue(id))}/role" + By(p),
                p => new { role = p.GetValue(role), department = p.GetValue(department) },
                id,
                customer,
                role,
                department,
                by
            ),
            Call(
                "remove",
                "End a membership: its keys end at once, what was used stays on record.",
                HttpMethod.Delete,
                p =>
                    Of(p, "members")
                    + $"/{Escape(p.GetValue(id))}{By(p)}"
                    + (p.GetValue(reason) is { } why ? $"{(p.GetValue(by) is null ? '?' : '&')}reason={Escape(why)}" : ""),
                _ => null,
                id,
                customer,
                reason,
                by
            ),
            List("rights", "Who may do what.", _ => "member-rights", ["type", "role", "act", "reach"])
        );
    }

    private static Command Invitations()
    {
        var id = Id("id", "The invitation's id, inv_….");
        var phone = Required("--phone", "The phone number of whoever is invited.");
        var name = Optional("--name", "What to call the member.");
        var role = Optional("--role", "member (unless told), departmentAdministrator or administrator.");
        var parent = Optional("--parent", "The node that the member's own will lie under; without it: the account.");
        var limits = LimitOption.New("A limit of the member");
        var models = new Option<string[]>("--model") { Description = "A Model ID that the member may call; repeat for more." };
        var hours = new Option<string[]>("--hours") { Description = $"When the member may call; repeat for more. {HoursText.Form}" };
        var code = Required("--code", "That was sent to the number.");
        return Group(
            "invitation",
            "Who is asked to become a member.",
            Call(
                "create",
                "Invite somebody by phone number; a code goes there.",
                HttpMethod.Post,
                p => Of(p, "invitations") + By(p),
                p => new
                {
                    phoneNumber = p.GetValue(phone),
                    name = p.GetValue(name),
                    role = p.GetValue(role),
                    parent = p.GetValue(parent),
                    limits = LimitOption.Read(p, limits),
                    models = p.GetValue(models) is { Length: > 0 } m ? m : null,
                    hours = p.GetValue(hours) is { Length: > 0 } h ? h.Select(HoursText.Parse).ToArray() : null,
                },
                customer,
                phone,
                name,
                role,
                parent,
                limits,
                models,
                hours,
                by
            ),
            List(
                "list",
                "A customer's invitations.",
                p => Of(p, "invitations"),
                ["id", "phoneNumber", "name", "role", "state", "expiresAt", "sentAt", "membership"],
                customer
            ),
            List(
                "of",
                "What a number may accept.",
                p => $"invitations?phoneNumber={Escape(p.GetValue(phone))}",
                ["id", "customer", "role", "state", "expiresAt", "sentAt"],
                phone
            ),
            Call("code", "Send another code.", HttpMethod.Post, p => $"invitations/{Escape(p.GetValue(id))}/code", _ => null, id),
            Call(
                "accept",
                "Become a member, with the code that was sent.",
                HttpMethod.Post,
                p => $"invitations/{Escape(p.GetValue(id))}/accept",
                p => new { code = p.GetValue(code), name = p.GetValue(name) },
                id,
                code,
                name
            ),
            Call("decline", "Decline it.", HttpMethod.Post, p => $"invitations/{Escape(p.GetValue(id))}/decline", _ => null, id),
            Call(
                "withdraw",
                "Withdraw it.",
                HttpMethod.Delete,
                p => Of(p, "invitations") + $"/{Escape(p.GetValue(id))}{By(p)}",
                _ => null,
                id,
                customer,
                by
            )
        );
    }

    private static string By(ParseResult parsed) => parsed.GetValue(by) is { } member ? $"?by={Escape(member)}" : "";
}
