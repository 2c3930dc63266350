using Tokenline.Charging.Accounts;
using Tokenline.Charging.Leases;

namespace Tokenline.Charging.Journal;

/// <summary>In the lessor: no new call passes the node; another account is to serve it.</summary>
public sealed record SubtreeLeased(DateTimeOffset At, LeaseTerms Terms, CommandId Command, long Content) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.SubtreeLeased;
}

/// <summary>In the lessor: so much is no longer its own to spend. Limits above the node count it as used. Without parts: what was lent before is valid for longer.</summary>
public sealed record Lent(DateTimeOffset At, AccountId Lessee, DateTimeOffset Until, LentAmount[] Parts) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.Lent;
}

/// <param name="Opened">The lessee's bucket, where it is a new one.</param>
public sealed record LentAmount(BucketId Bucket, BucketId Mirror, long Amount, BucketGrant? Opened);

/// <summary>In the lessor: what has become of what was lent, since it was last accounted for.</summary>
public sealed record LeaseAccounted(DateTimeOffset At, AccountId Lessee, long LesseeSequence, AccountedAmount[] Parts) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.LeaseAccounted;
}

/// <param name="Consumed">Less than nothing where a charge was given back.</param>
/// <param name="Unused">Came back as it had gone.</param>
/// <param name="Refunded">Came back after it had been consumed.</param>
/// <param name="Revived">The bucket had ended: <paramref name="Refunded"/> went into this new one of the same scope.</param>
public sealed record AccountedAmount(BucketId Bucket, BucketId Mirror, long Consumed, long Unused, long Refunded, BucketGrant? Revived);

/// <summary>In the lessor: the lease is to end.</summary>
public sealed record LeaseRecalled(DateTimeOffset At, AccountId Lessee, CommandId Command, long Content) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.LeaseRecalled;
}

/// <summary>In the lessor: the subtree is its own again, as the lessee left it.</summary>
public sealed record SubtreeReturned(DateTimeOffset At, AccountId Lessee, AllotmentImage[] Tree) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.SubtreeReturned;
}

/// <summary>In the lessee, its first entry: what it serves.</summary>
public sealed record SubtreeAdopted(DateTimeOffset At, AccountId Lessor, LeaseTerms Terms, AllotmentImage[] Tree) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.SubtreeAdopted;
}

/// <summary>In the lessee: so much more is its own to spend, until then.</summary>
public sealed record LeaseGranted(DateTimeOffset At, long Number, DateTimeOffset Until, LeaseGrant[] Parts) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.LeaseGranted;
}

/// <param name="Opened">Where it is a new bucket.</param>
public sealed record LeaseGrant(BucketId Mirror, long Amount, BucketGrant? Opened);

/// <summary>In the lessee: so much of a bucket is no longer its own to spend.</summary>
/// <param name="Refunded">Of <paramref name="Amount"/>, what had been consumed before.</param>
public sealed record LeaseReturned(DateTimeOffset At, BucketId Mirror, long Amount, long Refunded) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.LeaseReturned;
}

/// <summary>In the lessee: no new call.</summary>
public sealed record LeaseEnded(DateTimeOffset At) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.LeaseEnded;
}

/// <summary>In the lessee.</summary>
public sealed record LessorStanding(DateTimeOffset At, bool IsSuspended) : JournalEntry(At)
{
    public override EntryKind Kind() => EntryKind.LessorStanding;
}
