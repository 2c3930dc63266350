using Tokenline.Billing.Facts;
using Tokenline.Billing.Ledger;

namespace Tokenline.Billing.Tests;

/// <summary>A store whose process dies at a write: at odd numbers before it is made, at even ones after.</summary>
internal sealed class DyingStore(IBillingStore inner, int survives) : IBillingStore
{
    private int writes;

    /// <summary>Done once, before the second write.</summary>
    public Func<Task>? Before { get; set; }

    public async Task CommitAsync(BillingChange change, CancellationToken cancellation)
    {
        if (++writes == 2 && Before is { } once)
        {
            Before = null;
            await once();
        }
        if (writes == (survives / 2) + 1 && survives % 2 == 0)
            throw new OperationCanceledException("killed before the write");
        await inner.CommitAsync(change, cancellation);
        if (writes == (survives / 2) + 1 && survives != int.MaxValue)
            throw new OperationCanceledException("killed after the write");
    }

    public Task<long> MarkAsync(string name, CancellationToken cancellation) => inner.MarkAsync(name, cancellation);

    public Task<BillingPeriod?> ClosedAsync(CancellationToken cancellation) => inner.ClosedAsync(cancellation);

    public Task<BillingPeriod?> FirstAsync(CancellationToken cancellation) => inner.FirstAsync(cancellation);

    public Task<IReadOnlyList<StoredTransfer>> TransfersAsync(long after, int limit, CancellationToken cancellation) =>
        inner.TransfersAsync(after, limit, cancellation);

    public Task<IReadOnlyList<Balance>> BalancesAsync(CancellationToken cancellation) => inner.BalancesAsync(cancellation);

    public Task<IReadOnlyList<LeasedAccount>> LeasesAsync(CancellationToken cancellation) => inner.LeasesAsync(cancellation);

    public Task<IReadOnlyList<string>> KnownSalesAsync(IReadOnlyCollection<string> ids, CancellationToken cancellation) =>
        inner.KnownSalesAsync(ids, cancellation);

    public Task<Sale?> FindSaleAsync(string id, CancellationToken cancellation) => inner.FindSaleAsync(id, cancellation);

    public Task<IReadOnlyList<AccountId>> AccountsAsync(AccountId after, int limit, CancellationToken cancellation) =>
        inner.AccountsAsync(after, limit, cancellation);

    public Task<long> CountAccountsAsync(CancellationToken cancellation) => inner.CountAccountsAsync(cancellation);

    public Task<IReadOnlyList<AccountBooks>> BooksAsync(
        BillingPeriod period,
        IReadOnlyCollection<AccountId> accounts,
        CancellationToken cancellation
    ) => inner.BooksAsync(period, accounts, cancellation);

    public Task<IReadOnlyList<BaseLine>> BaseAsync(BillingPeriod period, CancellationToken cancellation) =>
        inner.BaseAsync(period, cancellation);

    public Task<IReadOnlyList<VendorCost>> CostsAsync(BillingPeriod period, CancellationToken cancellation) =>
        inner.CostsAsync(period, cancellation);

    public Task<IReadOnlyList<VendorUsage>> VendorUsageAsync(string? vendor, DateOnly from, DateOnly to, CancellationToken cancellation) =>
        inner.VendorUsageAsync(vendor, from, to, cancellation);

    public Task<IReadOnlyList<UnansweredRequest>> AttemptsAsync(
        string vendor,
        DateOnly day,
        string model,
        ChargeId after,
        int limit,
        CancellationToken cancellation
    ) => inner.AttemptsAsync(vendor, day, model, after, limit, cancellation);

    public Task<StoredDocument?> FindAsync(DocumentKind kind, string id, CancellationToken cancellation) =>
        inner.FindAsync(kind, id, cancellation);

    public Task<long> CountAsync(DocumentKind kind, BillingPeriod period, CancellationToken cancellation) =>
        inner.CountAsync(kind, period, cancellation);

    public Task<IReadOnlyList<StoredDocument>> ListAsync(
        DocumentKind kind,
        string? group,
        BillingPeriod? period,
        string after,
        int limit,
        CancellationToken cancellation
    ) => inner.ListAsync(kind, group, period, after, limit, cancellation);
}
