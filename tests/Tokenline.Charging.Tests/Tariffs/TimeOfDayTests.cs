using System.Globalization;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Tests.Tariffs;

public sealed class TimeOfDayTests
{
    private const Weekdays Work = Weekdays.Monday | Weekdays.Tuesday | Weekdays.Wednesday | Weekdays.Thursday | Weekdays.Friday;

    /// <summary>DeepSeek's peak hours.</summary>
    private static readonly TimeOfDay peak = new(
        "Asia/Shanghai",
        [new("morning peak", Work, 9 * 60, 12 * 60, new Ratio(2, 1)), new("afternoon peak", Work, 14 * 60, 18 * 60, new Ratio(2, 1))],
        []
    );

    [Theory]
    [InlineData("2026-01-07T08:59:59.9999999+08:00", null)]
    [InlineData("2026-01-07T09:00:00+08:00", "morning peak")]
    [InlineData("2026-01-07T11:59:59.9999999+08:00", "morning peak")]
    [InlineData("2026-01-07T12:00:00+08:00", null)]
    [InlineData("2026-01-07T14:00:00+08:00", "afternoon peak")]
    [InlineData("2026-01-07T18:00:00+08:00", null)]
    [InlineData("2026-01-07T01:00:00Z", "morning peak")] // the same instant in other words
    [InlineData("2026-01-10T10:00:00+08:00", null)] // Saturday
    [InlineData("2026-01-11T17:00:00-08:00", "morning peak")] // Sunday there, Monday in Shanghai
    [InlineData("2028-02-29T10:00:00+08:00", "morning peak")] // a leap day, a Tuesday
    [InlineData("2026-12-31T16:00:00Z", null)] // midnight of the new year in Shanghai
    public void A_call_is_in_the_window_that_the_clock_on_the_wall_shows_at_its_start(string at, string? window) =>
        Assert.Equal(window, Find(peak, at));

    [Theory]
    [InlineData("2026-01-09T21:59:00+08:00", null)] // Friday evening
    [InlineData("2026-01-09T22:00:00+08:00", "night")]
    [InlineData("2026-01-10T05:59:00+08:00", "night")] // Saturday morning still belongs to Friday
    [InlineData("2026-01-10T06:00:00+08:00", null)]
    [InlineData("2026-01-10T22:00:00+08:00", null)] // Saturday has none
    [InlineData("2026-01-09T05:00:00+08:00", null)] // nor Thursday
    [InlineData("2026-02-28T05:00:00+08:00", "night")] // across the end of a month
    [InlineData("2028-02-26T05:00:00+08:00", "night")]
    public void A_window_across_midnight_belongs_to_the_day_it_begins_on(string at, string? window) =>
        Assert.Equal(window, Find(new("Asia/Shanghai", [new("night", Weekdays.Friday, 22 * 60, 6 * 60, new Ratio(1, 2))], []), at));

    [Theory]
    [InlineData(HolidayRule.Apply, "2026-10-01T10:00:00+08:00", true)]
    [InlineData(HolidayRule.Apply, "2026-10-02T10:00:00+08:00", true)]
    [InlineData(HolidayRule.Exclude, "2026-10-01T10:00:00+08:00", false)]
    [InlineData(HolidayRule.Exclude, "2026-10-02T10:00:00+08:00", true)]
    [InlineData(HolidayRule.Only, "2026-10-01T10:00:00+08:00", true)]
    [InlineData(HolidayRule.Only, "2026-10-02T10:00:00+08:00", false)]
    [InlineData(HolidayRule.Only, "2026-10-02T00:30:00+08:00", false)]
    public void A_holiday_does_to_a_window_what_its_rule_says(HolidayRule rule, string at, bool inForce) =>
        Assert.Equal(
            inForce ? "day" : null,
            Find(new("Asia/Shanghai", [new("day", Work, 9 * 60, 18 * 60, new Ratio(2, 1), rule)], [new(2026, 10, 1)]), at)
        );

    [Theory]
    [InlineData("2026-10-02T01:00:00+08:00", true)] // the night that began on the holiday
    [InlineData("2026-10-01T01:00:00+08:00", false)] // the night before it
    public void A_holidays_night_is_the_one_that_begins_on_it(string at, bool inForce) =>
        Assert.Equal(
            inForce ? "night" : null,
            Find(new("Asia/Shanghai", [new("night", Weekdays.All, 1320, 360, new Ratio(1, 2), HolidayRule.Only)], [new(2026, 10, 1)]), at)
        );

    [Theory]
    [InlineData("2026-03-29T00:59:00Z", "early")] // 01:59 in Berlin, winter
    [InlineData("2026-03-29T01:00:00Z", null)] // the clock jumps to 03:00: the window from 02:00 to 03:00 does not happen
    [InlineData("2026-10-25T00:30:00Z", "two")] // 02:30, summer
    [InlineData("2026-10-25T01:30:00Z", "two")] // 02:30 again, winter
    [InlineData("2026-10-25T02:00:00Z", null)]
    public void Where_the_clock_is_changed_the_wall_decides(string at, string? window) =>
        Assert.Equal(
            window,
            Find(
                new(
                    "Europe/Berlin",
                    [new("early", Weekdays.All, 0, 120, new Ratio(1, 2)), new("two", Weekdays.All, 120, 180, new Ratio(1, 3))],
                    []
                ),
                at
            )
        );

    [Fact]
    public void Windows_overlap_where_an_instant_could_be_in_both()
    {
        Assert.True(Overlap(Window(Weekdays.Monday, 9, 12), Window(Weekdays.Monday, 11, 13)));
        Assert.False(Overlap(Window(Weekdays.Monday, 9, 12), Window(Weekdays.Monday, 12, 13)));
        Assert.False(Overlap(Window(Weekdays.Monday, 9, 12), Window(Weekdays.Tuesday, 9, 12)));
        Assert.True(Overlap(Window(Weekdays.Monday, 22, 6), Window(Weekdays.Tuesday, 5, 9)));
        Assert.False(Overlap(Window(Weekdays.Monday, 22, 6), Window(Weekdays.Tuesday, 6, 9)));
        Assert.True(Overlap(Window(Weekdays.Sunday, 22, 6), Window(Weekdays.Monday, 0, 24)));
        Assert.True(Overlap(Window(Weekdays.Monday, 22, 6), Window(Weekdays.Monday, 23, 7)));
        Assert.False(Overlap(Window(Weekdays.All, 9, 12, HolidayRule.Exclude), Window(Weekdays.All, 9, 12, HolidayRule.Only)));
        Assert.True(Overlap(Window(Weekdays.All, 9, 12, HolidayRule.Exclude), Window(Weekdays.All, 9, 12)));
    }

    private static bool Overlap(TimeWindow a, TimeWindow b)
    {
        Assert.Equal(a.Overlaps(b), b.Overlaps(a));
        return a.Overlaps(b);
    }

    private static TimeWindow Window(Weekdays days, int from, int to, HolidayRule holidays = HolidayRule.Apply) =>
        new("w", days, from * 60, to * 60, Ratio.One, holidays);

    private static string? Find(TimeOfDay hours, string at) => hours.Find(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture))?.Name;
}
