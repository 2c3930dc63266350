using System.Collections.Frozen;

namespace Tokenline.Charging.Accounts;

/// <summary>A quantity that can be spent. Only <see cref="ChargingAccount"/> moves its amounts, and only while it applies an entry.</summary>
internal sealed class Bucket
{
    private readonly FrozenSet<string>? models;

    public Bucket(BucketGrant grant)
    {
        Grant = grant;
        models = grant.Models?.ToFrozenSet();
        Remaining = grant.Amount;
    }

    public Bucket(BucketView view)
        : this(view.Grant)
    {
        Remaining = view.Remaining;
        Reserved = view.Reserved;
        Consumed = view.Consumed;
        Expired = view.Expired;
        Voided = view.Voided;
    }

    public BucketGrant Grant { get; }
    public BucketId Id => Grant.Bucket;
    public long Remaining { get; private set; }
    public long Reserved { get; private set; }
    public long Consumed { get; private set; }
    public long Expired { get; private set; }
    public long Voided { get; private set; }

    public bool IsMoney => Grant.Unit is null;

    public bool IsOpen(DateTimeOffset now) => Grant.ValidFrom <= now && !HasEnded(now);

    public bool HasEnded(DateTimeOffset now) => Grant.ExpiresAt <= now;

    public bool Covers(string model) => models is null || models.Contains(model);

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
        else if (HasEnded(now))
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

    public BucketView View() => new(Grant, Remaining, Reserved, Consumed, Expired, Voided);

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
