using System.Numerics;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Tariffs;
using Tokenline.Charging.Tests.Tariffs;

namespace Tokenline.Charging.Tests.Oracle;

/// <summary>
/// An account as one would write it in an afternoon, to hold the engine against: fractions of any size, lists, no counters – every limit and every month's volume is
/// counted anew from all calls, every affordable output is found by trying them one after another. It shares no code with the engine, only the words of its contract
/// and the figures of a tariff. Amounts are whole nano or micro.
/// </summary>
internal sealed class NaiveAccount(Dictionary<string, NaiveModel> models)
{
    public List<NaiveBucket> Buckets { get; } = [];
    public List<NaiveCall> Calls { get; } = [];

    /// <summary>From the account downwards; a node's parent stands before it.</summary>
    public List<NaiveNode> Nodes { get; } = [];

    public void Tidy(DateTimeOffset now)
    {
        foreach (var bucket in Buckets.Where(b => b.Grant.ExpiresAt <= now))
            (bucket.Expired, bucket.Remaining) = (bucket.Expired + bucket.Remaining, 0);
    }

    /// <summary>The output that is granted, or every limit that is in the way; none where it is that nothing pays.</summary>
    public (long Output, List<Limit>? InTheWay) Hold(NaiveCall call, long wanted, long least, DateTimeOffset now)
    {
        Tidy(now);
        if (Crowded(call, now) is { Count: > 0 } crowded)
            return (0, crowded);
        for (var output = wanted; output >= least; output--)
        {
            if (Overrun(call, output, now).Count > 0 || Payers(call, output, now) is not { } payers)
                continue;
            Keep(call, output, payers, now);
            Calls.Add(call);
            return (output, null);
        }
        return (0, Overrun(call, least, now));
    }

    /// <summary>Whether this call would pass at another time, if nothing more came.</summary>
    public bool WouldPass(NaiveCall call, long least, DateTimeOffset at) =>
        Crowded(call, at).Count == 0 && Overrun(call, least, at).Count == 0 && Payers(call, least, at) is not null;

    /// <summary>The limits in the way of a refused call at another time, if nothing more came; those of calls at once aside, for nobody knows when they end.</summary>
    public bool IsInTheWay(NaiveCall call, long least, bool isCrowded, DateTimeOffset at) =>
        (isCrowded ? Crowded(call, at) : Overrun(call, least, at)).Exists(limit => limit.Window != LimitWindow.Running);

    public long Extend(NaiveCall call, long wanted, long least, DateTimeOffset now)
    {
        Tidy(now);
        if (wanted <= call.Output)
            return call.Output;
        least = Math.Max(call.Output, least);
        for (var output = Math.Max(wanted, least); output > call.Output; output--)
        {
            if (output < least)
                break;
            if (Overrun(call, output, now).Count > 0 || Payers(call, output, now) is not { } payers)
                continue;
            Keep(call, output, payers, now);
            break;
        }
        return call.Output;
    }

    /// <summary>The retail value, and what of it nobody could pay.</summary>
    public (BigInteger Retail, BigInteger Uncollected) Settle(NaiveCall call, Usage usage, DateTimeOffset now)
    {
        Tidy(now);
        var volume = VolumeBefore(call);
        var cost = new Cost((unit, meters) => models[call.Model].Amount(unit, usage, call.At, call.Traits, volume, meters));
        var (parts, unpaid) = Cover(call, cost, up: false, now);
        foreach (var (bucket, used) in parts)
        {
            var held = call.Held.GetValueOrDefault(bucket);
            bucket.Reserved -= held;
            bucket.Consumed += used;
            if (used > held)
                bucket.Remaining -= used - held;
            else if (bucket.Grant.ExpiresAt <= now)
                bucket.Expired += held - used;
            else
                bucket.Remaining += held - used;
            call.Used[bucket] = used;
            if (!bucket.Joined.Contains(call))
                bucket.Joined.Add(call);
        }
        (call.State, call.Usage) = ("settled", usage);
        call.UsedCost = unit => cost(unit, MeterSet.All);
        return (cost("CNY", MeterSet.All), unpaid);
    }

