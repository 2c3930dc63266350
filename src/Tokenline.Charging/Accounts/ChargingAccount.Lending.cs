using Tokenline.Charging.Journal;
using Tokenline.Charging.Leases;
using Tokenline.Charging.Limits;

namespace Tokenline.Charging.Accounts;

/// <summary>
/// What the account lends. It counts as used, at once and whole, in the limits above the subtree, and must be spent within the same windows; so no interleaving of
/// the two accounts crosses a limit.
/// </summary>
public sealed partial class ChargingAccount
{
    /// <summary>Buckets of one lease: the lessee must have room for them.</summary>
    private const int LeasePartsMax = 9_000;
    private const int LentAtOnceMax = 200;

    private Refusal? Lend(LendQuota lend, DateTimeOffset now)
    {
        if (!given.TryGetValue(lend.Lessee, out var lease) || lease.HasEnded)
            return new(Problems.NotFound, $"{lend.Lessee} has no lease of this account");
        var node = nodes[lease.Terms.Node];
        if (suspended)
            return new(Problems.AccountSuspended, "This account is suspended. Please contact the operator's support.");
        if (lease.IsEnding || (lease.Number == 0 && RunningUnder(node) > 0))
            return Elsewhere(node, lease);
        if (lease.Number != lend.Number || !(lend.Number == 0 || lend.IsUsed || lend.IsForCall))
            return null;
        if (Array.Exists(lend.Left, left => lease.Find(left.Mirror) is null))
            return new(Problems.Conflict, $"left: {lend.Lessee} has a bucket that was not lent");

        var (room, end, by) = RoomAbove(node, now);
        var lent = new List<LentAmount>();
        var isFull = false;
        foreach (var bucket in order)
        {
            if (IsToLend(bucket, lease.Terms.Unit, now) && lent.Count < LentAtOnceMax && lease.Parts.Count + lent.Count < LeasePartsMax)
            {
                var lacking = Lacking(bucket.Grant, lease, lend, lent, now);
                isFull |= lacking <= 0;
                if (Math.Min(Math.Min(bucket.Remaining, lacking), room) is > 0 and var amount)
                {
                    lent.Add(Part(lease, bucket, amount, Earlier(bucket.Grant.ExpiresAt, end), lent.Count, now));
                    room -= amount;
                }
            }
            // What is behind it must not be spent on its models, so it is not lent either.
            if (bucket.Grant.IsBlocker && bucket.IsOpen(now))
                break;
        }
        var isRunningOut = lend.IsUsed && lease.Until - now < lease.Terms.Validity / 2;
        if (lent.Count > 0 || isRunningOut)
            Emit(new Lent(now, lend.Lessee, now + lease.Terms.Validity, [.. lent]));
        return lent.Count > 0 || !lend.IsForCall ? null : NothingToLend(lease, isFull, room, by, end);
    }

    /// <summary>Quota that is bound to nothing but its scope: a bucket with windows of its own could not keep them elsewhere, and what a seat has may be passed on.</summary>
    private static bool IsToLend(Bucket bucket, QuotaUnit unit, DateTimeOffset now) =>
        bucket.Remaining > 0
        && bucket.Grant.Unit == unit
        && bucket.Counters.Length == 0
        && bucket.LeasedUntil is null
        && bucket.Grant.Type is not BucketType.Throughput
        && bucket.Grant.Seat is null
        && bucket.IsOpen(now);

    /// <summary>What the lessee may have more of this scope: up to the size, or up to twice that where a call waits; and never more than twice with what it has reserved.</summary>
    private static long Lacking(BucketGrant scope, GivenLease lease, LendQuota lend, List<LentAmount> lent, DateTimeOffset now)
    {
        var (free, all) = (0L, 0L);
        foreach (var left in lend.Left)
        {
            var mirror = lease.Find(left.Mirror)!.Mirror;
            if (!IsSameScope(mirror, scope))
                continue;
            all = checked(all + left.Remaining + left.Reserved);
            free += mirror.ExpiresAt <= now ? 0 : left.Remaining;
        }
        var size = lease.Terms.Size;
        if (!lend.IsForCall && free >= size / 2)
            return 0;
        foreach (var part in lent)
        {
            var mirror = part.Opened ?? lease.Find(part.Mirror)!.Mirror;
            if (IsSameScope(mirror, scope))
                (free, all) = (free + part.Amount, all + part.Amount);
        }
        return Math.Min((lend.IsForCall ? 2 * size : size) - free, (2 * size) - all);
    }

    private LentAmount Part(GivenLease lease, Bucket bucket, long amount, DateTimeOffset? end, int number, DateTimeOffset now)
    {
        if (lease.Find(bucket.Id, end) is { } part)
            return new(bucket.Id, part.Mirror.Bucket, amount, null);
        var mirror = bucket.Grant with { Bucket = NextBucket(number), Amount = 0, ValidFrom = now, ExpiresAt = end };
        return new(bucket.Id, mirror.Bucket, amount, mirror);
    }

