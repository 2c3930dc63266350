using Tokenline.Charging.Leases;
using Tokenline.Charging.Limits;

namespace Tokenline.Charging.Accounts;

/// <summary>
/// A bucket as it is, in micro-units of quota or nano of money:
/// <c>granted = remaining + reserved + consumed + expired + voided + transferred + leased</c>, where granted includes what was transferred into it.
/// </summary>
/// <param name="Consumed">By calls of this account, and of those that live on a lease of it as far as they have accounted for it.</param>
/// <param name="Leased">Lent to other accounts, and neither known to be consumed nor returned.</param>
public sealed record BucketView(
    BucketGrant Grant,
    long Granted,
    long Remaining,
    long Reserved,
    long Consumed,
    long Expired,
    long Voided,
    long Transferred,
    IReadOnlyList<LimitView>? Limits,
    long Leased = 0
);

public sealed record OpenChargeView(ChargeId Charge, string Model, DateTimeOffset StartedAt, bool Stream, long Node);

/// <summary>What the account has used this month of a volume group.</summary>
public sealed record VolumeView(string Group, long Count, DateTimeOffset? From, DateTimeOffset? ResetsAt);

/// <summary>The state of an account at a sequence of its journal.</summary>
/// <param name="Allotments">The account itself first, then every node after its parent.</param>
/// <param name="AutoPacksBought">This month.</param>
public sealed record AccountView(
    AccountId Account,
    long Sequence,
    bool Suspended,
    PayAsYouGo? PayAsYouGo,
    IReadOnlyList<BucketView> Buckets,
    IReadOnlyList<OpenChargeView> Open,
    IReadOnlyList<AllotmentView> Allotments,
    IReadOnlyList<RefillView> Refills,
    IReadOnlyList<VolumeView> Volumes,
    AlertTerms Alerts,
    AutoPack? AutoPack,
    long AutoPacksBought,
    LeaseBook Leases
);
