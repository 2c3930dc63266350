using System.CommandLine;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>The verbs of money that customers have paid before they buy.</summary>
internal static class WalletVerbs
{
    public static Command Command()
    {
        var amount = Required("--amount", "Such as 50.00.");
        var currency = new Option<string>("--currency") { Description = "The operator's currency.", DefaultValueFactory = _ => "CNY" };
        var externalId = Optional("--external-id", "Your own id of this top-up: given again it is the same.");
        var reference = Required("--reference", "What proves it, such as a transfer's number: given again it is the same.");
        var note = Optional("--note", "What it is for.");
        var id = Id("id", "The top-up's id, top_….");
        return Group(
            "wallet",
            "Money of customers that the operator holds.",
            Get("show", "A customer's balance.", p => SellingVerbs.Of(p, "wallet"), SellingVerbs.customer),
            List(
                "statement",
                "Every movement of a wallet, newest first.",
                p => SellingVerbs.Of(p, "wallet/movements?limit=500"),
                ["id", "at", "type", "description", "amount.amount", "balance.amount", "balance.currency", "correlator", "reason"],
                SellingVerbs.customer
            ),
            Call(
                "top-up",
                "Put money in, by phone bill.",
                HttpMethod.Post,
                p => SellingVerbs.Of(p, "wallet/top-ups"),
                p => new { amount = Money(p), externalId = p.GetValue(externalId) },
                SellingVerbs.customer,
                amount,
                currency,
                externalId
            ),
            Call(
                "record",
                "Put money in that came another way.",
                HttpMethod.Post,
                p => SellingVerbs.Of(p, "wallet/top-ups"),
                p => new
                {
                    amount = Money(p),
                    source = "recorded",
                    reference = p.GetValue(reference),
                },
                SellingVerbs.customer,
                amount,
                currency,
                reference
            ),
            List(
                "top-ups",
                "What was put in, newest first.",
                p => SellingVerbs.Of(p, "wallet/top-ups?limit=500"),
                ["id", "state", "source", "amount.amount", "amount.currency", "createdAt", "reference", "reason"],
                SellingVerbs.customer
            ),
            Get("top-up-show", "One of them.", p => $"top-ups/{Escape(p.GetValue(id))}", id),
            Call(
                "pay-out",
                "Write down that the customer got money back out of the wallet.",
                HttpMethod.Post,
                p => SellingVerbs.Of(p, "wallet/pay-outs"),
                p => new
                {
                    amount = Money(p),
                    reference = p.GetValue(reference),
                    note = p.GetValue(note),
                },
                SellingVerbs.customer,
                amount,
                currency,
                reference,
                note
            )
        );

        object Money(ParseResult parsed) => new { amount = parsed.GetValue(amount), currency = parsed.GetValue(currency) };
    }
}
