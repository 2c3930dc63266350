using Tokenline.Billing;
using Tokenline.Billing.Bills;

namespace Tokenline.Portal.Bills;

/// <summary>A bill with everything that became of it.</summary>
internal sealed record BillStory(
    BillDocument Document,
    IReadOnlyList<BillPayment> Payments,
    IReadOnlyList<CreditNote> Credits,
    IReadOnlyList<BillDispute> Disputes
)
{
    public Bill Bill => Document.Bill;
}

/// <summary>The bills of one account: no id of a bill is taken from an address, only its period.</summary>
internal sealed class BillReading(IBillingStore store, BillDesk desk)
{
    private const int PageSize = 200;
    private const int PartsMax = 200;

    /// <summary>Newest first; a customer has one a month.</summary>
    public async Task<IReadOnlyList<BillDocument>> ListAsync(AccountId account, CancellationToken cancellation)
    {
        var bills = new List<BillDocument>();
        var after = "";
        while (true)
        {
            var page = await store.ListAsync(DocumentKind.Bill, account.ToString(), null, after, PageSize, cancellation);
            bills.AddRange(page.Select(stored => BillingJson.Read<BillDocument>(stored.Body)));
            if (page.Count < PageSize)
                break;
            after = page[^1].Id;
        }
        bills.Reverse();
        return bills;
    }

    public async Task<BillDocument?> FindAsync(AccountId account, string period, CancellationToken cancellation) =>
        BillingPeriod.TryParse(period, out var of) ? (await desk.FindAsync(Bill.IdOf(account, of), cancellation)).Value : null;

    public async Task<BillStory?> StoryAsync(AccountId account, string period, CancellationToken cancellation)
    {
        if (await FindAsync(account, period, cancellation) is not { } document)
            return null;
        var id = document.Bill.Id;
        return new(
            document,
            await PartsAsync<BillPayment>(DocumentKind.BillPayment, id, cancellation),
            await PartsAsync<CreditNote>(DocumentKind.CreditNote, id, cancellation),
            await PartsAsync<BillDispute>(DocumentKind.Dispute, id, cancellation)
        );
    }

    private async Task<IReadOnlyList<T>> PartsAsync<T>(DocumentKind kind, string bill, CancellationToken cancellation) =>
        [.. (await store.ListAsync(kind, bill, null, "", PartsMax, cancellation)).Select(stored => BillingJson.Read<T>(stored.Body))];
}
