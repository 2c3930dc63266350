using System.Collections.Frozen;
using System.Collections.Immutable;
using NodaTime;

namespace Tokenline.Charging.Tariffs;

/// <summary>Prices by time of day, in a zone with its weekdays and holidays. The call's start decides, by the clock on the wall there: daylight saving included.</summary>
public sealed class TimeOfDay
{
    private readonly DateTimeZone zone;
    private readonly FrozenSet<DateOnly> holidays;

    /// <param name="timeZone">Tz database name.</param>
    /// <param name="windows">None overlaps another; between them the price is as it is.</param>
    public TimeOfDay(string timeZone, ImmutableArray<TimeWindow> windows, ImmutableArray<DateOnly> holidays)
    {
        zone =
            DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone)
            ?? throw new ArgumentException($"the time zone '{timeZone}' is not in the tz database");
        (TimeZone, Windows, Holidays) = (timeZone, windows, holidays);
        this.holidays = holidays.ToFrozenSet();
    }

    public string TimeZone { get; }
    public ImmutableArray<TimeWindow> Windows { get; }
    public ImmutableArray<DateOnly> Holidays { get; }

    /// <summary>The window that this instant falls into; null where it falls between them.</summary>
    public TimeWindow? Find(DateTimeOffset at)
    {
        var local = Instant.FromDateTimeOffset(at).InZone(zone).LocalDateTime;
        var minute = (local.Hour * 60) + local.Minute;
        var (today, yesterday) = (local.Date, local.Date.PlusDays(-1));
        foreach (var window in Windows)
        {
            if (window.HasToday(minute) && BeginsOn(window, today))
                return window;
            if (window.HasTomorrow(minute) && BeginsOn(window, yesterday))
                return window;
        }
        return null;
    }

    private bool BeginsOn(TimeWindow window, LocalDate day) =>
        window.BeginsOn((int)day.DayOfWeek, holidays.Count > 0 && holidays.Contains(new DateOnly(day.Year, day.Month, day.Day)));
}
