using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary>The verbs of bills: the run that makes them, and what becomes of each.</summary>
internal static class BillVerbs
{
    private static readonly string[] columns = ["id", "state", "customer", "due", "purchases", "open", "currency", "dueAt"];

    public static Command Command()
    {
        var bill = Id("bill", "Period and account, such as 2026-11/acc_….");
        var customer = Optional("--customer", "Only this customer's.");
        var period = Optional("--period", "Only of this month, such as 2026-11.");
        var after = Optional("--after", "Go on after this bill.");
        var name = Required("--id", "Your own name for it: given again it is the same.");
        var amount = Required("--amount", "Such as 9.90.");
        var currency = new Option<string>("--currency") { Description = "Of the amount.", DefaultValueFactory = _ => "CNY" };
        var reason = Required("--reason", "Why.");
        var dispute = Id("dispute", "The id that it was opened with.");
        var credit = Optional("--credit", "What is taken off the bill; without it the bill stands.");
        var answer = Required("--answer", "What the customer is told.");
        var from = Required("--from", "The first month, such as 2026-12.");
        var until = Optional("--until", "The last month.");
        var minimum = Optional("--minimum", "Per month, tax included.");
        var tiers = Optional("--tiers", "Such as 1000:5,5000:10: from an amount on, so many percent off.");
        var above = new Option<bool>("--above")
        {
            Description = "A tier is for what lies above its beginning, and not for the whole month.",
        };
        var of = Required("--customer", "The customer's id.");
        var method = Optional("--method", "phoneBill, wallet or invoice.");
        var purchaseOrder = Optional("--purchase-order", "Of invoices.");
        return Group(
            "bill",
            "Bills of customers: make, show, send, settle them.",
            Run(),
            List(
                "list",
                "Without their lines.",
                p =>
                    $"bills?{Query("customer", p.GetValue(customer))}{Query("period", p.GetValue(period))}{Query("after", p.GetValue(after))}",
                columns,
                customer,
                period,
                after
            ),
            Show(bill),
            FocusExport(),
            Send(),
            Call(
                "collect",
                "Take what is open of a bill that was sent, by the customer's method or another.",
                HttpMethod.Post,
                p => $"bills/{p.GetValue(bill)}/collection",
                p => new { method = p.GetValue(method) },
                bill,
                method
            ),
            Get("collection", "How a bill is collected, with every attempt.", p => $"bills/{p.GetValue(bill)}/collection", bill),
            Call(
                "method",
                "Choose how a customer's bills are paid; without --method each waits for its payment.",
                HttpMethod.Put,
                p => $"customers/{Escape(p.GetValue(of))}/bill-payment",
                p => new { method = p.GetValue(method), purchaseOrder = p.GetValue(purchaseOrder) },
                of,
                method,
                purchaseOrder
            ),
            Call(
                "pay",
                "Record a payment.",
                HttpMethod.Post,
                p => $"bills/{p.GetValue(bill)}/payments",
                p => new { id = p.GetValue(name), amount = new { amount = p.GetValue(amount), currency = p.GetValue(currency) } },
                bill,
                name,
                amount,
                currency
            ),
            Call(
                "credit",
                "Take something off it, by a credit note.",
                HttpMethod.Post,
                p => $"bills/{p.GetValue(bill)}/credit-notes",
                p => new
                {
                    id = p.GetValue(name),
                    amount = new { amount = p.GetValue(amount), currency = p.GetValue(currency) },
                    reason = p.GetValue(reason),
                },
                bill,
                name,
                amount,
                currency,
                reason
            ),
            Call(
                "dispute",
                "Hold it until a question is answered.",
                HttpMethod.Post,
                p => $"bills/{p.GetValue(bill)}/disputes",
                p => new { id = p.GetValue(name), reason = p.GetValue(reason) },
                bill,
                name,
                reason
            ),
            Call(
                "answer",
                "Answer a dispute.",
                HttpMethod.Post,
                p => $"bills/{p.GetValue(bill)}/disputes/{Escape(p.GetValue(dispute))}/answer",
                p => new
                {
                    credit = p.GetValue(credit) is { } off ? new { amount = off, currency = p.GetValue(currency) } : null,
                    answer = p.GetValue(answer),
                },
                bill,
                dispute,
                credit,
                currency,
                answer
            ),
            Call("write-off", "Give up what is open.", HttpMethod.Post, p => $"bills/{p.GetValue(bill)}/write-off", _ => null, bill),
            Call(
                "agree",
                "Agree with a customer on a minimum and volume tiers.",
                HttpMethod.Put,
                p => $"customers/{Escape(p.GetValue(of))}/agreement",
                p => new
                {
                    from = p.GetValue(from),
                    until = p.GetValue(until),
                    minimum = p.GetValue(minimum),
                    reach = p.GetValue(above) ? "above" : "whole",
                    tiers = Tiers(p.GetValue(tiers)),
                },
                of,
                from,
                until,
                minimum,
                tiers,
                above
            )
        );
    }

