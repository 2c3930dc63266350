using Tokenline.Charging.Journal;
using Tokenline.Charging.Leases;
using Tokenline.Charging.Limits;

namespace Tokenline.Charging.Accounts;

/// <summary>Changes that are not calls: grants, transfers, refills, the tree, refunds, what the customer allows, standing, announcements.</summary>
public sealed partial class ChargingAccount
{
    /// <summary>Buckets one account may have had; old ones are archived with the account's history.</summary>
    public const int BucketsMax = 10_000;

    public const int NodesMax = 10_000;
    public const int RefillsMax = 100;
    private const int ReasonLengthMax = 500;

    /// <summary>Null: done, now or before. Otherwise why not.</summary>
    public Refusal? Execute(AccountCommand command, DateTimeOffset now)
    {
        Tidy(now);
        if (taken is not null && LivesOnLease(command) is { } no)
            return no;
        var refusal = command switch
        {
            GrantBucket grant => Grant(grant.Grant, now),
            SetPayAsYouGo set => Seen(set.Command, set) ?? Set(set, now),
            SetStanding standing => Seen(standing.Command, standing) ?? Set(standing, now),
            VoidBucket voiding => Seen(voiding.Command, voiding) ?? Void(voiding, now),
            TransferQuota transfer => Seen(transfer.Command, transfer) ?? Transfer(transfer, now),
            PutRefill put => Seen(put.Command, put) ?? Put(put, now),
            StopRefill stop => Seen(stop.Command, stop) ?? Stop(stop, now),
            PutAllotment put => Seen(put.Command, put) ?? Put(put, now),
            PassSeat pass => Seen(pass.Command, pass) ?? Pass(pass, now),
            Refund refund => Seen(refund.Command, refund) ?? Refund(refund, now),
            SetAlerts set => Seen(set.Command, set) ?? Set(set, now),
            SetAutoPack set => Seen(set.Command, set) ?? Set(set, now),
            ClaimAutoPack claim => Seen(claim.Command, claim) ?? Claim(claim, now),
            Announce announce => Seen(announce.Command, announce) ?? Raise(announce, now),
            LeaseSubtree lease => Seen(lease.Command, lease) ?? Lease(lease, now),
            RecallLease recall => Seen(recall.Command, recall) ?? Recall(recall, now),
            LendQuota lend => Lend(lend, now),
            AccountForLease account => Account(account, now),
            TakeBackSubtree back => TakeBack(back, now),
            AdoptSubtree adopt => Adopt(adopt, now),
            GrantLease granted => Grant(granted, now),
            EndLease end => End(end, now),
            FollowStanding follow => Follow(follow, now),
            _ => throw new InvalidOperationException($"command {command.GetType().Name} is unknown to the engine"),
        };
        return refusal == AlreadyDone ? null : refusal;
    }

    private static readonly Refusal AlreadyDone = new(Problems.Conflict, "done before");

    private Refusal? Seen(CommandId id, AccountCommand command) =>
        commands.Matches(id, ContentOf(command)) switch
        {
            null => null,
            true => AlreadyDone,
            false => new Refusal(Problems.Conflict, $"command {id} was carried out before with other content"),
        };

    private static Refusal Invalid(string wrong) => new(Problems.InvalidRequest, wrong);

    private Refusal? Grant(BucketGrant grant, DateTimeOffset now)
    {
        if (buckets.TryGetValue(grant.Bucket, out var existing))
            return Same(existing.Grant, grant)
                ? AlreadyDone
                : new Refusal(Problems.Conflict, $"bucket {grant.Bucket} exists with other content");
        if (grant.WhatIsWrong(now) is { } wrong)
            return Invalid(wrong);
        if (buckets.Count >= BucketsMax)
            return new Refusal(Problems.Conflict, $"an account has at most {BucketsMax} buckets");
        Emit(new BucketGranted(now, grant));
        return null;
    }

    /// <summary>Who has its seat may have changed since it was granted.</summary>
    private static bool Same(BucketGrant a, BucketGrant b)
    {
        return Content(a) == Content(b);

        static long Content(BucketGrant grant) =>
            ContentOf(new GrantBucket(grant.Seat is { } seat ? grant with { Seat = seat with { Holder = null } } : grant));
    }

