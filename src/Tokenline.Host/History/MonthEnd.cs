using Tokenline.Billing;
using Tokenline.Billing.Bills;
using Tokenline.Billing.Settlement;
using Tokenline.Commerce;
using Tokenline.Commerce.Receivables;

namespace Tokenline.Host.History;

/// <summary>What finance does after a month: bills and statements at dawn of the first, payments and confirmations in the days after.</summary>
internal sealed class MonthEnd(
    BillRun bills,
    BillDesk desk,
    SettlementRun settlements,
    StatementDesk statements,
    IBillingStore store,
    IReceivableStore receivables,
    ReceivableDesk receivableDesk,
    TimeProvider time
)
{
    private const int PageMax = 500;

    public async Task CloseAsync(BillingPeriod period, CancellationToken cancellation)
    {
        while (!(await bills.StepAsync(period, time.GetUtcNow(), () => false, cancellation)).Required().IsDone) { }
        (await settlements.RunAsync(period, new Dictionary<Currency, decimal>(), isDry: false, cancellation)).Required();
        foreach (var bill in await BillsAsync(period, cancellation))
        {
            if (bill.State == BillState.Validated)
                (await desk.SendAsync(bill.Bill.Id, cancellation)).Required();
        }
    }

    /// <summary>Most customers pay, some days later; a few do not.</summary>
    public async Task CollectAsync(BillingPeriod period, Random dice, CancellationToken cancellation)
    {
        foreach (var bill in await BillsAsync(period, cancellation))
        {
            if (bill.OpenNano <= 0 || dice.NextDouble() < 0.06)
                continue;
            var amount = new Money(bill.OpenNano, bill.Bill.Currency);
            (await desk.PayAsync(bill.Bill.Id, $"bank-{period}-{bill.Bill.Account}", amount, time.GetUtcNow(), cancellation)).Required();
        }
    }

    /// <summary>Vendors look at their statements: most confirm, one in a while disputes, and is answered.</summary>
    public async Task ConfirmAsync(BillingPeriod period, Random dice, CancellationToken cancellation)
    {
        foreach (var statement in await settlements.StatementsAsync(period, cancellation))
        {
            if (statement is not { State: StatementState.Issued, Kind: not PayeeKind.Operator })
                continue;
            if (dice.NextDouble() < 0.04)
            {
                const string why = "Three requests of the 14th that timed out at your side were served by us.";
                (await statements.DisputeAsync(statement.Id, why, cancellation)).Required();
                var agreed = new Money(1 * Money.NanoPerUnit, statement.Currency);
                const string answer = "The log agrees: they are paid.";
                (await statements.ResolveAsync(statement.Id, agreed, answer, time.GetUtcNow(), cancellation)).Required();
            }
            (await statements.ConfirmAsync(statement.Id, cancellation)).Required();
        }
    }

    public async Task PayOutAsync(BillingPeriod period, CancellationToken cancellation)
    {
        foreach (var statement in await settlements.StatementsAsync(period, cancellation))
        {
            if (statement.State == StatementState.Confirmed)
                (await statements.PayOutAsync(statement.Id, time.GetUtcNow(), cancellation)).Required();
        }
    }

    /// <summary>What customers owe by invoice is paid a week before its day.</summary>
    public async Task CollectInvoicesAsync(PartyId customer, CancellationToken cancellation)
    {
        var soon = time.GetUtcNow().AddDays(7);
        foreach (var owed in await receivables.ListAsync(customer, isOpen: true, null, PageMax, cancellation))
        {
            if (owed.Open.Nano > 0 && owed.DueAt < soon)
                (await receivableDesk.RecordPaymentAsync(owed.Id, owed.Open, $"bank-{owed.Id}", cancellation)).Required();
        }
    }

    private async Task<List<BillDocument>> BillsAsync(BillingPeriod period, CancellationToken cancellation)
    {
        var found = new List<BillDocument>();
        while (true)
        {
            var after = found.Count == 0 ? "" : found[^1].Bill.Id;
            var page = await store.ListAsync(DocumentKind.Bill, null, period, after, PageMax, cancellation);
            found.AddRange(page.Select(stored => BillingJson.Read<BillDocument>(stored.Body)));
            if (page.Count < PageMax)
                return found;
        }
    }
}
