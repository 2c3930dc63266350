using System.CommandLine;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>The verbs of customers who pay later.</summary>
internal static class ReceivableVerbs
{
    public static Command Command()
    {
        var limit = Required("--credit-limit", "What may be open at the most, such as 100000.00.");
        var currency = new Option<string>("--currency") { Description = "The operator's currency.", DefaultValueFactory = _ => "CNY" };
        var days = new Option<int>("--net-days") { Description = "Due so many days after it was issued.", DefaultValueFactory = _ => 30 };
        var needsOne = new Option<bool>("--needs-purchase-order") { Description = "What has no purchase order number is not taken." };
        var open = new Option<bool>("--open") { Description = "Only what is not settled." };
        var amount = Required("--amount", "What was paid, such as 5000.00.");
        var reference = Required("--reference", "What proves it, such as a transfer's number: given again it is the same payment.");
        var id = Id("id", "The receivable's id, rcv_….");
        return Group(
            "receivable",
            "Customers who pay by invoice, and what they owe.",
            Get("terms", "A customer's terms, with what is open.", p => SellingVerbs.Of(p, "invoice-terms"), SellingVerbs.customer),
            Call(
                "agree",
                "Agree with a customer on terms to pay by invoice, or change them.",
                HttpMethod.Put,
                p => SellingVerbs.Of(p, "invoice-terms"),
                p => new
                {
                    creditLimit = new { amount = p.GetValue(limit), currency = p.GetValue(currency) },
                    netDays = p.GetValue(days),
                    purchaseOrder = p.GetValue(SellingVerbs.purchaseOrder),
                    needsPurchaseOrder = p.GetValue(needsOne),
                },
                SellingVerbs.customer,
                limit,
                currency,
                days,
                SellingVerbs.purchaseOrder,
                needsOne
            ),
            Call(
                "end",
                "Let a customer buy nothing more by invoice; what was issued stays owed.",
                HttpMethod.Delete,
                p => SellingVerbs.Of(p, "invoice-terms"),
                _ => null,
                SellingVerbs.customer
            ),
            List(
                "list",
                "What a customer owes, newest first.",
                p => SellingVerbs.Of(p, $"receivables?limit=500&open={(p.GetValue(open) ? "true" : "false")}"),
                ["id", "state", "description", "purchaseOrder", "amount.amount", "open.amount", "open.currency", "issuedAt", "dueAt"],
                SellingVerbs.customer,
                open
            ),
            Get("show", "One of them, with all that happened to it.", p => $"receivables/{Escape(p.GetValue(id))}", id),
            Call(
                "pay",
                "Write down that it was paid, whole or in part.",
                HttpMethod.Post,
                p => $"receivables/{Escape(p.GetValue(id))}/payments",
                p => new
                {
                    amount = new { amount = p.GetValue(amount), currency = p.GetValue(currency) },
                    reference = p.GetValue(reference),
                },
                id,
                amount,
                currency,
                reference
            )
        );
    }
}
