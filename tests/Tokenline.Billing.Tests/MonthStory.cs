using System.Globalization;
using System.Text;
using Tokenline.Billing.Bills;
using Tokenline.Billing.Facts;
using Tokenline.Billing.Ledger;
using Tokenline.Billing.Reconciliation;
using Tokenline.Billing.Settlement;
using Tokenline.Billing.Vendors;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Commerce;
using ITariffs = Tokenline.Charging.Tariffs.ITariffs;

namespace Tokenline.Billing.Tests;

/// <summary>
/// Months of books as a table that an accountant can read. A line is a day and what happened, or an act of the operator; a line that begins with <c>=</c> is what must be there then,
/// to the last digit. What is refused ends in <c>!</c> and the code.
/// </summary>
internal sealed class MonthStory
{
    public const string Zone = "Asia/Shanghai";

    private static readonly BillingCalendar calendar = new(Zone);
    private readonly Dictionary<string, UsageRecord> calls = [];
    private readonly Dictionary<string, (AccountId Account, string Unit)> buckets = [];
    private readonly IBillingStore store;
    private readonly BillingOptions options;
    private int numbers;

    public MonthStory(IBillingStore? store = null, BillingOptions? options = null, ITariffs? tariffs = null)
    {
        Tariffs = tariffs;
        this.store = store ?? new MemoryBillingStore();
        this.options = options ?? new BillingOptions();
    }

    public ScriptedFacts Facts { get; } = new();
    public ITariffs? Tariffs { get; }
    public IBillingStore Store => store;
    public static BillingCalendar Calendar => calendar;
    public CommerceOptions Commerce { get; } = new() { TimeZone = Zone };

    /// <summary>In the smallest of pages: what is wrong at their edges shows.</summary>
    public UsageFold Fold => new(Facts, store, calendar, Tariffs) { PageSize = 2, SumsMax = 1 };
    public BillRun Run => new(store, Fold, new SalesGathering(Facts, store), calendar, Commerce, options, Facts, Facts) { PageSize = 1 };
    public SettlementRun Settlement => new(store, Facts, calendar, Commerce);
    public StatementDesk Statements => new(store, calendar);
    public BillDesk Bills => new(store, calendar, options);
    public Onboarding Onboarding => new(store, Facts, Commerce, new PayoutAccounts(store, new PlainSeal(), TimeProvider.System));
    public VendorCalls VendorCalls => new(Facts, store, calendar);
    public VendorReconciling Reconciling => new(store, Facts, Fold, VendorCalls);

    /// <summary>The same facts in the books of another store: what a stopped run is compared with.</summary>
    public MonthStory Over(IBillingStore other)
    {
        var story = new MonthStory(other, options, Tariffs);
        foreach (var (id, bill) in Facts.Billed)
            story.Facts.Billed.Add(id, bill);
        story.Facts.Facts.AddRange(Facts.Facts);
        story.Facts.Sales.AddRange(Facts.Sales);
        story.Facts.Stalls.AddRange(Facts.Stalls);
        foreach (var (account, names) in Facts.Names)
            story.Facts.Names.Add(account, names);
        return story;
    }

    public static async Task PlayAsync(string table, BillingOptions? options = null, ITariffs? tariffs = null) =>
        await new MonthStory(options: options, tariffs: tariffs).GoOnAsync(table);

