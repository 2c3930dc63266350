namespace Tokenline.Charging.Accounts;

/// <summary>A bucket as it is: <c>granted = remaining + reserved + consumed + expired + voided</c>, in micro-units of quota or nano of money.</summary>
public sealed record BucketView(BucketGrant Grant, long Remaining, long Reserved, long Consumed, long Expired, long Voided);

public sealed record OpenChargeView(ChargeId Charge, string Model, DateTimeOffset StartedAt, bool Stream, long Node);

/// <summary>The state of an account at a sequence of its journal.</summary>
public sealed record AccountView(
    AccountId Account,
    long Sequence,
    bool Suspended,
    PayAsYouGo? PayAsYouGo,
    IReadOnlyList<BucketView> Buckets,
    IReadOnlyList<OpenChargeView> Open
);
