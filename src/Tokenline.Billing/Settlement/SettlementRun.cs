using Tokenline.Billing.Bills;
using Tokenline.Commerce;

namespace Tokenline.Billing.Settlement;

/// <summary>A period's settlement as it was made, or would be.</summary>
/// <param name="IsNew">It was made now.</param>
public sealed record SettlementReport(BillingPeriod Period, bool IsNew, IReadOnlyList<Statement> Statements)
{
    public Int128 GrossNano => Sum(line => line.GrossNano);
    public Int128 VendorNano => Sum(line => line.VendorNano);
    public Int128 PlatformNano => Sum(line => line.PlatformNano);
    public Int128 ComputingNano => Sum(line => line.ComputingNano);
    public Int128 ChannelNano => Sum(line => line.ChannelNano);
    public Int128 OperatorNano => Sum(line => line.OperatorNano);

    /// <summary>In every line, and so over all: gross = vendor + platform + computing + channel + operator.</summary>
    public bool AddsUp =>
        Lines.All(line => line.AddsUp) && GrossNano == VendorNano + PlatformNano + ComputingNano + ChannelNano + OperatorNano;

    /// <summary>Those of vendors and of what no vendor served; a channel's own lines are theirs once more.</summary>
    private IEnumerable<StatementLine> Lines =>
        Statements.Where(statement => statement.Kind != PayeeKind.Channel).SelectMany(statement => statement.Lines);

    private Int128 Sum(Func<StatementLine, long> of) => Lines.Aggregate(Int128.Zero, (sum, line) => sum + of(line));
}

/// <summary>Settles a period whose bills are made: statements, and the transfers that empty <c>revenue</c>, in one transaction. Made again it is the same.</summary>
public sealed class SettlementRun(IBillingStore store, IStalls stalls, BillingCalendar calendar, CommerceOptions commerce)
{
    public const int DocumentsAtOnce = 500;

    public static string MarkOf(BillingPeriod period) => $"settled/{period}";

    /// <param name="rates">Units of the operator's currency for one of another; the US dollar's is the operator's own unless told.</param>
    /// <param name="isDry">Nothing is written.</param>
    public async Task<Outcome<SettlementReport>> RunAsync(
        BillingPeriod period,
        IReadOnlyDictionary<Currency, decimal> rates,
        bool isDry,
        CancellationToken cancellation
    )
    {
        if (
            rates.FirstOrDefault(rate => rate.Value is <= 0 or > 1_000_000 || rate.Value != decimal.Round(rate.Value, 6)) is
            { Value: not 0 } wrong
        )
            return Refused.Invalid($"rates.{wrong.Key}", "More than 0 and at most 1,000,000, with at most six decimals.");
        if (await store.MarkAsync(BillRun.MarkOf(period), cancellation) != long.MaxValue)
            return new Refused(Problems.WrongState, $"{period} is open: it is settled when its bills are made.", "period");
        if (await store.MarkAsync(MarkOf(period), cancellation) != 0)
            return new SettlementReport(period, false, await StatementsAsync(period, cancellation));
        if (await BeforeAsync(period, cancellation) is { } before)
            return new Refused(
                Problems.WrongState,
                $"{before} is not settled yet, and comes first: it may leave something to carry.",
                "period"
            );

        var divided = new Settling(await InputAsync(period, rates, cancellation)).Divide();
        if (divided.Value is not { } settled)
            return divided.Refused!;
        if (!isDry)
            await store.CommitAsync(ChangeOf(period, settled), cancellation);
        return new SettlementReport(period, !isDry, settled.Statements);
    }

    public async Task<IReadOnlyList<Statement>> StatementsAsync(BillingPeriod period, CancellationToken cancellation)
    {
        var statements = new List<Statement>();
        while (true)
        {
            var after = statements.Count == 0 ? "" : statements[^1].Id;
            var page = await store.ListAsync(DocumentKind.Statement, null, period, after, DocumentsAtOnce, cancellation);
            statements.AddRange(page.Select(stored => BillingJson.Read<Statement>(stored.Body)));
            if (page.Count < DocumentsAtOnce)
                return statements;
        }
    }

    private static BillingChange ChangeOf(BillingPeriod period, Settled settled) =>
        new()
        {
            Marks = [new MarkMove(MarkOf(period), 0, 1)],
            Transfers = settled.Transfers,
            Documents =
            [
                .. settled.Statements.Select(statement => new DocumentChange(
                    DocumentKind.Statement,
                    statement.Id,
                    Statement.GroupOf(statement.Kind, statement.Payee, statement.Currency),
                    period,
                    0,
                    BillingJson.Write(statement)
                )),
            ],
        };

    /// <summary>The period before, where it was billed and is not settled.</summary>
    private async Task<BillingPeriod?> BeforeAsync(BillingPeriod period, CancellationToken cancellation) =>
        await store.MarkAsync(BillRun.MarkOf(period.Previous), cancellation) != 0
        && await store.MarkAsync(MarkOf(period.Previous), cancellation) == 0
            ? period.Previous
            : null;

    private async Task<SettlementInput> InputAsync(
        BillingPeriod period,
        IReadOnlyDictionary<Currency, decimal> rates,
        CancellationToken cancellation
    )
    {
        var known = new Dictionary<Currency, decimal>(rates);
        known.TryAdd(new Currency("USD"), commerce.UsdRate);
        return new(
            period,
            commerce.Currency,
            calendar.To(period),
            await store.BaseAsync(period, cancellation),
            await store.CostsAsync(period, cancellation),
            await store.VendorUsageAsync(null, period.FirstDay, period.Next.FirstDay.AddDays(-1), cancellation),
            (await stalls.AllAsync(cancellation)).ToDictionary(stall => stall.Vendor, stall => stall.Models.Count),
            await AllAsync<VendorTerms>(DocumentKind.VendorTerms, cancellation),
            await AllAsync<ChannelTerms>(DocumentKind.ChannelTerms, cancellation),
            await StatementsAsync(period.Previous, cancellation),
            known
        );
    }

    private async Task<IReadOnlyList<T>> AllAsync<T>(DocumentKind kind, CancellationToken cancellation)
    {
        var (all, after) = (new List<T>(), "");
        while (true)
        {
            var page = await store.ListAsync(kind, null, null, after, DocumentsAtOnce, cancellation);
            all.AddRange(page.Select(stored => BillingJson.Read<T>(stored.Body)));
            if (page.Count < DocumentsAtOnce)
                return all;
            after = page[^1].Id;
        }
    }
}