    public async Task GoOnAsync(string table)
    {
        var (expected, found, at) = (new StringBuilder(), "", "");
        foreach (var line in table.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line[0] == '=')
            {
                expected.Append(string.Join(' ', Words(line[1..]))).Append('\n');
                continue;
            }
            Check(expected, found, at);
            at = line;
            found = await PlayLineAsync(line);
        }
        Check(expected, found, at);
        Assert.All(await store.BalancesAsync(default).ContinueWith(Sums), sum => Assert.Equal(0, sum));
    }

    private static void Check(StringBuilder expected, string found, string at)
    {
        if (expected.Length > 0 || found.StartsWith('!'))
            Assert.True(expected.ToString().TrimEnd() == found.TrimEnd(), $"{at}\nexpected:\n{expected}\nfound:\n{found}");
        expected.Clear();
    }

    private static IEnumerable<Int128> Sums(Task<IReadOnlyList<Balance>> balances) =>
        balances
            .Result.GroupBy(balance => balance.Currency)
            .Select(currency => currency.Aggregate(Int128.Zero, (sum, balance) => sum + balance.Nano));

    /// <returns>What there is to see; after a refusal its code behind <c>!</c>.</returns>
    private async Task<string> PlayLineAsync(string line)
    {
        var mark = line.IndexOf(" !", StringComparison.Ordinal);
        var wanted = mark < 0 ? null : line[(mark + 2)..].Trim();
        var words = Words(mark < 0 ? line : line[..mark]);
        var (shown, refused) = await ActAsync(words);
        Assert.True(refused?.Problem.Code == wanted, $"{line}: {refused?.Message ?? "it was not refused"}");
        return shown;
    }

    private async Task<(string Shown, Refused? Refused)> ActAsync(string[] words)
    {
        if (char.IsAsciiDigit(words[0][0]))
        {
            Happen(At(words[0]), words[1..]);
            return ("", null);
        }
        var args = new Arguments(words[1..]);
        switch (words[0])
        {
            case "close":
                var run = await CloseAsync(Period(words[1]), At(args.Of("at") ?? Next(words[1])));
                return ("", run);
            case "settle":
                var settled = await Settlement.RunAsync(Period(words[1]), Rates(args), isDry: false, default);
                if (settled.Value is { } report)
                    Assert.True(report.AddsUp);
                return ("", settled.Refused);
            case "books":
                return (await BalancesAsync(), null);
            case "bill":
                return (await BillAsync(Account(words[1]), Period(words[2])), null);
            case "statement":
                return (Show((await Statements.FindAsync(words[1], default)).Required()), null);
            case "terms":
                return ("", (await TermsAsync(words[1], args)).Refused);
            case "channel":
                return (
                    "",
                    (
                        await Onboarding.AgreeAsync(
                            new ChannelTerms(
                                words[1],
                                0,
                                Period(args.Of("from")!),
                                args.Of("until") is { } until ? Period(until) : null,
                                Number(args.Of("share")!)
                            ),
                            default
                        )
                    ).Refused
                );
            case "confirm":
                return ("", (await Statements.ConfirmAsync(words[1], default)).Refused);
            case "dispute":
                return ("", (await Statements.DisputeAsync(words[1], "it is wrong", default)).Refused);
            case "resolve":
                var amount = Money.FromDecimal(Number(words[2]), new Currency(words[3]));
                return ("", (await Statements.ResolveAsync(words[1], amount, "agreed", At(args.Of("at")!), default)).Refused);
            case "payout":
                return ("", (await Statements.PayOutAsync(words[1], At(args.Of("at")!), default)).Refused);
            case "agreement":
                await AgreeAsync(words[1], args);
                return ("", null);
            default:
                throw new InvalidOperationException($"the story does not know '{words[0]}'");
        }
    }

    private void Happen(DateTimeOffset at, string[] words)
    {
        var args = new Arguments(words);
        var account = Account(args.Of("by") ?? "ann");
        switch (words[0])
        {
            case "sale":
            case "refund":
            case "returned":
            case "topup":
            case "payout":
            case "paid":
            case "beyond":
            case "trueup":
                var kind = words[0] switch
                {
                    "sale" => SaleKind.Order,
                    "refund" => SaleKind.Refund,
                    "topup" => SaleKind.TopUp,
                    "payout" => SaleKind.PayOut,
                    "paid" => SaleKind.InvoicePaid,
                    "beyond" => SaleKind.Beyond,
                    "trueup" => SaleKind.TrueUp,
                    _ => SaleKind.Returned,
                };
                Facts.Sales.Add(
                    new Sale(
                        $"{words[0]}-{words[1]}-{++numbers}",
                        kind,
                        new PartyId(account.Value),
                        account,
                        Id<ProductKind>(words[1]),
                        words[1],
                        words[1],
                        Money.FromDecimal(Number(words[2]), Currency.Cny),
                        Number(args.Of("tax") ?? "0"),
                        args.Of("channel"),
                        at,
                        args.Of("since") is { } since ? At(since) : at,
                        args.Of("to") is { } to ? At(to) : null,
                        args.Has("money")
                    )
                    {
                        Way = Enum.Parse<MoneyWay>(args.Of("way") ?? "PhoneBill"),
                        Parts = args.Of("parts")?.Split(',').Select(Id<ProductKind>).ToList(),
                    }
                );
                break;
            case "grant":
                Grant(at, account, words, args);
                break;
            case "void":
                Facts.Add(account, new BucketVoided(at, Id<BucketKind>(words[1]), Amount(words[2], buckets[words[1]].Unit), null, ""));
                break;
            case "call":
                Call(at, account, words, args);
                break;
            case "giveback":
                GiveBack(at, words[1], decimal.ToInt32(Number(words[2].TrimEnd('%')) * 10_000), args.Of("into"));
                break;
            case "attempt":
                Facts.Add(
                    account,
                    new Released(
                        at,
                        ChargeAt(at),
                        "failed",
                        [new VendorAttempt(words[2], $"{words[1]}@{words[2]}", at, "timeout", Usage.Of(long.Parse(words[3]), 0))]
                    )
                );
                break;
            default:
                throw new InvalidOperationException($"the story does not know '{words[0]}'");
        }
    }

    /// <summary><c>grant plan/general-token 10 general-token product plan to 12-01 [as Postpaid] [refill]</c></summary>
    private void Grant(DateTimeOffset at, AccountId account, string[] words, Arguments args)
    {
        var isMoney = words[3].Length == 3;
        buckets[words[1]] = (account, words[3]);
        var grant = new BucketGrant(
            Id<BucketKind>(words[1]),
            words[1],
            Enum.Parse<BucketType>(args.Of("as") ?? "Plan"),
            isMoney ? null : new QuotaUnit(words[3]),
            isMoney ? new Currency(words[3]) : null,
            Amount(words[2], words[3]),
            200,
            at,
            args.Of("to") is { } to ? At(to) : null,
            null,
            args.Of("product") is { } product ? Id<ProductKind>(product) : null
        )
        {
            IsBeyond = args.Has("beyond"),
        };
        Facts.Add(
            account,
            args.Has("refill") ? new Refilled(at, Id<RefillKind>(words[1]), grant, at, null, 0, 0) : new BucketGranted(at, grant)
        );
    }

    /// <summary><c>call c1 glm-5 zhipu 4 plan/general-token [cost 1.20 CNY] [tokens 1000] [key k] [in dept]</c>: a call that took so much from a bucket.</summary>
    private void Call(DateTimeOffset at, AccountId account, string[] words, Arguments args)
    {
        var (_, unit) = buckets[words[5]];
        var isMoney = unit.Length == 3;
        var amount = Amount(words[4], unit);
        var record = new UsageRecord
        {
            Charge = ChargeAt(at),
            Account = account,
            Key = Id<KeyKind>(args.Of("key") ?? "key"),
            Model = words[2],
            Vendor = words[3],
            Deployment = $"{words[2]}@{words[3]}",
            TariffVersion = 1,
            StartedAt = at,
            EndedAt = at,
            Usage = Usage.Of(long.Parse(args.Of("tokens") ?? "1000"), 100),
            Basis = UsageBasis.Vendor,
            Ending = CallEnding.Completed,
            Payments = [new Payment(Id<BucketKind>(words[5]), words[5], unit, isMoney, amount, isMoney ? amount : 1_000_000)],
            RetailNano = isMoney ? amount : 1_000_000,
            UncollectedNano = 0,
            Currency = Currency.Cny,
            Allotment = args.Of("in") is { } node ? Id<AllotmentKind>(node) : null,
            Wholesale = args.Of("cost") is { } cost
                ? new WholesaleCost(
                    int.Parse(args.Of("version") ?? "1"),
                    new Currency(args.After("cost", 2)),
                    Money.FromDecimal(Number(cost), Currency.Cny).Nano
                )
                : null,
        };
        calls[words[1]] = record;
        Facts.Add(record);
    }

    private void GiveBack(DateTimeOffset at, string call, int millionths, string? into)
    {
        var record = calls[call];
        var payment = record.Payments[0];
        var amount = Rounding.MulDiv(payment.Amount, millionths, 1_000_000);
        BucketGrant? revived = null;
        if (into is not null)
        {
            buckets[into] = (record.Account, payment.Unit);
            revived = new(
                Id<BucketKind>(into),
                into,
                BucketType.Plan,
                new QuotaUnit(payment.Unit),
                null,
                amount,
                200,
                at,
                at.AddDays(30),
                null,
                null
            );
        }
        Facts.Add(
            record.Account,
            new Refunded(
                at,
                record.Charge,
                record.StartedAt,
                record.Model,
                record.Allotment,
                null,
                millionths,
                [new RefundedPart(payment.Bucket, amount, millionths == 1_000_000, revived)],
                Rounding.MulDiv(record.RetailNano, millionths, 1_000_000),
                null,
                VolumeOf(record, millionths),
                new CommandId(++numbers),
                1,
                "sorry"
            ),
            record
        );
    }

    private VolumeCount? VolumeOf(UsageRecord record, int millionths) =>
        Tariffs?.Current.Get(record.Model, record.TariffVersion).Volume is { } group
            ? new(group.Name, group.TimeZone, Rounding.MulDiv(group.CountOf(record.Usage), millionths, 1_000_000))
            : null;

    public async Task<Refused?> CloseAsync(BillingPeriod period, DateTimeOffset now)
    {
        while (true)
        {
            var step = await Run.StepAsync(period, now, () => true, default);
            if (step.Refused is { } refused)
                return refused;
            if (step.Required().IsDone)
                return null;
        }
    }

    private async Task<Outcome<VendorTerms>> TermsAsync(string vendor, Arguments args)
    {
        if (Facts.Stalls.All(stall => stall.Vendor != vendor))
            Facts.Stalls.Add(new Stall(vendor, [new ListedModel("glm-5", "glm-5-upstream")]));
        if (await store.FindAsync(DocumentKind.Application, vendor, default) is null)
        {
            (
                await Onboarding.ApplyAsync(new(vendor, "Company", "a@example.com", "91310000", "CN-1", ["glm-5"], At("01-01")), default)
            ).Required();
            (await Onboarding.ReviewAsync(vendor, default)).Required();
            (await Onboarding.DecideAsync(vendor, null, default)).Required();
        }
        return await Onboarding.AgreeAsync(
            new VendorTerms(
                vendor,
                0,
                Period(args.Of("from") ?? "2026-11"),
                null,
                args.Has("wholesale") ? TermsKind.Wholesale : TermsKind.RevenueShare,
                Number(args.Of("share") ?? "0"),
                Number(args.Of("platform") ?? "0"),
                Number(args.Of("fixed") ?? "0"),
                Number(args.Of("computing") ?? "0"),
                args.Of("hosted") is { } hosted ? [hosted] : null
            ),
            default
        );
    }

    private async Task AgreeAsync(string customer, Arguments args)
    {
        var tiers = (args.Of("tiers") ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(tier => tier.Split(':'))
            .Select(tier => new VolumeTier(Number(tier[0]), Number(tier[1])));
        var agreement = new Agreement(
            Account(customer),
            1,
            Period(args.Of("from") ?? "2026-11"),
            null,
            Currency.Cny,
            args.Of("minimum") is { } minimum ? Number(minimum) : null,
            args.Has("above") ? TierReach.Above : TierReach.Whole,
            [.. tiers]
        );
        Assert.Null(agreement.WhatIsWrong());
        await store.CommitAsync(
            new BillingChange
            {
                Documents =
                [
                    new(DocumentKind.Agreement, agreement.Id, agreement.Account.ToString(), null, 0, BillingJson.Write(agreement)),
                ],
            },
            default
        );
    }

    /// <summary>Without the accounts that are empty.</summary>
    public async Task<string> BalancesAsync() =>
        string.Join(
            '\n',
            (await store.BalancesAsync(default))
                .Where(balance => balance.Nano != 0)
                .Select(balance => $"{Named(balance.Account)} {Text((long)balance.Nano)} {balance.Currency}")
        );

    private async Task<string> BillAsync(AccountId account, BillingPeriod period)
    {
        var bill = (await Bills.FindAsync(Bill.IdOf(account, period), default)).Required().Bill;
        return string.Join(
            '\n',
            bill.Lines.Select(line =>
                $"{BillingJson.Write(line.Kind).Trim('"')} {line.Name}{(line.Model is null ? "" : $" {line.Model}")}"
                + (line.Kind == BillLineKind.Included ? $" {Text(line.Quantity * 1_000)}" : $" {Text(line.AmountNano)}")
            )
        );
    }

    private static string Show(Statement statement)
    {
        var lines = statement.Lines.Select(line =>
            $"{(line.Model.Length == 0 ? "listing" : line.Model)} gross {Text(line.GrossNano)} vendor {Text(line.VendorNano)} platform {Text(line.PlatformNano)} "
            + $"computing {Text(line.ComputingNano)} channel {Text(line.ChannelNano)} operator {Text(line.OperatorNano)}"
        );
        var carried = statement.CarriedNano == 0 ? "" : $" carried {Text(statement.CarriedNano)}";
        return string.Join(
            '\n',
            lines.Append(
                $"due {Text(statement.DueNano)}{carried} balance {Text(statement.BalanceNano)} {statement.Currency} {BillingJson.Write(statement.State).Trim('"')}"
            )
        );
    }

    public static DateTimeOffset At(string day)
    {
        var parts = day.Split(' ', '-').Select(int.Parse).ToArray();
        var date = parts.Length == 3 ? new DateOnly(parts[0], parts[1], parts[2]) : new DateOnly(2026, parts[0], parts[1]);
        return calendar.Midnight(date);
    }

    private static string Next(string period) => $"{Period(period).Next}-01";

    private static BillingPeriod Period(string text) =>
        BillingPeriod.TryParse(text, out var period) ? period : throw new FormatException($"'{text}' is not a period");

    private static Dictionary<Currency, decimal> Rates(Arguments args) =>
        args.Of("rate") is { } currency ? new() { [new Currency(currency)] = Number(args.After("rate", 2)) } : [];

    /// <summary>Accounts by the names that the story calls them.</summary>
    private static string Named(LedgerAccount account) =>
        account.Kind == LedgerAccountKind.Receivable
            ? $"receivable:{customers.First(name => Account(name).ToString() == account.Owner)}"
            : account.ToString();

    private static readonly string[] customers = ["ann", "bob", "enterprise"];

    public BucketId BucketOf(string name) => Id<BucketKind>(name);

    public static AccountId Account(string name) => new(Array.IndexOf(customers, name) + 1);

    /// <summary>Ids of charges hold when their calls began.</summary>
    private ChargeId ChargeAt(DateTimeOffset at) => new(IdSource.Lowest<ChargeKind>(at).Value + ++numbers);

    /// <summary>The same id for the same name.</summary>
    public static Id<T> Id<T>(string name)
        where T : IIdKind => new(name.Aggregate(17L, (hash, c) => ((hash * 31) + c) & long.MaxValue));

    private static long Amount(string text, string unit) =>
        decimal.ToInt64(Number(text) * (unit.Length == 3 ? Money.NanoPerUnit : QuotaUnit.Micro));

    private static string Text(long nano) => ((decimal)nano / Money.NanoPerUnit).ToString("0.#########", CultureInfo.InvariantCulture);

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private sealed class Arguments(string[] words)
    {
        public bool Has(string name) => words.Contains(name);

        public string? Of(string name) => Has(name) ? After(name, 1) : null;

        public string After(string name, int steps) => words[Array.IndexOf(words, name) + steps];
    }

    /// <summary>The books are told here; how accounts are sealed is told where they are kept.</summary>
    private sealed class PlainSeal : IPayoutSeal
    {
        public string Seal(string secret, string owner) => $"{owner}\n{secret}";

        public string Unseal(string sealedText, string owner) =>
            sealedText.StartsWith(owner + "\n", StringComparison.Ordinal)
                ? sealedText[(owner.Length + 1)..]
                : throw new InvalidOperationException("sealed for another");
    }
}