    public void Release(NaiveCall call, DateTimeOffset now)
    {
        foreach (var (bucket, held) in call.Held)
        {
            bucket.Reserved -= held;
            if (bucket.Grant.ExpiresAt <= now)
                bucket.Expired += held;
            else
                bucket.Remaining += held;
        }
        call.State = "released";
    }

    /// <summary>Gives back up to so many millionths in all. The bucket that a refund revives is added by whoever compares: its id is the engine's.</summary>
    public List<(NaiveBucket From, BigInteger Amount)> Refund(NaiveCall call, int millionths, DateTimeOffset now)
    {
        Tidy(now);
        var revived = new List<(NaiveBucket, BigInteger)>();
        foreach (var (bucket, used) in call.Used.Where(pair => pair.Value > 0))
        {
            var amount = Part(used, call.Refunded + millionths) - Part(used, call.Refunded);
            bucket.Consumed -= amount;
            if (bucket.Grant.ExpiresAt <= now && amount > 0)
            {
                bucket.Transferred += amount;
                revived.Add((bucket, amount));
            }
            else
            {
                bucket.Remaining += amount;
            }
        }
        call.Refunded += millionths;
        return revived;
    }

    /// <summary>Null where they cannot pay it whole.</summary>
    private List<(NaiveBucket Bucket, BigInteger Amount)>? Payers(NaiveCall call, long output, DateTimeOffset now)
    {
        var (parts, unpaid) = Cover(call, Worst(call, output), up: true, now);
        return unpaid == 0 ? parts : null;
    }

    private void Keep(NaiveCall call, long output, List<(NaiveBucket Bucket, BigInteger Amount)> parts, DateTimeOffset now)
    {
        foreach (var (bucket, amount) in parts)
        {
            var more = amount - call.Held.GetValueOrDefault(bucket);
            bucket.Reserved += more;
            if (more < 0 && bucket.Grant.ExpiresAt <= now)
                bucket.Expired -= more;
            else
                bucket.Remaining -= more;
            call.Held[bucket] = amount;
            if (!bucket.Joined.Contains(call))
                bucket.Joined.Add(call);
            if (!call.Order.Contains(bucket))
                call.Order.Add(bucket);
        }
        call.Output = output;
        var worst = Worst(call, output);
        call.HeldCost = unit => worst(unit, MeterSet.All);
    }

