using Tokenline.Charging.Journal;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Accounts;

/// <summary>A call's life: hold and dispatch, extension, then settle or release, or the recovery rule.</summary>
public sealed partial class ChargingAccount
{
    /// <summary>With this many times the bound left, a hold needs no precise count.</summary>
    public const int AmpleRoom = 8;

    /// <summary>After so many settles that could not be paid whole the account is suspended, until a person looks at it.</summary>
    public const int UncollectedMax = 3;

    public HoldOutcome Hold(HoldRequest request, DateTimeOffset now)
    {
        if (open.TryGetValue(request.Charge, out var known))
            return HeldBefore(known, request, now);
        if (suspended || taken?.IsLessorSuspended == true)
            return Refused(new(Problems.AccountSuspended, "This account is suspended. Please contact the operator's support."));
        if (request.IdempotencyKey is { } key && keys.TryGet(key, now, out var first))
            return Refused(new(Problems.IdempotencyConflict, "This Idempotency-Key was used before.", First: first));
        if (ended.TryGet(request.Charge, out _))
            throw new InvalidOperationException($"charge {request.Charge} was held before");
        if (taken is { } lease)
        {
            if (lease.IsEnding)
                return Refused(MovesBack(lease));
            lease.IsUsed = true;
        }
        if (open.Count >= OpenMax)
            return Refused(new(Problems.ConcurrencyLimitReached, $"{OpenMax} calls of this account are running. Wait for one to end."));
        var node = root;
        if (request.Allotment is { } allotment && !nodes.TryGetValue(allotment, out node))
            return Refused(new(Problems.PermissionDenied, $"This key belongs to {allotment}, which its account does not know."));
        var tariff = request.Tariff;
        if (Barred(node, tariff.Model, now) is { } barred)
            return Refused(barred);

        Tidy(now);
        EnsurePayMonth(now);
        var context = tariff.Context(now, request.Traits ?? CallTraits.Plain, VolumeBefore(tariff, now));
        var call = new Call(tariff, context, node, request.Run, request.InputBound, WithRequest(request.Other, tariff), null, now);
        if (IsCrowded(call, request.TokensEstimate))
            return Refused(Crowded(call, request.TokensEstimate));

        long output;
        if (request.Precise)
        {
            output = PreciseOutput(request, call);
            if (IsLeaseShort(request, output, call) is { } wait)
                return Refused(wait);
            if (output == 0)
                return Refused(OutOfQuota(request.OutputMin, call));
        }
        else
        {
            output = request.OutputWanted;
            if (IsOverrun(call, output) || !Cover(call.WorstCase(output, AmpleRoom), call))
                return new(HoldVerdict.Tight);
            Cover(call.WorstCase(output), call);
        }

        var held = TakeHeld();
        Emit(
            new Dispatched(
                now,
                request.Charge,
                request.Key,
                tariff.Model,
                tariff.Version,
                request.Vendor,
                request.Deployment,
                request.Stream,
                request.InputBound,
                request.InputEstimate,
                output,
                held,
                request.Node,
                request.IdempotencyKey
            )
            {
                Other = request.Other == default ? null : request.Other,
                Traits = request.Traits,
                Allotment = request.Allotment,
                Run = request.Run,
                Counted = CountHeld(call, request.TokensEstimate, output),
            }
        );
        return Granted(output, held, call);
    }

    private HoldOutcome Granted(long output, HeldPart[] held, in Call call)
    {
        var payer = held.Length > 0 && buckets[held[0].Bucket] is { IsMoney: false } quota ? quota : null;
        return new(
            HoldVerdict.Granted,
            output,
            Remaining: payer?.Remaining ?? 0,
            Limit: payer?.Granted ?? 0,
            ResetsAt: payer?.Grant.ExpiresAt,
            Requests: TightestRate(call)
        );
    }

    /// <summary>The answer was lost on its way, and is asked for again.</summary>
    private HoldOutcome HeldBefore(OpenCharge charge, HoldRequest request, DateTimeOffset now) =>
        charge.Dispatch.Node == request.Node && charge.Dispatch.Key == request.Key
            ? Granted(charge.OutputHeld, charge.Held, CallOf(charge, now))
            : throw new InvalidOperationException($"charge {charge.Id} was held before");

    private long PreciseOutput(HoldRequest request, in Call call)
    {
        if (request.OutputWanted > request.OutputModest)
        {
            var ample = MostAffordable(call, request.OutputModest, request.OutputWanted, AmpleRoom);
            if (ample > 0 && Cover(call.WorstCase(ample), call))
                return ample;
        }
        return MostAffordable(call, request.OutputMin, request.OutputModest);
    }

