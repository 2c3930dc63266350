using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;

namespace Tokenline.Charging.Journal;

/// <summary>The kinds of entry, as stored. Numbers are forever.</summary>
public enum EntryKind
{
    BucketGranted = 1,
    BucketVoided = 2,
    BucketExpired = 3,
    PayAsYouGoSet = 4,
    StandingSet = 5,
    Dispatched = 10,
    Extended = 11,
    Settled = 12,
    Released = 13,
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

/// <summary>What a charge has reserved in a bucket.</summary>
public sealed record HeldPart(BucketId Bucket, long Amount);

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
    public override EntryKind Kind() => EntryKind.Extended;
}

/// <summary>What a charge took from a bucket of what it held there; it may be more than was held.</summary>
public sealed record SettledPart(BucketId Bucket, long Held, long Used);

public sealed record Settled(
    DateTimeOffset At,
    ChargeId Charge,
    SettledPart[] Parts,
    long RetailNano,
    long UncollectedNano,
    UsageBasis Basis
) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.Settled;
}

/// <summary>A charge ended without cost to the customer. The attempts stay as vendor-side cost.</summary>
public sealed record Released(DateTimeOffset At, ChargeId Charge, string Reason, VendorAttempt[]? Attempts) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.Released;
}
