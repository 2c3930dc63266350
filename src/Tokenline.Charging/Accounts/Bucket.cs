using System.Collections.Frozen;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Limits;

namespace Tokenline.Charging.Accounts;

/// <summary>A quantity that can be spent. Only <see cref="ChargingAccount"/> moves its amounts, and only while it applies an entry.</summary>
internal sealed class Bucket
{
    private readonly FrozenSet<string>? models;

    public Bucket(BucketGrant grant)
    {
        Grant = grant;
        models = grant.Models?.ToFrozenSet();
        Meters = grant.Meters ?? MeterSet.All;
        Granted = Remaining = grant.Amount;
        Counters = grant.Limits is { } limits ? Array.ConvertAll(limits, limit => LimitCounter.Of(limit, 0)) : [];
    }

    public Bucket(BucketImage image)
        : this(image.Grant)
    {
        Granted = image.Granted;
        Remaining = image.Remaining;
        Reserved = image.Reserved;
        Consumed = image.Consumed;
        Expired = image.Expired;
        Voided = image.Voided;
        Transferred = image.Transferred;
        ToldPercent = image.ToldPercent;
        IsEndTold = image.IsEndTold;
        Leased = image.Leased;
        LeasedUntil = image.LeasedUntil;
        GivenBack = image.GivenBack;
        for (var i = 0; i < Counters.Length; i++)
            Counters[i].Load(image.Limits![i]);
    }

    public BucketGrant Grant { get; private set; }
    public BucketId Id => Grant.Bucket;
    public MeterSet Meters { get; }

    /// <summary>What was granted and what was transferred into it.</summary>
    public long Granted { get; private set; }
    public long Remaining { get; private set; }
    public long Reserved { get; private set; }
    public long Consumed { get; private set; }
    public long Expired { get; private set; }
    public long Voided { get; private set; }

    /// <summary>Moved to another bucket.</summary>
    public long Transferred { get; private set; }

    /// <summary>Lent to another account, and not accounted for.</summary>
    public long Leased { get; private set; }

    /// <summary>Set where it is itself lent by another account: it is open for so long, and what is left then is given back instead of expiring.</summary>
    public DateTimeOffset? LeasedUntil { get; set; }

    /// <summary>Of what was given back, what had been consumed before.</summary>
    public long GivenBack { get; private set; }

    /// <summary>Its windows, which count what it pays.</summary>
    public LimitCounter[] Counters { get; }

    public int ToldPercent { get; set; }
    public bool IsEndTold { get; set; }

    public bool IsMoney => Grant.Unit is null;

    /// <summary>The unit of its amounts, in words.</summary>
    public string UnitName => Grant.Unit?.Name ?? Grant.Currency!.Value.Code;

    public bool IsOpen(DateTimeOffset now) => Grant.ValidFrom <= now && !HasEnded(now);

    public bool HasEnded(DateTimeOffset now) => Grant.ExpiresAt <= now || LeasedUntil <= now;

    /// <summary>What is left of it is to be given back now.</summary>
    public bool IsToReturn(DateTimeOffset now) => LeasedUntil is not null && Remaining > 0 && HasEnded(now);

    public bool Covers(string model) => models is null || models.Contains(model);

    /// <summary>Its seat is another's now, or nobody's.</summary>
    public void Pass(AllotmentId? holder) => Grant = Grant with { Seat = Grant.Seat!.Value with { Holder = holder } };

    public void Reserve(long amount)
    {
        Remaining = Take(Remaining, amount);
        Reserved = checked(Reserved + amount);
    }

    /// <summary>Makes a running hold larger, or smaller where another bucket took over a part of it.</summary>
    public void Rehold(long before, long after, DateTimeOffset now)
    {
        if (after >= before)
            Reserve(after - before);
        else
            Settle(before - after, 0, now);
    }