    public ExtendOutcome Extend(ExtendRequest request, DateTimeOffset now)
    {
        if (!open.TryGetValue(request.Charge, out var charge))
            return new(false, 0);
        Tidy(now);
        var output = charge.OutputHeld;
        var (held, counted) = (charge.Held, charge.Counted);
        if (request.OutputWanted > output)
        {
            // Less than the least wanted is no extension, but what is held already stays.
            var least = Math.Max(output, request.OutputMin);
            var most = Math.Max(request.OutputWanted, least);
            var call = CallOf(charge, now);
            var affordable = MostAffordable(call, least, most);
            if (affordable > output)
            {
                (output, held) = (affordable, TakeHeld());
                counted = CountHeld(call, charge.Counted?.TokensEstimate ?? 0, output);
            }
        }
        Emit(new Extended(now, charge.Id, request.DeliveredInput, request.DeliveredOutput, output, held) { Counted = counted });
        return new(output >= request.OutputMin, output);
    }

    public EndOutcome Settle(SettleRequest request, DateTimeOffset now)
    {
        var content = HashCode.Combine(request.Usage, request.Basis, request.Ending);
        if (!open.TryGetValue(request.Charge, out var charge))
            return Ended(request.Charge, content);

        Tidy(now);
        var tariff = charge.Tariff;
        var usage = WithRequest(request.Usage, tariff);
        var call = CallOf(charge, now);
        var traits = charge.Traits;
        if (request.Service is { } served && served != traits.Service)
            (call, traits) = AsServed(call, traits, usage, served);
        var demand = Demand.Exact(tariff, call.Context, usage);
        var retail = demand.In(tariff.Price, MeterSet.All);
        var uncollected = Cover(demand, call) ? 0 : Unpaid(demand);
        var settled = parts.Count == 0 ? [] : new SettledPart[parts.Count];
        for (var i = 0; i < settled.Length; i++)
            settled[i] = new SettledPart(parts[i].Bucket.Id, charge.HeldIn(parts[i].Bucket.Id), parts[i].Amount);
        var record = Record(charge, request, usage, traits, call.Context.VolumeBefore, retail, uncollected, now);
        parts.Clear();
        Emit(
            new Settled(now, charge.Id, settled, retail, uncollected, request.Basis)
            {
                Counted = CountUsed(charge, demand, retail),
                Volume = tariff.Volume is { } group ? new VolumeCount(group.Name, group.TimeZone, group.CountOf(usage)) : null,
            }
        );
        ended.Remember(charge.Id, content);
        Tell(charge, settled, now);
        if (uncollectedCount >= UncollectedMax && !suspended)
            Suspend($"{uncollectedCount} calls used more than the account could pay", new CommandId(charge.Id.Value), now);
        return new(EndVerdict.Done, record, QuotaLeft(settled));
    }

    private long? QuotaLeft(SettledPart[] settled)
    {
        foreach (var part in settled)
        {
            if (buckets[part.Bucket] is { IsMoney: false } bucket)
                return bucket.Remaining;
        }
        return null;
    }

    public EndOutcome Release(ReleaseRequest request, DateTimeOffset now)
    {
        const int content = 0;
        if (!open.ContainsKey(request.Charge))
            return Ended(request.Charge, content);
        Emit(new Released(now, request.Charge, request.Reason, request.Attempts));
        ended.Remember(request.Charge, content);
        return new(EndVerdict.Done);
    }

    /// <summary>Open charges of gateway runs that are gone.</summary>
    public ChargeId[] Orphans(LiveRuns runs) =>
        [.. open.Values.Where(charge => runs.IsGone(charge.Dispatch.Node)).Select(charge => charge.Id)];

    /// <summary>The recovery rule: a stream settles at its input plus its last durable checkpoint, a call without a stream is released.</summary>
    public EndOutcome Recover(ChargeId id, DateTimeOffset now)
    {
        if (!open.TryGetValue(id, out var charge))
            return new(EndVerdict.Unknown);
        var dispatch = charge.Dispatch;
        var attempt = new VendorAttempt(
            dispatch.Vendor,
            dispatch.Deployment,
            dispatch.At,
            "unknown: the gateway that made it is gone",
            null
        );
        if (!dispatch.Stream)
            return Release(new ReleaseRequest(id, "recovered", [attempt]), now);
        var input = charge.Last is { DeliveredInput: > 0 } last ? last.DeliveredInput : dispatch.InputEstimate;
        return Settle(
            new SettleRequest
            {
                Charge = id,
                Usage = Usage.Of(input, charge.Last?.DeliveredOutput ?? 0),
                Basis = UsageBasis.Recovered,
                Ending = CallEnding.Recovered,
                Attempts = [attempt],
            },
            now
        );
    }

    /// <summary>A call is one request, whether it says so or not; said only where the tariff asks, so that other records need not carry it.</summary>
    private static Usage WithRequest(Usage usage, ModelTariff tariff)
    {
        if (usage[Meter.Request] == 0 && tariff.Charges(Meter.Request))
            usage[Meter.Request] = 1;
        return usage;
    }

