namespace Tokenline.Charging.Accounts;

/// <summary>The whole state of an account at a sequence, as saved so that a claim need not replay its whole journal.</summary>
public sealed record AccountImage(
    long Sequence,
    bool Suspended,
    int UncollectedCount,
    PayAsYouGo? PayAsYouGo,
    BucketView[] Buckets,
    OpenChargeImage[] Open,
    SeenKey[] IdempotencyKeys,
    SeenCommand[] Commands
);

public sealed record OpenChargeImage(Journal.Dispatched Dispatch, Journal.Extended? Last);

/// <summary>An idempotency key (its hash), the charge that used it first, and until when that is remembered.</summary>
public sealed record SeenKey(UInt128 Key, ChargeId Charge, DateTimeOffset Until);

/// <summary>A command that was carried out, and the hash of its content.</summary>
public sealed record SeenCommand(CommandId Command, long Content);