    /// <summary>One walk over the buckets: the call's own first, then the others in the order of paying. A bucket may pay for input or output only.</summary>
    private (List<(NaiveBucket Bucket, BigInteger Amount)> Parts, BigInteger Unpaid) Cover(
        NaiveCall call,
        Cost cost,
        bool up,
        DateTimeOffset now
    )
    {
        var parts = new List<(NaiveBucket, BigInteger)>();
        bool IsCostless(MeterSet meters) => models[call.Model].Cards.Keys.All(unit => cost(unit, meters) == 0);
        var portions = new List<(MeterSet Meters, BigInteger Left, BigInteger Whole)>
        {
            (MeterSet.All, IsCostless(MeterSet.All) ? 0 : 1, 1),
        };
        var inOrder = Buckets
            .OrderBy(b => b.Grant.Priority)
            .ThenBy(b => b.Grant.ExpiresAt ?? DateTimeOffset.MaxValue)
            .ThenBy(b => b.Grant.Bucket.Value);
        // A bucket of the call's own pays in the first round; in the second it may only stand in the way of those behind it.
        foreach (var (bucket, isOwn) in call.Order.Select(b => (b, true)).Concat(inOrder.Select(b => (b, false))))
        {
            var blocks =
                bucket.Grant.IsBlocker
                && !isOwn
                && IsOpen(bucket, now)
                && Covers(bucket.Grant.Models, call.Model)
                && models[call.Model].Pays(bucket.Unit);
            if (!isOwn && portions.All(p => p.Left == 0))
                break;
            if (!isOwn && call.Order.Contains(bucket))
            {
                if (blocks)
                    break;
                continue;
            }
            var unit = bucket.Unit;
            var available = Free(bucket, call, now) + (isOwn ? call.Held[bucket] : 0);
            if (unit == "CNY")
                available = BigInteger.Max(
                    0,
                    BigInteger.Min(available, SpendRoom(call, now) - Sum(parts.Where(p => p.Item1.Unit == "CNY").Select(p => p.Item2)))
                );
            var total = BigInteger.Zero;
            for (var i = 0; models[call.Model].Pays(unit) && i < portions.Count; i++)
            {
                var (meters, left, whole) = portions[i];
                var mine = meters.And(bucket.Meters);
                if (left == 0 || mine.IsEmpty)
                    continue;
                if (mine != meters)
                    portions.Insert(i + 1, (meters.Without(mine), IsCostless(meters.Without(mine)) ? 0 : left, whole));
                var all = cost(unit, mine);
                if (all == 0)
                {
                    portions[i] = (mine, available > 0 || isOwn ? 0 : left, whole);
                    continue;
                }
                var need = whole == all ? left : Divided(all * left, whole, up);
                var paid = BigInteger.Min(available, need);
                portions[i] = paid == 0 && need > 0 ? (mine, left, whole) : (mine, need - paid, all);
                (available, total) = (available - paid, total + paid);
            }
            if (total > 0 || isOwn)
                parts.Add((bucket, total));
            if (blocks)
                break;
        }
        var unpaid = Sum(
            portions
                .Where(p => p.Left > 0)
                .Select(p => p.Left == p.Whole ? cost("CNY", p.Meters) : Divided(cost("CNY", p.Meters) * p.Left, p.Whole, up: false))
        );
        return (parts, up && portions.Any(p => p.Left > 0) ? BigInteger.Max(1, unpaid) : unpaid);
    }

    private BigInteger Free(NaiveBucket bucket, NaiveCall call, DateTimeOffset now)
    {
        if (bucket.Remaining == 0 || !IsOpen(bucket, now) || !Covers(bucket.Grant.Models, call.Model))
            return 0;
        var free = bucket.Remaining;
        foreach (var limit in bucket.Grant.Limits ?? [])
        {
            var room = BigInteger.Max(0, limit.Max - Sum(Counted(limit, now, null, bucket.Joined, c => Paid(c, bucket, limit))));
            if (limit.Measure != Measure.Requests)
                free = BigInteger.Min(free, room);
            else if (room == 0 && !call.Order.Contains(bucket))
                return 0;
        }
        return free;
    }

    private static BigInteger Paid(NaiveCall call, NaiveBucket bucket, Limit limit)
    {
        var isRequests = limit.Measure == Measure.Requests;
        if (call.State == "open")
            return isRequests ? 1 : call.Held[bucket];
        if (call.State == "released")
            return 0;
        var used = call.Used.GetValueOrDefault(bucket);
        return isRequests ? (used > 0 && call.Refunded < 1_000_000 ? 1 : 0) : used - Part(used, call.Refunded);
    }

    public List<Limit> Crowded(NaiveCall call, DateTimeOffset now) =>
        [
            .. Path(call)
                .Where(at =>
                {
                    var amount =
                        at.Limit.Measure == Measure.Requests ? 1
                        : at.Limit.IsRate && at.Limit.Measure == Measure.Tokens ? call.Estimate
                        : 0;
                    return amount > 0 && Count(at.Node, at.Limit, now, call.Run).Total + amount > at.Limit.Max;
                })
                .Select(at => at.Limit),
        ];

