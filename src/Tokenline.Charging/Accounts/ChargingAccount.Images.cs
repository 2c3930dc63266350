using Tokenline.Charging.Leases;
using Tokenline.Charging.Limits;

namespace Tokenline.Charging.Accounts;

/// <summary>The account as others see it, and as it is saved.</summary>
public sealed partial class ChargingAccount
{
    /// <param name="now">For what limits count at this instant.</param>
    public AccountView View(DateTimeOffset now) =>
        new(
            Id,
            Sequence,
            suspended,
            payAsYouGo,
            [.. order.Select(bucket => bucket.View(now))],
            [
                .. open.Values.Select(charge => new OpenChargeView(
                    charge.Id,
                    charge.Dispatch.Model,
                    charge.Dispatch.At,
                    charge.Dispatch.Stream,
                    charge.Dispatch.Node
                )),
            ],
            [.. nodes.Values.OrderBy(node => node.Depth).ThenBy(node => node.Terms.Id.Value).Select(node => View(node, now))],
            [.. refills.Values.Select(refill => refill.View())],
            [.. volumes.Select(pair => VolumeViewOf(pair.Key, pair.Value.View(now)))],
            alerts,
            autoPack,
            autoPacks?.Used(now, null) ?? 0,
            Leases(now)
        );

    public AccountImage Image() =>
        new(
            Sequence,
            suspended,
            uncollectedCount,
            payAsYouGo,
            [.. order.Select(bucket => bucket.Image())],
            [.. open.Values.Select(charge => new OpenChargeImage(charge.Sequence, charge.Dispatch, charge.Last))],
            keys.Image(),
            commands.Image(),
            [
                .. nodes
                    .Values.OrderBy(node => node.Depth)
                    .Select(node => new AllotmentImage(node.Terms, [.. node.Counters.Select(counter => counter.Image())])),
            ],
            [.. refills.Values.Select(refill => refill.Image())],
            [.. volumes.Select(pair => new VolumeImage(pair.Key, pair.Value.Image(), pair.Value.Limit.TimeZone!))],
            [.. refunded.Select(pair => new RefundedCharge(pair.Key, pair.Value))],
            ReferenceEquals(alerts, AlertTerms.Default) ? null : alerts,
            autoPack,
            autoPacks is null ? null : new VolumeImage("auto-packs", autoPacks.Image(), autoPacks.Limit.TimeZone!),
            days.Image(),
            given.Count == 0 ? null : [.. given.Values.Select(lease => lease.Image())],
            taken?.Image()
        );

    private void Load(AccountImage image)
    {
        Sequence = image.Sequence;
        suspended = image.Suspended;
        uncollectedCount = image.UncollectedCount;
        payAsYouGo = image.PayAsYouGo;
        alerts = image.Alerts ?? AlertTerms.Default;
        foreach (var bucket in image.Buckets)
            Add(new Bucket(bucket));
        foreach (var node in image.Allotments)
            Load(node);
        foreach (var charge in image.Open)
        {
            var opened = Opened(charge.Sequence, charge.Dispatch);
            if (charge.Last is not null)
                opened.Extend(charge.Last);
        }
        foreach (var key in image.IdempotencyKeys)
            keys.Add(key, DateTimeOffset.MinValue);
        foreach (var command in image.Commands)
            commands.Add(command.Command, command.Content);
        foreach (var refill in image.Refills)
            refills.Add(refill.Terms.Id, new RefillState(refill));
        foreach (var volume in image.Volumes)
            VolumeOf(volume.Group, volume.TimeZone).Load(volume.Count);
        foreach (var refund in image.Refunds)
            refunded.Add(refund.Charge, refund.Millionths);
        autoPack = image.AutoPack;
        if (image.AutoPacks is { } packs)
        {
            autoPacks = NewAutoPacks(packs.TimeZone);
            autoPacks.Load(packs.Count);
        }
        days.Load(image.Days);
        foreach (var lease in image.Given ?? [])
            Give(new GivenLease(lease));
        taken = image.Taken is null ? null : new TakenLease(image.Taken);
        nextDue = DateTimeOffset.MinValue;
    }

    /// <param name="bornAt">Null: as saved. From another account: here and now, as its calls are not this one's.</param>
    private void Load(AllotmentImage image, long? bornAt = null)
    {
        ApplyAllotment(image.Terms);
        var counters = nodes[image.Terms.Id].Counters;
        for (var i = 0; i < counters.Length; i++)
        {
            counters[i] = LimitCounter.Of(counters[i].Limit, bornAt ?? image.Limits[i].BornAt);
            counters[i].Load(image.Limits[i]);
        }
    }

    private static VolumeView VolumeViewOf(string group, LimitView count) => new(group, count.Used, count.From, count.ResetsAt);
}
