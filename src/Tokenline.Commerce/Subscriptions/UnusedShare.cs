using Tokenline.Charging.Accounts;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>How much of a period was not used when it was closed: the smallest share of all its quantities, and where something is granted again and again of its time, in which the present refill counts as it was used.</summary>
internal static class UnusedShare
{
    public static (Int128 Part, Int128 Whole) Of(Subscription subscription, Held held, DateTimeOffset closedAt)
    {
        (Int128 Part, Int128 Whole) least = (1, 1);
        var buckets = held.Buckets.Where(bucket => bucket.Grant.ValidFrom <= closedAt && !(bucket.Grant.ExpiresAt <= closedAt)).ToList();
        foreach (var same in buckets.Where(IsCounted).GroupBy(bucket => (bucket.Grant.Unit, bucket.Grant.Currency)))
        {
            // What was given again was granted once.
            Int128 again = 0;
            Int128 granted = 0;
            Int128 left = 0;
            foreach (var bucket in same)
            {
                granted += bucket.Granted;
                left += bucket.Voided;
                if (subscription.Restored.Contains(bucket.Grant.Bucket))
                    again += bucket.Granted;
            }
            least = Less(least, (left - again, granted - again));
        }
        foreach (var refill in held.Refills)
        {
            if (buckets.Find(bucket => bucket.Grant.Bucket == refill.Bucket) is { Granted: > 0 } present)
                least = Less(least, OfRefill(present, subscription.Period, closedAt));
        }
        if (held.Refills.Count > 0 || buckets.Exists(bucket => IsOfTime(bucket)))
            least = Less(least, ((subscription.Period.To - closedAt).Ticks, (subscription.Period.To - subscription.Period.From).Ticks));
        return least.Part < 0 ? (0, 1) : least;

        bool IsCounted(BucketView bucket) => !IsOfTime(bucket) && held.Refills.All(refill => refill.Bucket != bucket.Grant.Bucket);
    }

    /// <summary>What is there the whole time, and not used up.</summary>
    private static bool IsOfTime(BucketView bucket) => bucket.Grant.Type is BucketType.Throughput or BucketType.Capacity;

    /// <summary>The refills to come, and of the present one its unused share of its time; no more than the time that is left.</summary>
    private static (Int128 Part, Int128 Whole) OfRefill(BucketView present, Period period, DateTimeOffset closedAt)
    {
        var ends = present.Grant.ExpiresAt is { } expires && expires < period.To ? expires : period.To;
        Int128 thousandths = (Int128)present.Voided * 1000 / present.Granted;
        var unused = Int128.Min((Int128)(ends - closedAt).Ticks * 1000, (ends - present.Grant.ValidFrom).Ticks * thousandths);
        return (((Int128)(period.To - ends).Ticks * 1000) + unused, (Int128)(period.To - period.From).Ticks * 1000);
    }

    private static (Int128 Part, Int128 Whole) Less((Int128 Part, Int128 Whole) a, (Int128 Part, Int128 Whole) b) =>
        b.Whole > 0 && b.Part * a.Whole < a.Part * b.Whole ? b : a;
}
