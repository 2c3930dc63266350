using Tokenline.Charging.Journal;
using Tokenline.Charging.Limits;

namespace Tokenline.Charging.Accounts;

/// <summary>What time alone brings: refills, ends of buckets and the warning before them, a new month of pay-as-you-go.</summary>
public sealed partial class ChargingAccount
{
    /// <summary>Brings what depends on the time up to now.</summary>
    public void Refresh(DateTimeOffset now)
    {
        Tidy(now);
        EnsurePayMonth(now);
    }

    /// <summary>Costs one comparison when there is nothing to do.</summary>
    private void Tidy(DateTimeOffset now)
    {
        if (now < nextDue)
            return;
        foreach (var refill in refills.Values)
        {
            while (refill.NextAt <= now)
                BeginPeriod(refill, now);
        }
        nextDue = DateTimeOffset.MaxValue;
        foreach (var bucket in order)
        {
            if (bucket.IsToReturn(now))
                Emit(new LeaseReturned(now, bucket.Id, bucket.Remaining, 0));
            else if (bucket.Remaining > 0 && bucket.HasEnded(now))
                Emit(new BucketExpired(now, bucket.Id, bucket.Remaining));
            else if (bucket.Remaining > 0 && IsToBeTold(bucket) && WarnAt(bucket) <= now)
                TellOfEnd(bucket, now);
            if (DueAt(bucket, now) is { } due && due < nextDue)
                nextDue = due;
        }
        foreach (var refill in refills.Values)
        {
            if (refill.NextAt < nextDue)
                nextDue = refill.NextAt;
        }
    }

    /// <summary>When time alone next changes this bucket, empty or not (a hold may come back to it); null: never again.</summary>
    private DateTimeOffset? DueAt(Bucket bucket, DateTimeOffset now)
    {
        var end = bucket.LeasedUntil < bucket.Grant.ExpiresAt ? bucket.LeasedUntil : bucket.Grant.ExpiresAt ?? bucket.LeasedUntil;
        if (end is null || end <= now)
            return null;
        return IsToBeTold(bucket) && WarnAt(bucket) is { } warning && warning > now ? warning : end;
    }

    private bool IsToBeTold(Bucket bucket) =>
        !bucket.IsEndTold
        && bucket.LeasedUntil is null
        && alerts.ExpiryDays > 0
        && bucket.Grant.Type is not (BucketType.Postpaid or BucketType.Throughput or BucketType.Capacity)
        // Of a bucket that lives hardly longer than the warning, its end is no news.
        && bucket.Grant.ExpiresAt - bucket.Grant.ValidFrom > TimeSpan.FromDays(2 * alerts.ExpiryDays);

    private DateTimeOffset? WarnAt(Bucket bucket) => bucket.Grant.ExpiresAt?.AddDays(-alerts.ExpiryDays);

    private void BeginPeriod(RefillState refill, DateTimeOffset now)
    {
        var terms = refill.Terms;
        var before = refill.Bucket is { } id ? buckets[id] : null;
        var left = before?.Remaining ?? 0;
        if (refill.IsStopped || terms.Until <= refill.NextAt)
        {
            Emit(new Refilled(now, terms.Id, null, DateTimeOffset.MaxValue, before?.Id, 0, left));
            return;
        }
        var (start, end) = terms.PeriodOf(refill.NextAt);
        var rolled = terms.Rollover is { } rule && left >= rule.Min ? Math.Min(left, rule.Max) : 0;
        Emit(new Refilled(now, terms.Id, terms.Grant(NextBucket(), start, end), end, before?.Id, rolled, left - rolled));
    }

    private void ApplyRefilled(Refilled refilled)
    {
        var refill = refills[refilled.Refill];
        if (refilled.Before is { } before)
        {
            buckets[before].TransferOut(refilled.Rolled);
            buckets[before].Expire(refilled.Expired);
        }
        refill.NextAt = refilled.NextAt;
        refill.Bucket = refilled.Grant?.Bucket;
        if (refilled.Grant is null)
            return;
        var bucket = new Bucket(refilled.Grant);
        bucket.TransferIn(refilled.Rolled);
        Add(bucket);
    }

    private void ApplyRefill(RefillPut put)
    {
        if (!refills.TryGetValue(put.Terms.Id, out var refill))
            refills.Add(put.Terms.Id, refill = new RefillState(put.Terms));
        refill.Terms = put.Terms;
        refill.IsStopped = put.IsStopped;
        nextDue = DateTimeOffset.MinValue;
    }

    /// <summary>Opens this month's postpaid bucket if the customer opted in and the cap leaves room.</summary>
    private void EnsurePayMonth(DateTimeOffset now)
    {
        if (payAsYouGo is null)
            return;
        foreach (var bucket in order)
        {
            if (bucket.Grant.Type == BucketType.Postpaid && bucket.Remaining > 0 && bucket.IsOpen(now))
                return;
        }
        var (start, end) = CalendarPeriod.Of(LimitWindow.Month, now, payAsYouGo.TimeZone, null);
        var room = payAsYouGo.CapNano;
        foreach (var bucket in order)
        {
            if (bucket.Grant.Type == BucketType.Postpaid && bucket.Grant.ExpiresAt == end)
                room = checked(room - bucket.Consumed - bucket.Reserved);
        }
        if (room <= 0)
            return;
        Emit(
            new BucketGranted(
                now,
                new BucketGrant(
                    NextBucket(),
                    $"Pay as you go {start.UtcDateTime.AddDays(15):yyyy-MM}",
                    BucketType.Postpaid,
                    Unit: null,
                    payAsYouGo.Currency,
                    room,
                    Priority: 900,
                    ValidFrom: start,
                    ExpiresAt: end,
                    Models: null,
                    Product: null
                )
            )
        );
    }
}
