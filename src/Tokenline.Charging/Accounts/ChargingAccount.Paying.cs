using Tokenline.Charging.Journal;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Accounts;

/// <summary>Who pays: one walk over the buckets in their order serves hold, extension and settle alike.</summary>
public sealed partial class ChargingAccount
{
    private readonly List<HeldPart> parts = [];

    /// <summary>
    /// Divides a demand over the buckets, into <see cref="parts"/>, and returns what nobody could pay.
    /// A charge that is already open first uses what it holds itself, in the order in which it was held.
    /// </summary>
    private Share Cover(in Demand demand, string model, Currency currency, OpenCharge? own, DateTimeOffset now)
    {
        parts.Clear();
        var share = Share.All;
        if (own is not null)
        {
            foreach (var held in own.Held)
            {
                var bucket = buckets[held.Bucket];
                share = Pay(demand, share, bucket, held.Amount + Free(bucket, model, currency, now), keepEmpty: true);
            }
        }
        foreach (var bucket in order)
        {
            if (share.IsNothing)
                break;
            if (own is null || !IsHeldPart(own, bucket.Id))
                share = Pay(demand, share, bucket, Free(bucket, model, currency, now), keepEmpty: false);
        }
        return share;
    }

    private Share Pay(in Demand demand, Share share, Bucket bucket, long available, bool keepEmpty)
    {
        Int128 whole;
        if (bucket.Grant.Unit is { } unit)
        {
            if (!demand.TryQuota(unit, out whole))
                return share;
        }
        else
        {
            whole = demand.Money();
        }
        if (whole == 0 && !keepEmpty)
            return available > 0 ? new Share(0, 1) : share; // free in this unit: a bucket of it, however little is left, covers the call
        var need = whole == 0 ? 0 : share.Of(whole, demand.IsExact);
        var paid = (long)Int128.Min(available, need);
        if (paid > 0 || keepEmpty)
            parts.Add(new HeldPart(bucket.Id, paid));
        if (whole == 0)
            return new Share(0, 1);
        return paid == 0 && need > 0 ? share : new Share(need - paid, whole); // a bucket that pays nothing rounds nothing either
    }

    /// <summary>What a new demand may take from a bucket now.</summary>
    private long Free(Bucket bucket, string model, Currency currency, DateTimeOffset now)
    {
        if (bucket.Remaining == 0 || !bucket.IsOpen(now) || !bucket.Covers(model))
            return 0;
        if (!bucket.IsMoney)
            return bucket.Remaining;
        if (bucket.Grant.Currency != currency)
            return 0;
        return bucket.Grant.Type == BucketType.Postpaid ? Math.Min(bucket.Remaining, CapRoom(bucket)) : bucket.Remaining;
    }

    /// <summary>What the customer's cap leaves of this month. Buckets of one month share its end, so the cap counts them together.</summary>
    private long CapRoom(Bucket bucket)
    {
        if (payAsYouGo is null)
            return 0;
        var spent = 0L;
        foreach (var other in order)
        {
            if (other.Grant.Type == BucketType.Postpaid && other.Grant.ExpiresAt == bucket.Grant.ExpiresAt)
                spent = checked(spent + other.Consumed + other.Reserved);
        }
        return Math.Max(0, payAsYouGo.CapNano - spent);
    }

    private static bool IsHeldPart(OpenCharge charge, BucketId bucket)
    {
        foreach (var part in charge.Held)
        {
            if (part.Bucket == bucket)
                return true;
        }
        return false;
    }

    /// <summary>The most output, between the bounds, whose worst case is covered (so many times over); 0 when even the least is not. Leaves the division in <see cref="parts"/>.</summary>
    private long MostAffordable(
        ModelTariff tariff,
        long inputBound,
        long least,
        long most,
        OpenCharge? own,
        DateTimeOffset now,
        int times = 1
    )
    {
        if (Covers(most))
            return most;
        if (!Covers(least))
            return 0;
        var (low, high) = (least, most); // low is covered, high is not
        while (high - low > 1)
        {
            var middle = low + (high - low) / 2;
            if (Covers(middle))
                low = middle;
            else
                high = middle;
        }
        Covers(low);
        return low;

        bool Covers(long output) =>
            Cover(Demand.WorstCase(tariff, inputBound, output, times), tariff.Model, tariff.Currency, own, now).IsNothing;
    }

    private HeldPart[] TakeParts()
    {
        var taken = parts.ToArray();
        parts.Clear();
        return taken;
    }
}
