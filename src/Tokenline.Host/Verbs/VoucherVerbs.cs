using System.CommandLine;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>The verbs of codes that make orders cheaper or add to them.</summary>
internal static class VoucherVerbs
{
    public static Command Command()
    {
        var type = Required("--type", "percent, amount, freePeriod (the first one of a plan costs nothing) or grant.");
        var code = Optional("--code", "4 to 32 letters, digits and hyphens; without it codes are made up.");
        var count = new Option<int?>("--count") { Description = "So many codes are made up; 1 unless told." };
        var percent = Optional("--percent", "Of the type percent, such as 20.");
        var amount = Optional("--amount", "Of the type amount, such as 5.00.");
        var currency = new Option<string>("--currency") { Description = "The operator's currency.", DefaultValueFactory = _ => "CNY" };
        var unit = Optional("--grant-unit", "Of the type grant: a quota unit, such as general-token.");
        var granted = Optional("--grant-amount", "Of the type grant: in whole units.");
        var days = new Option<int?>("--grant-days") { Description = "Of the type grant: so long it can be spent." };
        var uses = new Option<int?>("--uses") { Description = "Orders at the most; 1 unless told, 0 is any number." };
        var perCustomer = new Option<int?>("--per-customer") { Description = "The same, of one customer." };
        var from = Optional("--from", "Good from this instant on.");
        var to = Optional("--to", "Good until this instant.");
        var offerings = new Option<string[]>("--offering")
        {
            Description = "Good for this offering; repeat for more. Without it: for all.",
        };
        var note = Optional("--note", "What it is for.");
        var id = Id("code", "The voucher's code.");
        return Group(
            "voucher",
            "Codes that make orders cheaper or add to them.",
            Call(
                "make",
                "Make one or many.",
                HttpMethod.Post,
                _ => "vouchers",
                p => new
                {
                    type = p.GetValue(type),
                    code = p.GetValue(code),
                    count = p.GetValue(count),
                    percent = p.GetValue(percent),
                    amount = p.GetValue(amount) is { } less ? new { amount = less, currency = p.GetValue(currency) } : null,
                    grant = p.GetValue(unit) is { } name
                        ? new
                        {
                            unit = name,
                            amount = p.GetValue(granted),
                            days = p.GetValue(days),
                        }
                        : null,
                    uses = p.GetValue(uses),
                    perCustomer = p.GetValue(perCustomer),
                    from = p.GetValue(from),
                    to = p.GetValue(to),
                    offerings = p.GetValue(offerings) is { Length: > 0 } given ? given : null,
                    note = p.GetValue(note),
                },
                type,
                code,
                count,
                percent,
                amount,
                currency,
                unit,
                granted,
                days,
                uses,
                perCustomer,
                from,
                to,
                offerings,
                note
            ),
            List(
                "list",
                "All vouchers, by code.",
                _ => "vouchers",
                ["code", "type", "percent", "amount.amount", "uses", "used", "to", "ended", "note"]
            ),
            Get("show", "One, with the orders that it was used for.", p => $"vouchers/{Escape(p.GetValue(id))}", id),
            Call("end", "Let it be used no more.", HttpMethod.Post, p => $"vouchers/{Escape(p.GetValue(id))}/end", _ => null, id)
        );
    }
}
