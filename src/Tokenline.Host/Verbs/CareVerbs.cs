using System.CommandLine;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>The verbs of care: what customers are told and how, what is given back, and what a run came to.</summary>
internal static class CareVerbs
{
    private static readonly Option<string> customer = Required("--customer", "The customer's id.");

    public static IEnumerable<Command> Commands() =>
        [Alerts(), Events(), Notifications(), Webhooks(), Refund(), RefundRequestVerbs.Command(), Runs(), UsageSums()];

    private static Command Alerts()
    {
        var percents = new Option<int[]>("--percent") { Description = "A threshold of buckets and limits, 1 to 100; repeat for more." };
        var days = new Option<int?>("--expiry-days") { Description = "Tell of buckets that end within so many days; 0 is never." };
        var times = new Option<int?>("--abnormal-times") { Description = "Tell of a day worth so many times the usual; 0 is never." };
        var floor = Optional("--abnormal-floor", "Days below this value are never abnormal, such as 1.00.");
        var currency = new Option<string>("--currency") { Description = "The operator's currency.", DefaultValueFactory = _ => "CNY" };
        return Group(
            "alerts",
            "When a customer is told something.",
            Get("show", "The customer's terms.", p => Of(p, "alerts"), customer),
            Call(
                "set",
                "Change the terms; what is left out stays as it is.",
                HttpMethod.Put,
                p => Of(p, "alerts"),
                p => new
                {
                    percents = p.GetValue(percents) is { Length: > 0 } given ? given : null,
                    expiryDays = p.GetValue(days),
                    abnormalTimes = p.GetValue(times),
                    abnormalFloor = p.GetValue(floor) is { } amount ? new { amount, currency = p.GetValue(currency) } : null,
                },
                customer,
                percents,
                days,
                times,
                floor,
                currency
            )
        );
    }

    private static Command Events() =>
        Group(
            "event",
            "What customers were to hear of.",
            List(
                "list",
                "A customer's events, newest first.",
                p => Of(p, "events"),
                ["id", "at", "type", "name", "percent", "amount", "limit", "unit", "until", "reason"],
                customer
            )
        );

    private static Command Notifications()
    {
        var sms = new Option<bool>("--sms") { Description = "Text messages to the phone number.", DefaultValueFactory = _ => true };
        var mail = Optional("--mail", "An address; without it: no mail.");
        var language = new Option<string>("--language") { Description = "zh-CN or en.", DefaultValueFactory = _ => "zh-CN" };
        return Group(
            "notification",
            "How customers hear of things, and what was sent.",
            Get("show", "The customer's settings.", p => Of(p, "notifications"), customer),
            Call(
                "set",
                "Replace the customer's settings.",
                HttpMethod.Put,
                p => Of(p, "notifications"),
                p => new
                {
                    sms = p.GetValue(sms),
                    mail = p.GetValue(mail),
                    language = p.GetValue(language),
                },
                customer,
                sms,
                mail,
                language
            ),
            List(
                "list",
                "What was sent to a customer, and how that went.",
                p => Of(p, "deliveries"),
                ["id", "event", "type", "channel", "webhook", "state", "attempts", "nextAt", "endedAt", "lastFailure"],
                customer
            )
        );
    }

    private static Command Webhooks()
    {
        var url = Required("--url", "An https address that hears of the customer's events.");
        var types = new Option<string[]>("--type") { Description = "A type such as threshold.reached; repeat for more. Without it: all." };
        var id = Id("id", "The webhook's id.");
        return Group(
            "webhook",
            "Addresses of customers that hear of events, signed as Standard Webhooks says.",
            Call(
                "add",
                "Add one. Its secret is shown this once.",
                HttpMethod.Post,
                p => Of(p, "webhooks"),
                p => new { url = p.GetValue(url), types = p.GetValue(types) is { Length: > 0 } given ? given : null },
                customer,
                url,
                types
            ),
            List("list", "A customer's webhooks.", p => Of(p, "webhooks"), ["id", "url", "types", "createdAt"], customer),
            Call("remove", "Remove one.", HttpMethod.Delete, p => Of(p, $"webhooks/{Escape(p.GetValue(id))}"), _ => null, id, customer)
        );
    }

    private static Command Refund()
    {
        var charge = Id("charge", "The charge id, as the header x-tokenline-charge-id gives it.");
        var part = new Option<string>("--part")
        {
            Description = "A fraction of the charge such as 0.5, or whole: all that is left of it.",
            DefaultValueFactory = _ => "whole",
        };
        var reason = Required("--reason", "For the record.");
        var commandId = Optional("--command-id", "An id of your own, cmd_…: given again it is the same refund.");
        return Call(
            "refund",
            "Give back a charge, whole or in part, to the buckets that paid.",
            HttpMethod.Post,
            p => $"charges/{Escape(p.GetValue(charge))}/refunds",
            p => new
            {
                part = p.GetValue(part),
                reason = p.GetValue(reason),
                commandId = p.GetValue(commandId),
            },
            charge,
            part,
            reason,
            commandId
        );
    }

    private static Command Runs()
    {
        var run = Id("run", "The run id that its calls carried.");
        return Group(
            "run",
            "Runs: calls that carried one run id.",
            List("list", "A customer's runs, newest first.", p => Of(p, "runs"), ["run", "calls", "retail", "lastAt"], customer),
            Get("show", "A run's totals and usage records.", p => Of(p, $"runs/{Escape(p.GetValue(run))}"), run, customer)
        );
    }

    private static Command UsageSums()
    {
        var from = new Option<string?>("--from") { Description = "The first day, such as 2026-11-01; this month's unless told." };
        var to = new Option<string?>("--to") { Description = "The last day; today unless told." };
        var by = new Option<string>("--by")
        {
            Description = "What is told apart: day, model, key, or several with commas.",
            DefaultValueFactory = _ => "day",
        };
        return List(
            "usage-sums",
            "A customer's usage, added up.",
            p => Of(p, $"usage/days?by={Escape(p.GetValue(by))}{Day("from", p.GetValue(from))}{Day("to", p.GetValue(to))}"),
            ["day", "model", "key", "calls", "input", "output", "retail", "payments"],
            customer,
            from,
            to,
            by
        );

        static string Day(string name, string? day) => day is null ? "" : $"&{name}={Escape(day)}";
    }

    private static string Of(ParseResult parsed, string what) => $"customers/{Escape(parsed.GetValue(customer))}/{what}";
}
