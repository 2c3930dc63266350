namespace Tokenline.Charging.Leases;

/// <summary>The lease that an account lives on. Only the engine moves it, and only while it applies an entry.</summary>
internal sealed class TakenLease(AccountId lessor, LeaseTerms terms)
{
    public TakenLease(TakenLeaseImage image)
        : this(image.Lessor, image.Terms) =>
        (Number, Until, IsEnding, IsLessorSuspended) = (image.Number, image.Until, image.IsEnding, image.IsLessorSuspended);

    public AccountId Lessor { get; } = lessor;
    public LeaseTerms Terms { get; } = terms;
    public long Number { get; set; }
    public DateTimeOffset? Until { get; set; }
    public bool IsEnding { get; set; }
    public bool IsLessorSuspended { get; set; }

    /// <summary>Calls came since the newest supply. Of this activation alone: forgotten, the next call says so again.</summary>
    public bool IsUsed { get; set; }

    public TakenLeaseImage Image() => new(Lessor, Terms, Number, Until, IsEnding, IsLessorSuspended);
}

public sealed record TakenLeaseImage(
    AccountId Lessor,
    LeaseTerms Terms,
    long Number,
    DateTimeOffset? Until,
    bool IsEnding,
    bool IsLessorSuspended
);
