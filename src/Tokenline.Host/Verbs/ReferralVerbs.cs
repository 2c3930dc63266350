using System.CommandLine;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>The verbs of customers who bring customers.</summary>
internal static class ReferralVerbs
{
    public static Command Command()
    {
        var unit = Required("--grant-unit", "A quota unit that each of the two gets, such as general-token.");
        var amount = Required("--grant-amount", "In whole units.");
        var days = new Option<int>("--grant-days") { Description = "So long it can be spent.", DefaultValueFactory = _ => 30 };
        var least = Required("--least-price", "What the first order costs at least, such as 9.90.");
        var currency = new Option<string>("--currency") { Description = "The operator's currency.", DefaultValueFactory = _ => "CNY" };
        var perMonth = new Option<int>("--per-month") { Description = "A customer's that count in a month.", DefaultValueFactory = _ => 5 };
        var inAll = new Option<int>("--in-all") { Description = "A customer's that count at all.", DefaultValueFactory = _ => 20 };
        var closed = new Option<bool>("--closed") { Description = "No new ones." };
        return Group(
            "referral",
            "Customers who bring customers: order create --referral CODE.",
            Get("terms", "What referrals bring.", _ => "referral-terms"),
            Call(
                "set",
                "Say what referrals bring, and how many of a customer's count.",
                HttpMethod.Put,
                _ => "referral-terms",
                p => new
                {
                    grant = new
                    {
                        unit = p.GetValue(unit),
                        amount = p.GetValue(amount),
                        days = p.GetValue(days),
                    },
                    leastPrice = new { amount = p.GetValue(least), currency = p.GetValue(currency) },
                    perMonth = p.GetValue(perMonth),
                    inAll = p.GetValue(inAll),
                    open = !p.GetValue(closed),
                },
                unit,
                amount,
                days,
                least,
                currency,
                perMonth,
                inAll,
                closed
            ),
            Get("show", "A customer's code, and whom the customer brought.", p => SellingVerbs.Of(p, "referrals"), SellingVerbs.customer)
        );
    }
}
