using System.Text.Json.Serialization;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Journal;

/// <summary>The kinds of entry, as stored. Numbers are forever.</summary>
public enum EntryKind
{
    BucketGranted = 1,
    BucketVoided = 2,
    BucketExpired = 3,
    PayAsYouGoSet = 4,
    StandingSet = 5,
    Transferred = 6,
    RefillPut = 7,
    Refilled = 8,
    AllotmentPut = 9,
    Dispatched = 10,
    Extended = 11,
    Settled = 12,
    Released = 13,
    Refunded = 14,
    Raised = 15,
    AlertsSet = 16,
    AutoPackSet = 17,
    AutoPackClaimed = 18,
    SubtreeLeased = 19,
    Lent = 20,
    LeaseAccounted = 21,
    LeaseRecalled = 22,
    SubtreeReturned = 23,
    SubtreeAdopted = 24,
    LeaseGranted = 25,
    LeaseReturned = 26,
    LeaseEnded = 27,
    LessorStanding = 28,
    SeatPassed = 29,
}

/// <summary>A fact in an account's journal. Replaying the entries of an account in order gives its state exactly.</summary>
public abstract record JournalEntry(DateTimeOffset At)
{
    public abstract EntryKind Kind();
}

/// <summary>A quantity was put into a new bucket.</summary>
public sealed record BucketGranted(DateTimeOffset At, BucketGrant Grant) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.BucketGranted;
}

/// <summary>What was left in a bucket was taken away.</summary>
public sealed record BucketVoided(DateTimeOffset At, BucketId Bucket, long Amount, CommandId? Command, string Reason) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.BucketVoided;
}

/// <summary>What was left in a bucket at its end. What was reserved then expires when its charge ends.</summary>
public sealed record BucketExpired(DateTimeOffset At, BucketId Bucket, long Amount) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.BucketExpired;
}

/// <summary>The customer opted in to (or out of) paying beyond the plan. Null is out.</summary>
public sealed record PayAsYouGoSet(DateTimeOffset At, PayAsYouGo? Terms, CommandId Command) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.PayAsYouGoSet;
}

public sealed record StandingSet(DateTimeOffset At, bool Suspended, string Reason, CommandId Command) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.StandingSet;
}

/// <summary>What is left in one bucket went to another of the same unit.</summary>
public sealed record Transferred(DateTimeOffset At, BucketId From, BucketId To, long Amount, CommandId Command, long Content, string Reason)
    : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.Transferred;
}

/// <summary>A refill was agreed, changed or (with <paramref name="IsStopped"/>) ended.</summary>
public sealed record RefillPut(DateTimeOffset At, Refill Terms, bool IsStopped, CommandId Command, long Content) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.RefillPut;
}

/// <summary>A period of a refill began (or its last ended, without a grant): what was left of the one before rolled over, or expired.</summary>
/// <param name="NextAt">When the next is due.</param>
/// <param name="Before">The bucket of the period before.</param>
/// <param name="Rolled">Of it, into the new bucket.</param>
/// <param name="Expired">Of it, as breakage.</param>
public sealed record Refilled(
    DateTimeOffset At,
    RefillId Refill,
    BucketGrant? Grant,
    DateTimeOffset NextAt,
    BucketId? Before,
    long Rolled,
    long Expired
) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.Refilled;
}

public sealed record AllotmentPut(DateTimeOffset At, Allotment Terms, CommandId Command, long Content) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.AllotmentPut;
}

/// <summary>The customer is to hear of something.</summary>
/// <param name="Command">What announced it, and the hash of that; null where the account noticed it by itself.</param>
public sealed record Raised(DateTimeOffset At, AccountEvent Event, CommandId? Command = null, long? Content = null) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.Raised;
}

/// <summary>A seat of a product is another node's, or nobody's (null).</summary>
public sealed record SeatPassed(DateTimeOffset At, ProductId Product, int Number, AllotmentId? Holder, CommandId Command, long Content)
    : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.SeatPassed;
}

public sealed record AlertsSet(DateTimeOffset At, AlertTerms Terms, CommandId Command, long Content) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.AlertsSet;
}

/// <summary>The customer opted in to (or out of) automatic packs. Null is out.</summary>
public sealed record AutoPackSet(DateTimeOffset At, AutoPack? Terms, CommandId Command, long Content) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.AutoPackSet;
}

