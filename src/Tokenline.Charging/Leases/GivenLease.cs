using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;

namespace Tokenline.Charging.Leases;

/// <summary>A lease that the account has given, and what has become of what it lent. Only the engine moves it, and only while it applies an entry.</summary>
internal sealed class GivenLease(LeaseTerms terms)
{
    private readonly Dictionary<BucketId, GivenPart> parts = [];

    public GivenLease(GivenLeaseImage image)
        : this(image.Terms)
    {
        (Number, Until, ReportedAt, IsEnding, HasEnded) = (image.Number, image.Until, image.ReportedAt, image.IsEnding, image.HasEnded);
        foreach (var part in image.Parts)
            parts.Add(part.Mirror.Bucket, new GivenPart(part));
    }

    public LeaseTerms Terms { get; } = terms;
    public long Number { get; private set; }
    public DateTimeOffset? Until { get; private set; }
    public long ReportedAt { get; private set; }
    public bool IsEnding { get; set; }
    public bool HasEnded { get; set; }
    public IReadOnlyCollection<GivenPart> Parts => parts.Values;

    public GivenPart? Find(BucketId mirror) => parts.GetValueOrDefault(mirror);

    /// <summary>The part of a bucket that lives as long as one that is lent now.</summary>
    public GivenPart? Find(BucketId bucket, DateTimeOffset? end)
    {
        foreach (var part in parts.Values)
        {
            if (part.Bucket == bucket && part.Mirror.ExpiresAt == end)
                return part;
        }
        return null;
    }

    public void Lend(Lent lent)
    {
        (Number, Until) = (Number + 1, lent.Until);
        foreach (var amount in lent.Parts)
        {
            if (amount.Opened is { } mirror)
                parts.Add(mirror.Bucket, new GivenPart(amount.Bucket, mirror));
            parts[amount.Mirror].Lent += amount.Amount;
        }
    }

    public void Account(LeaseAccounted accounted)
    {
        ReportedAt = accounted.LesseeSequence;
        foreach (var amount in accounted.Parts)
        {
            var part = parts[amount.Mirror];
            part.Consumed += amount.Consumed;
            part.Returned += amount.Unused + amount.Refunded;
            part.Refunded += amount.Refunded;
        }
    }

    public GivenLeaseImage Image() =>
        new(Terms, Number, Until, ReportedAt, IsEnding, HasEnded, [.. parts.Values.Select(part => part.View())]);
}

/// <summary>What is lent of one bucket, to be spent within the same windows of the limits above.</summary>
internal sealed class GivenPart(BucketId bucket, BucketGrant mirror)
{
    public GivenPart(LentView image)
        : this(image.Bucket, image.Mirror) =>
        (Lent, Consumed, Returned, Refunded) = (image.Lent, image.Consumed, image.Returned, image.Refunded);

    public BucketId Bucket { get; } = bucket;

    /// <summary>The lessee's bucket. Its beginning is when the part was first lent, so the windows that count it are those of this instant.</summary>
    public BucketGrant Mirror { get; } = mirror;

    public long Lent { get; set; }
    public long Consumed { get; set; }
    public long Returned { get; set; }
    public long Refunded { get; set; }

    public LentView View() => new(Bucket, Mirror, Lent, Consumed, Returned, Refunded);
}

public sealed record GivenLeaseImage(
    LeaseTerms Terms,
    long Number,
    DateTimeOffset? Until,
    long ReportedAt,
    bool IsEnding,
    bool HasEnded,
    LentView[] Parts
);
