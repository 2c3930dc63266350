using System.Text.Json.Serialization;
using Tokenline.Charging.Leases;
using Tokenline.Charging.Limits;

namespace Tokenline.Charging.Accounts;

/// <summary>The whole state of an account at a sequence, as saved so that a claim need not replay its whole journal.</summary>
public sealed record AccountImage(
    long Sequence,
    bool Suspended,
    int UncollectedCount,
    PayAsYouGo? PayAsYouGo,
    BucketImage[] Buckets,
    OpenChargeImage[] Open,
    SeenKey[] IdempotencyKeys,
    SeenCommand[] Commands,
    AllotmentImage[] Allotments,
    RefillImage[] Refills,
    VolumeImage[] Volumes,
    RefundedCharge[] Refunds,
    AlertTerms? Alerts,
    AutoPack? AutoPack,
    VolumeImage? AutoPacks,
    DaySum[] Days,
    GivenLeaseImage[]? Given = null,
    TakenLeaseImage? Taken = null
);

public sealed record BucketImage(
    BucketGrant Grant,
    long Granted,
    long Remaining,
    long Reserved,
    long Consumed,
    long Expired,
    long Voided,
    long Transferred,
    int ToldPercent,
    bool IsEndTold,
    LimitImage[]? Limits,
    long Leased = 0,
    DateTimeOffset? LeasedUntil = null,
    long GivenBack = 0
);

/// <param name="Sequence">Of its dispatch.</param>
public sealed record OpenChargeImage(long Sequence, Journal.Dispatched Dispatch, Journal.Extended? Last);

/// <summary>An idempotency key (its hash), the charge that used it first, and until when that is remembered.</summary>
public sealed record SeenKey(UInt128 Key, ChargeId Charge, DateTimeOffset Until);

/// <summary>A command that was carried out, and the hash of its content.</summary>
public sealed record SeenCommand(CommandId Command, long Content);

public sealed record AllotmentImage(Allotment Terms, LimitImage[] Limits);

public sealed record RefillImage(Refill Terms, BucketId? Bucket, DateTimeOffset NextAt, bool IsStopped);

public sealed record VolumeImage(string Group, LimitImage Count, string TimeZone);

/// <summary>How much of a charge was given back, in millionths.</summary>
public sealed record RefundedCharge(ChargeId Charge, int Millionths);

/// <summary>The retail value of a day's calls.</summary>
/// <param name="Day">Days since 1970, UTC.</param>
[method: JsonConstructor]
public readonly record struct DaySum(int Day, long Nano, bool IsTold);
