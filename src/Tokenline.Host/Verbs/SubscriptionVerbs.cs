using System.CommandLine;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>The verbs of plans that customers hold.</summary>
internal static class SubscriptionVerbs
{
    private static readonly Argument<string> id = Id("id", "The subscription's id, prd_….");

    public static Command Command()
    {
        var now = new Option<bool>("--now") { Description = "At once, and not with the end of the period." };
        var offering = Required("--offering", "The plan that is wanted instead.");
        var expected = Optional("--expected-price", "What the customer was shown, such as 10.00; a higher price is refused.");
        var currency = new Option<string>("--currency") { Description = "The operator's currency.", DefaultValueFactory = _ => "CNY" };
        var seats = new Option<int>("--seats") { Description = "As many as there shall be.", Required = true };
        var with = Required("--with", "Another subscription of the customer's, prd_….");
        var agreed = Required("--expected-price", "What the customer was shown and has said yes to, such as 4.20.");
        var member = Required("--member", "The member, mbr_….");
        var by = Optional("--by", "The member on whose behalf it is done, mbr_…; without it: the operator.");
        var allotment = Required("--allotment", "The node, right under the account.");
        var most = new Option<decimal?>("--most") { Description = "The cap in whole units of a month; without it: none." };
        var least = new Option<decimal?>("--least") { Description = "What the caps of the others must leave for it, in whole units." };
        var from = Required("--from", "The node that gives.");
        var to = Required("--to", "The node that gets.");
        var amount = new Option<decimal>("--amount") { Description = "In whole units of a month.", Required = true };
        var reason = Optional("--reason", "Why, for the customer.");
        var method = Required("--payment-method", "phoneBill, wallet or invoice.");
        var anybody = Optional("--customer", "Only this customer's; everybody's unless told.");
        var renews = new Option<bool>("--renews") { Description = "The customers have agreed that they are renewed." };
        return Group(
            "subscription",
            "Plans that customers hold, from the first period to the last.",
            List(
                "list",
                "A customer's subscriptions.",
                p => SellingVerbs.Of(p, "subscriptions"),
                ["id", "name", "state", "standing", "renews", "period.from", "period.to", "seats.count", "price.amount", "price.currency"],
                SellingVerbs.customer
            ),
            Get("show", "One subscription.", p => Path(p), id),
            List(
                "payments",
                "What a subscription cost: payments and refunds.",
                p => Path(p, "payments"),
                ["correlator", "kind", "period", "amount.amount", "amount.currency", "state", "askedAt", "reason"],
                id
            ),
            Call(
                "cancel",
                "Do not renew it; with --now end it at once. What was paid and has not begun, and within the cooling-off time what is unused, is refunded.",
                HttpMethod.Post,
                p => Path(p, "cancel"),
                p => new { when = When(p) },
                id,
                now
            ),
            Post("keep", "Take a cancellation, a pause or an end with another back."),
            Get(
                "upgrade-price",
                "What an upgrade would cost now.",
                p => Path(p, "upgrade-price") + $"?offering={Escape(p.GetValue(offering))}",
                id,
                offering
            ),
            Call(
                "change",
                "Have another plan with the next period; with --now upgrade at once, for the difference.",
                HttpMethod.Post,
                p => Path(p, "change"),
                p => new
                {
                    offering = p.GetValue(offering),
                    when = When(p),
                    expectedPrice = p.GetValue(expected) is { } amount ? new { amount, currency = p.GetValue(currency) } : null,
                },
                id,
                offering,
                now,
                expected,
                currency
            ),
            Get("seat-price", "What so many seats would cost now.", p => Path(p, "seat-price") + $"?seats={p.GetValue(seats)}", id, seats),
            Call(
                "seats",
                "Have more seats at once, for the rest of the period, or fewer with the next.",
                HttpMethod.Post,
                p => Path(p, "seats"),
                p => new
                {
                    seats = p.GetValue(seats),
                    expectedPrice = p.GetValue(expected) is { } amount ? new { amount, currency = p.GetValue(currency) } : null,
                },
                id,
                seats,
                expected,
                currency
            ),
            Get(
                "end-with-price",
                "What the next period would cost if it ended together with another subscription's.",
                p => Path(p, "end-with-price") + $"?with={Escape(p.GetValue(with))}",
                id,
                with
            ),
            Call(
                "end-with",
                "Have the next period end together with another subscription's, for that part of the price; keep takes it back.",
                HttpMethod.Post,
                p => Path(p, "end-with"),
                p => new { with = p.GetValue(with), expectedPrice = new { amount = p.GetValue(agreed), currency = p.GetValue(currency) } },
                id,
                with,
                agreed,
                currency
            ),
            Call("assign-seat", "Give a member a seat.", HttpMethod.Put, p => Seat(p), _ => null, id, member, by),
            Call("free-seat", "Take a member's seat.", HttpMethod.Delete, p => Seat(p), _ => null, id, member, by),
            List(
                "shares",
                "How a pool is split among the nodes right under the account.",
                p => Path(p, "shares"),
                ["allotment", "name", "most", "least", "used", "left", "kept"],
                id
            ),
            Call(
                "share",
                "Set a node's share of a pool: a cap by the month, and what the caps of the others must leave for it.",
                HttpMethod.Put,
                p => Path(p, "shares") + $"/{Escape(p.GetValue(allotment))}" + By(p),
                p => new { most = p.GetValue(most), least = p.GetValue(least) },
                id,
                allotment,
                most,
                least,
                by,
                Key
            ),
            Call(
                "move-share",
                "Move a part of one share to another.",
                HttpMethod.Post,
                p => Path(p, "share-transfers") + By(p),
                p => new
                {
                    from = p.GetValue(from),
                    to = p.GetValue(to),
                    amount = p.GetValue(amount),
                },
                id,
                from,
                to,
                amount,
                by,
                Key
            ),
            Post("pause", "Let it rest after its period, for 180 days at the most."),
            Call(
                "suspend",
                "Take back what is left until it is resumed.",
                HttpMethod.Post,
                p => Path(p, "suspend"),
                p => new { reason = p.GetValue(reason) },
                id,
                reason
            ),
            Call(
                "pay-by",
                "Pay renewals and upgrades otherwise from now on: phoneBill, wallet or invoice.",
                HttpMethod.Put,
                p => Path(p, "payment-method"),
                p => new { paymentMethod = p.GetValue(method), purchaseOrder = p.GetValue(SellingVerbs.purchaseOrder) },
                id,
                method,
                SellingVerbs.purchaseOrder
            ),
            Call(
                "adopt",
                "Make subscriptions of plans that were bought before there were any; with --renews they are renewed as their offering is sold now.",
                HttpMethod.Post,
                _ => "subscriptions/adopt",
                p => new { customer = p.GetValue(anybody), renews = p.GetValue(renews) },
                anybody,
                renews
            ),
            Post("resume", "Go on with what is paused or suspended."),
            Post("pay", "Try the payment of what is due now.")
        );

        string Seat(ParseResult parsed) => Path(parsed, "seats") + $"/{Escape(parsed.GetValue(member))}" + By(parsed);

        string By(ParseResult parsed) => parsed.GetValue(by) is { } acting ? $"?by={Escape(acting)}" : "";

        string When(ParseResult parsed) => parsed.GetValue(now) ? "now" : "periodEnd";
    }

    private static Command Post(string verb, string description) =>
        Call(verb, description, HttpMethod.Post, p => Path(p, verb), _ => null, id);

    private static string Path(ParseResult parsed, string? verb = null) =>
        $"subscriptions/{Escape(parsed.GetValue(id))}" + (verb is null ? "" : $"/{verb}");
}
