using Tokenline.Charging.Journal;
using Tokenline.Charging.Leases;

namespace Tokenline.Charging.Accounts;

/// <summary>
/// The account as a lessee: it serves a subtree of another account's tree, with that one's node ids, and has nothing to spend but what it is lent. What is not
/// consumed when the lease runs out is given back: what is free at once, what calls hold as they end.
/// </summary>
public sealed partial class ChargingAccount
{
    /// <summary>It lives on a lease.</summary>
    public bool IsLeased => taken is not null;

    private Refusal? Adopt(AdoptSubtree adopt, DateTimeOffset now)
    {
        if (taken is not null)
            return taken.Lessor == adopt.Lessor && taken.Terms == adopt.Terms
                ? null
                : new(Problems.Conflict, $"{Id} lives on a lease of {taken.Lessor}");
        if (Sequence > 0 || adopt.Terms.Lessee != Id || adopt.Lessor == Id)
            return new(Problems.Conflict, $"{Id} is not a new account");
        Emit(new SubtreeAdopted(now, adopt.Lessor, adopt.Terms, adopt.Tree));
        return null;
    }

    private Refusal? Grant(GrantLease grant, DateTimeOffset now)
    {
        if (NotOf(grant.Lessor) is { } stranger)
            return stranger;
        if (grant.Number <= taken!.Number)
            return null;
        var parts = new List<LeaseGrant>();
        foreach (var part in grant.Parts)
        {
            var isKnown = buckets.TryGetValue(part.Grant.Bucket, out var bucket);
            var more = part.Lent - (bucket?.Granted ?? 0);
            if (more < 0)
                return new(Problems.Conflict, $"parts: {part.Grant.Bucket} has got {bucket!.Granted} already");
            if (more > 0)
                parts.Add(new(part.Grant.Bucket, more, isKnown ? null : part.Grant));
        }
        if (buckets.Count + parts.Count > BucketsMax)
            return new(Problems.Conflict, $"an account has at most {BucketsMax} buckets");
        Emit(new LeaseGranted(now, grant.Number, grant.Until, [.. parts]));
        Tidy(now);
        return null;
    }

    private Refusal? End(EndLease end, DateTimeOffset now)
    {
        if (NotOf(end.Lessor) is { } stranger)
            return stranger;
        if (taken!.IsEnding)
            return null;
        Emit(new LeaseEnded(now));
        Tidy(now);
        return null;
    }

    private Refusal? Follow(FollowStanding follow, DateTimeOffset now)
    {
        if (NotOf(follow.Lessor) is { } stranger)
            return stranger;
        if (taken!.IsLessorSuspended != follow.IsSuspended)
            Emit(new LessorStanding(now, follow.IsSuspended));
        return null;
    }

    private Refusal? NotOf(AccountId lessor) =>
        taken?.Lessor == lessor ? null : new(Problems.Conflict, $"{Id} does not live on a lease of {lessor}");

    /// <summary>Null: an account that lives on a lease may do it too.</summary>
    private Refusal? LivesOnLease(AccountCommand command) =>
        command
            is PutAllotment
                or Refund _
                or SetStanding _
                or SetAlerts
                or Announce
                or AdoptSubtree
                or GrantLease
                or EndLease
                or FollowStanding
            ? null
            : new(Problems.Conflict, $"{Id} lives on a lease of {taken!.Lessor}, and has nothing of its own: ask that account");

    private void ApplyLeasing(JournalEntry entry)
    {
        switch (entry)
        {
            case SubtreeAdopted adopted:
                taken = new TakenLease(adopted.Lessor, adopted.Terms);
                foreach (var image in adopted.Tree)
                    Load(image, bornAt: 0);
                break;
            case LeaseGranted granted:
                foreach (var part in granted.Parts)
                {
                    if (part.Opened is not null)
                        Add(new Bucket(part.Opened));
                    buckets[part.Mirror].TransferIn(part.Amount);
                }
                (taken!.Number, taken.Until, taken.IsUsed) = (granted.Number, granted.Until, false);
                LeaseUntil(taken.IsEnding ? granted.At : granted.Until);
                break;
            case LeaseReturned returned:
                buckets[returned.Mirror].GiveBack(returned.Amount, returned.Refunded);
                break;
            case LeaseEnded ended:
                (taken!.IsEnding, taken.Until) = (true, ended.At);
                LeaseUntil(ended.At);
                break;
            case LessorStanding standing:
                taken!.IsLessorSuspended = standing.IsSuspended;
                break;
        }
    }

    private void LeaseUntil(DateTimeOffset until)
    {
        foreach (var bucket in order)
            bucket.LeasedUntil = until;
        nextDue = DateTimeOffset.MinValue;
    }

    /// <summary>A hold has come back to a bucket that is to be given back: the next command does it.</summary>
    private void DueToReturn(HeldPart[] held, DateTimeOffset at)
    {
        if (taken is null)
            return;
        foreach (var part in held)
        {
            if (buckets[part.Bucket].IsToReturn(at))
                nextDue = DateTimeOffset.MinValue;
        }
    }

    /// <summary>Less than half of the lease is left: the next supply is asked for ahead of need.</summary>
    public bool IsLeaseLow(DateTimeOffset now)
    {
        if (taken is not { IsEnding: false } lease)
            return false;
        var isAny = false;
        foreach (var bucket in order)
        {
            if (!bucket.IsOpen(now))
                continue;
            isAny = true;
            var free = 0L;
            foreach (var other in order)
                free += other.IsOpen(now) && IsSameScope(other.Grant, bucket.Grant) ? other.Remaining : 0;
            if (free < lease.Terms.Size / 2)
                return true;
        }
        // Its end comes near, and it is used: a longer validity is asked for.
        return !isAny || lease.Until - now < lease.Terms.Validity / 2;
    }

    /// <summary>Null: the call need not wait for the lessor. It waits before it is refused, and before it is clamped, unless a limit would do that anyway.</summary>
    private Refusal? IsLeaseShort(HoldRequest request, long output, in Call call) =>
        taken is not null
        && !request.IsToppedUp
        && output < request.OutputModest
        && !IsOverrun(call, output == 0 ? request.OutputMin : request.OutputModest)
            ? new(Problems.InsufficientQuota, "What is left of the lease does not cover this call.", IsLeaseShort: true)
            : null;

    private static Refusal MovesBack(TakenLease lease) =>
        new(Problems.Overloaded, $"This part of the tree moves back to {lease.Lessor}. Try again in a moment.", By: "account/lease");

    private LesseeView? TakenView(DateTimeOffset now) =>
        taken is null
            ? null
            : new(
                taken.Lessor,
                taken.Terms,
                taken.Number,
                taken.Until,
                taken.IsEnding,
                taken.IsLessorSuspended,
                taken.IsUsed && now < taken.Until, // what has run out is lent again when a call asks for it
                IsLeaseLow(now),
                open.Count,
                [
                    .. order.Select(bucket => new TakenView(
                        bucket.Id,
                        bucket.Granted,
                        bucket.Remaining,
                        bucket.Reserved,
                        bucket.Consumed,
                        bucket.Transferred,
                        bucket.GivenBack
                    )),
                ],
                taken.IsEnding && open.Count == 0 ? [.. TreeOf(nodes[taken.Terms.Node])] : null
            );
}
