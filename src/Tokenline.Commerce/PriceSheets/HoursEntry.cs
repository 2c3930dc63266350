using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.PriceSheets;

/// <summary>Times of day, in a zone with its weekdays and holidays.</summary>
internal static class HoursEntry
{
    private const int WindowsMax = 32;
    private const int HolidaysMax = 1_000;
    private const int NameLengthMax = 64;
    private static readonly Weekdays[] days =
    [
        Weekdays.Monday,
        Weekdays.Tuesday,
        Weekdays.Wednesday,
        Weekdays.Thursday,
        Weekdays.Friday,
        Weekdays.Saturday,
        Weekdays.Sunday,
    ];

    public static Refused? ReadZone(string zone, string at) =>
        DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is null
            ? Refused.Invalid(at, $"The time zone '{zone}' is not in the tz database; Asia/Shanghai is one that is.")
            : null;

    /// <param name="zone">Where the sheet names none.</param>
    public static Refused? Read(HoursSheet? given, string zone, string at, out TimeOfDay? hours)
    {
        hours = null;
        if (given is null)
            return null;
        zone = given.TimeZone ?? zone;
        if (ReadZone(zone, $"{at}.timeZone") is { } unknown)
            return unknown;
        if (ReadHolidays(given, at, out var holidays) is { } wrongDay)
            return wrongDay;
        if (given.Windows is not { Count: > 0 and <= WindowsMax })
            return Refused.Invalid($"{at}.windows", $"Hours have 1 to {WindowsMax} windows.");
        var windows = ImmutableArray.CreateBuilder<TimeWindow>(given.Windows.Count);
        for (var i = 0; i < given.Windows.Count; i++)
        {
            var here = $"{at}.windows[{i}]";
            if (ReadWindow(given.Windows[i], here, out var window) is { } wrong)
                return wrong;
            if (window.Holidays != HolidayRule.Apply && holidays.IsEmpty)
                return Refused.Invalid($"{here}.onHolidays", "There are no holidays: name a calendar, or list the days.");
            if (windows.FirstOrDefault(window.Overlaps) is { } other)
                return Refused.Invalid(
                    here,
                    $"The windows '{other.Name}' and '{window.Name}' overlap: a call in both would have two prices."
                );
            windows.Add(window);
        }
        hours = new TimeOfDay(zone, windows.ToImmutable(), holidays);
        return null;
    }

    public static HoursSheet? Show(TimeOfDay? hours) =>
        hours is null
            ? null
            : new(
                hours.TimeZone,
                [.. hours.Windows.Select(Show)],
                Holidays: hours.Holidays.IsEmpty ? null : [.. hours.Holidays.Select(day => day.ToString("O", CultureInfo.InvariantCulture))]
            );

    private static HoursWindowSheet Show(TimeWindow window) =>
        new(
            window.Name,
            Clock(window.From),
            Clock(window.To),
            Factor.Of(window.Factor),
            window.Days == Weekdays.All ? null : [.. days.Where(day => window.Days.HasFlag(day)).Select(NameOf)],
            window.Holidays == HolidayRule.Apply ? null : NameOf(window.Holidays)
        );

    private static Refused? ReadHolidays(HoursSheet given, string at, out ImmutableArray<DateOnly> holidays)
    {
        holidays = [];
        var all = new SortedSet<DateOnly>();
        if (given.Calendar is { } name)
        {
            if (HolidayCalendars.Find(name) is not { } calendar)
                return Refused.Invalid(
                    $"{at}.calendar",
                    $"There is no holiday calendar '{name}'. Calendars: {string.Join(", ", HolidayCalendars.Names)}."
                );
            all.UnionWith(calendar);
        }
        if (given.Holidays is { Count: > HolidaysMax })
            return Refused.Invalid($"{at}.holidays", $"There are at most {HolidaysMax} holidays.");
        for (var i = 0; i < (given.Holidays?.Count ?? 0); i++)
        {
            if (!DateOnly.TryParseExact(given.Holidays![i], "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                return Refused.Invalid($"{at}.holidays[{i}]", $"'{given.Holidays[i]}' is not a day such as 2026-10-01.");
            all.Add(day);
        }
        holidays = [.. all];
        return null;
    }

    private static Refused? ReadWindow(HoursWindowSheet? given, string at, out TimeWindow window)
    {
        window = null!;
        if (given?.Name is not { Length: > 0 and <= NameLengthMax } name)
            return Refused.Invalid($"{at}.name", $"A window has a name of 1 to {NameLengthMax} characters; receipts show it.");
        if (ReadClock(given.From, $"{at}.from", out var from) is { } wrongFrom)
            return wrongFrom;
        if (ReadClock(given.To, $"{at}.to", out var to) is { } wrongTo)
            return wrongTo;
        if (from == TimeWindow.DayMinutes)
            return Refused.Invalid($"{at}.from", "A window begins before 24:00; the next day begins at 00:00.");
        if (from == to || to == 0)
            return Refused.Invalid(
                $"{at}.to",
                "A window ends at another time than it begins, at midnight at 24:00. The whole day is 00:00 to 24:00."
            );
        if (ReadDays(given.Days, $"{at}.days", out var weekdays) is { } wrongDays)
            return wrongDays;
        if (given.Factor is not { } factor)
            return Refused.Invalid($"{at}.factor", "A window has a factor.");
        if (factor.Read($"{at}.factor", out var ratio) is { } wrongFactor)
            return wrongFactor;
        var rule = HolidayRule.Apply;
        if (given.OnHolidays is { } text && !TryRule(text, out rule))
            return Refused.Invalid($"{at}.onHolidays", $"'{text}' is not known: a holiday's rule is apply, exclude or only.");
        window = new(name, weekdays, from, to, ratio, rule);
        return null;
    }

    private static Refused? ReadDays(IReadOnlyList<string>? given, string at, out Weekdays weekdays)
    {
        weekdays = given is null ? Weekdays.All : Weekdays.None;
        for (var i = 0; i < (given?.Count ?? 0); i++)
        {
            var day = Array.Find(days, known => NameOf(known) == given![i]);
            if (day == Weekdays.None)
                return Refused.Invalid($"{at}[{i}]", $"'{given![i]}' is not a weekday: monday to sunday are.");
            if (weekdays.HasFlag(day))
                return Refused.Invalid($"{at}[{i}]", $"{given![i]} is there twice.");
            weekdays |= day;
        }
        return weekdays == Weekdays.None ? Refused.Invalid(at, "A window is on at least one day; left out, on every day.") : null;
    }

    private static Refused? ReadClock(string? text, string at, out int minutes)
    {
        minutes = 0;
        if (
            text is not { Length: 5 }
            || text[2] != ':'
            || !int.TryParse(text.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var hour)
            || !int.TryParse(text.AsSpan(3, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var minute)
            || minute > 59
            || (hour * 60) + minute > TimeWindow.DayMinutes
        )
            return Refused.Invalid(at, $"'{text}' is not a time of day: 00:00 to 24:00.");
        minutes = (hour * 60) + minute;
        return null;
    }

    private static bool TryRule(string text, out HolidayRule rule)
    {
        foreach (var known in Enum.GetValues<HolidayRule>())
        {
            rule = known;
            if (NameOf(known) == text)
                return true;
        }
        rule = default;
        return false;
    }

    private static string NameOf<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Clock(int minutes) => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60:00}:{minutes % 60:00}");
}
