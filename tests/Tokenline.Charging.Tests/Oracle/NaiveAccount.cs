using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;

namespace Tokenline.Charging.Tests.Oracle;

/// <summary>
/// An account as one would write it in an afternoon, to hold the engine against: decimals, lists, no counters – every limit is counted anew from all calls,
/// every affordable output is found by trying them one after another. It shares no code with the engine, only the words of its contract.
/// Amounts are whole nano or micro, as decimals.
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
            if (Overrun(call, output, now).Count > 0 || Cover(call, Worst(call, output), up: true, now) is not { Unpaid: 0 } paid)
                continue;
            Keep(call, output, paid.Parts, now);
            Calls.Add(call);
            return (output, null);
        }
        return (0, Overrun(call, least, now));
    }

    /// <summary>Whether this call would pass at another time, if nothing more came.</summary>
    public bool WouldPass(NaiveCall call, long least, DateTimeOffset at) =>
        Crowded(call, at).Count == 0
        && Overrun(call, least, at).Count == 0
        && Cover(call, Worst(call, least), up: true, at) is { Unpaid: 0 };

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
            if (Overrun(call, output, now).Count > 0 || Cover(call, Worst(call, output), up: true, now) is not { Unpaid: 0 } paid)
                continue;
            Keep(call, output, paid.Parts, now);
            break;
        }
        return call.Output;
    }

    /// <summary>The retail value, and what of it nobody could pay.</summary>
    public (decimal Retail, decimal Uncollected) Settle(NaiveCall call, decimal input, decimal output, DateTimeOffset now)
    {
        Tidy(now);
        var tier = models[call.Model].TierOf(input);
        var cost = new Cost(
            (unit, ins, outs) => Round(((ins ? input * tier.Rate(unit).In : 0) + (outs ? output * tier.Rate(unit).Out : 0)) / Scale(unit))
        );
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
        (call.State, call.UsedTokens) = ("settled", input + output);
        call.UsedCost = unit => cost(unit, true, true);
        return (cost("CNY", true, true), unpaid);
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
    public List<(NaiveBucket From, decimal Amount)> Refund(NaiveCall call, int millionths, DateTimeOffset now)
    {
        Tidy(now);
        var revived = new List<(NaiveBucket, decimal)>();
        foreach (var (bucket, used) in call.Used.Where(pair => pair.Value > 0))
        {
            var before = Round(used * call.Refunded / 1_000_000m);
            var amount = Round(used * (call.Refunded + millionths) / 1_000_000m) - before;
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

    private void Keep(NaiveCall call, long output, List<(NaiveBucket Bucket, decimal Amount)> parts, DateTimeOffset now)
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
        call.HeldCost = unit => worst(unit, true, true);
    }

    /// <summary>One walk over the buckets: the call's own first, then the others in the order of paying. A bucket may pay for input or output only.</summary>
    private (List<(NaiveBucket Bucket, decimal Amount)> Parts, decimal Unpaid) Cover(NaiveCall call, Cost cost, bool up, DateTimeOffset now)
    {
        var parts = new List<(NaiveBucket, decimal)>();
        bool IsCostless(bool ins, bool outs) => models[call.Model].Tiers[0].Rates.Keys.All(unit => cost(unit, ins, outs) == 0);
        var portions = new List<(bool In, bool Out, decimal Left, decimal Whole)> { (true, true, IsCostless(true, true) ? 0 : 1, 1) };
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
                available = Math.Max(
                    0,
                    Math.Min(available, SpendRoom(call, now) - parts.Where(p => p.Item1.Unit == "CNY").Sum(p => p.Item2))
                );
            var total = 0m;
            for (var i = 0; models[call.Model].Pays(unit) && i < portions.Count; i++)
            {
                var (ins, outs, left, whole) = portions[i];
                var (mineIn, mineOut) = (ins && bucket.PaysInput, outs && bucket.PaysOutput);
                if (left == 0 || !(mineIn || mineOut))
                    continue;
                if ((mineIn, mineOut) != (ins, outs))
                    portions.Insert(
                        i + 1,
                        (ins && !mineIn, outs && !mineOut, IsCostless(ins && !mineIn, outs && !mineOut) ? 0 : left, whole)
                    );
                var all = cost(unit, mineIn, mineOut);
                if (all == 0)
                {
                    portions[i] = (mineIn, mineOut, available > 0 || isOwn ? 0 : left, whole);
                    continue;
                }
                var need = whole == all ? left : Cut(all * left / whole, up);
                var paid = Math.Min(available, need);
                portions[i] = paid == 0 && need > 0 ? (mineIn, mineOut, left, whole) : (mineIn, mineOut, need - paid, all);
                (available, total) = (available - paid, total + paid);
            }
            if (total > 0 || isOwn)
                parts.Add((bucket, total));
            if (blocks)
                break;
        }
        var unpaid = portions
            .Where(p => p.Left > 0)
            .Sum(p => p.Left == p.Whole ? cost("CNY", p.In, p.Out) : Round(cost("CNY", p.In, p.Out) * p.Left / p.Whole));
        return (parts, up && portions.Any(p => p.Left > 0) ? Math.Max(1, unpaid) : unpaid);
    }

    private decimal Free(NaiveBucket bucket, NaiveCall call, DateTimeOffset now)
    {
        if (bucket.Remaining == 0 || !IsOpen(bucket, now) || !Covers(bucket.Grant.Models, call.Model))
            return 0;
        var free = bucket.Remaining;
        foreach (var limit in bucket.Grant.Limits ?? [])
        {
            var room = Math.Max(0, limit.Max - Counted(limit, now, null, bucket.Joined, c => Paid(c, bucket, limit)).Sum());
            if (limit.Measure != Measure.Requests)
                free = Math.Min(free, room);
            else if (room == 0 && !call.Order.Contains(bucket))
                return 0;
        }
        return free;
    }

    private static decimal Paid(NaiveCall call, NaiveBucket bucket, Limit limit)
    {
        var isRequests = limit.Measure == Measure.Requests;
        if (call.State == "open")
            return isRequests ? 1 : call.Held[bucket];
        if (call.State == "released")
            return 0;
        var used = call.Used.GetValueOrDefault(bucket);
        return isRequests ? (used > 0 && call.Refunded < 1_000_000 ? 1 : 0) : used - Round(used * call.Refunded / 1_000_000m);
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
                Measure.Value => worst("CNY", true, true),
                Measure.Quota when models[call.Model].Pays(limit.Unit!.Value.Name) => worst(limit.Unit!.Value.Name, true, true),
                _ => 0,
            };
            var own = Calls.Contains(call) ? Of(call, limit) : 0;
            if (amount > 0 && amount > Math.Max(0, limit.Max - Count(node, limit, now, call.Run).Total + own))
                broken.Add(limit);
        }
        return broken;
    }

    private decimal SpendRoom(NaiveCall call, DateTimeOffset now)
    {
        var room = decimal.MaxValue;
        foreach (var (node, limit) in Path(call).Where(p => p.Limit.Measure == Measure.Spend))
            room = Math.Min(
                room,
                Math.Max(0, limit.Max - Count(node, limit, now, call.Run).Total + (Calls.Contains(call) ? Of(call, limit) : 0))
            );
        return room;
    }

    /// <summary>What a limit of a node counts now: of calls that have ended, of calls that run, and both.</summary>
    public (decimal Used, decimal Held, decimal Total) Count(NaiveNode node, Limit limit, DateTimeOffset now, string? run)
    {
        var calls = Calls.Where(call => Path(call).Any(p => p.Node == node && p.Limit == limit)).ToList();
        var amounts = Counted(limit, now, run, calls, call => Of(call, limit)).ToList();
        var held = Counted(limit, now, run, calls, call => call.State == "open" ? Of(call, limit) : 0).Sum();
        return (amounts.Sum() - held, held, amounts.Sum());
    }

    /// <param name="counted">The calls it counts, in the order in which it came to count them.</param>
    private static IEnumerable<decimal> Counted(
        Limit limit,
        DateTimeOffset now,
        string? run,
        List<NaiveCall> counted,
        Func<NaiveCall, decimal> amount
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

    private decimal Of(NaiveCall call, Limit limit)
    {
        var part = call.Refunded / 1_000_000m;
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
                    Measure.Spend => call.Held.Where(pair => pair.Key.Unit == "CNY").Sum(pair => pair.Value),
                    _ => models[call.Model].Pays(limit.Unit!.Value.Name) ? call.HeldCost(limit.Unit!.Value.Name) : 0,
                };
            default:
                return limit.Measure switch
                {
                    Measure.Requests => call.Refunded == 1_000_000 && !limit.IsRate ? 0 : 1,
                    Measure.Tokens => call.UsedTokens - Round(call.UsedTokens * part),
                    Measure.Value => call.UsedCost("CNY") - Round(call.UsedCost("CNY") * part),
                    Measure.Spend => call.Used.Where(pair => pair.Key.Unit == "CNY").Sum(pair => pair.Value - Round(pair.Value * part)),
                    _ => models[call.Model].Pays(limit.Unit!.Value.Name)
                        ? call.UsedCost(limit.Unit!.Value.Name) - Round(call.UsedCost(limit.Unit!.Value.Name) * part)
                        : 0,
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

    private Cost Worst(NaiveCall call, long output) =>
        (unit, ins, outs) =>
        {
            var worst = 0m;
            var below = 0m;
            foreach (var tier in models[call.Model].Tiers)
            {
                if (below > 0 && call.Input <= below)
                    break;
                var rate = tier.Rate(unit);
                worst = Math.Max(worst, (ins ? Math.Min(call.Input, tier.UpTo) * rate.In : 0) + (outs ? output * rate.Out : 0));
                below = tier.UpTo;
            }
            return Cut(worst / Scale(unit), up: true);
        };

    public static string Problem(Limit limit) =>
        limit.Window == LimitWindow.Running ? "concurrency_limit_reached"
        : limit.IsRate ? "rate_limit_exceeded"
        : limit.Measure is Measure.Spend or Measure.Value ? "spend_cap_reached"
        : "window_limit_reached";

    private static bool IsOpen(NaiveBucket bucket, DateTimeOffset now) => bucket.Grant.ValidFrom <= now && !(bucket.Grant.ExpiresAt <= now);

    private static bool Covers(string[]? models, string model) => models is null || models.Contains(model);

    private static decimal Scale(string unit) => unit == "CNY" ? 1_000_000m : 1m;

    private static decimal Cut(decimal amount, bool up) => up ? Math.Ceiling(amount) : Round(amount);

    private static decimal Round(decimal amount) => Math.Round(amount, 0, MidpointRounding.AwayFromZero);
}

/// <summary>What the input part, the output part, or both cost in a unit.</summary>
internal delegate decimal Cost(string unit, bool input, bool output);

/// <param name="UpTo">Of input; the last is <see cref="decimal.MaxValue"/>.</param>
/// <param name="Rates">Unit → nano a million tokens, or micro a token, in and out.</param>
internal sealed record NaiveTier(decimal UpTo, Dictionary<string, (decimal In, decimal Out)> Rates)
{
    public (decimal In, decimal Out) Rate(string unit) => Rates[unit];
}

internal sealed record NaiveModel(NaiveTier[] Tiers)
{
    public bool Pays(string unit) => Tiers[0].Rates.ContainsKey(unit);

    public NaiveTier TierOf(decimal input) => Tiers.First(tier => input <= tier.UpTo);
}

internal sealed class NaiveBucket(BucketGrant grant)
{
    public BucketGrant Grant { get; } = grant;
    public string Unit { get; } = grant.Unit?.Name ?? grant.Currency!.Value.Code;
    public bool PaysInput { get; } = grant.Meters is not { } meters || meters.Has(Meter.Input);
    public bool PaysOutput { get; } = grant.Meters is not { } meters || meters.Has(Meter.Output);
    public decimal Remaining { get; set; } = grant.Amount;
    public decimal Reserved { get; set; }
    public decimal Consumed { get; set; }
    public decimal Expired { get; set; }
    public decimal Transferred { get; set; }

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
    public string State { get; set; } = "open";
    public long Output { get; set; }
    public Dictionary<NaiveBucket, decimal> Held { get; } = [];
    public List<NaiveBucket> Order { get; } = [];
    public Dictionary<NaiveBucket, decimal> Used { get; } = [];
    public Func<string, decimal> HeldCost { get; set; } = _ => 0;
    public Func<string, decimal> UsedCost { get; set; } = _ => 0;
    public decimal UsedTokens { get; set; }
    public int Refunded { get; set; }
}
