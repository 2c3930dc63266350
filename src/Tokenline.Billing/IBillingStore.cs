using Tokenline.Billing.Facts;
using Tokenline.Billing.Ledger;

namespace Tokenline.Billing;

/// <summary>Keeps the ledger, the sums and the documents. One change is one transaction: all of it is there, or nothing.</summary>
public interface IBillingStore
{
    /// <exception cref="BillingConflictException">A mark is not where the change says, a document has another version, or a transfer of that id says otherwise. Nothing was written.</exception>
    Task CommitAsync(BillingChange change, CancellationToken cancellation);

    /// <summary>How far a work is; 0: it has not begun.</summary>
    Task<long> MarkAsync(string name, CancellationToken cancellation);

    /// <summary>The last period that is closed; null: none is.</summary>
    Task<BillingPeriod?> ClosedAsync(CancellationToken cancellation);

    /// <summary>The earliest period that has sales, buckets or usage; null: nothing is there.</summary>
    Task<BillingPeriod?> FirstAsync(CancellationToken cancellation);

    /// <summary>In the order of writing.</summary>
    Task<IReadOnlyList<StoredTransfer>> TransfersAsync(long after, int limit, CancellationToken cancellation);

    Task<IReadOnlyList<Balance>> BalancesAsync(CancellationToken cancellation);

    Task<IReadOnlyList<LeasedAccount>> LeasesAsync(CancellationToken cancellation);

    Task<IReadOnlyList<string>> KnownSalesAsync(IReadOnlyCollection<string> ids, CancellationToken cancellation);

    Task<Sale?> FindSaleAsync(string id, CancellationToken cancellation);

    /// <summary>Charging accounts with a sale, a bucket or usage, in the order of their ids.</summary>
    Task<IReadOnlyList<AccountId>> AccountsAsync(AccountId after, int limit, CancellationToken cancellation);

    Task<long> CountAccountsAsync(CancellationToken cancellation);

    /// <summary>All that the months of these accounts are made of, up to the end of a period.</summary>
    Task<IReadOnlyList<AccountBooks>> BooksAsync(
        BillingPeriod period,
        IReadOnlyCollection<AccountId> accounts,
        CancellationToken cancellation
    );

    Task<IReadOnlyList<BaseLine>> BaseAsync(BillingPeriod period, CancellationToken cancellation);

    Task<IReadOnlyList<VendorCost>> CostsAsync(BillingPeriod period, CancellationToken cancellation);

    Task<IReadOnlyList<VendorUsage>> VendorUsageAsync(string? vendor, DateOnly from, DateOnly to, CancellationToken cancellation);

    /// <summary>Of a day and a model, in the order of their charges and numbers.</summary>
    /// <param name="after">Only of charges after this one.</param>
    Task<IReadOnlyList<UnansweredRequest>> AttemptsAsync(
        string vendor,
        DateOnly day,
        string model,
        ChargeId after,
        int limit,
        CancellationToken cancellation
    );

    Task<StoredDocument?> FindAsync(DocumentKind kind, string id, CancellationToken cancellation);

    Task<long> CountAsync(DocumentKind kind, BillingPeriod period, CancellationToken cancellation);

    /// <summary>In the order of their ids.</summary>
    /// <param name="group">Whose: an account, a vendor, a bill; null: everybody's.</param>
    Task<IReadOnlyList<StoredDocument>> ListAsync(
        DocumentKind kind,
        string? group,
        BillingPeriod? period,
        string after,
        int limit,
        CancellationToken cancellation
    );
}

/// <summary>Nothing was written: somebody else was faster, or what is there already says otherwise.</summary>
public sealed class BillingConflictException(string message) : Exception(message);

/// <summary>One transaction. Sums are added to what is there; buckets and leases that are there are left as they are.</summary>
public sealed record BillingChange
{
    public IReadOnlyList<MarkMove> Marks { get; init; } = [];

