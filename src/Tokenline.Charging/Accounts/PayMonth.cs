using NodaTime;

namespace Tokenline.Charging.Accounts;

/// <summary>The calendar month of a zone that an instant falls into.</summary>
internal static class PayMonth
{
    public static (DateTimeOffset Start, DateTimeOffset End) Of(DateTimeOffset now, string timeZone)
    {
        var zone =
            DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone)
            ?? throw new ArgumentException($"'{timeZone}' is not in the tz database", nameof(timeZone));
        var local = Instant.FromDateTimeOffset(now).InZone(zone).Date;
        var first = new LocalDate(local.Year, local.Month, 1);
        return (Instantly(first, zone), Instantly(first.PlusMonths(1), zone));
    }

    public static bool IsZone(string timeZone) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) is not null;

    private static DateTimeOffset Instantly(LocalDate date, DateTimeZone zone) => zone.AtStartOfDay(date).ToInstant().ToDateTimeOffset();
}
