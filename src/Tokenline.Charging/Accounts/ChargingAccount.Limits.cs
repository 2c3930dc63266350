using Tokenline.Charging.Journal;
using Tokenline.Charging.Limits;

namespace Tokenline.Charging.Accounts;

/// <summary>Which limits a call meets on its way up the tree, and what they count of it.</summary>
public sealed partial class ChargingAccount
{
    private readonly List<QuotaUnit> countedUnits = []; // scratch

    /// <summary>The rules of the path that have nothing to do with amounts. Null: passed.</summary>
    private static Refusal? Barred(AllotmentNode from, string model, DateTimeOffset now)
    {
        for (var node = from; node is not null; node = node.Parent)
        {
            if (node.Lease is { } lease)
                return Elsewhere(node, lease);
            if (node.Terms.IsClosed)
                return new(Problems.PermissionDenied, $"{node.Terms.Name} is closed.", By: $"{node.Terms.Name}/closed");
            if (!node.Allows(model))
                return new(Problems.ModelNotAllowed, $"{node.Terms.Name} may not use {model}.", By: $"{node.Terms.Name}/models");
            if (!node.IsOpenAt(now, model))
                return new(
                    Problems.PermissionDenied,
                    $"{node.Terms.Name} may not use {model} at this hour.",
                    node.OpensAt(now, model),
                    By: $"{node.Terms.Name}/hours"
                );
        }
        return null;
    }

    /// <summary>Whether another call with this estimate would break a limit on the path; of those that no smaller output could help.</summary>
    private bool IsCrowded(in Call call, long tokensEstimate)
    {
        for (var node = call.Node; node is not null; node = node.Parent)
        {
            foreach (var counter in node.Counters)
            {
                if (CrowdedBy(node, counter, call, tokensEstimate) is not null)
                    return true;
            }
        }
        return false;
    }

    /// <summary>What of this limit the call lacks; null: it may pass.</summary>
    private long? CrowdedBy(AllotmentNode node, LimitCounter counter, in Call call, long tokensEstimate)
    {
        var limit = counter.Limit;
        var amount =
            limit.Measure == Measure.Requests ? 1
            : limit.IsRate && limit.Measure == Measure.Tokens ? tokensEstimate
            : 0;
        if (amount == 0 || !limit.Covers(call.Model) || !IsCounting(counter, call))
            return null;
        return counter.Room(call.Now, call.Run, Raised(node, limit, call.Now)) < amount ? amount : null;
    }

    private Refusal Crowded(in Call call, long tokensEstimate)
    {
        var last = new LastToFree();
        for (var node = call.Node; node is not null; node = node.Parent)
        {
            foreach (var counter in node.Counters)
            {
                if (CrowdedBy(node, counter, call, tokensEstimate) is { } amount)
                    last.Note(node, counter, amount, call, Raised(node, counter.Limit, call.Now));
            }
        }
        return Full(last, call);
    }

    /// <summary>Whether so much output could break a limit on the path.</summary>
    private bool IsOverrun(in Call call, long output)
    {
        for (var node = call.Node; node is not null; node = node.Parent)
        {
            foreach (var counter in node.Counters)
            {
                if (OverrunBy(counter, call, output) is not null)
                    return true;
            }
        }
        return false;
    }

    /// <summary>What so much output could take of this limit, where it has not so much room; else null.</summary>
    private long? OverrunBy(LimitCounter counter, in Call call, long output)
    {
        if (!counter.Limit.Covers(call.Model) || !IsCounting(counter, call))
            return null;
        var amount = WorstCaseOf(counter.Limit, call, output);
        return amount > 0 && amount > Room(counter, call) ? amount : null;
    }

    /// <summary>Null: no limit on the path is in the way of so much output.</summary>
    private Refusal? Overrun(in Call call, long output)
    {
        var last = new LastToFree();
        for (var node = call.Node; node is not null; node = node.Parent)
        {
            foreach (var counter in node.Counters)
            {
                if (OverrunBy(counter, call, output) is { } amount)
                    last.Note(node, counter, amount, call);
            }
        }
        return last.Counter is null ? null : Full(last, call);
    }

    /// <summary>What a limit of the whole call counts in advance; 0 for those that count something else.</summary>
    private static long WorstCaseOf(Limit limit, in Call call, long output) =>
        limit.Measure switch
        {
            Measure.Tokens when !limit.IsRate => checked(call.InputBound + output),
            Measure.Value when limit.Currency == call.Tariff.Currency => call.WorstCase(output).In(call.Tariff.Price, MeterSet.All),
            Measure.Quota when call.Tariff.CardIn(limit.Unit!.Value) is { } card => call.WorstCase(output).In(card, MeterSet.All),
            _ => 0,
        };

