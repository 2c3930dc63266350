using System.Text.Json.Serialization;
using Tokenline.Charging.Leases;
using Tokenline.Charging.Limits;
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

    /// <summary>Shared by everybody under the account.</summary>
    Pool,

    /// <summary>Tokens of a guaranteed throughput: its window is the guarantee.</summary>
    Throughput,

    /// <summary>Nothing that is spent: while it is open it raises the account's own limits (<see cref="Capacity"/>).</summary>
    Capacity,

    /// <summary>Money that was paid in before.</summary>
    Wallet,

    /// <summary>Money that the operator lends up to a limit: on the phone bill, or an invoice.</summary>
    Credit,

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
)
{
    /// <summary>The meters that it may pay for; null is all. What it leaves of a call is for the next buckets.</summary>
    public MeterSet? Meters { get; init; }

    /// <summary>Windows of what it pays: requests, or amounts in its own unit. While one is full it pays nothing, and the next bucket may.</summary>
    public Limit[]? Limits { get; init; }

    /// <summary>For the models it covers, no bucket after it in the order of paying pays while it is open.</summary>
    public bool IsBlocker { get; init; }

    /// <summary>It was not paid for: what is used of it is counted when its time is over, and owed on a bill.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsBeyond { get; init; }

    /// <summary>Of what each seat of a plan has for itself: which seat, and who has it. Null: it is everybody's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BucketSeat? Seat { get; init; }

    /// <summary>Null: nothing. Otherwise the field and the reason.</summary>
    public string? WhatIsWrong(DateTimeOffset now)
    {
        if (Amount <= 0)
            return "amount: a grant is more than nothing";
        if (Unit is null == Currency is null)
            return "unit: a bucket counts either a quota unit or a currency";
        if (ExpiresAt <= ValidFrom || ExpiresAt <= now)
            return "expiresAt: a bucket ends after it begins, and not in the past";
        if (Models is { Length: 0 })
            return "models: name at least one, or leave it out";
        if (Meters is { IsEmpty: true })
            return "meters: name at least one, or leave it out";
        if (Allotment.LimitsAreWrong("limits", Limits) is { } wrong)
            return wrong;
        if (Capacity.WhatIsWrongWith(this) is { } idle)
            return idle;
        var measures = Unit is null ? Measure.Spend : Measure.Quota;
        foreach (var limit in Limits ?? [])
        {
            if (limit.Measure != Measure.Requests && limit.Measure != measures)
                return $"limits.{limit.Id}.measure: a bucket limits requests or what it pays";
            if (
                limit.Unit != (limit.Measure == Measure.Quota ? Unit : null)
                || limit.Currency != (limit.Measure == Measure.Spend ? Currency : null)
            )
                return $"limits.{limit.Id}.unit: a bucket limits what it pays in its own unit";
            if (limit.Window is LimitWindow.Run or LimitWindow.Running)
                return $"limits.{limit.Id}.window: runs and running calls are limited on the account or a node of it";
        }
        return null;
    }
}

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

    /// <summary>Input and output that it probably comes to; what rates count until it has ended.</summary>
    public long TokensEstimate { get; init; }

    /// <summary>The most of the meters that are not tokens. A call is one request whether it says so or not.</summary>
    public Usage Other { get; init; }

    /// <summary>What the price depends on beside usage and start; null: nothing.</summary>
    public CallTraits? Traits { get; init; }

    /// <summary>The node of the account's tree that the key belongs to; null is the account itself.</summary>
    public AllotmentId? Allotment { get; init; }

    /// <summary>The run that the call belongs to, in the client's words: 1 to 64 characters.</summary>
    public string? Run { get; init; }

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

    /// <summary>Asked again after <see cref="Refusal.IsLeaseShort"/>: the lessor has lent what it could, so take what there is.</summary>
    public bool IsToppedUp { get; init; }
}

public enum HoldVerdict
{
    Granted,
    Tight,
    Refused,
}

/// <param name="OutputGranted">Output tokens that are paid for, all choices together.</param>
/// <param name="Remaining">Micro-units left in the first bucket that pays, after this hold; 0 with <paramref name="Limit"/> 0 where money pays.</param>
public readonly record struct HoldOutcome(
    HoldVerdict Verdict,
    long OutputGranted = 0,
    Refusal? Refusal = null,
    long Remaining = 0,
    long Limit = 0,
    DateTimeOffset? ResetsAt = null,
    RateRoom? Requests = null
);

/// <summary>What is left of the tightest rate of requests on the call's path.</summary>
public readonly record struct RateRoom(long Limit, long Remaining, DateTimeOffset? ResetsAt);

/// <summary>Why an account said no.</summary>
/// <param name="ResetsAt">When the same call would be let through, as far as is known.</param>
/// <param name="First">The charge that used the same idempotency key.</param>
/// <param name="MayBuyPack">The customer has allowed to buy this offering now; the call may be held again once it is there.</param>
/// <param name="By">What stands in the way: a limit as <c>owner/limit</c>, where the owner is a node or a bucket by name, or the bucket that is used up.</param>
/// <param name="IsLeaseShort">The account lives on a lease, and its lessor may have more: the call may be held again once it has been asked.</param>
public sealed record Refusal(
    Problem Problem,
    string Message,
    DateTimeOffset? ResetsAt = null,
    ChargeId? First = null,
    string? MayBuyPack = null,
    string? By = null,
    bool IsLeaseShort = false
);

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

    /// <summary>The service class that the vendor says it served, where it is another than the one asked for.</summary>
    public ServiceClass? Service { get; init; }

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