    /// <summary>Slice by slice until it is done: whoever stops it goes on with the same line.</summary>
    private static Command Run()
    {
        var period = Required("--period", "The month, such as 2026-11.");
        var dry = new Option<bool>("--dry-run") { Description = "Say what would be billed; also before the month has ended." };
        var run = new Command("run", "Bill a month. It may be stopped at any time, and goes on where it was; nobody is billed twice.")
        {
            period,
            dry,
        };
        run.SetAction(
            async (parsed, cancellation) =>
            {
                await using var management = await ManagementAccess.OpenAsync(cancellation);
                var total = new RunTotal();
                await Progress.ShowAsync(
                    $"bill {parsed.GetValue(period)}",
                    async report =>
                    {
                        string? after = null;
                        while (true)
                        {
                            var slice = await management.SendAsync(
                                HttpMethod.Post,
                                "bill-runs",
                                new
                                {
                                    period = parsed.GetValue(period),
                                    dryRun = parsed.GetValue(dry),
                                    after,
                                },
                                cancellation
                            );
                            total.Add(slice);
                            after = slice.TryGetProperty("after", out var at) ? at.GetString() : null;
                            report(slice.GetProperty("phase").GetString()!, total.Done(slice), slice.GetProperty("of").GetInt64());
                            if (slice.GetProperty("done").GetBoolean())
                                return;
                        }
                    }
                );
                Output.Show(
                    JsonSerializer.SerializeToElement(total.Shown(parsed.GetValue(period)!, parsed.GetValue(dry))),
                    parsed.GetValue(Json)
                );
                return 0;
            }
        );
        return run;
    }