    /// <summary>What a charge may still take within a limit, its own hold included.</summary>
    private long Room(LimitCounter counter, in Call call)
    {
        var own = call.Own is { } open && counter.BornAt < open.Sequence ? HeldOf(counter.Limit, open.Counted, open.Held) : 0;
        return Math.Max(0, checked(counter.Limit.Max - counter.Counted(call.Now, call.Run) + own));
    }

    /// <summary>What buckets of this currency may pay of the call, by the limits of spend on its path, beyond what they pay of it already.</summary>
    private long SpendRoom(Currency currency, in Call call)
    {
        var room = long.MaxValue;
        for (var node = call.Node; node is not null; node = node.Parent)
        {
            foreach (var counter in node.Counters)
            {
                var limit = counter.Limit;
                if (limit.Measure == Measure.Spend && limit.Currency == currency && limit.Covers(call.Model) && IsCounting(counter, call))
                    room = Math.Min(room, Room(counter, call));
            }
        }
        if (room == long.MaxValue)
            return room;
        foreach (var part in parts)
        {
            if (part.Bucket.Grant.Currency == currency)
                room -= part.Amount;
        }
        return Math.Max(0, room);
    }

    private static bool IsCounting(LimitCounter counter, in Call call) => counter.Limit.Window != LimitWindow.Run || call.Run is not null;

    private static Refusal Full(in LastToFree last, in Call call)
    {
        // Where it is raised, words and comparison are those of the raised limit.
        var (node, limit, amount) = (last.Node!, last.Counter!.Limit, last.Amount);
        limit = limit with { Max = limit.MaxWith(last.Raised) };
        var problem =
            limit.Window == LimitWindow.Running ? Problems.ConcurrencyLimitReached
            : limit.IsRate ? Problems.RateLimitExceeded
            : limit.Measure is Measure.Spend or Measure.Value ? Problems.SpendCapReached
            : Problems.WindowLimitReached;
        var whose = node.Parent is null ? "Your account" : node.Terms.Name;
        var message =
            amount > limit.Max
                ? $"This call alone could use {Words(amount, limit)}; the limit '{limit.Id}' of {whose} is {Words(limit.Max, limit)}."
                : $"{whose} has reached the limit '{limit.Id}' of {Words(limit.Max, limit)}{Over(limit)}.";
        return new(problem, message, last.At, By: $"{node.Terms.Name}/{limit.Id}");
    }

    /// <summary>Of the limits in the way, the one that frees itself last: only then would the same call pass. One that never does comes last of all, running calls first.</summary>
    private struct LastToFree
    {
        public AllotmentNode? Node { get; private set; }
        public LimitCounter? Counter { get; private set; }
        public long Amount { get; private set; }
        public long Raised { get; private set; }
        public DateTimeOffset? At { get; private set; }

        public void Note(AllotmentNode node, LimitCounter counter, long amount, in Call call, long raised = 0)
        {
            var at = counter.FitsAt(call.Now, amount, call.Run, raised);
            if (Counter is null || Rank(counter, at) > Rank(Counter, At))
                (Node, Counter, Amount, At, Raised) = (node, counter, amount, at, raised);
        }

        private static DateTimeOffset Rank(LimitCounter counter, DateTimeOffset? at) =>
            counter.Limit.Window == LimitWindow.Running ? DateTimeOffset.MinValue : at ?? DateTimeOffset.MaxValue;
    }

    private static string Words(long amount, Limit limit) =>
        limit.Measure switch
        {
            Measure.Requests => limit.Window == LimitWindow.Running ? $"{amount} calls at once" : $"{amount} requests",
            Measure.Tokens => $"{amount} tokens",
            Measure.Quota => $"{(decimal)amount / QuotaUnit.Micro:0.######} {limit.Unit}",
            _ => new Money(amount, limit.Currency!.Value).ToString(),
        };

    private static string Over(Limit limit) =>
        limit.Window switch
        {
            LimitWindow.Rolling => $" in {TimeSpan.FromSeconds(limit.Seconds!.Value)}",
            LimitWindow.FromFirstUse => $" in {TimeSpan.FromSeconds(limit.Seconds!.Value)} from the first call",
            LimitWindow.Day => " a day",
            LimitWindow.Week => " a week",
            LimitWindow.Month or LimitWindow.PlanMonth => " a month",
            LimitWindow.Run => " a run",
            _ => "",
        };

