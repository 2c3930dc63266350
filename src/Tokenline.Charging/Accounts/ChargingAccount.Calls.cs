using Tokenline.Charging.Journal;
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
        if (suspended)
            return Refused(Problems.AccountSuspended, "This account is suspended. Please contact the operator's support.");
        if (request.IdempotencyKey is { } key && keys.TryGet(key, now, out var first))
            return new(
                HoldVerdict.Refused,
                Refusal: new Refusal(Problems.IdempotencyConflict, "This Idempotency-Key was used before.", First: first)
            );
        if (open.ContainsKey(request.Charge) || ended.TryGet(request.Charge, out _))
            throw new InvalidOperationException($"charge {request.Charge} was held before");
        if (open.Count >= OpenMax)
            return Refused(Problems.ConcurrencyLimitReached, $"{OpenMax} calls of this account are running. Wait for one to end.");

        ExpireEnded(now);
        EnsurePayMonth(now);
        var tariff = request.Tariff;
        long output;
        if (request.Precise)
        {
            output = PreciseOutput(request, now);
            if (output == 0)
                return OutOfQuota(tariff, now);
        }
        else
        {
            output = request.OutputWanted;
            var ample = Demand.WorstCase(tariff, request.InputBound, output, AmpleRoom);
            if (!Cover(ample, tariff.Model, tariff.Currency, own: null, now).IsNothing)
                return new(HoldVerdict.Tight);
            Cover(Demand.WorstCase(tariff, request.InputBound, output), tariff.Model, tariff.Currency, own: null, now);
        }

        var held = TakeParts();
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
        );
        var payer = held.Length > 0 ? buckets[held[0].Bucket] : null;
        return new(
            HoldVerdict.Granted,
            output,
            Remaining: payer?.Remaining ?? 0,
            Limit: payer?.Grant.Amount ?? 0,
            ResetsAt: payer?.Grant.ExpiresAt
        );
    }

    private long PreciseOutput(HoldRequest request, DateTimeOffset now)
    {
        var (tariff, input) = (request.Tariff, request.InputBound);
        if (request.OutputWanted > request.OutputModest)
        {
            var ample = MostAffordable(tariff, input, request.OutputModest, request.OutputWanted, own: null, now, AmpleRoom);
            if (ample > 0 && Cover(Demand.WorstCase(tariff, input, ample), tariff.Model, tariff.Currency, own: null, now).IsNothing)
                return ample;
        }
        return MostAffordable(tariff, input, request.OutputMin, request.OutputModest, own: null, now);
    }

    public ExtendOutcome Extend(ExtendRequest request, DateTimeOffset now)
    {
        if (!open.TryGetValue(request.Charge, out var charge))
            return new(false, 0);
        ExpireEnded(now);
        var dispatch = charge.Dispatch;
        var output = charge.OutputHeld;
        var held = charge.Held;
        if (request.OutputWanted > output)
        {
            // Less than the least wanted is no extension, but what is held already stays.
            var least = Math.Max(output, request.OutputMin);
            var most = Math.Max(request.OutputWanted, least);
            var affordable = MostAffordable(charge.Tariff, dispatch.InputBound, least, most, charge, now);
            if (affordable > output)
                (output, held) = (affordable, TakeParts());
        }
        Emit(new Extended(now, charge.Id, request.DeliveredInput, request.DeliveredOutput, output, held));
        return new(output >= request.OutputMin, output);
    }

    public EndOutcome Settle(SettleRequest request, DateTimeOffset now)
    {
        var content = HashCode.Combine(request.Usage, request.Basis, request.Ending);
        if (!open.TryGetValue(request.Charge, out var charge))
            return Ended(request.Charge, content);

        ExpireEnded(now);
        var tariff = charge.Tariff;
        var usage = request.Usage;
        var rest = Cover(Demand.Exact(tariff, usage), tariff.Model, tariff.Currency, charge, now);
        var retail = tariff.Retail(usage);
        var uncollected = rest.IsNothing ? 0 : (long)rest.Of(retail, exact: true);
        var settled = new SettledPart[parts.Count];
        for (var i = 0; i < settled.Length; i++)
            settled[i] = new SettledPart(parts[i].Bucket, charge.HeldIn(parts[i].Bucket), parts[i].Amount);
        parts.Clear();
        Emit(new Settled(now, charge.Id, settled, retail, uncollected, request.Basis));
        ended.Remember(charge.Id, content);
        if (uncollectedCount >= UncollectedMax && !suspended)
            Emit(
                new StandingSet(now, true, $"{uncollectedCount} calls used more than the account could pay", new CommandId(charge.Id.Value))
            );
        return new(EndVerdict.Done, Record(charge, request, settled, retail, uncollected, now));
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
    public ChargeId[] Orphans(IReadOnlyCollection<long> liveNodes) =>
        [.. open.Values.Where(charge => !liveNodes.Contains(charge.Dispatch.Node)).Select(charge => charge.Id)];

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

    private EndOutcome Ended(ChargeId charge, int content)
    {
        if (!ended.TryGet(charge, out var known))
            return new(EndVerdict.Unknown);
        return new(known == content ? EndVerdict.Replayed : EndVerdict.Conflict);
    }

    private UsageRecord Record(
        OpenCharge charge,
        SettleRequest request,
        SettledPart[] settled,
        long retail,
        long uncollected,
        DateTimeOffset now
    )
    {
        var paid = 0;
        foreach (var part in settled)
            paid += part.Used > 0 ? 1 : 0;
        var payments = new Payment[paid];
        foreach (var part in settled)
        {
            if (part.Used == 0)
                continue;
            var grant = buckets[part.Bucket].Grant;
            payments[^paid--] = new Payment(
                part.Bucket,
                grant.Name,
                grant.Unit?.Name ?? grant.Currency!.Value.Code,
                grant.Unit is null,
                part.Used
            );
        }
        var dispatch = charge.Dispatch;
        return new UsageRecord
        {
            Charge = charge.Id,
            Account = Id,
            Key = dispatch.Key,
            Model = dispatch.Model,
            AnsweredModel = request.AnsweredModel,
            Vendor = request.Vendor ?? dispatch.Vendor,
            Deployment = request.Deployment ?? dispatch.Deployment,
            TariffVersion = dispatch.TariffVersion,
            StartedAt = dispatch.At,
            EndedAt = now,
            Stream = dispatch.Stream,
            Usage = request.Usage,
            Basis = request.Basis,
            Ending = request.Ending,
            Check = request.Check,
            Payments = payments,
            RetailNano = retail,
            UncollectedNano = uncollected,
            Currency = charge.Tariff.Currency,
            Attempts = request.Attempts,
            VendorUsage = request.VendorUsage,
        };
    }

    private HoldOutcome OutOfQuota(ModelTariff tariff, DateTimeOffset now)
    {
        if (payAsYouGo is { } terms && terms.Currency == tariff.Currency)
        {
            var end = PayMonth.Of(now, terms.TimeZone).End;
            var cap = new Money(terms.CapNano, terms.Currency);
            return Refused(
                Problems.SpendCapReached,
                $"Your pay-as-you-go cap of {cap} a month does not cover this call any more. Raise the cap or buy a pack.",
                end
            );
        }
        Bucket? largest = null;
        foreach (var bucket in order)
        {
            if (bucket.IsOpen(now) && bucket.Covers(tariff.Model) && (largest is null || bucket.Remaining > largest.Remaining))
                largest = bucket;
        }
        return largest is null
            ? Refused(Problems.InsufficientQuota, $"No plan or pack of yours pays for {tariff.Model}. Buy one in the shop.")
            : Refused(
                Problems.InsufficientQuota,
                $"What is left of {largest.Grant.Name} does not cover this call of {tariff.Model}. Buy a pack, or allow pay-as-you-go.",
                largest.Grant.ExpiresAt
            );
    }

    private static HoldOutcome Refused(Problem problem, string message, DateTimeOffset? resetsAt = null) =>
        new(HoldVerdict.Refused, Refusal: new Refusal(problem, message, resetsAt));
}
