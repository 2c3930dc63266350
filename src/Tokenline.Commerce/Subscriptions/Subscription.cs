using System.Text.Json.Serialization;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>TMF637 states of a product that lives in periods.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SubscriptionState>))]
public enum SubscriptionState
{
    [JsonStringEnumMemberName("active")]
    Active = 1,

    /// <summary>Nothing can be spent and nothing is renewed.</summary>
    [JsonStringEnumMemberName("suspended")]
    Suspended = 2,

    /// <summary>It ends with its period, or is being closed.</summary>
    [JsonStringEnumMemberName("pendingTerminate")]
    PendingTerminate = 3,

    [JsonStringEnumMemberName("terminated")]
    Terminated = 4,
}

/// <summary>How the present period stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Standing>))]
public enum Standing
{
    [JsonStringEnumMemberName("current")]
    Current,

    /// <summary>Granted, and not paid.</summary>
    [JsonStringEnumMemberName("grace")]
    Grace,

    /// <summary>Not paid, and not granted or taken back.</summary>
    [JsonStringEnumMemberName("restricted")]
    Restricted,
}

[JsonConverter(typeof(JsonStringEnumConverter<SuspensionCause>))]
public enum SuspensionCause
{
    [JsonStringEnumMemberName("unpaid")]
    Unpaid = 1,

    [JsonStringEnumMemberName("paused")]
    Paused = 2,

    [JsonStringEnumMemberName("operator")]
    Operator = 3,
}

/// <summary>A plan that a customer holds, from its first period to its last.</summary>
/// <param name="Id">Of the product that the order left.</param>
/// <param name="Offering">As it was when it was bought or changed to.</param>
/// <param name="Period">The present one, or the last one there was.</param>
public sealed record Subscription(
    ProductId Id,
    PartyId Customer,
    AccountId Account,
    ProductOffering Offering,
    Period Period,
    Anchor Anchor,
    DateTimeOffset CreatedAt
)
{
    public SubscriptionState State { get; init; } = SubscriptionState.Active;

    /// <summary>Raised with every change; a change that was decided on an older one is not made.</summary>
    public long Version { get; init; }

    /// <summary>For the present period, all payments together.</summary>
    public Money Paid { get; init; }

    /// <summary>The customer does not want another period.</summary>
    public bool Stops { get; init; }

    /// <summary>The customer wants a rest after this period.</summary>
    public bool Pauses { get; init; }

    /// <summary>What the next period is of, where it is another offering.</summary>
    public ProductOffering? Change { get; init; }

    /// <summary>Of a plan by the seat, all of them ending together; null: it is none.</summary>
    public int? Seats { get; init; }

    /// <summary>From the next period on, where they become fewer.</summary>
    public int? NextSeats { get; init; }

    /// <summary>The members who have a seat.</summary>
    public IReadOnlyList<MembershipId> Assigned { get; init; } = [];

    /// <summary>Of the seats of the present period: first those of <see cref="Assigned"/>, in its order. Not said where none was given or taken yet: from 0 on.</summary>
    public IReadOnlyList<int> SeatNumbers { get; init; } = [];

    /// <summary>The next period is as long as it takes to end with another subscription's; null: as any.</summary>
    public Alignment? Align { get; init; }

    /// <summary>In which its commitment is to be met; null: it has none.</summary>
    public Term? Term { get; init; }

    /// <summary>Of a subscription with a commitment, the periods that are over and not settled, oldest first.</summary>
    public IReadOnlyList<OpenPeriod> Open { get; init; } = [];

    /// <summary>The last period that was closed for settling.</summary>
    public int ClosedPeriod { get; init; } = -1;

    /// <summary>The period that is to be paid: the next, or the present one while it is not.</summary>
    public DuePeriod? Due { get; init; }

    public Asking? Asking { get; init; }

    /// <summary>Payments that were begun for the period after the last one that is paid.</summary>
    public int Attempts { get; init; }

    public SuspensionCause? Cause { get; init; }
    public DateTimeOffset? SuspendedAt { get; init; }
    public Closing? Closing { get; init; }

    /// <summary>Buckets that were taken back, and are given again when all is well.</summary>
    public IReadOnlyList<BucketId> TakenBack { get; init; } = [];

    /// <summary>Buckets of this period that are what was given again of others.</summary>
    public IReadOnlyList<BucketId> Restored { get; init; } = [];

    /// <summary>How often a period that had not begun was granted and taken back: what is granted then is granted anew.</summary>
    public int Rounds { get; init; }

    /// <summary>The period whose end was announced.</summary>
    public int NoticedPeriod { get; init; } = -1;

    /// <summary>Refills are agreed on anew when they were interrupted, and once a year.</summary>
    public RefillEpoch Refills { get; init; }

    /// <summary>What a voucher gave with the first period; it goes back with the money.</summary>
    public BucketId? Bonus { get; init; }

    /// <summary>Invoices that are overdue.</summary>
    public Debt? Debt { get; init; }

    /// <summary>How its renewals and upgrades are paid.</summary>
    public PaymentMethod Method { get; init; } = PaymentMethod.PhoneBill;

    /// <summary>The buyer's own number for it, of what is paid by invoice.</summary>
    public string? PurchaseOrder { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
    public string? EndReason { get; init; }

    /// <summary>A period follows the present one.</summary>
    [JsonIgnore]
    public bool Renews => Offering.Renewal.IsAutomatic && !Stops && !Pauses && State == SubscriptionState.Active;

    [JsonIgnore]
    public Standing Standing =>
        Due is not { HasBegun: true } due
            ? (
                Debt is null ? Standing.Current
                : Debt.IsTakenBack ? Standing.Restricted
                : Standing.Grace
            )
        : due is { IsGranted: true, IsTakenBack: false } ? Standing.Grace
        : Standing.Restricted;
}

/// <summary>A period that is to be paid.</summary>
/// <param name="TryAt">When its payment is tried next.</param>
public sealed record DuePeriod(Period Period, ProductOffering Offering, Anchor Anchor, Money Price, DateTimeOffset TryAt)
{
    public int? Seats { get; init; }

    /// <summary>Of its seats: members keep theirs.</summary>
    public IReadOnlyList<int> SeatNumbers { get; init; } = [];

    public bool IsPaid { get; init; }
    public bool IsGranted { get; init; }

    /// <summary>Granted by grace, and taken back.</summary>
    public bool IsTakenBack { get; init; }

    /// <summary>Nothing was granted by grace, and nothing is any more.</summary>
    public bool IsGraceOver { get; init; }

    /// <summary>It is the present period, and not paid.</summary>
    public bool HasBegun { get; init; }

    /// <summary>The words of the last refusal.</summary>
    public string? Refusal { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<PaymentKind>))]
