using Tokenline.Charging.Accounts;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>How much of a period was not used when it was closed: the smallest share of all its quantities, and of its time where something is granted again and again.</summary>
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
        if (held.Refills.Count > 0 || buckets.Exists(bucket => bucket.Grant.Type == BucketType.Throughput))
            least = Less(least, ((subscription.Period.To - closedAt).Ticks, (subscription.Period.To - subscription.Period.From).Ticks));
        return least.Part < 0 ? (0, 1) : least;

        bool IsCounted(BucketView bucket) =>
            bucket.Grant.Type != BucketType.Throughput && held.Refills.All(refill => refill.Bucket != bucket.Grant.Bucket);
    }

    private static (Int128 Part, Int128 Whole) Less((Int128 Part, Int128 Whole) a, (Int128 Part, Int128 Whole) b) =>
        b.Whole > 0 && b.Part * a.Whole < a.Part * b.Whole ? b : a;
}