    /// <summary>What limits count of a call that is held at this output; null when none on its path counts more than requests and spend.</summary>
    private Counted? CountHeld(in Call call, long tokensEstimate, long output)
    {
        if (!NoteUnits(call))
            return null;
        var worst = call.WorstCase(output);
        return new(checked(call.InputBound + output), tokensEstimate, worst.In(call.Tariff.Price, MeterSet.All), CountUnits(worst));
    }

    /// <summary>The same of a call that has ended, in the units that were held.</summary>
    private static Counted? CountUsed(OpenCharge charge, in Demand demand, long retail)
    {
        if (charge.Counted is not { } held)
            return null;
        QuotaCount[]? quotas = null;
        if (held.Quotas is { } units)
        {
            quotas = new QuotaCount[units.Length];
            for (var i = 0; i < units.Length; i++)
                quotas[i] = new(units[i].Unit, charge.Tariff.CardIn(units[i].Unit) is { } card ? demand.In(card, MeterSet.All) : 0);
        }
        return new(demand.Usage.Tokens, demand.Usage.Tokens, retail, quotas);
    }

    /// <summary>Collects the units that limits on the path count in. False: they count neither tokens nor quota nor value.</summary>
    private bool NoteUnits(in Call call)
    {
        countedUnits.Clear();
        var isAny = false;
        for (var node = call.Node; node is not null; node = node.Parent)
        {
            foreach (var counter in node.Counters)
            {
                if (counter.Limit.Measure is Measure.Requests or Measure.Spend || !counter.Limit.Covers(call.Model))
                    continue;
                isAny = true;
                if (counter.Limit.Unit is { } unit && !countedUnits.Contains(unit) && call.Tariff.CardIn(unit) is not null)
                    countedUnits.Add(unit);
            }
        }
        return isAny;
    }

    private QuotaCount[]? CountUnits(in Demand demand)
    {
        if (countedUnits.Count == 0)
            return null;
        var counts = new QuotaCount[countedUnits.Count];
        for (var i = 0; i < counts.Length; i++)
            counts[i] = new(countedUnits[i], demand.In(demand.Tariff.CardIn(countedUnits[i])!, MeterSet.All));
        return counts;
    }

    /// <summary>What a limit of a node counts of a running call.</summary>
    private long HeldOf(Limit limit, Counted? counted, HeldPart[] held)
    {
        if (limit.Measure != Measure.Spend)
            return AmountOf(limit, counted);
        var spend = 0L;
        foreach (var part in held)
            spend += IsSpend(part.Bucket, limit) ? part.Amount : 0;
        return spend;
    }

    /// <summary>What a limit of a node counts of a call that has ended.</summary>
    private long UsedOf(Limit limit, Counted? counted, SettledPart[] settled)
    {
        if (limit.Measure != Measure.Spend)
            return AmountOf(limit, counted);
        var spend = 0L;
        foreach (var part in settled)
            spend += IsSpend(part.Bucket, limit) ? part.Used : 0;
        return spend;
    }

    private bool IsSpend(BucketId bucket, Limit limit) => buckets[bucket].Grant.Currency == limit.Currency;

    private static long AmountOf(Limit limit, Counted? counted)
    {
        switch (limit.Measure)
        {
            case Measure.Requests:
                return 1;
            case Measure.Tokens:
                return counted is null ? 0
                    : limit.IsRate ? counted.TokensEstimate
                    : counted.Tokens;
            case Measure.Value:
                return counted?.ValueNano ?? 0;
            default:
                foreach (var quota in counted?.Quotas ?? [])
                {
                    if (quota.Unit == limit.Unit)
                        return quota.Micro;
                }
                return 0;
        }
    }

    private void BeginCounting(OpenCharge charge)
    {
        var dispatch = charge.Dispatch;
        for (var node = charge.Node; node is not null; node = node.Parent)
        {
            foreach (var counter in node.Counters)
            {
                if (counter.Limit.Covers(dispatch.Model))
                    counter.Begin(dispatch.At, HeldOf(counter.Limit, dispatch.Counted, dispatch.Held), dispatch.Run);
            }
        }
        foreach (var part in dispatch.Held)
            BeginCounting(charge, part.Bucket, part.Amount);
    }

