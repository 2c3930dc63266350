using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;

namespace Tokenline.Portal.Home;

/// <summary>Until when what is left lasts at the pace of the last days.</summary>
/// <param name="Left">Micro-units that are open now.</param>
/// <param name="PerDay">Micro-units a day.</param>
/// <param name="LastsUntil">Null: at this pace more is left than will ever be used, or nothing was used.</param>
/// <param name="EndsFirst">The last of it ends before it is used up; then so much would be lost.</param>
internal sealed record Forecast(
    QuotaUnit Unit,
    Int128 Left,
    Int128 PerDay,
    DateTimeOffset? LastsUntil,
    DateTimeOffset? EndsFirst,
    Int128 Lost
)
{
    /// <summary>The pace is that of so many days, today included.</summary>
    public const int PaceDays = 7;

    /// <summary>Beyond this nobody plans.</summary>
    private const int FarDays = 366;

    /// <param name="days">Of the last <see cref="PaceDays"/> days.</param>
    /// <remarks>A pace is of the days since the first of them that was used.</remarks>
    public static IReadOnlyList<Forecast> Of(
        IReadOnlyList<BucketView> buckets,
        IReadOnlyList<UsageDay> days,
        DateOnly today,
        DateTimeOffset now
    )
    {
        var forecasts = new List<Forecast>();
        var open = buckets.Where(bucket => bucket.Grant.Unit is not null && bucket.Remaining > 0 && IsOpen(bucket, now));
        foreach (var unit in open.GroupBy(bucket => bucket.Grant.Unit!.Value))
        {
            var used = days.Where(day => day.Of.Unit == unit.Key.Name && day.Of.Day > today.AddDays(-PaceDays)).ToList();
            var first = used.Count == 0 ? today : used.Min(day => day.Of.Day);
            var span = Math.Max(today.DayNumber - first.DayNumber + 1, 1);
            var perDay = used.Aggregate((Int128)0, (sum, day) => sum + day.Sums.Amount) / span;
            forecasts.Add(Of(unit.Key, [.. unit], perDay, now));
        }
        return forecasts;
    }

    /// <summary>Spends the buckets in the order in which they end, at this pace.</summary>
    private static Forecast Of(QuotaUnit unit, IReadOnlyList<BucketView> buckets, Int128 perDay, DateTimeOffset now)
    {
        var left = buckets.Aggregate((Int128)0, (sum, bucket) => sum + bucket.Remaining);
        if (perDay <= 0)
            return new(unit, left, 0, null, null, 0);
        var (at, lost) = (now, (Int128)0);
        DateTimeOffset? endsFirst = null;
        foreach (var bucket in buckets.OrderBy(bucket => bucket.Grant.ExpiresAt ?? DateTimeOffset.MaxValue))
        {
            var days = (double)bucket.Remaining / (double)perDay;
            var usedUp = days > FarDays ? DateTimeOffset.MaxValue : at.AddDays(days);
            if (bucket.Grant.ExpiresAt is { } end && end < usedUp)
            {
                lost += bucket.Remaining - ((Int128)Math.Max((end - at).TotalDays, 0) * perDay);
                (at, endsFirst) = (end > at ? end : at, end);
            }
            else if (usedUp == DateTimeOffset.MaxValue)
                return new(unit, left, perDay, null, endsFirst, lost);
            else
                (at, endsFirst) = (usedUp, null);
        }
        return new(unit, left, perDay, at, endsFirst, lost);
    }

    private static bool IsOpen(BucketView bucket, DateTimeOffset now) => bucket.Grant.ValidFrom <= now && !(bucket.Grant.ExpiresAt <= now);
}
