using Tokenline.Charging.Limits;

namespace Tokenline.Charging.Accounts;

/// <summary>Why nothing pays for a call: what is in the way, whose it is, and when the same call would pass. Only refused calls come here, so it may look at everything.</summary>
public sealed partial class ChargingAccount
{
    /// <summary>Windows and limits of spend that are looked at for one that will free itself.</summary>
    private const int WaysMax = 64;

    /// <summary>Why nothing pays for even the least of this call.</summary>
    private Refusal OutOfQuota(long output, in Call call)
    {
        if (Overrun(call, output) is { } overrun)
            return overrun;
        if (FreesItself(output, call) is { } later)
            return WithPack(later, call.Now);
        if (payAsYouGo is { } terms && call.Tariff.CardIn(terms.Currency) is not null)
            return WithPack(CapReached(terms, call.Now), call.Now);
        return WithPack(NothingLeft(call), call.Now);
    }

    /// <summary>The window of a bucket, or the limit of spend, without which the call would pass, and when it has room again. Null: none would help.</summary>
    private Refusal? FreesItself(long output, in Call call)
    {
        var ways = new List<(DateTimeOffset At, Refusal Refusal)>();
        foreach (var bucket in order)
        {
            if (ways.Count < WaysMax && ClosedWindow(bucket, output, call) is { } closed)
                ways.Add(closed);
        }
        for (var node = call.Node; node is not null; node = node.Parent)
        {
            foreach (var counter in node.Counters)
            {
                if (ways.Count < WaysMax && SpentLimit(node, counter, output, call) is { } spent)
                    ways.Add(spent);
            }
        }
        foreach (var (at, refusal) in ways.OrderBy(way => way.At))
        {
            if (at == DateTimeOffset.MaxValue || IsAffordable(call with { Now = at }, output, 1))
                return refusal;
        }
        foreach (var bucket in order)
        {
            if (TooSmallWindow(bucket, output, call) is { } never)
                return never;
        }
        return null;
    }

    /// <summary>What this bucket would have to pay if it were alone; 0 where it pays nothing for such a call, or has nothing left.</summary>
    private static long Need(Bucket bucket, long output, in Call call) =>
        bucket.IsOpen(call.Now) && Covers(bucket, call) && bucket.Remaining > 0 && CardOf(bucket, call) is { } card
            ? call.WorstCase(output).In(card, bucket.Meters)
            : 0;

    /// <summary>Of the windows that keep this bucket from paying, the one that opens last.</summary>
    private static (DateTimeOffset At, Refusal Refusal)? ClosedWindow(Bucket bucket, long output, in Call call)
    {
        var need = Math.Min(bucket.Remaining, Need(bucket, output, call));
        (DateTimeOffset At, Limit Limit)? last = null;
        foreach (var counter in bucket.Counters)
        {
            var limit = counter.Limit;
            var amount = limit.Measure == Measure.Requests ? 1 : Math.Min(limit.Max, need);
            if (need == 0 || !limit.Covers(call.Model) || counter.Room(call.Now, null) >= amount)
                continue;
            var at = counter.FitsAt(call.Now, amount, null) ?? DateTimeOffset.MaxValue;
            if (last is null || at > last.Value.At)
                last = (at, limit);
        }
        if (last is not var (opens, closed))
            return null;
        var words =
            $"{bucket.Grant.Name} has reached its window '{closed.Id}' of {Words(closed.Max, closed)}{Over(closed)}, and covers this call of {call.Model} no more.";
        return (opens, new(Problems.WindowLimitReached, words, Known(opens), By: $"{bucket.Grant.Name}/{closed.Id}"));
    }

