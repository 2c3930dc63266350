namespace Tokenline.Charging.Tariffs;

/// <summary>Days of the week, as they are in the tariff's zone.</summary>
[Flags]
public enum Weekdays
{
    None = 0,
    Monday = 1,
    Tuesday = 2,
    Wednesday = 4,
    Thursday = 8,
    Friday = 16,
    Saturday = 32,
    Sunday = 64,
    All = 127,
}

/// <summary>What a holiday does to a window.</summary>
public enum HolidayRule
{
    /// <summary>Nothing: it is a day like others.</summary>
    Apply,

    /// <summary>The window is not in force on holidays.</summary>
    Exclude,

    /// <summary>The window is in force on holidays, and on no other day.</summary>
    Only,
}

/// <summary>A part of the day with a multiplier. One that crosses midnight belongs to the day on which it begins.</summary>
/// <param name="Name">As the receipt shows it.</param>
/// <param name="From">Minutes since local midnight, 0 to 1,439.</param>
/// <param name="To">Minutes since local midnight that end it (without), 1 to 1,440; not after <paramref name="From"/>: on the next day.</param>
public sealed record TimeWindow(string Name, Weekdays Days, int From, int To, Ratio Factor, HolidayRule Holidays = HolidayRule.Apply)
{
    public const int DayMinutes = 1440;

    public bool CrossesMidnight => To <= From;

    /// <summary>In force at this minute of a day that it may begin on.</summary>
    internal bool HasToday(int minute) => minute >= From && (CrossesMidnight || minute < To);

    /// <summary>Still in force at this minute of the day after.</summary>
    internal bool HasTomorrow(int minute) => CrossesMidnight && minute < To;

    internal bool BeginsOn(int weekday, bool isHoliday) =>
        ((int)Days & (1 << (weekday - 1))) != 0
        && Holidays switch
        {
            HolidayRule.Exclude => !isHoliday,
            HolidayRule.Only => isHoliday,
            _ => true,
        };

    /// <summary>Whether there may be an instant in both. Any day may become a holiday, so only opposite rules on one day keep windows apart.</summary>
    public bool Overlaps(TimeWindow other)
    {
        var areOpposite =
            (Holidays == HolidayRule.Exclude && other.Holidays == HolidayRule.Only)
            || (Holidays == HolidayRule.Only && other.Holidays == HolidayRule.Exclude);
        if (
            !areOpposite
            && (Days & other.Days) != Weekdays.None
            && (Meets(From, EndToday, other.From, other.EndToday) || (CrossesMidnight && other.CrossesMidnight))
        )
            return true;
        return TailMeets(this, other) || TailMeets(other, this);
    }

    private int EndToday => CrossesMidnight ? DayMinutes : To;

    private static bool TailMeets(TimeWindow early, TimeWindow late)
    {
        var next = (Weekdays)((((int)early.Days << 1) | ((int)early.Days >> 6)) & (int)Weekdays.All);
        return early.CrossesMidnight && (next & late.Days) != Weekdays.None && Meets(0, early.To, late.From, late.EndToday);
    }

    private static bool Meets(int from, int to, int otherFrom, int otherTo) => from < otherTo && otherFrom < to;
}
