using Tokenline.Charging.Journal;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Accounts;

/// <summary>Giving back: by the recorded split, to the buckets that paid, out of every counter that had counted it.</summary>
public sealed partial class ChargingAccount
{
    public const int WholeMillionths = 1_000_000;

    /// <summary>A refund to a bucket that has ended can be spent for so long.</summary>
    public static readonly TimeSpan RevivedFor = TimeSpan.FromDays(30);

    private Refusal? Refund(Refund refund, DateTimeOffset now)
    {
        if (refund.Record is not { } record || record.Account != Id || record.Charge != refund.Charge)
            return new(Problems.NotFound, $"the account has no settled charge {refund.Charge}");
        var before = refunded.GetValueOrDefault(refund.Charge);
        if (refund.Millionths < 1 || before + (long)refund.Millionths > WholeMillionths)
            return new(
                Problems.InvalidRequest,
                $"millionths: {before} of {WholeMillionths} were given back already, so 1 to {WholeMillionths - before} can be"
            );
        var after = before + refund.Millionths;
        var returned = new RefundedPart[record.Payments.Length];
        for (var i = 0; i < returned.Length; i++)
        {
            var payment = record.Payments[i];
            var amount = Part(payment.Amount, before, after);
            // No bucket is ever forgotten: one that is not known was granted by a newer owner, as a charge that it has not seen was settled by one.
            if (!buckets.TryGetValue(payment.Bucket, out var bucket) || amount > bucket.Consumed)
                throw new AccountUnavailableException($"{refund.Charge} was settled by a newer owner of {Id} than this one");
            returned[i] = new(payment.Bucket, amount, after == WholeMillionths, amount > 0 ? Revival(bucket, amount, i, now) : null);
        }
        Emit(
            new Refunded(
                now,
                refund.Charge,
                record.StartedAt,
                record.Model,
                record.Allotment,
                record.Run,
                refund.Millionths,
                returned,
                Part(record.RetailNano, before, after),
                CountReturned(record, before, after),
                VolumeReturned(record, before, after),
                refund.Command,
                ContentOf(refund),
                refund.Reason
            )
        );
        foreach (var part in returned)
        {
            if (buckets[part.Bucket].IsToReturn(now))
                Emit(new LeaseReturned(now, part.Bucket, part.Amount, part.Amount));
        }
        return null;
    }

    /// <summary>What the step from one part to the next gives of an amount: all steps together give all of it.</summary>
    private static long Part(long amount, int before, int after) =>
        Rounding.MulDiv(amount, after, WholeMillionths) - Rounding.MulDiv(amount, before, WholeMillionths);

    /// <summary>The bucket that a refund revives: of the same scope, for 30 days. Null where the old one is still open; a postpaid month is corrected on its bill.</summary>
    private BucketGrant? Revival(Bucket bucket, long amount, int number, DateTimeOffset now)
    {
        if (!bucket.HasEnded(now) || bucket.Grant.Type == BucketType.Postpaid || bucket.LeasedUntil is not null)
            return null;
        return Revived(bucket, amount, number, now);
    }

    private BucketGrant Revived(Bucket bucket, long amount, int number, DateTimeOffset now) =>
        bucket.Grant with
        {
            Bucket = NextBucket(number),
            Name = $"{bucket.Grant.Name} (refund)",
            Amount = amount,
            ValidFrom = now,
            ExpiresAt = now + RevivedFor,
            Limits = null,
            IsBlocker = false,
        };

    private Counted? CountReturned(UsageRecord record, int before, int after)
    {
        var node = NodeOf(record.Allotment);
        var tariff = tariffs.Current.Get(record.Model, record.TariffVersion);
        var context = tariff.Context(record.StartedAt, record.Traits ?? CallTraits.Plain, record.VolumeBefore);
        if (!NoteUnits(new Call(tariff, context, node, record.Run, 0, default, null, record.StartedAt)))
            return null;
        var demand = Demand.Exact(tariff, context, record.Usage);
        var quotas = CountUnits(demand);
        for (var i = 0; i < quotas?.Length; i++)
            quotas[i] = quotas[i] with { Micro = Part(quotas[i].Micro, before, after) };
        var tokens = Part(record.Usage.Tokens, before, after);
        return new(tokens, tokens, Part(record.RetailNano, before, after), quotas);
    }

    private VolumeCount? VolumeReturned(UsageRecord record, int before, int after) =>
        tariffs.Current.Get(record.Model, record.TariffVersion).Volume is { } group
            ? new(group.Name, group.TimeZone, Part(group.CountOf(record.Usage), before, after))
            : null;

    private AllotmentNode NodeOf(AllotmentId? allotment) => allotment is { } id && nodes.TryGetValue(id, out var node) ? node : root;

    private void ApplyRefund(Refunded refund)
    {
        foreach (var part in refund.Parts)
        {
            var bucket = buckets[part.Bucket];
            bucket.Refund(part.Amount, part.Revived is not null, refund.At);
            if (part.Revived is not null)
                Add(new Bucket(part.Revived));
            foreach (var counter in bucket.Counters)
            {
                if (!counter.Limit.Covers(refund.Model))
                    continue;
                var isRequests = counter.Limit.Measure == Measure.Requests;
                counter.Correct(refund.StartedAt, 0, isRequests ? (part.IsWhole ? -1 : 0) : -part.Amount, null);
            }
        }
        refunded[refund.Charge] = refunded.GetValueOrDefault(refund.Charge) + refund.Millionths;
        for (var node = NodeOf(refund.Allotment); node is not null; node = node.Parent)
        {
            foreach (var counter in node.Counters)
            {
                if (counter.Limit.Covers(refund.Model))
                    counter.Correct(refund.StartedAt, 0, -ReturnedOf(counter.Limit, refund), refund.Run);
            }
        }
        if (refund.Volume is { } volume)
            VolumeOf(volume.Group, volume.TimeZone).Correct(refund.StartedAt, 0, -volume.Count, null);
        days.Add(refund.StartedAt, -refund.RetailNano);
        nextDue = DateTimeOffset.MinValue; // a bucket that was empty may have something to lose again
    }

    private long ReturnedOf(Limit limit, Refunded refund)
    {
        if (limit.Measure == Measure.Requests)
            return refunded[refund.Charge] == WholeMillionths && !limit.IsRate && limit.Window != LimitWindow.Running ? 1 : 0;
        if (limit.Measure != Measure.Spend)
            return AmountOf(limit, refund.Counted);
        var spend = 0L;
        foreach (var part in refund.Parts)
            spend += IsSpend(part.Bucket, limit) ? part.Amount : 0;
        return spend;
    }
}