    /// <summary>The bucket has enough for the call, and a window that is less than the call even when it is free.</summary>
    private static Refusal? TooSmallWindow(Bucket bucket, long output, in Call call)
    {
        var need = Need(bucket, output, call);
        foreach (var counter in bucket.Counters)
        {
            var limit = counter.Limit;
            if (limit.Measure != Measure.Requests && limit.Covers(call.Model) && need > limit.Max && need <= bucket.Remaining)
                return new(
                    Problems.WindowLimitReached,
                    $"This call alone could use {Words(need, limit)}; the window '{limit.Id}' of {bucket.Grant.Name} is {Words(limit.Max, limit)}.",
                    By: $"{bucket.Grant.Name}/{limit.Id}"
                );
        }
        return null;
    }

    /// <summary>A limit of spend that keeps money from paying which is there.</summary>
    private (DateTimeOffset At, Refusal Refusal)? SpentLimit(AllotmentNode node, LimitCounter counter, long output, in Call call)
    {
        var limit = counter.Limit;
        if (limit.Measure != Measure.Spend || !limit.Covers(call.Model) || !IsCounting(counter, call))
            return null;
        var money = 0L;
        foreach (var bucket in order)
        {
            if (bucket.Grant.Currency == limit.Currency)
                money = Math.Max(money, Free(bucket, call));
        }
        var room = counter.Room(call.Now, call.Run);
        if (room >= money || call.Tariff.CardIn(limit.Currency!.Value) is not { } card)
            return null;
        var need = Math.Min(limit.Max, call.WorstCase(output).In(card, MeterSet.All));
        var last = new LastToFree();
        last.Note(node, counter, Math.Max(1, need), call);
        var at = last.At ?? DateTimeOffset.MaxValue;
        return at <= call.Now ? null : (at, Full(last, call));
    }

    private static Refusal CapReached(PayAsYouGo terms, DateTimeOffset now) =>
        new(
            Problems.SpendCapReached,
            $"Your pay-as-you-go cap of {new Money(terms.CapNano, terms.Currency)} a month does not cover this call any more. Raise the cap or buy a pack.",
            CalendarPeriod.Of(LimitWindow.Month, now, terms.TimeZone, null).End,
            By: "account/pay-as-you-go"
        );

    private Refusal NothingLeft(in Call call)
    {
        Bucket? largest = null;
        foreach (var bucket in order)
        {
            // A postpaid bucket that is left over from terms the customer has ended pays nothing.
            if (
                !bucket.IsOpen(call.Now)
                || !Covers(bucket, call)
                || bucket.Grant.Type == BucketType.Postpaid
                || CardOf(bucket, call) is null
            )
                continue;
            if (largest is null || bucket.Remaining > largest.Remaining)
                largest = bucket;
            if (bucket.Grant.IsBlocker)
                break;
        }
        if (largest is null)
            return new(Problems.InsufficientQuota, $"No plan or pack of yours pays for {call.Model}. Buy one in the shop.");
        var name = largest.Grant.Name;
        return new(
            Problems.InsufficientQuota,
            largest.Remaining == 0
                ? $"{name} is used up. Buy a pack, or allow pay-as-you-go."
                : $"What is left of {name} does not cover this call of {call.Model}. Buy a pack, or allow pay-as-you-go.",
            ComesAgainAt(largest),
            By: name
        );
    }

    /// <summary>When the bucket's next period begins; a plan's is expected at its end. Null: it does not come again by itself.</summary>
    private DateTimeOffset? ComesAgainAt(Bucket bucket)
    {
        foreach (var refill in refills.Values)
        {
            if (refill.Bucket == bucket.Id)
                return refill.IsStopped || refill.Terms.Until <= refill.NextAt ? null : refill.NextAt;
        }
        return bucket.Grant.Type == BucketType.Plan ? bucket.Grant.ExpiresAt : null;
    }

    private static DateTimeOffset? Known(DateTimeOffset at) => at == DateTimeOffset.MaxValue ? null : at;

    /// <summary>Nothing is left, but the customer has allowed to buy a pack then.</summary>
    private Refusal WithPack(Refusal refusal, DateTimeOffset now) =>
        autoPack is { } terms && autoPacks!.Used(now, null) < terms.MaxPerMonth ? refusal with { MayBuyPack = terms.Offering } : refusal;
}