public sealed record AutoPackClaimed(DateTimeOffset At, CommandId Command, long Content) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.AutoPackClaimed;
}

/// <summary>A part of what a charge took came back. It names the charge's start, so that every counter which the charge had moved is moved back.</summary>
/// <param name="StartedAt">Of the charge.</param>
/// <param name="Millionths">Of the charge, by this refund.</param>
/// <param name="RetailNano">Retail value that is taken back.</param>
/// <param name="Counted">What limits had counted of it.</param>
/// <param name="Volume">What its volume group had counted of it.</param>
public sealed record Refunded(
    DateTimeOffset At,
    ChargeId Charge,
    DateTimeOffset StartedAt,
    string Model,
    AllotmentId? Allotment,
    string? Run,
    int Millionths,
    RefundedPart[] Parts,
    long RetailNano,
    Counted? Counted,
    VolumeCount? Volume,
    CommandId Command,
    long Content,
    string Reason
) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.Refunded;
}

/// <param name="Revived">The bucket had ended: the amount went into this new one of the same scope.</param>
/// <param name="IsWhole">The bucket has got back all that it paid.</param>
public sealed record RefundedPart(BucketId Bucket, long Amount, bool IsWhole, BucketGrant? Revived);

/// <summary>What limits count of a call; null on entries of calls that no such limit saw.</summary>
/// <param name="Quotas">Its cost in the units that limits count in.</param>
public sealed record Counted(long Tokens, long TokensEstimate, long ValueNano, QuotaCount[]? Quotas);

[method: JsonConstructor]
public readonly record struct QuotaCount(QuotaUnit Unit, long Micro);

/// <summary>What a volume group counts of a call.</summary>
public sealed record VolumeCount(string Group, string TimeZone, long Count);

/// <summary>What a charge has reserved in a bucket.</summary>
[method: JsonConstructor]
public readonly record struct HeldPart(BucketId Bucket, long Amount);

/// <summary>A call was held and is on its way to a vendor. Carries all that another node needs to finish it.</summary>
/// <param name="InputEstimate">Tokens of input to charge if nobody is left who knows better.</param>
/// <param name="Node">The run of the gateway that serves the call; when it is gone, the recovery rule applies.</param>
public sealed record Dispatched(
    DateTimeOffset At,
    ChargeId Charge,
    KeyId Key,
    string Model,
    int TariffVersion,
    string Vendor,
    string Deployment,
    bool Stream,
    long InputBound,
    long InputEstimate,
    long OutputHeld,
    HeldPart[] Held,
    long Node,
    UInt128? IdempotencyKey
) : JournalEntry(At)
{
    /// <summary>The most of the meters that are not tokens; null: a request and nothing else.</summary>
    public Usage? Other { get; init; }
    public CallTraits? Traits { get; init; }

    /// <summary>Null: the account itself.</summary>
    public AllotmentId? Allotment { get; init; }
    public string? Run { get; init; }
    public Counted? Counted { get; init; }

    public override EntryKind Kind() => EntryKind.Dispatched;
}

/// <summary>A durable checkpoint of what a stream has delivered, and the hold that covers what comes next.</summary>
/// <param name="Held">The whole hold after this extension.</param>
public sealed record Extended(
    DateTimeOffset At,
    ChargeId Charge,
    long DeliveredInput,
    long DeliveredOutput,
    long OutputHeld,
    HeldPart[] Held
) : JournalEntry(At)
{
    public Counted? Counted { get; init; }

    public override EntryKind Kind() => EntryKind.Extended;
}

/// <summary>What a charge took from a bucket of what it held there; it may be more than was held.</summary>
[method: JsonConstructor]
public readonly record struct SettledPart(BucketId Bucket, long Held, long Used);

public sealed record Settled(
    DateTimeOffset At,
    ChargeId Charge,
    SettledPart[] Parts,
    long RetailNano,
    long UncollectedNano,
    UsageBasis Basis
) : JournalEntry(At)
{
    public Counted? Counted { get; init; }
    public VolumeCount? Volume { get; init; }

    public override EntryKind Kind() => EntryKind.Settled;
}

/// <summary>A charge ended without cost to the customer. The attempts stay as vendor-side cost.</summary>
public sealed record Released(DateTimeOffset At, ChargeId Charge, string Reason, VendorAttempt[]? Attempts) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.Released;
}
