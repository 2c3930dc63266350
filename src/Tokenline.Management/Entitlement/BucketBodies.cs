using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Commerce;
using Tokenline.Commerce.Entitlement;
using Tokenline.Management.Api;

namespace Tokenline.Management.Entitlement;

/// <summary>What the operator gives without an order.</summary>
/// <param name="Reason">Why; kept.</param>
/// <param name="Type"><c>bonus</c> (unless told), <c>plan</c>, <c>pack</c>, <c>pool</c>, <c>throughput</c>, <c>capacity</c>, <c>wallet</c> (money paid in) or <c>credit</c> (a credit line).</param>
/// <param name="Unit">The quota unit; for money leave it out.</param>
/// <param name="Currency">For money.</param>
/// <param name="Amount">In whole units, or of the currency.</param>
/// <param name="Name">What customers see; its type unless told.</param>
/// <param name="Models">The only models it pays for.</param>
/// <param name="Meters">The only meters it pays for; the rest of a call is for the next buckets.</param>
/// <param name="Limits">Windows of what it pays: requests, or amounts in its own unit.</param>
/// <param name="IsBlocker">While it is open nothing after it pays for its models.</param>
/// <param name="Priority">Lower pays first; that of its type unless told.</param>
/// <param name="ValidFrom">Now unless told.</param>
/// <param name="ExpiresAt">Never unless told.</param>
public sealed record NewBucketBody(
    string? Reason,
    BucketType? Type,
    QuotaUnit? Unit,
    Currency? Currency,
    decimal? Amount,
    string? Name = null,
    string[]? Models = null,
    MeterSet? Meters = null,
    LimitBody?[]? Limits = null,
    bool IsBlocker = false,
    int? Priority = null,
    DateTimeOffset? ValidFrom = null,
    DateTimeOffset? ExpiresAt = null
);

/// <param name="To">Another bucket of the same unit.</param>
/// <param name="Amount">In whole units; left out: all that is left.</param>
/// <param name="Reason">Why; kept.</param>
public sealed record TransferBody(BucketId? To, decimal? Amount, string? Reason);

/// <summary>A quantity that is granted again every period.</summary>
/// <param name="Period"><c>day</c>, <c>week</c>, <c>month</c> of the operator's zone, or <c>planMonth</c>, counted from <c>from</c>.</param>
/// <param name="From">When the first period begins; now unless told, and kept when the refill is changed.</param>
/// <param name="Until">No period begins at or after it.</param>
/// <param name="RolloverMax">The most of what is left that goes into the next period; left out: nothing does.</param>
/// <param name="RolloverMin">Less than this does not roll over.</param>
public sealed record RefillTermsBody(
    BucketType? Type,
    QuotaUnit? Unit,
    Currency? Currency,
    decimal? Amount,
    LimitWindow? Period,
    string? Name = null,
    DateTimeOffset? From = null,
    DateTimeOffset? Until = null,
    decimal? RolloverMax = null,
    decimal? RolloverMin = null,
    string[]? Models = null,
    MeterSet? Meters = null,
    LimitBody?[]? Limits = null,
    bool IsBlocker = false,
    int? Priority = null
);