    private Refusal? Set(SetPayAsYouGo set, DateTimeOffset now)
    {
        if (set.Terms is { } terms)
        {
            if (terms.CapNano <= 0)
                return Invalid("the monthly cap is more than nothing");
            if (!CalendarPeriod.IsZone(terms.TimeZone))
                return Invalid($"'{terms.TimeZone}' is not in the tz database");
        }
        Emit(new PayAsYouGoSet(now, set.Terms, set.Command));
        // What an older cap left over may not be spent; the next hold opens a bucket under the new terms.
        foreach (var bucket in order)
        {
            if (bucket.Grant.Type == BucketType.Postpaid && bucket.Remaining > 0)
                Emit(new BucketVoided(now, bucket.Id, bucket.Remaining, null, "pay-as-you-go terms changed"));
        }
        return null;
    }

    private Refusal? Set(SetStanding standing, DateTimeOffset now)
    {
        SetStanding(standing.Suspended, standing.Reason, standing.Command, now);
        return null;
    }

    private Refusal? Void(VoidBucket voiding, DateTimeOffset now)
    {
        if (!buckets.TryGetValue(voiding.Bucket, out var bucket))
            return new Refusal(Problems.NotFound, $"the account has no bucket {voiding.Bucket}");
        Emit(new BucketVoided(now, bucket.Id, bucket.Remaining, voiding.Command, voiding.Reason));
        return null;
    }

    private Refusal? Transfer(TransferQuota transfer, DateTimeOffset now)
    {
        if (!buckets.TryGetValue(transfer.From, out var from))
            return new Refusal(Problems.NotFound, $"the account has no bucket {transfer.From}");
        if (!buckets.TryGetValue(transfer.To, out var to))
            return new Refusal(Problems.NotFound, $"the account has no bucket {transfer.To}");
        if (from == to || from.Grant.Unit != to.Grant.Unit || from.Grant.Currency != to.Grant.Currency)
            return Invalid("to: another bucket of the same unit is expected");
        if (from.Grant.Type is BucketType.Postpaid or BucketType.Credit || to.Grant.Type is BucketType.Postpaid or BucketType.Credit)
            return Invalid("from: what is lent cannot be moved");
        if (to.HasEnded(now))
            return Invalid($"to: {to.Grant.Name} has ended");
        if (transfer.Amount < 1 || transfer.Amount > from.Remaining)
            return Invalid($"amount: {from.Grant.Name} has {from.Remaining} left to move");
        if (transfer.Reason is { Length: > ReasonLengthMax })
            return Invalid($"reason: at most {ReasonLengthMax} characters");
        Emit(new Transferred(now, from.Id, to.Id, transfer.Amount, transfer.Command, ContentOf(transfer), transfer.Reason));
        return null;
    }

    private Refusal? Put(PutRefill put, DateTimeOffset now)
    {
        var terms = put.Terms;
        if (terms.Period is not (LimitWindow.Day or LimitWindow.Week or LimitWindow.Month or LimitWindow.PlanMonth))
            return Invalid("period: day, week, month or planMonth");
        if (terms.TimeZone is not null && !CalendarPeriod.IsZone(terms.TimeZone))
            return Invalid($"timeZone: '{terms.TimeZone}' is not in the tz database");
        if (terms.Until <= terms.From)
            return Invalid("until: a refill ends after it begins");
        if (terms.Rollover is { } rollover && (rollover.Min < 0 || rollover.Max < rollover.Min || rollover.Max < 1))
            return Invalid("rollover: 0 ≤ min ≤ max, and max more than nothing");
        if (terms.From < now.AddDays(-366))
            return Invalid("from: a refill begins at most a year ago");
        if (!refills.ContainsKey(terms.Id) && refills.Count >= RefillsMax)
            return new Refusal(Problems.Conflict, $"an account has at most {RefillsMax} refills");
        if (
            refills.TryGetValue(terms.Id, out var existing)
            && (existing.Terms.From, existing.Terms.Unit, existing.Terms.Currency) != (terms.From, terms.Unit, terms.Currency)
        )
            return new Refusal(Problems.Conflict, "from: a refill keeps its beginning and its unit; stop it and agree on another");
        var (start, end) = terms.PeriodOf(terms.From);
        if (terms.Grant(default, start, end).WhatIsWrong(start) is { } wrong)
            return Invalid(wrong);
        Emit(new RefillPut(now, terms, IsStopped: false, put.Command, ContentOf(put)));
        Tidy(now);
        return null;
    }

    private Refusal? Stop(StopRefill stop, DateTimeOffset now)
    {
        if (!refills.TryGetValue(stop.Refill, out var refill))
            return new Refusal(Problems.NotFound, $"the account has no refill {stop.Refill}");
        Emit(new RefillPut(now, refill.Terms, IsStopped: true, stop.Command, ContentOf(stop)));
        return null;
    }