    private List<Limit> Overrun(NaiveCall call, long output, DateTimeOffset now)
    {
        var broken = new List<Limit>();
        foreach (var (node, limit) in Path(call))
        {
            var worst = Worst(call, output);
            var amount = limit.Measure switch
            {
                Measure.Tokens when !limit.IsRate => call.Input + output,
                Measure.Value => worst("CNY", MeterSet.All),
                Measure.Quota when models[call.Model].Pays(limit.Unit!.Value.Name) => worst(limit.Unit!.Value.Name, MeterSet.All),
                _ => 0,
            };
            var own = Calls.Contains(call) ? Of(call, limit) : 0;
            if (amount > 0 && amount > BigInteger.Max(0, limit.Max - Count(node, limit, now, call.Run).Total + own))
                broken.Add(limit);
        }
        return broken;
    }

    private BigInteger SpendRoom(NaiveCall call, DateTimeOffset now)
    {
        BigInteger room = long.MaxValue;
        foreach (var (node, limit) in Path(call).Where(p => p.Limit.Measure == Measure.Spend))
            room = BigInteger.Min(
                room,
                BigInteger.Max(0, limit.Max - Count(node, limit, now, call.Run).Total + (Calls.Contains(call) ? Of(call, limit) : 0))
            );
        return room;
    }

    /// <summary>What a limit of a node counts now: of calls that have ended, of calls that run, and both.</summary>
    public (BigInteger Used, BigInteger Held, BigInteger Total) Count(NaiveNode node, Limit limit, DateTimeOffset now, string? run)
    {
        var calls = Calls.Where(call => Path(call).Any(p => p.Node == node && p.Limit == limit)).ToList();
        var amounts = Counted(limit, now, run, calls, call => Of(call, limit)).ToList();
        var held = Sum(Counted(limit, now, run, calls, call => call.State == "open" ? Of(call, limit) : 0));
        return (Sum(amounts) - held, held, Sum(amounts));
    }

    /// <param name="counted">The calls it counts, in the order in which it came to count them.</param>
    private static IEnumerable<BigInteger> Counted(
        Limit limit,
        DateTimeOffset now,
        string? run,
        List<NaiveCall> counted,
        Func<NaiveCall, BigInteger> amount
    )
    {
        var calls = counted.Where(call => Covers(limit.Models, call.Model)).ToList();
        var first = DateTimeOffset.MinValue;
        if (limit.Window == LimitWindow.FromFirstUse)
        {
            foreach (var call in calls)
            {
                if (first == DateTimeOffset.MinValue || call.At >= first.AddSeconds(limit.Seconds!.Value))
                    first = call.At;
            }
            if (first != DateTimeOffset.MinValue && now >= first.AddSeconds(limit.Seconds!.Value))
                return [];
        }
        var slot = Math.Max(1, (limit.Seconds ?? 1) * TimeSpan.TicksPerSecond / 60);
        return calls
            .Where(call =>
                limit.Window switch
                {
                    LimitWindow.Rolling => call.At.UtcTicks / slot > (now.UtcTicks / slot) - 61,
                    LimitWindow.FromFirstUse => call.At >= first,
                    LimitWindow.Day => call.At.UtcDateTime.Date == now.UtcDateTime.Date,
                    LimitWindow.Run => run is not null && call.Run == run,
                    LimitWindow.Running => call.State == "open",
                    _ => true,
                }
            )
            .Select(amount);
    }

    private BigInteger Of(NaiveCall call, Limit limit)
    {
        switch (call.State)
        {
            case "released":
                return limit is { IsRate: true, Measure: Measure.Requests } ? 1 : 0;
            case "open":
                return limit.Measure switch
                {
                    Measure.Requests => 1,
                    Measure.Tokens => limit.IsRate ? call.Estimate : call.Input + call.Output,
                    Measure.Value => call.HeldCost("CNY"),
                    Measure.Spend => Sum(call.Held.Where(pair => pair.Key.Unit == "CNY").Select(pair => pair.Value)),
                    _ => models[call.Model].Pays(limit.Unit!.Value.Name) ? call.HeldCost(limit.Unit!.Value.Name) : 0,
                };
            default:
                return limit.Measure switch
                {
                    Measure.Requests => call.Refunded == 1_000_000 && !limit.IsRate ? 0 : 1,
                    Measure.Tokens => Kept(call.Usage.Tokens, call),
                    Measure.Value => Kept(call.UsedCost("CNY"), call),
                    Measure.Spend => Sum(call.Used.Where(pair => pair.Key.Unit == "CNY").Select(pair => Kept(pair.Value, call))),
                    _ => models[call.Model].Pays(limit.Unit!.Value.Name) ? Kept(call.UsedCost(limit.Unit!.Value.Name), call) : 0,
                };
        }
    }