public enum PaymentKind
{
    [JsonStringEnumMemberName("period")]
    Period = 1,

    [JsonStringEnumMemberName("upgrade")]
    Upgrade = 2,

    [JsonStringEnumMemberName("refund")]
    Refund = 3,

    /// <summary>For seats that were added within a period.</summary>
    [JsonStringEnumMemberName("seats")]
    Seats = 4,

    /// <summary>For what was used beyond what was prepaid.</summary>
    [JsonStringEnumMemberName("beyond")]
    Beyond = 5,

    /// <summary>For what a term fell short of its commitment.</summary>
    [JsonStringEnumMemberName("trueUp")]
    TrueUp = 6,
}

/// <summary>A payment that was begun and whose end is not known.</summary>
/// <param name="AskAt">When it is asked for again.</param>
/// <param name="Period">What it is for; of an upgrade, the period that is changed.</param>
/// <param name="Target">What an upgrade leads to.</param>
/// <param name="IsFresh">The period begins with this payment, after a rest.</param>
/// <param name="Seats">Of a plan by the seat, how many there are then.</param>
public sealed record Asking(
    PaymentKind Kind,
    string Correlator,
    Money Amount,
    Period Period,
    DateTimeOffset Since,
    DateTimeOffset AskAt,
    int Tries,
    ProductOffering? Target = null,
    bool IsFresh = false,
    int? Seats = null
)
{
    /// <summary>As it was when it was begun: what is asked again is asked the same way.</summary>
    public PaymentMethod Method { get; init; } = PaymentMethod.PhoneBill;
}

/// <summary>It is being ended at once: what is left is taken back and counted.</summary>
/// <param name="LookAt">When the account is looked at next.</param>
/// <param name="Refunds">What is unused is refunded.</param>
public sealed record Closing(DateTimeOffset Since, DateTimeOffset LookAt, bool Refunds);

/// <summary>What was paid by invoice, and the invoice's day is over.</summary>
/// <param name="Correlators">Of those payments.</param>
/// <param name="Since">When the first of them was overdue.</param>
/// <param name="IsTakenBack">What was left is taken back, until all are settled.</param>
public sealed record Debt(IReadOnlyList<string> Correlators, DateTimeOffset Since, bool IsTakenBack = false);

/// <summary>An agreement to end together with another subscription of the customer.</summary>
/// <param name="Period">The next one: from the end of the present one to where the other's ends.</param>
/// <param name="Anchor">The other's, from then on.</param>
public sealed record Alignment(ProductId With, Period Period, Anchor Anchor);

public readonly record struct RefillEpoch(int Number, DateTimeOffset From);