    private Call CallOf(OpenCharge charge, DateTimeOffset now)
    {
        var dispatch = charge.Dispatch;
        var context = charge.Tariff.Context(dispatch.At, charge.Traits, VolumeBefore(charge.Tariff, dispatch.At));
        var other = WithRequest(dispatch.Other ?? default, charge.Tariff);
        return new Call(charge.Tariff, context, charge.Node, dispatch.Run, dispatch.InputBound, other, charge, now);
    }

    /// <summary>The vendor served another class than was asked for: the customer pays the cheaper of the two, which the hold covers.</summary>
    private static (Call Call, CallTraits Traits) AsServed(in Call call, CallTraits traits, in Usage usage, ServiceClass served)
    {
        var other = traits with { Service = served };
        var context = call.Tariff.Context(call.Context.StartedAt, other, call.Context.VolumeBefore);
        return call.Tariff.Retail(usage, context) < call.Tariff.Retail(usage, call.Context)
            ? (call with { Context = context }, other)
            : (call, traits);
    }

    private EndOutcome Ended(ChargeId charge, int content)
    {
        if (!ended.TryGet(charge, out var known))
            return new(EndVerdict.Unknown);
        return new(known == content ? EndVerdict.Replayed : EndVerdict.Conflict);
    }

    /// <summary>Takes the payments from <see cref="parts"/>.</summary>
    private UsageRecord Record(
        OpenCharge charge,
        SettleRequest request,
        in Usage usage,
        CallTraits traits,
        long volumeBefore,
        long retail,
        long uncollected,
        DateTimeOffset now
    )
    {
        var paid = 0;
        foreach (var part in parts)
            paid += part.Amount > 0 ? 1 : 0;
        var payments = paid == 0 ? [] : new Payment[paid];
        var free = retail - uncollected;
        foreach (var part in parts)
        {
            if (part.Amount == 0)
                continue;
            var bucket = part.Bucket;
            free -= part.Worth;
            payments[^paid--] = new Payment(
                bucket.Id,
                bucket.Grant.Name,
                bucket.UnitName,
                bucket.IsMoney,
                part.Amount,
                part.Worth,
                bucket.Grant.Meters
            );
        }
        var dispatch = charge.Dispatch;
        var vendor = request.Vendor ?? dispatch.Vendor;
        return new UsageRecord
        {
            Charge = charge.Id,
            Account = Id,
            Key = dispatch.Key,
            Model = dispatch.Model,
            AnsweredModel = request.AnsweredModel,
            Vendor = vendor,
            Deployment = request.Deployment ?? dispatch.Deployment,
            TariffVersion = dispatch.TariffVersion,
            StartedAt = dispatch.At,
            EndedAt = now,
            Stream = dispatch.Stream,
            Usage = usage,
            Basis = request.Basis,
            Ending = request.Ending,
            Check = request.Check,
            Payments = payments,
            RetailNano = retail,
            UncollectedNano = uncollected,
            FreeNano = free,
            Currency = charge.Tariff.Currency,
            Traits = traits == CallTraits.Plain ? null : traits,
            VolumeBefore = volumeBefore,
            Allotment = dispatch.Allotment,
            Run = dispatch.Run,
            Wholesale = WholesaleOf(vendor, dispatch, traits, request.Service ?? traits.Service, usage),
            Attempts = request.Attempts,
            VendorUsage = request.VendorUsage,
        };
    }

    /// <summary>The vendor is owed the class it served, whichever the customer is charged.</summary>
    private WholesaleCost? WholesaleOf(string vendor, Dispatched dispatch, CallTraits traits, ServiceClass served, in Usage usage)
    {
        if (tariffs.Current.FindContract(vendor, dispatch.Model, dispatch.At) is not { } contract)
            return null;
        var isOther = served != traits.Service;
        var context = contract.Context(dispatch.At, isOther ? traits with { Service = served } : traits, 0);
        return new(contract.Version, contract.Currency, contract.Retail(usage, context), isOther ? served : null);
    }

    private RateRoom? TightestRate(in Call call)
    {
        RateRoom? tightest = null;
        for (var node = call.Node; node is not null; node = node.Parent)
        {
            foreach (var counter in node.Counters)
            {
                if (counter.Limit is not { IsRate: true, Measure: Measure.Requests } limit || !limit.Covers(call.Model))
                    continue;
                var raised = Raised(node, limit, call.Now);
                var room = counter.Room(call.Now, call.Run, raised);
                if (tightest is null || room < tightest.Value.Remaining)
                    tightest = new(limit.MaxWith(raised), room, counter.ResetsAt(call.Now));
            }
        }
        return tightest;
    }

    private static HoldOutcome Refused(Refusal refusal) => new(HoldVerdict.Refused, Refusal: refusal);
}