    /// <summary>Closes this period; the one before it is closed, or none is.</summary>
    public BillingPeriod? Closes { get; init; }
    public IReadOnlyList<Transfer> Transfers { get; init; } = [];
    public IReadOnlyList<UsageSum> Usage { get; init; } = [];
    public IReadOnlyList<VolumeSum> Volumes { get; init; } = [];
    public IReadOnlyList<VendorUsage> Vendors { get; init; } = [];
    public IReadOnlyList<VendorCost> Costs { get; init; } = [];
    public IReadOnlyList<UnansweredRequest> Attempts { get; init; } = [];
    public IReadOnlyList<BilledBucket> Buckets { get; init; } = [];
    public IReadOnlyList<BucketMove> Moves { get; init; } = [];
    public IReadOnlyList<LeasedAccount> Leases { get; init; } = [];
    public IReadOnlyList<Sale> Sales { get; init; } = [];

    /// <summary>Take the place of those of the same sale and unit.</summary>
    public IReadOnlyList<EarnedPart> Earned { get; init; } = [];
    public IReadOnlyList<BaseLine> Base { get; init; } = [];
    public IReadOnlyList<DocumentChange> Documents { get; init; } = [];
}

/// <summary>The work moves on from here to there; if it is not here, the change is not made.</summary>
public sealed record MarkMove(string Name, long From, long To);

public sealed record LeasedAccount(AccountId Lessee, AccountId Lessor);

/// <summary>Net revenue that was earned.</summary>
/// <param name="Vendor">Who served; empty where no call did.</param>
/// <param name="Channel">Who sold; empty: the operator itself.</param>
public readonly record struct BaseKey(BillingPeriod Period, string Vendor, string Model, string Channel, Currency Currency);

public sealed record BaseLine(BaseKey Of, long Nano);

/// <param name="Sums">Of the period.</param>
/// <param name="Buckets">Opened by the end of the period.</param>
/// <param name="Moves">By the end of the period, added up.</param>
/// <param name="Earned">As of the end of the period before.</param>
/// <param name="Volumes">Of the months of volume that the period has something of, up to its end.</param>
/// <param name="Before">Sums of periods before it, of the buckets that what was accrued in it is for.</param>
/// <param name="Agreement">The body of the one in force; null: none is.</param>
public sealed record AccountBooks(
    AccountId Account,
    IReadOnlyList<Sale> Sales,
    IReadOnlyList<BilledBucket> Buckets,
    IReadOnlyList<BucketMove> Moves,
    IReadOnlyList<UsageSum> Sums,
    IReadOnlyList<EarnedPart> Earned,
    IReadOnlyList<VolumeSum> Volumes,
    IReadOnlyList<UsageSum> Before,
    string? Agreement
)
{
    /// <summary>What was accrued in the period.</summary>
    public IEnumerable<Sale> AccruedIn(BillingPeriod period) => Sales.Where(sale => sale.IsAccrued && sale.Period == period);

    /// <summary>What was used of these is what was accrued beyond.</summary>
    public static bool IsBeyond(Sale accrued, BilledBucket bucket) =>
        accrued.Kind == SaleKind.Beyond
        && bucket.IsBeyond
        && bucket.Product == accrued.Product
        && bucket.ValidFrom >= accrued.From
        && bucket.ValidFrom < accrued.To;
}

public enum DocumentKind
{
    Bill = 1,
    CreditNote = 2,
    BillPayment = 3,
    Dispute = 4,
    Agreement = 5,
    Application = 6,
    VendorTerms = 7,
    ChannelTerms = 8,
    Statement = 9,
    PriceProposal = 10,
    BillPaymentChoice = 11,
    Collection = 12,
    CarrierBillPayment = 13,
    PayoutAccount = 20,
}

/// <param name="Group">Whose it is.</param>
/// <param name="Version">Counted from 1, raised with every change.</param>
/// <param name="Body">JSON.</param>
public sealed record StoredDocument(DocumentKind Kind, string Id, string Group, BillingPeriod? Period, long Version, string Body);

/// <param name="Group">Takes the place of the one before.</param>
/// <param name="Known">The version that it was made from; 0: it is new.</param>
public sealed record DocumentChange(DocumentKind Kind, string Id, string Group, BillingPeriod? Period, long Known, string Body);
