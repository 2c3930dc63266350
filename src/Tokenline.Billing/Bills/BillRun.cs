using System.Text.Json.Serialization;
using Tokenline.Billing.Facts;
using Tokenline.Commerce;

namespace Tokenline.Billing.Bills;

[JsonConverter(typeof(JsonStringEnumConverter<BillRunPhase>))]
public enum BillRunPhase
{
    /// <summary>Payments are taken over and the journal is read.</summary>
    [JsonStringEnumMemberName("facts")]
    Facts = 1,

    [JsonStringEnumMemberName("accounts")]
    Accounts = 2,

    [JsonStringEnumMemberName("done")]
    Done = 3,
}

/// <summary>How far a run is, and what this slice of it came to.</summary>
/// <param name="At">Of <paramref name="Of"/>: positions of the journal, or accounts.</param>
/// <param name="After">The last account that was looked at; a dry run is told it to go on.</param>
public sealed record BillRunReport(
    BillingPeriod Period,
    BillRunPhase Phase,
    long At,
    long Of,
    AccountId After,
    int Accounts,
    int Bills,
    Int128 DueNano,
    Int128 TaxNano,
    Int128 PurchasesNano,
    Int128 EarnedNano
)
{
    public bool IsDone => Phase == BillRunPhase.Done;

    public static BillRunReport Empty(BillingPeriod period, BillRunPhase phase, long at, long of, AccountId after) =>
        new(period, phase, at, of, after, 0, 0, 0, 0, 0, 0);

    internal BillRunReport With(ClosedAccount closed) =>
        this with
        {
            Accounts = Accounts + 1,
            Bills = Bills + (closed.Bill is null ? 0 : 1),
            DueNano = DueNano + (closed.Bill?.DueNano ?? 0),
            TaxNano = TaxNano + (closed.Bill?.TaxNano ?? 0),
            PurchasesNano = PurchasesNano + (closed.Bill?.PurchasesNano ?? 0),
            EarnedNano = EarnedNano + closed.Base.Aggregate(Int128.Zero, (sum, line) => sum + line.Nano),
        };
}

