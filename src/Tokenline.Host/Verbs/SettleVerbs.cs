using System.CommandLine;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>The verbs of what vendors and channels are owed.</summary>
internal static class SettleVerbs
{
    private static readonly string[] columns = ["id", "state", "due", "carried", "balance", "paid", "currency"];
    private static readonly string[] ofApplications = ["vendor", "company", "state", "models", "settlementAccount", "reason"];
    private static readonly string[] ofVendorTerms =
    [
        "vendor",
        "number",
        "from",
        "until",
        "kind",
        "vendorPercent",
        "platformPercent",
        "platformFixed",
        "computingPrice",
    ];
    private static readonly string[] ofChannelTerms = ["channel", "number", "from", "until", "percent"];

    public static Command Command()
    {
        var month = Id("period", "The month, such as 2026-11.");
        var statement = Id("statement", "Such as 2026-11/vendor/zhipu/CNY.");
        var reason = Required("--reason", "Why.");
        var adjustment = Optional("--adjustment", "What the payee gets beside the lines; may be negative.");
        var currency = new Option<string>("--currency") { Description = "Of the adjustment.", DefaultValueFactory = _ => "CNY" };
        var file = Required("--file", "As JSON; - is standard input.");
        var vendor = Id("vendor", "The vendor's id.");
        var refusal = Optional("--reject", "Why not; without it, it is approved.");
        var channel = Required("--channel", "As orders name it.");
        var percent = Required("--percent", "Of what its customers earn.");
        var from = Required("--from", "The first month, such as 2026-12.");
        var until = Optional("--until", "The last month.");
        return Group(
            "settle",
            "What vendors and channels are owed: settle a month, agree on statements, pay them.",
            Run(),
            List("list", "The statements of a month.", p => $"settlements/{Escape(p.GetValue(month))}", columns, month),
            Get("show", "A statement with its lines.", p => $"statements/{p.GetValue(statement)}", statement),
            Change("confirm", "Confirm a statement, in the payee's name.", statement),
            Call(
                "dispute",
                "Dispute a statement, in the payee's name.",
                HttpMethod.Post,
                p => $"statements/{p.GetValue(statement)}/dispute",
                p => new { reason = p.GetValue(reason) },
                statement,
                reason
            ),
            Call(
                "resolve",
                "Resolve a dispute, with an adjustment or without one.",
                HttpMethod.Post,
                p => $"statements/{p.GetValue(statement)}/resolve",
                p => new
                {
                    adjustment = p.GetValue(adjustment) is { } amount ? new { amount, currency = p.GetValue(currency) } : null,
                    reason = p.GetValue(reason),
                },
                statement,
                adjustment,
                currency,
                reason
            ),
            Change("payout", "Pay a confirmed statement out.", statement),
            List("applications", "Vendors that want to come in.", _ => "vendor-applications", ofApplications),
            Call("apply", "Apply for a stall.", HttpMethod.Post, _ => "vendor-applications", p => JsonFile.Read(p.GetValue(file)!), file),
            Call(
                "review",
                "Begin to look at an application.",
                HttpMethod.Post,
                p => $"vendor-applications/{Escape(p.GetValue(vendor))}/review",
                _ => null,
                vendor
            ),
            Call(
                "decide",
                "Approve an application, or reject it.",
                HttpMethod.Post,
                p => $"vendor-applications/{Escape(p.GetValue(vendor))}/decision",
                p => new { refusal = p.GetValue(refusal) },
                vendor,
                refusal
            ),
            List("terms", "The terms of vendors.", _ => "vendor-terms", ofVendorTerms),
            Call(
                "agree",
                "Agree on terms with a vendor.",
                HttpMethod.Post,
                _ => "vendor-terms",
                p => JsonFile.Read(p.GetValue(file)!),
                file
            ),
            List("channels", "The terms of channels.", _ => "channel-terms", ofChannelTerms),
            Call(
                "channel",
                "Agree on terms with a channel.",
                HttpMethod.Post,
                _ => "channel-terms",
                p => new
                {
                    channel = p.GetValue(channel),
                    percent = p.GetValue(percent),
                    from = p.GetValue(from),
                    until = p.GetValue(until),
                },
                channel,
                percent,
                from,
                until
            )
        );
    }

    /// <summary>One transaction, whatever the size of the month: there is no more to be told than that it runs.</summary>
    private static Command Run()
    {
        var period = Required("--period", "The month, such as 2026-11.");
        var dry = new Option<bool>("--dry-run") { Description = "Say what each would be owed; nothing is written." };
        var rates = new Option<string[]>("--rate")
        {
            Description = "Such as USD=7.12; may be given again. The dollar's is the operator's own unless told.",
        };
        var run = new Command("run", "Settle a month whose bills are made. Again it answers the same.") { period, dry, rates };
        run.SetAction(
            async (parsed, cancellation) =>
            {
                var body = new
                {
                    period = parsed.GetValue(period),
                    dryRun = parsed.GetValue(dry),
                    rates = Rates(parsed.GetValue(rates) ?? []),
                };
                await using var management = await ManagementAccess.OpenAsync(cancellation);
                var settled = default(System.Text.Json.JsonElement);
                await Progress.ShowAsync(
                    $"settle {body.period}",
                    async tell =>
                    {
                        tell("statements", 0, 0);
                        settled = await management.SendAsync(HttpMethod.Post, "settlements", body, cancellation);
                    }
                );
                Output.Show(settled, parsed.GetValue(Json));
                return 0;
            }
        );
        return run;
    }

    private static Command Change(string name, string description, Argument<string> statement) =>
        Call(name, description, HttpMethod.Post, p => $"statements/{p.GetValue(statement)}/{name}", _ => null, statement);

    private static Dictionary<string, string> Rates(string[] texts)
    {
        var rates = new Dictionary<string, string>();
        foreach (var text in texts)
        {
            if (text.Split('=') is not [{ Length: 3 } currency, { Length: > 0 } rate] || !rates.TryAdd(currency, rate))
                throw new SettingException($"--rate is such as USD=7.12, once for each currency; '{text}' is not.");
        }
        return rates;
    }
}
