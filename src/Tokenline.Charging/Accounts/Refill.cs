using Tokenline.Charging.Limits;

namespace Tokenline.Charging.Accounts;

/// <summary>
/// A quantity that is granted again every period, in a bucket of its own that ends with the period. What is left then is breakage, or rolls over.
/// </summary>
/// <param name="Name">Of its buckets.</param>
/// <param name="Amount">Micro-units of <paramref name="Unit"/>, or nano of <paramref name="Currency"/>.</param>
/// <param name="Period"><c>Day</c>, <c>Week</c>, <c>Month</c> or <c>PlanMonth</c>.</param>
/// <param name="From">When the first period begins; plan months count from it.</param>
/// <param name="Until">No period begins at or after it, and the last ends with it; null is never.</param>
public sealed record Refill(
    RefillId Id,
    string Name,
    BucketType Type,
    QuotaUnit? Unit,
    Currency? Currency,
    long Amount,
    int Priority,
    LimitWindow Period,
    string? TimeZone,
    DateTimeOffset From,
    DateTimeOffset? Until = null,
    Rollover? Rollover = null,
    string[]? Models = null,
    MeterSet? Meters = null,
    Limit[]? Limits = null,
    bool IsBlocker = false,
    ProductId? Product = null
)
{
    /// <summary>The period that an instant falls into, cut to the refill's own time.</summary>
    internal (DateTimeOffset Start, DateTimeOffset End) PeriodOf(DateTimeOffset at)
    {
        var (start, end) = CalendarPeriod.Of(Period, at, TimeZone, Period == LimitWindow.PlanMonth ? From : null);
        return (start < From ? From : start, Until < end ? Until.Value : end);
    }

    internal BucketGrant Grant(BucketId bucket, DateTimeOffset start, DateTimeOffset end) =>
        new(bucket, Name, Type, Unit, Currency, Amount, Priority, start, end, Models, Product)
        {
            Meters = Meters,
            Limits = Limits,
            IsBlocker = IsBlocker,
        };
}

/// <summary>What is left at the end of a period goes into the next bucket, where it is at least <paramref name="Min"/>, up to <paramref name="Max"/>. Rolled over again it counts as any other rest.</summary>
public sealed record Rollover(long Min, long Max);

/// <param name="Bucket">The present period's; null before the first.</param>
public sealed record RefillView(Refill Terms, BucketId? Bucket, DateTimeOffset? EndsAt, bool IsStopped);