    private Refusal? Put(PutAllotment put, DateTimeOffset now)
    {
        var terms = put.Terms;
        if (terms.WhatIsWrong() is { } wrong)
            return Invalid(wrong);
        if (LeaseInTheWay(terms) is { } leased)
            return leased;
        if (terms.Id == Allotment.Root)
        {
            if (terms.Parent != Allotment.Root || terms.IsClosed)
                return Invalid("parent: the account itself has no parent and is not closed");
        }
        else if (nodes.TryGetValue(terms.Id, out var node))
        {
            if (node.Terms.Parent != terms.Parent)
                return new Refusal(Problems.Conflict, "parent: a node stays where it is, so that what it has counted stays true");
        }
        else
        {
            if (!nodes.TryGetValue(terms.Parent, out var parent))
                return new Refusal(Problems.NotFound, $"parent: the account has no node {terms.Parent}");
            if (parent.Depth >= Allotment.DepthMax)
                return Invalid($"parent: a tree is at most {Allotment.DepthMax} nodes deep");
            if (nodes.Count >= NodesMax)
                return new Refusal(Problems.Conflict, $"an account has at most {NodesMax} nodes");
        }
        Emit(new AllotmentPut(now, terms, put.Command, ContentOf(put)));
        return null;
    }

    private void ApplyAllotment(Allotment terms)
    {
        if (!nodes.TryGetValue(terms.Id, out var node))
            nodes.Add(terms.Id, node = new AllotmentNode(terms, nodes[terms.Parent]));
        node.Change(terms, Sequence);
        foreach (var child in nodes.Values)
        {
            if (child.Parent == node && child.Terms.Limits is null)
                child.Recount(Sequence);
        }
    }

    private Refusal? Set(SetAlerts set, DateTimeOffset now)
    {
        if (set.Terms.WhatIsWrong() is { } wrong)
            return Invalid(wrong);
        Emit(new AlertsSet(now, set.Terms, set.Command, ContentOf(set)));
        return null;
    }

    private Refusal? Set(SetAutoPack set, DateTimeOffset now)
    {
        if (set.Terms is { } terms)
        {
            if (terms.Offering is not { Length: > 0 and <= 128 })
                return Invalid("offering: which pack is to be bought");
            if (terms.MaxPerMonth is < 1 or > 100)
                return Invalid("maxPerMonth: 1 to 100");
            if (!CalendarPeriod.IsZone(terms.TimeZone))
                return Invalid($"timeZone: '{terms.TimeZone}' is not in the tz database");
        }
        Emit(new AutoPackSet(now, set.Terms, set.Command, ContentOf(set)));
        return null;
    }

    private Refusal? Claim(ClaimAutoPack claim, DateTimeOffset now)
    {
        if (autoPack is not { } terms)
            return new Refusal(Problems.PermissionDenied, "The customer has not allowed to buy packs automatically.");
        if (autoPacks!.Used(now, null) >= terms.MaxPerMonth)
            return new Refusal(
                Problems.SpendCapReached,
                $"The {terms.MaxPerMonth} automatic packs of this month are bought.",
                autoPacks.ResetsAt(now),
                By: "account/auto-packs"
            );
        Emit(new AutoPackClaimed(now, claim.Command, ContentOf(claim)));
        return null;
    }

    private Refusal? Raise(Announce announce, DateTimeOffset now)
    {
        var about = announce.Event;
        if (!about.Type.IsAnnounced())
            return Invalid("type: only prices and plans are announced; an account notices the rest by itself");
        if (about.Subject is not { Length: > 0 and <= ReasonLengthMax } || about.Name is not { Length: > 0 and <= ReasonLengthMax })
            return Invalid($"subject: which model or plan, and what people call it, in at most {ReasonLengthMax} characters");
        if (about.Reason is { Length: > ReasonLengthMax })
            return Invalid($"reason: at most {ReasonLengthMax} characters");
        Emit(new Raised(now, about, announce.Command, ContentOf(announce)));
        return null;
    }

    /// <summary>Packs are counted by the calendar month of the zone that was agreed on first.</summary>
    private static LimitCounter NewAutoPacks(string timeZone) =>
        LimitCounter.Of(new Limit("auto-packs", LimitWindow.Month, Measure.Requests, long.MaxValue, TimeZone: timeZone), 0);
}
