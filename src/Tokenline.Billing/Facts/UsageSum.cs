using Tokenline.Charging.Accounts;

namespace Tokenline.Billing.Facts;

/// <summary>What one bucket paid in a period, for calls of one model that one deployment served, with one key.</summary>
/// <param name="Payer">The charging account whose month it is: of a leased subtree, the lessor.</param>
/// <param name="Bucket">0 where nothing paid.</param>
/// <param name="Currency">Of the retail value.</param>
public readonly record struct UsageKey(
    BillingPeriod Period,
    AccountId Payer,
    BucketId Bucket,
    string Model,
    string Vendor,
    string Deployment,
    KeyId Key,
    AllotmentId Allotment,
    Currency Currency
);

/// <param name="Calls">Counted where they were paid most, so that sums over buckets are of all calls, each once. Refunds take no call back.</param>
/// <param name="Amount">In the bucket's own unit, refunds taken off: micro-units of quota or nano of money.</param>
/// <param name="WorthNano">The part of the retail value that this covered.</param>
public readonly record struct UsageTotals(
    long Calls,
    long Input,
    long Output,
    long Amount,
    long WorthNano,
    long UncollectedNano,
    long FreeNano
)
{
    public static UsageTotals operator +(UsageTotals a, UsageTotals b) =>
        new(
            a.Calls + b.Calls,
            a.Input + b.Input,
            a.Output + b.Output,
            checked(a.Amount + b.Amount),
            checked(a.WorthNano + b.WorthNano),
            checked(a.UncollectedNano + b.UncollectedNano),
            checked(a.FreeNano + b.FreeNano)
        );
}

public sealed record UsageSum(UsageKey Of, UsageTotals Totals);

/// <summary>Money that calls of a month were charged at retroactive volume tiers, and what they come to in one of the tiers.</summary>
/// <param name="Month">Of the group's calendar, in which the calls began; the period is that in which they were booked.</param>
/// <param name="Bucket">That paid; 0 with the volume itself, which has no model, vendor and tier.</param>
/// <param name="TariffVersion">Whose tiers they are.</param>
/// <param name="UpTo">Of the tier, in counted units; the largest number there is of the last.</param>
public readonly record struct VolumeSumKey(
    BillingPeriod Period,
    AccountId Payer,
    BillingPeriod Month,
    string Group,
    BucketId Bucket,
    string Model,
    string Vendor,
    int TariffVersion,
    long UpTo
);

/// <param name="Count">Counted units of the volume itself.</param>
/// <param name="ChargedNano">What the bucket paid.</param>
/// <param name="DueNano">What it would have paid if the month had ended in this tier.</param>
public sealed record VolumeSum(VolumeSumKey Of, long Count, long ChargedNano, long DueNano);

/// <summary>What a vendor served on a day, in one meter.</summary>
/// <param name="Day">Of the operator's calendar, on which the call began.</param>
/// <param name="Meter">A meter's name; <see cref="Calls"/> counts the calls themselves.</param>
/// <param name="IsAttempt">Requests that did not answer the customer's call: retries, time-outs, faults.</param>
public readonly record struct VendorUsageKey(string Vendor, DateOnly Day, string Model, string Deployment, string Meter, bool IsAttempt)
{
    public const string Calls = "calls";
}

public sealed record VendorUsage(VendorUsageKey Of, long Quantity);

/// <summary>A request to a vendor that answered no call, kept for whoever asks what a vendor has billed.</summary>
/// <param name="Number">Among those of its charge.</param>
/// <param name="Usage">Null: it is not known.</param>
public sealed record UnansweredRequest(
    string Vendor,
    DateOnly Day,
    string Model,
    ChargeId Charge,
    int Number,
    AccountId Account,
    string Deployment,
    DateTimeOffset At,
    string Outcome,
    Usage? Usage
);

/// <summary>What a vendor is owed by the wholesale rate card that its contract is, for the calls of a day.</summary>
public readonly record struct VendorCostKey(
    BillingPeriod Period,
    string Vendor,
    DateOnly Day,
    string Model,
    int ContractVersion,
    Currency Currency
);

public sealed record VendorCost(VendorCostKey Of, long Calls, long Nano);

/// <summary>A bucket as it was opened. What moved in it afterwards are <see cref="BucketMove"/>s and sums.</summary>
/// <param name="Unit">A quota unit's name, or a currency's code.</param>
/// <param name="Origin">The bucket that it has its price from: of one revived by a refund, or of one lent to another account.</param>
/// <param name="IsMirror">Lent: its grant is counted in its origin.</param>
/// <param name="IsRefill">One of many that a refill grants, period after period.</param>
/// <param name="IsBeyond">Not paid for: what is used of it is accrued when its time is over.</param>
public sealed record BilledBucket(
    BucketId Id,
    AccountId Payer,
    BillingPeriod Period,
    string Name,
    BucketType Type,
    string Unit,
    bool IsMoney,
    long Granted,
    DateTimeOffset ValidFrom,
    DateTimeOffset? ExpiresAt,
    ProductId? Product,
    BucketId? Origin,
    bool IsMirror,
    bool IsRefill,
    bool IsBeyond = false
);

/// <summary>A bucket among all. Its id alone does not tell it: an account numbers the buckets that it opens itself (of a month, a refill, a refund) by its own history.</summary>
public readonly record struct PayersBucket(AccountId Payer, BucketId Bucket);

/// <summary>What was added to a bucket or taken away from it in a period, without being used.</summary>
public readonly record struct BucketMoveKey(PayersBucket Bucket, BillingPeriod Period);

public sealed record BucketMove(BucketMoveKey Of, long Added, long Taken);
