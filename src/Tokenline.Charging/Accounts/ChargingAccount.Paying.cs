using Tokenline.Charging.Journal;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Accounts;

/// <summary>Who pays: one walk over the buckets in their order serves hold, extension and settle alike.</summary>
public sealed partial class ChargingAccount
{
    private readonly List<PaidPart> parts = [];
    private readonly List<Portion> portions = [];

    /// <summary>
    /// Divides a demand over the buckets, into <see cref="parts"/>; what nobody could pay is left in <see cref="portions"/>. True: everything is paid.
    /// A charge that is already open first uses what it holds itself, in the order in which it was held.
    /// </summary>
    private bool Cover(in Demand demand, in Call call)
    {
        parts.Clear();
        portions.Clear();
        portions.Add(new Portion(MeterSet.All, IsCostless(demand, MeterSet.All) ? Share.Nothing : Share.All));
        if (call.Own is { } own)
        {
            foreach (var held in own.Held)
            {
                var bucket = buckets[held.Bucket];
                Pay(demand, bucket, held.Amount + Free(bucket, call), call, isOwn: true);
            }
        }
        foreach (var bucket in order)
        {
            if (IsAllPaid())
                break;
            if (call.Own?.Holds(bucket.Id) != true)
                Pay(demand, bucket, Free(bucket, call), call, isOwn: false);
            if (bucket.Grant.IsBlocker && bucket.IsOpen(call.Now) && Covers(bucket, call) && CardOf(bucket, call) is not null)
                break;
        }
        return IsAllPaid();
    }

    private bool IsAllPaid()
    {
        foreach (var portion in portions)
        {
            if (!portion.Share.IsNothing)
                return false;
        }
        return true;
    }

    private void Pay(in Demand demand, Bucket bucket, long available, in Call call, bool isOwn)
    {
        var card = CardOf(bucket, call);
        if (card is null)
        {
            if (isOwn)
                parts.Add(new PaidPart(bucket, 0, 0)); // cannot be: it held by this very tariff
            return;
        }
        if (bucket.IsMoney)
            available = Math.Min(available, SpendRoom(bucket.Grant.Currency!.Value, call));
        var (total, worth) = (0L, 0L);
        for (var i = 0; i < portions.Count; i++)
        {
            var portion = portions[i];
            var meters = portion.Meters.And(bucket.Meters);
            if (portion.Share.IsNothing || meters.IsEmpty)
                continue;
            if (meters != portion.Meters)
            {
                // The bucket pays for a part of the meters only: the others stay for the next.
                var others = portion.Meters.Without(meters);
                portions.Insert(i + 1, new Portion(others, IsCostless(demand, others) ? Share.Nothing : portion.Share));
                portion = new Portion(meters, portion.Share);
            }
            Int128 whole = demand.In(card, meters);
            Share rest;
            if (whole == 0)
            {
                // Free in this unit: a bucket of it, however little is left, covers the portion.
                rest = available > 0 || isOwn ? Share.Nothing : portion.Share;
            }
            else
            {
                var need = portion.Share.Of(whole, demand.IsExact);
                var paid = (long)Int128.Min(available, need);
                rest = paid == 0 && need > 0 ? portion.Share : new Share(need - paid, whole); // a bucket that pays nothing rounds nothing either
                (total, available) = (total + paid, available - paid);
                if (demand.IsExact && paid > 0)
                    worth += Worth(demand, meters, portion.Share) - Worth(demand, meters, rest);
            }
            portions[i] = new Portion(meters, rest);
        }
        if (total > 0 || isOwn)
            parts.Add(new PaidPart(bucket, total, worth));
    }

    /// <summary>What the call costs in the bucket's unit; null where that cannot pay for the model at all.</summary>
    private static RateCard? CardOf(Bucket bucket, in Call call) =>
        bucket.Grant.Type == BucketType.Capacity ? null
        : bucket.Grant.Unit is { } unit ? call.Tariff.CardIn(unit)
        : call.Tariff.CardIn(bucket.Grant.Currency!.Value);

    /// <summary>These meters cost nothing in any unit, so nobody need pay for them.</summary>
    private static bool IsCostless(in Demand demand, MeterSet meters)
    {
        if (demand.In(demand.Tariff.Price, meters) > 0)
            return false;
        foreach (var weight in demand.Tariff.Weights)
        {
            if (demand.In(weight.Card, meters) > 0)
                return false;
        }
        return true;
    }

    /// <summary>A share of what these meters are worth at retail.</summary>
    private static long Worth(in Demand demand, MeterSet meters, Share share)
    {
        if (share.IsNothing)
            return 0;
        Int128 whole = demand.In(demand.Tariff.Price, meters);
        return share.IsAll ? (long)whole : (long)share.Of(whole, exact: true);
    }

    /// <summary>Retail value that nobody could pay.</summary>
    private long Unpaid(in Demand demand)
    {
        var unpaid = 0L;
        foreach (var portion in portions)
            unpaid += Worth(demand, portion.Meters, portion.Share);
        return unpaid;
    }

    /// <summary>What a new demand may take from a bucket now.</summary>
    private long Free(Bucket bucket, in Call call)
    {
        if (bucket.Remaining == 0 || !bucket.IsOpen(call.Now) || !Covers(bucket, call))
            return 0;
        var free = bucket.Grant.Type == BucketType.Postpaid ? Math.Min(bucket.Remaining, CapRoom(bucket)) : bucket.Remaining;
        foreach (var counter in bucket.Counters)
        {
            if (!counter.Limit.Covers(call.Model))
                continue;
            var room = counter.Room(call.Now, null);
            if (counter.Limit.Measure != Measure.Requests)
                free = Math.Min(free, room);
            else if (room == 0 && call.Own?.Holds(bucket.Id) != true)
                return 0;
        }
        return free;
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

    /// <summary>The most output, between the bounds, that is covered (so many times over) and within every limit; 0 when even the least is not. Leaves the division in <see cref="parts"/>.</summary>
    private long MostAffordable(in Call call, long least, long most, int times = 1)
    {
        if (IsAffordable(call, most, times))
            return most;
        if (!IsAffordable(call, least, times))
            return 0;
        var (low, high) = (least, most); // low is affordable, high is not
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (IsAffordable(call, middle, times))
                low = middle;
            else
                high = middle;
        }
        IsAffordable(call, low, times);
        return low;
    }

    private bool IsAffordable(in Call call, long output, int times) =>
        !IsOverrun(call, output) && Cover(call.WorstCase(output, times), call);

    private HeldPart[] TakeHeld()
    {
        var taken = parts.Count == 0 ? [] : new HeldPart[parts.Count];
        for (var i = 0; i < taken.Length; i++)
            taken[i] = new HeldPart(parts[i].Bucket.Id, parts[i].Amount);
        parts.Clear();
        return taken;
    }

    /// <param name="Worth">The retail value it covered; of exact demands only.</param>
    private readonly record struct PaidPart(Bucket Bucket, long Amount, long Worth);

    /// <summary>A part of a call by meters, and how much of it is not paid yet.</summary>
    private readonly record struct Portion(MeterSet Meters, Share Share);
}
