using System.Collections.Frozen;

namespace Tokenline.Commerce.PriceSheets;

/// <summary>
/// Public holidays by year. A tariff version keeps the days themselves, so a calendar that is corrected here changes no price that was published;
/// a new year is a new calendar.
/// </summary>
public static class HolidayCalendars
{
    private static readonly FrozenDictionary<string, DateOnly[]> all = new Dictionary<string, DateOnly[]>
    {
        // China, the days off of the State Council's notice of 4 November 2025: New Year, Spring Festival, Qingming, Labour Day, Dragon Boat, Mid-Autumn, National Day.
        ["cn-2026"] =
        [
            .. Days(2026, 1, 1, 3),
            .. Days(2026, 2, 15, 9),
            .. Days(2026, 4, 4, 3),
            .. Days(2026, 5, 1, 5),
            .. Days(2026, 6, 19, 3),
            .. Days(2026, 9, 25, 3),
            .. Days(2026, 10, 1, 7),
        ],
    }.ToFrozenDictionary();

    public static IEnumerable<string> Names => all.Keys.Order(StringComparer.Ordinal);

    public static IReadOnlyList<DateOnly>? Find(string name) => all.GetValueOrDefault(name);

    private static IEnumerable<DateOnly> Days(int year, int month, int day, int count) =>
        Enumerable.Range(0, count).Select(i => new DateOnly(year, month, day).AddDays(i));
}