    /// <summary>The limits that a call meets, its own node's first.</summary>
    private IEnumerable<(NaiveNode Node, Limit Limit)> Path(NaiveCall call)
    {
        for (var node = call.Node; node is not null; node = node.Parent)
        {
            foreach (var limit in node.Limits)
            {
                if (Covers(limit.Models, call.Model) && (limit.Window != LimitWindow.Run || call.Run is not null))
                    yield return (node, limit);
            }
        }
    }

    private Cost Worst(NaiveCall call, long output)
    {
        var bound = new UsageBound(call.Input, output, call.Other);
        var volume = VolumeBefore(call);
        return (unit, meters) => models[call.Model].WorstCase(unit, bound, call.At, call.Traits, volume, meters);
    }

    /// <summary>What was used before in the month of this call, in Shanghai. Once a call of a newer month has ended, the older month is over and counts from nothing.</summary>
    private long VolumeBefore(NaiveCall call)
    {
        var counted = Calls.Where(other => other.State == "settled" && models[other.Model].Counts).ToList();
        if (!models[call.Model].Counts || counted.Count == 0 || counted.Max(Month) != Month(call))
            return 0;
        return (long)Sum(
            counted.Where(other => Month(other) == Month(call)).Select(other => Kept(models[other.Model].CountOf(other.Usage), other))
        );
    }

    private static int Month(NaiveCall call) => call.At.ToOffset(TimeSpan.FromHours(8)) is var local ? (local.Year * 12) + local.Month : 0;

    public static string Problem(Limit limit) =>
        limit.Window == LimitWindow.Running ? "concurrency_limit_reached"
        : limit.IsRate ? "rate_limit_exceeded"
        : limit.Measure is Measure.Spend or Measure.Value ? "spend_cap_reached"
        : "window_limit_reached";

    private static bool IsOpen(NaiveBucket bucket, DateTimeOffset now) => bucket.Grant.ValidFrom <= now && !(bucket.Grant.ExpiresAt <= now);

    private static bool Covers(string[]? models, string model) => models is null || models.Contains(model);

    private static BigInteger Sum(IEnumerable<BigInteger> amounts) => amounts.Aggregate(BigInteger.Zero, (sum, amount) => sum + amount);

    private static BigInteger Kept(BigInteger amount, NaiveCall call) => amount - Part(amount, call.Refunded);

    private static BigInteger Part(BigInteger amount, int millionths) => Divided(amount * millionths, 1_000_000, up: false);

    /// <summary>Up, or half away from zero; nothing here is negative.</summary>
    public static BigInteger Divided(BigInteger amount, BigInteger by, bool up) =>
        up ? (amount + by - 1) / by : ((amount * 2) + by) / (by * 2);
}

/// <summary>What these meters of a call cost in a unit, rounded once.</summary>
internal delegate BigInteger Cost(string unit, MeterSet meters);

