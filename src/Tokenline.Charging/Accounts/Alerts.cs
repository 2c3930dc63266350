using System.Text.Json.Serialization;

namespace Tokenline.Charging.Accounts;

/// <summary>When an account tells its customer something. Each is told once per period: a bucket's life, a limit's window, a day.</summary>
/// <param name="Percents">Of a bucket or of a limit, in rising order.</param>
/// <param name="ExpiryDays">A bucket that ends within so many days with something left is told of; 0 is never.</param>
/// <param name="AbnormalTimes">A day's value of so many times the usual is told of; 0 is never.</param>
/// <param name="AbnormalFloorNano">Days below this value are never abnormal.</param>
public sealed record AlertTerms(int[] Percents, int ExpiryDays, int AbnormalTimes, long AbnormalFloorNano)
{
    /// <summary>What telecom practice asks for: 50, 80 and 100 %, three days before the end, five times the usual.</summary>
    public static readonly AlertTerms Default = new([50, 80, 100], 3, 5, Money.NanoPerUnit);

    public string? WhatIsWrong()
    {
        if (
            Percents is not { Length: <= 16 }
            || Percents.Any(p => p is < 1 or > 100)
            || !Percents.SequenceEqual(Percents.Order().Distinct())
        )
            return "percents: at most 16 different ones from 1 to 100, in rising order";
        if (ExpiryDays is < 0 or > 31)
            return "expiryDays: 0 (never) to 31";
        if (AbnormalTimes is < 0 or 1 or > 1000 || AbnormalFloorNano < 0)
            return "abnormalTimes: 0 (never), or 2 to 1,000 times the usual, above a floor that is not negative";
        return null;
    }
}

[JsonConverter(typeof(JsonStringEnumConverter<AccountEventType>))]
public enum AccountEventType
{
    /// <summary>A bucket or a limit has been used to a percent.</summary>
    [JsonStringEnumMemberName("threshold.reached")]
    ThresholdReached,

    [JsonStringEnumMemberName("bucket.expiring")]
    BucketExpiring,

    [JsonStringEnumMemberName("spend.abnormal")]
    AbnormalSpend,

    [JsonStringEnumMemberName("account.suspended")]
    AccountSuspended,

    [JsonStringEnumMemberName("account.resumed")]
    AccountResumed,

    /// <summary>A model that the account calls, or has a rule for, costs something else from a time on.</summary>
    [JsonStringEnumMemberName("price.changed")]
    PriceChanged,

    /// <summary>A change that was announced does not come.</summary>
    [JsonStringEnumMemberName("price.kept")]
    PriceKept,

    /// <summary>A plan is about to be renewed, at a price.</summary>
    [JsonStringEnumMemberName("subscription.renewing")]
    SubscriptionRenewing,

    /// <summary>A plan's next period could not be paid; it is tried again.</summary>
    [JsonStringEnumMemberName("payment.refused")]
    PaymentRefused,

    [JsonStringEnumMemberName("subscription.suspended")]
    SubscriptionSuspended,

    [JsonStringEnumMemberName("subscription.ended")]
    SubscriptionEnded,

    /// <summary>A bill is not paid, and what has come of it.</summary>
    [JsonStringEnumMemberName("bill.overdue")]
    BillOverdue,
}

internal static class AccountEventTypes
{
    /// <summary>It is decided outside the account, which only passes it on.</summary>
    public static bool IsAnnounced(this AccountEventType type) =>
        type
            is AccountEventType.PriceChanged
                or AccountEventType.PriceKept
                or AccountEventType.SubscriptionRenewing
                or AccountEventType.PaymentRefused
                or AccountEventType.SubscriptionSuspended
                or AccountEventType.SubscriptionEnded
                or AccountEventType.BillOverdue;
}

/// <summary>Something that the customer should hear of. Raised once; in the journal, so that it is delivered at least once.</summary>
/// <param name="Subject">The bucket (<c>bkt_…</c>), or <c>alt_…/limit</c>, or the account; of prices, the Model ID; of plans, the product (<c>prd_…</c>); of bills, the bill.</param>
/// <param name="Name">What people call it; of a bill its month.</param>
/// <param name="Amount">Of it so far: used, left, or spent today; in micro-units, nano, requests or tokens. Of plans and bills, what is to be paid.</param>
/// <param name="Limit">Of how much; for abnormal spend, the usual.</param>
/// <param name="Unit">A quota unit, a currency, <c>requests</c> or <c>tokens</c>.</param>
/// <param name="Until">When the bucket ends or the window is over, or the former price returns; how long a plan is renewed for, or can be used unpaid; what else comes of a bill, and when.</param>
/// <param name="Reason">Why; of prices, what they were and will be; of a bill <c>restricted</c> or <c>terminated</c>, or nothing yet.</param>
/// <param name="From">When a price takes effect, or would have; when a plan is renewed, or its payment tried again.</param>
public sealed record AccountEvent(
    AccountEventType Type,
    string Subject,
    string Name,
    int? Percent = null,
    long? Amount = null,
    long? Limit = null,
    string? Unit = null,
    DateTimeOffset? Until = null,
    string? Reason = null,
    DateTimeOffset? From = null
);