/// <param name="Bucket">The present period's.</param>
/// <param name="PeriodEndsAt">Of the present period.</param>
/// <param name="Stopped">No period begins any more.</param>
public sealed record RefillBody(
    RefillId Id,
    string Name,
    string Type,
    QuotaUnit? Unit,
    Currency? Currency,
    decimal Amount,
    LimitWindow Period,
    string? TimeZone,
    DateTimeOffset From,
    DateTimeOffset? Until,
    decimal? RolloverMin,
    decimal? RolloverMax,
    string[]? Models,
    MeterSet? Meters,
    IReadOnlyList<string>? Limits,
    bool IsBlocker,
    int Priority,
    ProductId? Product,
    BucketId? Bucket,
    DateTimeOffset? PeriodEndsAt,
    bool Stopped
)
{
    internal static RefillBody Of(RefillView view)
    {
        var terms = view.Terms;
        return new(
            terms.Id,
            terms.Name,
            terms.Type.ToString(),
            terms.Unit,
            terms.Currency,
            Given.InUnits(terms.Amount, terms.Unit),
            terms.Period,
            terms.TimeZone,
            terms.From,
            terms.Until,
            terms.Rollover is { } min ? Given.InUnits(min.Min, terms.Unit) : null,
            terms.Rollover is { } max ? Given.InUnits(max.Max, terms.Unit) : null,
            terms.Models,
            terms.Meters,
            terms.Limits?.Select(LimitText.Of).ToArray(),
            terms.IsBlocker,
            terms.Priority,
            terms.Product,
            view.Bucket,
            // Of one that has stopped, the engine says "never again".
            view.EndsAt == DateTimeOffset.MaxValue
                ? null
                : view.EndsAt,
            view.IsStopped
        );
    }
}

/// <summary>Amounts between what people write and what accounts count.</summary>
internal static class Given
{
    public static decimal InUnits(long amount, QuotaUnit? unit) =>
        unit is null ? (decimal)amount / Money.NanoPerUnit : Figures.Units(amount);

    /// <summary>Null: it cannot be counted exactly.</summary>
    public static long? Exactly(decimal amount, QuotaUnit? unit)
    {
        if (amount is <= -1e15m or >= 1e15m)
            return null;
        var counted = amount * (unit is null ? Money.NanoPerUnit : QuotaUnit.Micro);
        return counted == decimal.Truncate(counted) && counted is >= long.MinValue and <= long.MaxValue ? decimal.ToInt64(counted) : null;
    }

    public static Outcome<GivenTerms> Terms(NewBucketBody body, CommerceOptions options, DateTimeOffset now) =>
        Terms(
            body.Type,
            body.Unit,
            body.Currency,
            body.Amount,
            body.Limits,
            options,
            now,
            (type, amount, limits) =>
                new(
                    body.Name,
                    type,
                    body.Unit,
                    body.Currency,
                    amount,
                    body.Priority,
                    body.ValidFrom?.ToUniversalTime(),
                    body.ExpiresAt?.ToUniversalTime(),
                    body.Models,
                    body.Meters,
                    limits,
                    body.IsBlocker
                )
        );

    public static Outcome<GivenTerms> Terms(RefillTermsBody body, CommerceOptions options, DateTimeOffset now) =>
        Terms(
            body.Type,
            body.Unit,
            body.Currency,
            body.Amount,
            body.Limits,
            options,
            now,
            (type, amount, limits) =>
                new(
                    body.Name,
                    type,
                    body.Unit,
                    body.Currency,
                    amount,
                    body.Priority,
                    body.From?.ToUniversalTime(),
                    body.Until?.ToUniversalTime(),
                    body.Models,
                    body.Meters,
                    limits,
                    body.IsBlocker
                )
        );

    private static Outcome<GivenTerms> Terms(
        BucketType? type,
        QuotaUnit? unit,
        Currency? currency,
        decimal? amount,
        LimitBody?[]? limits,
        CommerceOptions options,
        DateTimeOffset now,
        Func<BucketType, long, Limit[]?, GivenTerms> terms
    )
    {
        if (unit is null == currency is null)
            return Refused.Invalid("unit", "Give a quota unit or a currency, and not both.");
        if (amount is not { } given || given <= 0)
            return Refused.Invalid("amount", "An amount of more than nothing is expected.");
        if (Exactly(given, unit) is not { } counted)
            return Refused.Invalid("amount", $"{given} is too fine or too much.");
        var windows = LimitBody.ToLimits("limits", limits, options.TimeZone, now);
        return windows.Value is { } read ? terms(type ?? BucketType.Bonus, counted, limits is null ? null : read) : windows.Refused!;
    }
}