/// <summary>A model's figures. All of its rules are worked out by <see cref="NaiveCard"/> and here.</summary>
/// <param name="Cards">Unit → its card.</param>
/// <param name="Hours">Of the day in Shanghai, every day: minutes from and until, not over midnight, and what they multiply.</param>
/// <param name="Batch">What the batch class multiplies.</param>
/// <param name="Counts">Whether its calls count for the month's volume.</param>
internal sealed record NaiveModel(
    Dictionary<string, RateCard> Cards,
    (int From, int Until, Ratio Factor)? Hours,
    Ratio? Batch,
    bool Counts,
    MeterSet CountedMeters
)
{
    public bool Pays(string unit) => Cards.ContainsKey(unit);

    public BigInteger CountOf(Usage usage) =>
        Enum.GetValues<Meter>().Where(CountedMeters.Has).Aggregate(BigInteger.Zero, (sum, meter) => sum + usage[meter]);

    public BigInteger Amount(string unit, Usage usage, DateTimeOffset at, CallTraits? traits, long volume, MeterSet meters)
    {
        var (numerator, denominator) = NaiveCard.Amount(Cards[unit], usage, Context(at, traits, volume), meters);
        return NaiveAccount.Divided(numerator, denominator, up: false);
    }

    public BigInteger WorstCase(string unit, UsageBound bound, DateTimeOffset at, CallTraits? traits, long volume, MeterSet meters)
    {
        var (numerator, denominator) = NaiveCard.WorstCase(Cards[unit], bound, Context(at, traits, volume), meters);
        return NaiveAccount.Divided(numerator, denominator, up: true);
    }

    private RatingContext Context(DateTimeOffset at, CallTraits? traits, long volume)
    {
        var minute = (int)at.ToOffset(TimeSpan.FromHours(8)).TimeOfDay.TotalMinutes;
        var (numerator, denominator) = (1L, 1L);
        if (Hours is { } hours && minute >= hours.From && minute < hours.Until)
            (numerator, denominator) = (hours.Factor.Numerator, hours.Factor.Denominator);
        if (traits?.Service == ServiceClass.Batch && Batch is { } batch)
            (numerator, denominator) = (numerator * batch.Numerator, denominator * batch.Denominator);
        return new(at, traits ?? CallTraits.Plain, new Ratio(numerator, denominator), volume);
    }
}

internal sealed class NaiveBucket(BucketGrant grant)
{
    public BucketGrant Grant { get; } = grant;
    public string Unit { get; } = grant.Unit?.Name ?? grant.Currency!.Value.Code;
    public MeterSet Meters { get; } = grant.Meters ?? MeterSet.All;
    public BigInteger Remaining { get; set; } = grant.Amount;
    public BigInteger Reserved { get; set; }
    public BigInteger Consumed { get; set; }
    public BigInteger Expired { get; set; }
    public BigInteger Transferred { get; set; }

    /// <summary>The calls that it holds or pays for, in the order in which it came to.</summary>
    public List<NaiveCall> Joined { get; } = [];
}

internal sealed class NaiveNode(AllotmentId id, NaiveNode? parent, Limit[] limits)
{
    public AllotmentId Id { get; } = id;
    public NaiveNode? Parent { get; } = parent;
    public Limit[] Limits { get; } = limits;
}

internal sealed class NaiveCall(ChargeId id, string model, NaiveNode node, string? run, long input, long estimate, DateTimeOffset at)
{
    public ChargeId Id { get; } = id;
    public string Model { get; } = model;
    public NaiveNode Node { get; } = node;
    public string? Run { get; } = run;
    public long Input { get; } = input;
    public long Estimate { get; } = estimate;
    public DateTimeOffset At { get; } = at;
    public CallTraits? Traits { get; init; }

    /// <summary>The most of the meters that are not tokens.</summary>
    public Usage Other { get; init; }
    public string State { get; set; } = "open";
    public long Output { get; set; }
    public Dictionary<NaiveBucket, BigInteger> Held { get; } = [];
    public List<NaiveBucket> Order { get; } = [];
    public Dictionary<NaiveBucket, BigInteger> Used { get; } = [];
    public Func<string, BigInteger> HeldCost { get; set; } = _ => 0;
    public Func<string, BigInteger> UsedCost { get; set; } = _ => 0;
    public Usage Usage { get; set; }
    public int Refunded { get; set; }
}
