namespace Tokenline.Charging.Accounts;

/// <summary>A refill and where it stands. Only <see cref="ChargingAccount"/> changes it, and only while it applies an entry.</summary>
internal sealed class RefillState(Refill terms)
{
    public RefillState(RefillImage image)
        : this(image.Terms)
    {
        Bucket = image.Bucket;
        NextAt = image.NextAt;
        IsStopped = image.IsStopped;
    }

    public Refill Terms { get; set; } = terms;

    /// <summary>Of the present period.</summary>
    public BucketId? Bucket { get; set; }

    /// <summary>When the next period begins, or the last one ends.</summary>
    public DateTimeOffset NextAt { get; set; } = terms.From;
    public bool IsStopped { get; set; }

    public RefillView View() => new(Terms, Bucket, NextAt == DateTimeOffset.MaxValue ? null : NextAt, IsStopped);

    public RefillImage Image() => new(Terms, Bucket, NextAt, IsStopped);
}
