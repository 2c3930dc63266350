namespace Tokenline.Charging.Limits;

/// <summary>One window at a time: of the calendar, of a plan, from first use, for ever, or what runs at this moment.</summary>
internal sealed class PeriodCounter(Limit limit, long bornAt) : LimitCounter(limit, bornAt)
{
    private DateTimeOffset start = DateTimeOffset.MaxValue; // no window yet
    private DateTimeOffset end = DateTimeOffset.MinValue;
    private long used;
    private long held;

    public override long Counted(DateTimeOffset now, string? run) => now < end ? checked(used + held) : 0;

    public override long Used(DateTimeOffset now, string? run) => now < end ? used : 0;

    /// <summary>What has been used in the window that this instant lies in; 0 when that is over, or not begun.</summary>
    public long UsedIn(DateTimeOffset at) => at >= start && at < end ? used : 0;

    public override void Begin(DateTimeOffset start, long held, string? run)
    {
        if (start >= end)
        {
            Open(start);
            (used, this.held, ToldPercent) = (0, 0, 0);
        }
        else if (start < this.start)
        {
            return; // its window is over
        }
        this.held = checked(this.held + held);
    }

    public override void Correct(DateTimeOffset start, long held, long used, string? run)
    {
        if (start < this.start || start >= end)
            return;
        this.held = Math.Max(0, checked(this.held + held));
        this.used = Limit.Window == LimitWindow.Running ? 0 : Math.Max(0, checked(this.used + used));
    }

    public override DateTimeOffset? FitsAt(DateTimeOffset now, long amount, string? run, long raised = 0)
    {
        var most = Limit.MaxWith(raised);
        if (Counted(now, run) + (Int128)amount <= most)
            return now;
        return amount > most || Limit.Window is LimitWindow.Running or LimitWindow.Total ? null : end;
    }

    public override LimitView View(DateTimeOffset now)
    {
        var (from, until) = Period(now);
        return now < end ? new(Limit, used, held, from, until) : new(Limit, 0, 0, from, until);
    }

    public override DateTimeOffset? ResetsAt(DateTimeOffset now) => Period(now).Until;

    private (DateTimeOffset? From, DateTimeOffset? Until) Period(DateTimeOffset now)
    {
        if (Limit.Window is LimitWindow.Running or LimitWindow.Total)
            return (null, null);
        if (now < end)
            return (start, end);
        // Not begun: the calendar knows its window all the same.
        return Limit.Window == LimitWindow.FromFirstUse ? (null, null) : CalendarPeriod.Of(Limit.Window, now, Limit.TimeZone, Limit.Anchor);
    }

    public override LimitImage Image() =>
        new(Limit.Id, BornAt, ToldPercent, end == DateTimeOffset.MinValue ? [] : [new CountImage(start.UtcTicks, used, held)]);

    public override void Load(LimitImage image)
    {
        ToldPercent = image.ToldPercent;
        foreach (var count in image.Counts)
        {
            Open(new DateTimeOffset(count.Start, TimeSpan.Zero));
            (used, held) = (count.Used, count.Held);
        }
    }

    private void Open(DateTimeOffset at) =>
        (start, end) = Limit.Window switch
        {
            LimitWindow.Running => (DateTimeOffset.MinValue, DateTimeOffset.MaxValue),
            LimitWindow.FromFirstUse => (at, at.AddSeconds(Limit.Seconds!.Value)),
            _ => CalendarPeriod.Of(Limit.Window, at, Limit.TimeZone, Limit.Anchor),
        };
}