/// <summary>
/// Closes a period: facts, then account by account what it left. Each step is a slice; what is written, and how far it is, are one transaction,
/// so whoever asks for the next step goes on where the last write was, whatever became of the one who made it.
/// </summary>
public sealed class BillRun(
    IBillingStore store,
    UsageFold fold,
    SalesGathering sales,
    BillingCalendar calendar,
    CommerceOptions commerce,
    BillingOptions options,
    IAccruals accruals,
    IBillNames names
)
{
    private const int AccruedAtOnce = 500;

    /// <summary>The books of so many accounts are in memory at once.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>A payment may have been decided by a clock that is behind.</summary>
    private static readonly TimeSpan slack = TimeSpan.FromDays(1);

    private const long AllDone = long.MaxValue;

    public static string MarkOf(BillingPeriod period) => $"run/{period}";

    /// <param name="isEnough">Asked after each write: then the slice ends.</param>
    public async Task<Outcome<BillRunReport>> StepAsync(
        BillingPeriod period,
        DateTimeOffset now,
        Func<bool> isEnough,
        CancellationToken cancellation
    )
    {
        if (now < calendar.To(period))
            return new Refused(
                Problems.WrongState,
                $"{period} is open until {calendar.To(period):O}: it can be run dry, and billed when it has ended.",
                "period"
            );
        var closed = await store.ClosedAsync(cancellation);
        if (closed is null || closed < period)
        {
            if (await FactsAsync(period, closed, isEnough, cancellation) is { } unfinished)
                return unfinished;
            if (await EarlierAsync(period, closed, cancellation) is { } earlier)
                return new Refused(Problems.WrongState, $"{earlier} is not billed yet, and comes first.", "period");
            await store.CommitAsync(new BillingChange { Closes = period }, cancellation);
        }
        var report = await AccountsAsync(period, isEnough, cancellation);
        if (report.IsDone)
            await TellAccrualsAsync(cancellation);
        return report;
    }

    /// <summary>Commerce hears which bill what it accrued is on. After the bills: whoever was stopped before this tells it when the run is asked for again, or with the next period.</summary>
    private async Task TellAccrualsAsync(CancellationToken cancellation)
    {
        var after = 0L;
        while (await accruals.OpenAsync(after, AccruedAtOnce, cancellation) is { Count: > 0 } page)
        {
            foreach (var (number, id) in page)
            {
                after = number;
                if (await store.FindSaleAsync(id, cancellation) is not { } sale)
                    continue;
                var bill = Bill.IdOf(sale.Account, sale.Period);
                if (await store.FindAsync(DocumentKind.Bill, bill, cancellation) is not null)
                    await accruals.BilledAsync(id, bill, calendar.To(sale.Period), cancellation);
            }
        }
    }

    /// <summary>What a run would bill as things stand, of a period that has ended or not. It reads new facts, and writes no bill and no posting of one.</summary>
    /// <param name="after">The report before said so; the default begins.</param>
    public async Task<Outcome<BillRunReport>> DryStepAsync(
        BillingPeriod period,
        DateTimeOffset now,
        AccountId after,
        Func<bool> isEnough,
        CancellationToken cancellation
    )
    {
        if (now < calendar.From(period))
            return new Refused(Problems.WrongState, $"{period} has not begun.", "period");
        var closed = await store.ClosedAsync(cancellation);
        if (period <= closed)
            return new Refused(Problems.WrongState, $"{period} is closed: its bills are there.", "period");
        if (after == default && await FactsAsync(period, closed, isEnough, cancellation) is { } unfinished)
            return unfinished;
        var of = await store.CountAccountsAsync(cancellation);
        var report = BillRunReport.Empty(period, BillRunPhase.Accounts, 0, of, after);
        do
        {
            var page = await PageAsync(period, report.After, isDry: true, cancellation);
            if (page.Count == 0)
                return report with { Phase = BillRunPhase.Done };
            foreach (var (account, left) in page)
                report = report.With(left) with { After = account };
        } while (!isEnough());
        return report;
    }

    /// <summary>Null: everything is there.</summary>
    private async Task<BillRunReport?> FactsAsync(
        BillingPeriod period,
        BillingPeriod? closed,
        Func<bool> isEnough,
        CancellationToken cancellation
    )
    {
        var from = closed is { } last ? calendar.From(last.Next) - slack : DateTimeOffset.MinValue;
        await sales.GatherAsync(from, calendar.To(period), calendar, cancellation);
        var (at, horizon) = await fold.CatchUpAsync(isEnough, cancellation);
        return at < horizon ? BillRunReport.Empty(period, BillRunPhase.Facts, at, horizon, default) : null;
    }

    private async Task<BillingPeriod?> EarlierAsync(BillingPeriod period, BillingPeriod? closed, CancellationToken cancellation)
    {
        if (closed is { } last)
            return last.Next < period ? last.Next : null;
        return await store.FirstAsync(cancellation) is { } first && first < period ? first : null;
    }

    private async Task<BillRunReport> AccountsAsync(BillingPeriod period, Func<bool> isEnough, CancellationToken cancellation)
    {
        var mark = await store.MarkAsync(MarkOf(period), cancellation);
        var of = await store.CountAccountsAsync(cancellation);
        var report = BillRunReport.Empty(period, BillRunPhase.Accounts, 0, of, new AccountId(mark));
        if (mark == AllDone)
            return report with { Phase = BillRunPhase.Done, At = of, After = default };
        do
        {
            var page = await PageAsync(period, report.After, isDry: false, cancellation);
            var to = page.Count == 0 ? AllDone : page[^1].Account.Value;
            await store.CommitAsync(ChangeOf(period, page, new MarkMove(MarkOf(period), report.After.Value, to)), cancellation);
            if (page.Count == 0)
                return report with { Phase = BillRunPhase.Done, At = of, After = default };
            foreach (var (account, left) in page)
                report = report.With(left) with { After = account };
        } while (!isEnough());
        return report;
    }

    private static BillingChange ChangeOf(BillingPeriod period, List<(AccountId Account, ClosedAccount Left)> page, MarkMove mark) =>
        new()
        {
            Marks = [mark],
            Transfers = [.. page.SelectMany(closed => closed.Left.Transfers)],
            Earned = [.. page.SelectMany(closed => closed.Left.Earned)],
            Base =
            [
                .. page.SelectMany(closed => closed.Left.Base)
                    .GroupBy(line => line.Of)
                    .Select(lines => new BaseLine(lines.Key, lines.Sum(line => line.Nano))),
            ],
            Documents =
            [
                .. page.Select(closed => closed.Left.Bill)
                    .OfType<Bill>()
                    .Select(bill => new DocumentChange(
                        DocumentKind.Bill,
                        bill.Id,
                        bill.Account.ToString(),
                        period,
                        0,
                        BillingJson.Write(BillDocument.Of(bill))
                    )),
            ],
        };

    private async Task<List<(AccountId Account, ClosedAccount Left)>> PageAsync(
        BillingPeriod period,
        AccountId after,
        bool isDry,
        CancellationToken cancellation
    )
    {
        var accounts = await store.AccountsAsync(after, PageSize, cancellation);
        if (accounts.Count == 0)
            return [];
        var closing = new AccountClosing(period, calendar, commerce.Currency, options);
        var books = await store.BooksAsync(period, accounts, cancellation);
        // A dry run adds up, and shows no bill.
        var called = isDry ? null : await names.OfAsync(books, cancellation);
        return
        [
            .. books
                .OrderBy(book => book.Account.Value)
                .Select(book => (book.Account, closing.Close(book, called?.GetValueOrDefault(book.Account)))),
        ];
    }
}