    /// <summary>One bill, or slice by slice all of a month.</summary>
    private static Command Send()
    {
        var bill = new Argument<string?>("bill")
        {
            Description = "Period and account, such as 2026-11/acc_…; without it --period is sent.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var period = Optional("--period", "All bills of this month, such as 2026-11.");
        var dry = new Option<bool>("--dry-run") { Description = "Say what would be sent." };
        var send = new Command(
            "send",
            "Send a bill, or all of a month: each is taken by its customer's method, or waits for its payment. It may be stopped at any time and begun again; what was sent is passed by."
        )
        {
            bill,
            period,
            dry,
        };
        send.SetAction(
            async (parsed, cancellation) =>
            {
                var (one, month) = (parsed.GetValue(bill), parsed.GetValue(period));
                if ((one is null) == (month is null) || (one is not null && parsed.GetValue(dry)))
                    throw new SettingException("Name a bill, or with --period a month; --dry-run is of a month.");
                await using var management = await ManagementAccess.OpenAsync(cancellation);
                if (one is not null)
                {
                    Output.Show(
                        await management.SendAsync(HttpMethod.Post, $"bills/{one}/send", null, cancellation),
                        parsed.GetValue(Json)
                    );
                    return 0;
                }
                var total = new SendTotal();
                await Progress.ShowAsync(
                    $"send {month}",
                    report => SendAllAsync(management, month!, parsed.GetValue(dry), total, report, cancellation)
                );
                Output.Show(JsonSerializer.SerializeToElement(total.Shown(month!, parsed.GetValue(dry))), parsed.GetValue(Json));
                return total.Trouble.Count == 0 ? 0 : 1;
            }
        );
        return send;
    }

    private static async Task SendAllAsync(
        ManagementAccess management,
        string period,
        bool dryRun,
        SendTotal total,
        Action<string, long, long> report,
        CancellationToken cancellation
    )
    {
        string? after = null;
        while (true)
        {
            var slice = await management.SendAsync(
                HttpMethod.Post,
                "bills/send",
                new
                {
                    period,
                    dryRun,
                    after,
                },
                cancellation
            );
            total.Add(slice);
            report("bills", total.At, slice.GetProperty("of").GetInt64());
            if (slice.GetProperty("done").GetBoolean())
                return;
            after = slice.GetProperty("after").GetString();
        }
    }

    private static Command Show(Argument<string> bill)
    {
        var file = Optional("--file", "Write it there: .pdf, .csv or .json; without it, it is shown.");
        var language = new Option<string>("--language") { Description = "Of a PDF: zh or en.", DefaultValueFactory = _ => "zh" };
        var show = new Command("show", "A bill with its lines, as a table, JSON, CSV or PDF.") { bill, file, language };
        show.SetAction(
            async (parsed, cancellation) =>
            {
                var format = parsed.GetValue(file) is { } path ? Path.GetExtension(path).TrimStart('.') : "json";
                await using var management = await ManagementAccess.OpenAsync(cancellation);
                var where = $"bills/{parsed.GetValue(bill)}?format={Escape(format)}&{Query("language", parsed.GetValue(language))}";
                if (parsed.GetValue(file) is { } target)
                    await management.DownloadAsync(where, target, cancellation);
                else
                    Output.Show(await management.GetAsync(where, cancellation), parsed.GetValue(Json));
                return 0;
            }
        );
        return show;
    }

    private static Command FocusExport()
    {
        var period = Required("--period", "The month, such as 2026-11.");
        var customer = Optional("--customer", "Only this customer's.");
        var file = Required("--file", "Where to: .csv or .parquet; - is CSV to standard output.");
        var focus = new Command("focus", "Bills in the columns of FOCUS 1.2, for cost tools, as CSV or Parquet.")
        {
            period,
            customer,
            file,
        };
        focus.SetAction(
            async (parsed, cancellation) =>
            {
                var target = parsed.GetValue(file)!;
                var format = target == "-" ? "csv" : Path.GetExtension(target).TrimStart('.');
                await using var management = await ManagementAccess.OpenAsync(cancellation);
                await Progress.DownloadAsync(
                    management,
                    $"focus {parsed.GetValue(period)}",
                    $"bills/focus?format={Escape(format)}&{Query("period", parsed.GetValue(period))}{Query("customer", parsed.GetValue(customer))}",
                    target,
                    cancellation
                );
                return 0;
            }
        );
        return focus;
    }

    private static object[] Tiers(string? text) =>
        [
            .. (text ?? "")
                .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(tier =>
                    tier.Split(':') is [var from, var percent]
                        ? new { from, discountPercent = percent }
                        : throw new SettingException($"--tiers is such as 1000:5,5000:10; '{tier}' is not.")
                ),
        ];

    internal static string Query(string name, string? value) => value is null ? "" : $"{name}={Escape(value)}&";

    /// <summary>The slices of a run added up.</summary>
    private sealed class RunTotal
    {
        private static readonly string[] amounts = ["due", "tax", "purchases", "earned"];
        private readonly Dictionary<string, decimal> sums = amounts.ToDictionary(name => name, _ => 0m);
        private long accounts;
        private long bills;
        private string currency = "";

        public void Add(JsonElement slice)
        {
            accounts += slice.GetProperty("accounts").GetInt64();
            bills += slice.GetProperty("bills").GetInt64();
            foreach (var name in amounts)
            {
                var money = slice.GetProperty(name);
                sums[name] += decimal.Parse(money.GetProperty("amount").GetString()!, CultureInfo.InvariantCulture);
                currency = money.GetProperty("currency").GetString()!;
            }
        }

        public long Done(JsonElement slice) =>
            slice.GetProperty("phase").GetString() == "facts" ? slice.GetProperty("at").GetInt64() : accounts;

        public object Shown(string period, bool isDry) =>
            new
            {
                period,
                dryRun = isDry,
                accounts,
                bills,
                due = Text("due"),
                tax = Text("tax"),
                purchases = Text("purchases"),
                earned = Text("earned"),
                currency,
            };

        private string Text(string name) => sums[name].ToString("0.00#######", CultureInfo.InvariantCulture);
    }
}

/// <summary>The slices of sending added up.</summary>
internal sealed class SendTotal
{
    private static readonly string[] names = ["sent", "before", "onHold", "collected", "invoiced", "unpaid", "waiting"];
    private readonly Dictionary<string, long> counts = names.ToDictionary(name => name, _ => 0L);
    private decimal due;
    private string currency = "";

    public long At { get; private set; }
    public List<JsonElement> Trouble { get; } = [];

    public void Add(JsonElement slice)
    {
        At += slice.GetProperty("at").GetInt64();
        foreach (var name in names)
            counts[name] += slice.GetProperty(name).GetInt64();
        var money = slice.GetProperty("due");
        due += decimal.Parse(money.GetProperty("amount").GetString()!, CultureInfo.InvariantCulture);
        currency = money.GetProperty("currency").GetString()!;
        Trouble.AddRange(slice.GetProperty("trouble").EnumerateArray().Select(one => one.Clone()));
    }

    public object Shown(string period, bool isDry) =>
        new
        {
            period,
            dryRun = isDry,
            bills = At,
            sent = counts["sent"],
            before = counts["before"],
            onHold = counts["onHold"],
            collected = counts["collected"],
            invoiced = counts["invoiced"],
            unpaid = counts["unpaid"],
            waiting = counts["waiting"],
            due = due.ToString("0.00#######", CultureInfo.InvariantCulture),
            currency,
            trouble = Trouble,
        };
}