/// <param name="Record">Where the account is in this process.</param>
/// <param name="QuotaLeft">Micro-units left in the first bucket of quota that paid; null where none did.</param>
public readonly record struct EndOutcome(EndVerdict Verdict, UsageRecord? Record = null, long? QuotaLeft = null);

public sealed record ReleaseRequest(ChargeId Charge, string Reason, VendorAttempt[]? Attempts);

/// <summary>A change to an account that is not a call. Replayed with the same id it changes nothing; with other content it is refused.</summary>
[JsonDerivedType(typeof(GrantBucket), "grantBucket")]
[JsonDerivedType(typeof(SetPayAsYouGo), "setPayAsYouGo")]
[JsonDerivedType(typeof(SetStanding), "setStanding")]
[JsonDerivedType(typeof(VoidBucket), "voidBucket")]
[JsonDerivedType(typeof(TransferQuota), "transferQuota")]
[JsonDerivedType(typeof(PutRefill), "putRefill")]
[JsonDerivedType(typeof(StopRefill), "stopRefill")]
[JsonDerivedType(typeof(PutAllotment), "putAllotment")]
[JsonDerivedType(typeof(PassSeat), "passSeat")]
[JsonDerivedType(typeof(Refund), "refund")]
[JsonDerivedType(typeof(SetAlerts), "setAlerts")]
[JsonDerivedType(typeof(SetAutoPack), "setAutoPack")]
[JsonDerivedType(typeof(ClaimAutoPack), "claimAutoPack")]
[JsonDerivedType(typeof(Announce), "announce")]
[JsonDerivedType(typeof(LeaseSubtree), "leaseSubtree")]
[JsonDerivedType(typeof(RecallLease), "recallLease")]
[JsonDerivedType(typeof(LendQuota), "lendQuota")]
[JsonDerivedType(typeof(AccountForLease), "accountForLease")]
[JsonDerivedType(typeof(TakeBackSubtree), "takeBackSubtree")]
[JsonDerivedType(typeof(AdoptSubtree), "adoptSubtree")]
[JsonDerivedType(typeof(GrantLease), "grantLease")]
[JsonDerivedType(typeof(EndLease), "endLease")]
[JsonDerivedType(typeof(FollowStanding), "followStanding")]
public abstract record AccountCommand;

public sealed record GrantBucket(BucketGrant Grant) : AccountCommand;

public sealed record SetPayAsYouGo(CommandId Command, PayAsYouGo? Terms) : AccountCommand;

public sealed record SetStanding(CommandId Command, bool Suspended, string Reason) : AccountCommand;

public sealed record VoidBucket(CommandId Command, BucketId Bucket, string Reason) : AccountCommand;

/// <summary>Moves what is left, or a part of it, to another bucket of the same unit.</summary>
public sealed record TransferQuota(CommandId Command, BucketId From, BucketId To, long Amount, string Reason) : AccountCommand;

public sealed record PutRefill(CommandId Command, Refill Terms) : AccountCommand;

/// <summary>No period begins after this; the present one keeps its bucket.</summary>
public sealed record StopRefill(CommandId Command, RefillId Refill) : AccountCommand;

/// <summary>Adds or changes a node of the account's tree, the account itself included. A node keeps its parent.</summary>
public sealed record PutAllotment(CommandId Command, Allotment Terms) : AccountCommand;

/// <summary>What a seat of a product has for itself pays for another node from now on, as much as is left of it.</summary>
/// <param name="Holder">Null: for nobody, until it is passed on.</param>
public sealed record PassSeat(CommandId Command, ProductId Product, int Number, AllotmentId? Holder) : AccountCommand;

/// <summary>Gives back a part of what a charge took, to the buckets that it came from.</summary>
/// <param name="Millionths">Of the whole charge; with all refunds before, at most a million.</param>
public sealed record Refund(CommandId Command, ChargeId Charge, int Millionths, string Reason) : AccountCommand
{
    /// <summary>The record of the charge; whoever hosts the account looks it up.</summary>
    [JsonIgnore]
    public UsageRecord? Record { get; init; }
}

public sealed record SetAlerts(CommandId Command, AlertTerms Terms) : AccountCommand;

/// <summary>Opts in to buying packs automatically, or out of it (null).</summary>
public sealed record SetAutoPack(CommandId Command, AutoPack? Terms) : AccountCommand;

/// <summary>Takes one of this month's automatic packs. Refused when there is none left, or the customer has opted out.</summary>
public sealed record ClaimAutoPack(CommandId Command) : AccountCommand;

/// <summary>Tells the customer what was decided outside the account: a price. What the account notices by itself is not announced.</summary>
public sealed record Announce(CommandId Command, AccountEvent Event) : AccountCommand;
