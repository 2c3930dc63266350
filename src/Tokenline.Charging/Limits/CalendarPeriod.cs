using NodaTime;
using NodaTime.TimeZones;

namespace Tokenline.Charging.Limits;

/// <summary>Days, weeks and months of a zone, and the months of a plan.</summary>
internal static class CalendarPeriod
{
    public static bool IsZone(string timeZone) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) is not null;

    /// <summary>The period that an instant falls into: it begins with its start and ends before its end.</summary>
    public static (DateTimeOffset Start, DateTimeOffset End) Of(
        LimitWindow window,
        DateTimeOffset at,
        string? timeZone,
        DateTimeOffset? anchor
    )
    {
        if (window == LimitWindow.Total)
            return (DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
        var zone = Zone(timeZone);
        if (window == LimitWindow.PlanMonth)
            return PlanMonth(at, anchor!.Value, zone);
        var day = Instant.FromDateTimeOffset(at).InZone(zone).Date;
        var (first, next) = window switch
        {
            LimitWindow.Day => (day, day.PlusDays(1)),
            LimitWindow.Week => (day.PlusDays(1 - (int)day.DayOfWeek), day.PlusDays(8 - (int)day.DayOfWeek)),
            LimitWindow.Month => (new LocalDate(day.Year, day.Month, 1), new LocalDate(day.Year, day.Month, 1).PlusMonths(1)),
            _ => throw new ArgumentOutOfRangeException(nameof(window), window, "not a period of the calendar"),
        };
        return (Begins(first, zone), Begins(next, zone));
    }

    /// <summary>
    /// The month of a plan: the n-th begins n months after the anchor's local date and time. Counted from the anchor, not from the month before,
    /// so the 31st comes back after a short month.
    /// </summary>
    private static (DateTimeOffset Start, DateTimeOffset End) PlanMonth(DateTimeOffset at, DateTimeOffset anchor, DateTimeZone zone)
    {
        var begin = Instant.FromDateTimeOffset(anchor).InZone(zone).LocalDateTime;
        var local = Instant.FromDateTimeOffset(at).InZone(zone).LocalDateTime;
        var months = ((local.Year - begin.Year) * 12) + local.Month - begin.Month;
        while (Nth(months) > at)
            months--;
        while (Nth(months + 1) <= at)
            months++;
        return (Nth(months), Nth(months + 1));

        DateTimeOffset Nth(int n) =>
            n == 0 ? anchor : zone.ResolveLocal(begin.PlusMonths(n), Resolvers.LenientResolver).ToInstant().ToDateTimeOffset();
    }

    public static DateTimeZone Zone(string? timeZone) =>
        timeZone is null
            ? DateTimeZone.Utc
            : DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone)
                ?? throw new ArgumentException($"'{timeZone}' is not in the tz database", nameof(timeZone));

    private static DateTimeOffset Begins(LocalDate date, DateTimeZone zone) => zone.AtStartOfDay(date).ToInstant().ToDateTimeOffset();
}
