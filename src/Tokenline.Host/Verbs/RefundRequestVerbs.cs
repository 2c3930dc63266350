using System.CommandLine;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>What customers ask to be given back, and what support says.</summary>
internal static class RefundRequestVerbs
{
    public static Command Command()
    {
        var id = Id("id", "The request's id, rfr_….");
        var charge = Required("--charge", "The charge id of the call.");
        var reason = Required("--reason", "What was wrong with it.");
        var state = Optional("--state", "Only those that are open, granted, refunded, rejected or withdrawn.");
        var ofCustomer = Optional("--customer", "Only this customer's.");
        var part = new Option<string>("--part")
        {
            Description = "A fraction such as 0.5, or whole: all that is left of it.",
            DefaultValueFactory = _ => "whole",
        };
        var answer = Required("--answer", "What the customer is told.");
        var by = Optional("--by", "Who decides.");
        return Group(
            "refund-request",
            "Calls that customers ask to be given back.",
            List(
                "list",
                "The requests, newest first.",
                p => $"refund-requests?limit=500{Filter("state", p.GetValue(state))}{Filter("customer", p.GetValue(ofCustomer))}",
                ["id", "state", "customer", "charge", "reason", "at", "answer"],
                state,
                ofCustomer
            ),
            Get("show", "One of them, with its answer.", p => $"refund-requests/{Escape(p.GetValue(id))}", id),
            Call(
                "ask",
                "Ask for a call to be given back, on behalf of the customer.",
                HttpMethod.Post,
                p => SellingVerbs.Of(p, "refund-requests"),
                p => new { charge = p.GetValue(charge), reason = p.GetValue(reason) },
                SellingVerbs.customer,
                charge,
                reason
            ),
            Call(
                "grant",
                "Give the call back, whole or in part.",
                HttpMethod.Post,
                p => $"refund-requests/{Escape(p.GetValue(id))}/grant",
                p => new
                {
                    part = p.GetValue(part),
                    answer = p.GetValue(answer),
                    by = p.GetValue(by),
                },
                id,
                part,
                answer,
                by
            ),
            Call(
                "reject",
                "Say no.",
                HttpMethod.Post,
                p => $"refund-requests/{Escape(p.GetValue(id))}/reject",
                p => new { answer = p.GetValue(answer), by = p.GetValue(by) },
                id,
                answer,
                by
            )
        );
    }

    private static string Filter(string name, string? value) => value is null ? "" : $"&{name}={Escape(value)}";
}
