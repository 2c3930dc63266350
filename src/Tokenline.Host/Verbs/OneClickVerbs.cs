using System.CommandLine;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>The verbs of lines that consent to be charged without a code each time.</summary>
internal static class OneClickVerbs
{
    public static Command Command()
    {
        var perOrder = Required("--per-order", "The most of one order, such as 30.00.");
        var perMonth = Required("--per-month", "The most of all in a calendar month, such as 100.00.");
        var currency = new Option<string>("--currency") { Description = "The operator's currency.", DefaultValueFactory = _ => "CNY" };
        var code = Required("--code", "The code that went to the phone.");
        return Group(
            "one-click",
            "Lines that consent to be charged without a code each time.",
            Get("show", "A line's consent.", p => SellingVerbs.Of(p, "one-click"), SellingVerbs.customer),
            Call(
                "ask",
                "Ask a line for its consent: a code goes to the phone.",
                HttpMethod.Post,
                p => SellingVerbs.Of(p, "one-click"),
                p => new
                {
                    perOrder = new { amount = p.GetValue(perOrder), currency = p.GetValue(currency) },
                    perMonth = new { amount = p.GetValue(perMonth), currency = p.GetValue(currency) },
                },
                SellingVerbs.customer,
                perOrder,
                perMonth,
                currency
            ),
            Call(
                "confirm",
                "Give the code.",
                HttpMethod.Post,
                p => SellingVerbs.Of(p, "one-click/confirm"),
                p => new { code = p.GetValue(code) },
                SellingVerbs.customer,
                code
            ),
            Call(
                "revoke",
                "Take the consent back.",
                HttpMethod.Delete,
                p => SellingVerbs.Of(p, "one-click"),
                _ => null,
                SellingVerbs.customer
            )
        );
    }
}