    /// <summary>What the limits above a node leave, and the earliest end of a window that counts it.</summary>
    private static (long Room, DateTimeOffset? End, string? By) RoomAbove(AllotmentNode node, DateTimeOffset now)
    {
        var (room, end, by) = (long.MaxValue, (DateTimeOffset?)null, (string?)null);
        for (var above = node.Parent; above is not null; above = above.Parent)
        {
            foreach (var counter in above.Counters)
            {
                if (counter.Limit.Measure != Measure.Quota)
                    continue;
                if (counter.Room(now, null) < room)
                    (room, by) = (counter.Room(now, null), $"{above.Terms.Name}/{counter.Limit.Id}");
                // From first use, and not begun: lending begins it.
                var begins =
                    counter.Limit.Window == LimitWindow.FromFirstUse ? now.AddSeconds(counter.Limit.Seconds!.Value) : (DateTimeOffset?)null;
                end = Earlier(end, counter.ResetsAt(now) ?? begins);
            }
        }
        return (room, end, by);
    }

    private static Refusal NothingToLend(GivenLease lease, bool isFull, long room, string? by, DateTimeOffset? end)
    {
        if (room == 0)
            return new(Problems.WindowLimitReached, $"The limit {by} leaves nothing to lend.", end, By: by);
        if (isFull)
            return new(
                Problems.Overloaded,
                $"Running calls hold all that the lease of {(decimal)lease.Terms.Size / QuotaUnit.Micro:0.######} {lease.Terms.Unit} allows. Try again in a moment."
            );
        return new(Problems.InsufficientQuota, "The pool is used up. Buy a pack.", By: "pool");
    }

    private Refusal? Account(AccountForLease account, DateTimeOffset now)
    {
        if (!given.TryGetValue(account.Lessee, out var lease))
            return new(Problems.NotFound, $"{account.Lessee} has no lease of this account");
        if (account.Sequence <= lease.ReportedAt)
            return null;
        var amounts = new List<AccountedAmount>();
        foreach (var spent in account.Parts)
        {
            if (lease.Find(spent.Mirror) is not { } part)
                return new(Problems.Conflict, $"parts: {spent.Mirror} was not lent");
            var refunded = spent.Refunded - part.Refunded;
            var unused = spent.Returned - part.Returned - refunded;
            var consumed = spent.Consumed - part.Consumed;
            if (unused < 0 || refunded < 0 || spent.Consumed < 0 || part.Lent - spent.Consumed - spent.Returned < 0)
                return new(Problems.Conflict, $"parts: {spent} is not of {part.Lent} that was lent");
            if ((unused, refunded, consumed) == (0, 0, 0))
                continue;
            var bucket = buckets[part.Bucket];
            var revived = refunded > 0 && bucket.HasEnded(now) ? Revived(bucket, refunded, amounts.Count, now) : null;
            amounts.Add(new(part.Bucket, spent.Mirror, consumed, unused, refunded, revived));
        }
        if (amounts.Count == 0)
            return null;
        Emit(new LeaseAccounted(now, account.Lessee, account.Sequence, [.. amounts]));
        foreach (var amount in amounts)
            TellPercents(buckets[amount.Bucket], now);
        return null;
    }

    private void ApplyLending(JournalEntry entry)
    {
        switch (entry)
        {
            case SubtreeLeased leased:
                Give(new GivenLease(leased.Terms));
                commands.Add(leased.Command, leased.Content);
                break;
            case Lent lent:
                var lending = given[lent.Lessee];
                lending.Lend(lent);
                foreach (var part in lent.Parts)
                {
                    buckets[part.Bucket].Lend(part.Amount);
                    CountAbove(lending, lent.At, part.Amount, isNew: true);
                }
                break;
            case LeaseAccounted accounted:
                var lease = given[accounted.Lessee];
                lease.Account(accounted);
                foreach (var part in accounted.Parts)
                {
                    buckets[part.Bucket].Account(part, accounted.At);
                    if (part.Revived is not null)
                        Add(new Bucket(part.Revived));
                    CountAbove(lease, lease.Find(part.Mirror)!.Mirror.ValidFrom, -(part.Unused + part.Refunded), isNew: false);
                }
                nextDue = DateTimeOffset.MinValue; // a bucket that was empty may have something to lose again
                break;
            case LeaseRecalled recalled:
                given[recalled.Lessee].IsEnding = true;
                commands.Add(recalled.Command, recalled.Content);
                break;
            case SubtreeReturned returned:
                var ended = given[returned.Lessee];
                ended.HasEnded = true;
                nodes[ended.Terms.Node].Lease = null;
                foreach (var image in returned.Tree)
                    Load(image, bornAt: Sequence);
                break;
        }
    }

    private void CountAbove(GivenLease lease, DateTimeOffset at, long amount, bool isNew)
    {
        for (var above = nodes[lease.Terms.Node].Parent; above is not null; above = above.Parent)
        {
            foreach (var counter in above.Counters)
            {
                if (counter.Limit.Measure != Measure.Quota || counter.Limit.Unit != lease.Terms.Unit)
                    continue;
                if (isNew)
                    counter.Begin(at, 0, null);
                counter.Correct(at, 0, amount, null);
            }
        }
    }

    private static bool IsSameScope(BucketGrant a, BucketGrant b) =>
        a.Meters == b.Meters
        && (ReferenceEquals(a.Models, b.Models) || (a.Models is not null && b.Models is not null && a.Models.SequenceEqual(b.Models)));

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => b is null || a < b ? a : b;
}