    private void BeginCounting(OpenCharge charge, BucketId bucket, long held)
    {
        foreach (var counter in buckets[bucket].Counters)
        {
            if (counter.Limit.Covers(charge.Dispatch.Model))
                counter.Begin(charge.Dispatch.At, counter.Limit.Measure == Measure.Requests ? 1 : held, null);
        }
    }

    private void CountExtension(OpenCharge charge, Extended extended)
    {
        var dispatch = charge.Dispatch;
        for (var node = charge.Node; node is not null; node = node.Parent)
        {
            foreach (var counter in node.Counters)
            {
                if (!IsCountedBy(counter, charge))
                    continue;
                var more = HeldOf(counter.Limit, extended.Counted, extended.Held) - HeldOf(counter.Limit, charge.Counted, charge.Held);
                if (more != 0)
                    counter.Correct(dispatch.At, more, 0, dispatch.Run);
            }
        }
        foreach (var part in extended.Held)
        {
            if (!charge.Holds(part.Bucket))
            {
                BeginCounting(charge, part.Bucket, part.Amount);
                continue;
            }
            foreach (var counter in buckets[part.Bucket].Counters)
            {
                if (counter.Limit.Measure != Measure.Requests && counter.Limit.Covers(dispatch.Model))
                    counter.Correct(dispatch.At, part.Amount - charge.HeldIn(part.Bucket), 0, null);
            }
        }
    }

    private void CountSettle(OpenCharge charge, Settled settled)
    {
        var dispatch = charge.Dispatch;
        for (var node = charge.Node; node is not null; node = node.Parent)
        {
            foreach (var counter in node.Counters)
            {
                if (IsCountedBy(counter, charge))
                    counter.Correct(
                        dispatch.At,
                        -HeldOf(counter.Limit, charge.Counted, charge.Held),
                        UsedOf(counter.Limit, settled.Counted, settled.Parts),
                        dispatch.Run
                    );
            }
        }
        foreach (var part in settled.Parts)
        {
            var isHeld = charge.Holds(part.Bucket);
            foreach (var counter in buckets[part.Bucket].Counters)
            {
                if (!counter.Limit.Covers(dispatch.Model))
                    continue;
                var isRequests = counter.Limit.Measure == Measure.Requests;
                if (!isHeld)
                    counter.Begin(dispatch.At, 0, null);
                counter.Correct(
                    dispatch.At,
                    isRequests ? (isHeld ? -1 : 0) : -part.Held,
                    isRequests ? (part.Used > 0 ? 1 : 0) : part.Used,
                    null
                );
            }
        }
        if (settled.Volume is { } volume)
        {
            var counter = VolumeOf(volume.Group, volume.TimeZone);
            counter.Begin(dispatch.At, 0, null);
            counter.Correct(dispatch.At, 0, volume.Count, null);
        }
    }

    /// <summary>A released call counts nowhere, but keeps its place in rates of requests: it was made.</summary>
    private void CountRelease(OpenCharge charge)
    {
        var dispatch = charge.Dispatch;
        for (var node = charge.Node; node is not null; node = node.Parent)
        {
            foreach (var counter in node.Counters)
            {
                if (IsCountedBy(counter, charge))
                    counter.Correct(
                        dispatch.At,
                        -HeldOf(counter.Limit, charge.Counted, charge.Held),
                        counter.Limit is { IsRate: true, Measure: Measure.Requests } ? 1 : 0,
                        dispatch.Run
                    );
            }
        }
        foreach (var part in charge.Held)
        {
            foreach (var counter in buckets[part.Bucket].Counters)
            {
                if (counter.Limit.Covers(dispatch.Model))
                    counter.Correct(dispatch.At, counter.Limit.Measure == Measure.Requests ? -1 : -part.Amount, 0, null);
            }
        }
    }

    private static bool IsCountedBy(LimitCounter counter, OpenCharge charge) =>
        counter.BornAt < charge.Sequence && counter.Limit.Covers(charge.Dispatch.Model);

    private PeriodCounter VolumeOf(string group, string timeZone)
    {
        if (!volumes.TryGetValue(group, out var counter))
            volumes.Add(
                group,
                counter = new PeriodCounter(new Limit("volume", LimitWindow.Month, Measure.Tokens, long.MaxValue, TimeZone: timeZone), 0)
            );
        return counter;
    }

    /// <summary>What was used before in the month of this instant; a month that is over counts from nothing.</summary>
    private long VolumeBefore(Tariffs.ModelTariff tariff, DateTimeOffset startedAt) =>
        tariff.Volume is { } group && volumes.TryGetValue(group.Name, out var counter) ? counter.UsedIn(startedAt) : 0;
}
