using NodaTime;

namespace Tokenline.Commerce.Orders;

/// <summary>Months by anniversary: from the 31st to the 28th, 29th or 30th where a month has no 31st, at the same local time.</summary>
public static class PlanMonth
{
    public static DateTimeOffset End(DateTimeOffset start, int months, string timeZone)
    {
        var zone =
            DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone)
            ?? throw new ArgumentException($"'{timeZone}' is not in the tz database", nameof(timeZone));
        var local = Instant.FromDateTimeOffset(start).InZone(zone).LocalDateTime;
        return local.PlusMonths(months).InZoneLeniently(zone).ToInstant().ToDateTimeOffset();
    }
}
