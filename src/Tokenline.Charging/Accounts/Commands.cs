using System.Text.Json.Serialization;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Accounts;

/// <summary>What a bucket is, and so its place in the order of paying.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BucketType>))]
public enum BucketType
{
    Bonus,
    Plan,
    Pack,

    /// <summary>Money that may be spent and is billed later, up to the customer's own cap.</summary>
    Postpaid,
}

/// <summary>The content of a new bucket. Its id is the command's id: granted again with the same content it changes nothing.</summary>
/// <param name="Amount">Micro-units of <paramref name="Unit"/>, or nano of <paramref name="Currency"/>.</param>
/// <param name="Unit">Null for money.</param>
/// <param name="Models">The Model IDs that it may pay for; null is all.</param>
/// <param name="ExpiresAt">From this instant on it pays nothing new; null is never.</param>
public sealed record BucketGrant(
    BucketId Bucket,
    string Name,
    BucketType Type,
    QuotaUnit? Unit,
    Currency? Currency,
    long Amount,
    int Priority,
    DateTimeOffset ValidFrom,
    DateTimeOffset? ExpiresAt,
    string[]? Models,
    ProductId? Product
);

/// <summary>The customer's own leave to spend beyond the plan, billed later.</summary>
/// <param name="CapNano">The most in one calendar month of <paramref name="TimeZone"/> (a tz database name).</param>
public sealed record PayAsYouGo(long CapNano, Currency Currency, string TimeZone);

/// <summary>Asks to set aside the worst case of a call before it runs.</summary>
public sealed record HoldRequest
{
    public required ChargeId Charge { get; init; }
    public required KeyId Key { get; init; }
    public required ModelTariff Tariff { get; init; }
    public required string Vendor { get; init; }
    public required string Deployment { get; init; }
    public required bool Stream { get; init; }

    /// <summary>The call's input cannot be more tokens than this.</summary>
    public required long InputBound { get; init; }

    /// <summary>What its input probably is; only the recovery rule uses it.</summary>
    public required long InputEstimate { get; init; }

    /// <summary>Output to hold for, all choices together.</summary>
    public required long OutputWanted { get; init; }

    /// <summary>
    /// So much is wanted even when it takes a large part of what is left. Beyond it, output is held only while room stays ample:
    /// a call whose client named no limit must not lock up the whole plan. With a limit of the client's this is <see cref="OutputWanted"/>.
    /// </summary>
    public required long OutputModest { get; init; }

    /// <summary>Less output than this is not worth a call: then it is refused.</summary>
    public required long OutputMin { get; init; }

    /// <summary>
    /// False: grant only with ample room (8 × the bound), else answer <see cref="HoldVerdict.Tight"/> so that the caller counts precisely.
    /// True: the bound is as good as it gets; grant as much output as can be afforded.
    /// </summary>
    public required bool Precise { get; init; }

    public required long Node { get; init; }
    public UInt128? IdempotencyKey { get; init; }
}

public enum HoldVerdict
{
    Granted,
    Tight,
    Refused,
}

/// <param name="OutputGranted">Output tokens that are paid for, all choices together.</param>
/// <param name="Remaining">Micro-units left in the first bucket that pays, after this hold.</param>
public readonly record struct HoldOutcome(
    HoldVerdict Verdict,
    long OutputGranted = 0,
    Refusal? Refusal = null,
    long Remaining = 0,
    long Limit = 0,
    DateTimeOffset? ResetsAt = null
);

/// <summary>Why an account said no. <paramref name="First"/>: the charge that used the same idempotency key.</summary>
public sealed record Refusal(Problem Problem, string Message, DateTimeOffset? ResetsAt = null, ChargeId? First = null);

/// <summary>A checkpoint of a running stream, and the output it may go on to (all output since its start).</summary>
public readonly record struct ExtendRequest(ChargeId Charge, long DeliveredInput, long DeliveredOutput, long OutputWanted, long OutputMin);

/// <param name="OutputGranted">All output since the start that is now paid for; 0 when refused.</param>
public readonly record struct ExtendOutcome(bool Granted, long OutputGranted);

/// <summary>What a call really used. Self-contained, so that it can be retried until it is durable.</summary>
public sealed record SettleRequest
{
    public required ChargeId Charge { get; init; }
    public required Usage Usage { get; init; }
    public required UsageBasis Basis { get; init; }
    public required CallEnding Ending { get; init; }
    public string? Check { get; init; }
    public string? AnsweredModel { get; init; }

    /// <summary>Who answered, where failover moved the call; null is whom it was dispatched to.</summary>
    public string? Vendor { get; init; }
    public string? Deployment { get; init; }
    public VendorAttempt[]? Attempts { get; init; }
    public string? VendorUsage { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<EndVerdict>))]
public enum EndVerdict
{
    /// <summary>Ended now.</summary>
    Done,

    /// <summary>Had ended before, with the same content.</summary>
    Replayed,

    /// <summary>Had ended before, otherwise.</summary>
    Conflict,

    /// <summary>No such open charge.</summary>
    Unknown,
}

public readonly record struct EndOutcome(EndVerdict Verdict, UsageRecord? Record = null);

public sealed record ReleaseRequest(ChargeId Charge, string Reason, VendorAttempt[]? Attempts);

/// <summary>A change to an account that is not a call. Replayed with the same id it changes nothing; with other content it is refused.</summary>
[JsonDerivedType(typeof(GrantBucket), "grantBucket")]
[JsonDerivedType(typeof(SetPayAsYouGo), "setPayAsYouGo")]
[JsonDerivedType(typeof(SetStanding), "setStanding")]
[JsonDerivedType(typeof(VoidBucket), "voidBucket")]
public abstract record AccountCommand;

public sealed record GrantBucket(BucketGrant Grant) : AccountCommand;

public sealed record SetPayAsYouGo(CommandId Command, PayAsYouGo? Terms) : AccountCommand;

public sealed record SetStanding(CommandId Command, bool Suspended, string Reason) : AccountCommand;

public sealed record VoidBucket(CommandId Command, BucketId Bucket, string Reason) : AccountCommand;