    /// <summary>Ends a hold: <paramref name="used"/> is spent, the rest goes back, or expires if the bucket has ended meanwhile.</summary>
    public void Settle(long held, long used, DateTimeOffset now)
    {
        Reserved = Take(Reserved, held);
        Consumed = checked(Consumed + used);
        if (used > held)
            Remaining = Take(Remaining, used - held);
        else if (Expires(now))
            Expired = checked(Expired + held - used);
        else
            Remaining = checked(Remaining + held - used);
    }

    public void Expire(long amount)
    {
        Remaining = Take(Remaining, amount);
        Expired = checked(Expired + amount);
    }

    public void Void(long amount)
    {
        Remaining = Take(Remaining, amount);
        Voided = checked(Voided + amount);
    }

    public void TransferOut(long amount)
    {
        Remaining = Take(Remaining, amount);
        Transferred = checked(Transferred + amount);
    }

    public void TransferIn(long amount)
    {
        Granted = checked(Granted + amount);
        Remaining = checked(Remaining + amount);
    }

    /// <summary>What was spent comes back: to be spent again, or to another bucket, or – where the bucket has ended and nothing is revived – to nobody.</summary>
    public void Refund(long amount, bool isRevived, DateTimeOffset now)
    {
        Consumed = Take(Consumed, amount);
        if (isRevived)
            Transferred = checked(Transferred + amount);
        else if (Expires(now))
            Expired = checked(Expired + amount);
        else
            Remaining = checked(Remaining + amount);
    }

    public void Lend(long amount)
    {
        Remaining = Take(Remaining, amount);
        Leased = checked(Leased + amount);
    }

    /// <summary>What was lent was consumed elsewhere, or comes back; consumed is less than nothing where a charge was given back.</summary>
    public void Account(AccountedAmount amount, DateTimeOffset now)
    {
        Leased = Take(Leased + Math.Max(0, -amount.Consumed), Math.Max(0, amount.Consumed));
        Leased = Take(Leased, checked(amount.Unused + amount.Refunded));
        Consumed = checked(Consumed + amount.Consumed);
        if (HasEnded(now))
            Expired = checked(Expired + amount.Unused);
        else
            Remaining = checked(Remaining + amount.Unused);
        if (amount.Revived is not null)
            Transferred = checked(Transferred + amount.Refunded);
        else
            Remaining = checked(Remaining + amount.Refunded);
    }

    public void GiveBack(long amount, long refunded)
    {
        TransferOut(amount);
        GivenBack = checked(GivenBack + refunded);
    }

    public BucketView View(DateTimeOffset now) =>
        new(
            Grant,
            Granted,
            Remaining,
            Reserved,
            Consumed,
            Expired,
            Voided,
            Transferred,
            Counters.Length == 0 ? null : Array.ConvertAll(Counters, counter => counter.View(now)),
            Leased
        );

    public BucketImage Image() =>
        new(
            Grant,
            Granted,
            Remaining,
            Reserved,
            Consumed,
            Expired,
            Voided,
            Transferred,
            ToldPercent,
            IsEndTold,
            Counters.Length == 0 ? null : Array.ConvertAll(Counters, counter => counter.Image()),
            Leased,
            LeasedUntil,
            GivenBack
        );

    private bool Expires(DateTimeOffset now) => LeasedUntil is null && HasEnded(now);

    private long Take(long from, long amount) =>
        amount >= 0 && amount <= from
            ? from - amount
            : throw new InvalidOperationException($"bucket {Id} would go below zero: {from} − {amount}");

    /// <summary>The order of paying: priority, then what ends first, then what is oldest.</summary>
    public static readonly Comparer<Bucket> PayingOrder = Comparer<Bucket>.Create(Compare);

    private static int Compare(Bucket a, Bucket b)
    {
        var byPriority = a.Grant.Priority.CompareTo(b.Grant.Priority);
        if (byPriority != 0)
            return byPriority;
        var byEnd = (a.Grant.ExpiresAt ?? DateTimeOffset.MaxValue).CompareTo(b.Grant.ExpiresAt ?? DateTimeOffset.MaxValue);
        return byEnd != 0 ? byEnd : a.Id.Value.CompareTo(b.Id.Value);
    }
}
