using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;

namespace Tokenline.Commerce.Catalog;

/// <summary>What is for sale, as a person enters it; <see cref="OfferingEntry"/> reads it, whole or not at all.</summary>
/// <param name="Price">In the operator's currency; left out for what is free and for pay-as-you-go.</param>
/// <param name="Months">How long what it grants can be spent, to the same local time so many months later; or <paramref name="Days"/>.</param>
public sealed record OfferingSheet(
    string? Name,
    string? Description,
    OfferingKind? Kind,
    IReadOnlyList<GrantSheet?>? Grants,
    decimal? Price = null,
    int? Months = null,
    int? Days = null
)
{
    /// <summary>Name and description in Chinese.</summary>
    public OfferingText? Chinese { get; init; }

    /// <summary>Of the first period of a customer's first order.</summary>
    public decimal? FirstPrice { get; init; }

    /// <summary>Within the price.</summary>
    public decimal? TaxPercent { get; init; }

    public SaleTerms? Sale { get; init; }

    public RenewalSheet? Renewal { get; init; }

    /// <summary>Of a bundle: what others deliver.</summary>
    public IReadOnlyList<OfferedComponent?>? Components { get; init; }

    /// <summary>So many persons may share it, the owner included: of a plan for households and organizations.</summary>
    public int? MembersMax { get; init; }

    /// <summary>Of a plan by the seat for organizations: price and grants are for one seat.</summary>
    public SeatSheet? Seats { get; init; }

    /// <summary>Of a pool for organizations: what is paid in a term at the least, and what is used beyond.</summary>
    public CommitmentSheet? Commitment { get; init; }

    /// <summary>The sheet that would be read as this offering.</summary>
    public static OfferingSheet Of(ProductOffering offering) => OfferingEntry.Show(offering);
}

/// <param name="Min">Seats at the least; 1 unless told.</param>
/// <param name="Max">Seats at the most.</param>
public sealed record SeatSheet(int? Min = null, int? Max = null);

/// <param name="Amount">Paid in a term at the least: prepaid and beyond together.</param>
/// <param name="Periods">Of a term.</param>
/// <param name="BeyondMax">In whole units: so much may be used beyond what is prepaid, in a period; nothing unless told.</param>
/// <param name="Tiers">What is used beyond costs.</param>
public sealed record CommitmentSheet(
    decimal? Amount,
    int? Periods,
    decimal? BeyondMax = null,
    IReadOnlyList<BeyondTierSheet?>? Tiers = null
);

/// <param name="UpTo">In whole units; left out of the last.</param>
/// <param name="Price">Of a million whole units.</param>
public sealed record BeyondTierSheet(decimal? UpTo, decimal? Price);

/// <param name="Automatic">A period follows without being ordered, until somebody stops it.</param>
/// <param name="NoticeDays">So long before a period ends the customer is told; 5 unless told.</param>
/// <param name="GraceDays">So long a period that is not paid may be used; 3 unless told, 0 is none.</param>
/// <param name="CoolingOffDays">Within so many days of the first period what is unused is refunded; 0 unless told.</param>
/// <param name="Billing"><c>anniversary</c>, unless told, or <c>calendar</c>.</param>
public sealed record RenewalSheet(
    bool Automatic = false,
    int? NoticeDays = null,
    int? GraceDays = null,
    int? CoolingOffDays = null,
    BillingCycle? Billing = null
);

/// <param name="Amount">In whole units, or of <paramref name="Currency"/>.</param>
/// <param name="Unit">A quota unit that models have weights in; or <paramref name="Currency"/>.</param>
/// <param name="Type">What kind of bucket; that of the offering's kind unless told.</param>
/// <param name="Models">The only models it pays for; left out: all that have a weight in this unit.</param>
/// <param name="Meters">The only meters it pays for.</param>
/// <param name="Limits">Windows of what it pays, such as <c>five-hours=1200 requests/5h</c>.</param>
/// <param name="IsBlocker">While it is open nothing dearer pays for its models: a full window refuses.</param>
/// <param name="Priority">The lowest pays first; that of its type unless told.</param>
/// <param name="RefilledEvery"><c>day</c>, <c>week</c>, <c>month</c> or <c>planMonth</c>: granted again every period.</param>
/// <param name="RolloverMin">Less than this is not carried over.</param>
/// <param name="RolloverMax">The most of what is left that the next period gets.</param>
/// <param name="ToEachSeat">Of a plan by the seat: each seat has so much for itself. Otherwise what all seats grant is one pool.</param>
public sealed record GrantSheet(
    decimal? Amount,
    QuotaUnit? Unit = null,
    Currency? Currency = null,
    BucketType? Type = null,
    string[]? Models = null,
    MeterSet? Meters = null,
    IReadOnlyList<string?>? Limits = null,
    bool IsBlocker = false,
    int? Priority = null,
    LimitWindow? RefilledEvery = null,
    decimal? RolloverMin = null,
    decimal? RolloverMax = null,
    bool ToEachSeat = false
);
