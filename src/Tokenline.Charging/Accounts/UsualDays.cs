namespace Tokenline.Charging.Accounts;

/// <summary>The retail value of an account's last days (UTC), to tell what is usual from what is not.</summary>
internal sealed class UsualDays
{
    /// <summary>Days before today that count as usual.</summary>
    public const int Window = 28;

    /// <summary>Of fewer days with calls nothing is said to be usual.</summary>
    public const int HistoryMin = 3;

    private readonly List<DaySum> sums = []; // in their order, at most Window + 1

    public void Add(DateTimeOffset start, long nano)
    {
        var day = DayOf(start);
        var i = sums.Count - 1;
        while (i >= 0 && sums[i].Day > day)
            i--;
        if (i >= 0 && sums[i].Day == day)
            sums[i] = sums[i] with { Nano = Math.Max(0, checked(sums[i].Nano + nano)) };
        else if (nano > 0 && (sums.Count == 0 || day > sums[^1].Day - Window))
            sums.Insert(i + 1, new DaySum(day, nano, false));
        while (sums.Count > 0 && sums[0].Day < sums[^1].Day - Window)
            sums.RemoveAt(0);
    }

    /// <summary>Today's value and the usual day's, when today is so many times the usual, at least the floor, and was not told of yet.</summary>
    public (long Today, long Usual)? Abnormal(DateTimeOffset now, int times, long floorNano)
    {
        var day = DayOf(now);
        if (times == 0 || sums.Count <= HistoryMin || sums[^1] is not { IsTold: false } today || today.Day != day || today.Nano < floorNano)
            return null;
        Int128 before = 0;
        for (var i = 0; i < sums.Count - 1; i++)
            before += sums[i].Nano;
        var usual = (long)(before / (sums.Count - 1));
        return today.Nano > (Int128)usual * times ? (today.Nano, usual) : null;
    }

    public void Told(DateTimeOffset now)
    {
        if (sums.Count > 0 && sums[^1].Day == DayOf(now))
            sums[^1] = sums[^1] with { IsTold = true };
    }

    public DaySum[] Image() => [.. sums];

    public void Load(DaySum[] image) => sums.AddRange(image);

    private static int DayOf(DateTimeOffset at) => (int)(at.ToUnixTimeSeconds() / 86_400);
}
