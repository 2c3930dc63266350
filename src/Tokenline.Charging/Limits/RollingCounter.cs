namespace Tokenline.Charging.Limits;

/// <summary>
/// The last so many seconds, in sub-slots of a sixtieth. A call counts from its start until its whole slot has left the window, so for the window and
/// up to one slot more: never shorter.
/// </summary>
internal sealed class RollingCounter(Limit limit, long bornAt) : LimitCounter(limit, bornAt)
{
    public const int Slots = 60;
    private const int Kept = Slots + 1;

    private readonly long slotTicks = Math.Max(1, TimeSpan.FromSeconds(limit.Seconds!.Value).Ticks / Slots);
    private readonly Slot[] slots = new Slot[Kept]; // by number modulo their count
    private DateTimeOffset toldAt;

    public override long Counted(DateTimeOffset now, string? run)
    {
        var (sum, number) = (0L, NumberOf(now));
        foreach (ref readonly var slot in slots.AsSpan())
        {
            if (slot.Number > number - Kept)
                sum += slot.Used + slot.Held;
        }
        return sum;
    }

    public override long Used(DateTimeOffset now, string? run)
    {
        var (sum, number) = (0L, NumberOf(now));
        foreach (ref readonly var slot in slots.AsSpan())
        {
            if (slot.Number > number - Kept)
                sum += slot.Used;
        }
        return sum;
    }

    public override void Begin(DateTimeOffset start, long held, string? run)
    {
        ref var slot = ref SlotOf(start, out var isOver);
        if (isOver)
            return;
        slot.Held = checked(slot.Held + held);
        if (ToldPercent > 0 && start - toldAt >= TimeSpan.FromTicks(slotTicks * Slots))
            ToldPercent = 0; // a window after it was told, it may be told again
        if (ToldPercent == 0)
            toldAt = start;
    }

    public override void Correct(DateTimeOffset start, long held, long used, string? run)
    {
        ref var slot = ref SlotOf(start, out var isOver);
        if (isOver)
            return;
        slot.Held = Math.Max(0, checked(slot.Held + held));
        slot.Used = Math.Max(0, checked(slot.Used + used));
    }

    public override DateTimeOffset? FitsAt(DateTimeOffset now, long amount, string? run, long raised = 0)
    {
        var most = Limit.MaxWith(raised);
        if (amount > most)
            return null;
        var number = NumberOf(now);
        var over = Counted(now, run) + (Int128)amount - most;
        for (var oldest = number - Kept + 1; over > 0 && oldest <= number; oldest++)
        {
            ref readonly var slot = ref slots[oldest % Kept];
            if (slot.Number != oldest)
                continue;
            over -= slot.Used + slot.Held;
            if (over <= 0)
                return LeavesAt(oldest);
        }
        return now;
    }

    public override LimitView View(DateTimeOffset now)
    {
        var used = Used(now, null);
        return new(Limit, used, Counted(now, null) - used, null, ResetsAt(now));
    }

    public override DateTimeOffset? ResetsAt(DateTimeOffset now)
    {
        var (newest, number) = (0L, NumberOf(now));
        foreach (ref readonly var slot in slots.AsSpan())
        {
            if (slot.Number > number - Kept && slot.Used + slot.Held > 0)
                newest = Math.Max(newest, slot.Number);
        }
        return newest == 0 ? null : LeavesAt(newest);
    }

    public override LimitImage Image() =>
        new(
            Limit.Id,
            BornAt,
            ToldPercent,
            [
                .. slots
                    .Where(slot => slot.Used + slot.Held > 0)
                    .OrderBy(slot => slot.Number)
                    .Select(slot => new CountImage(slot.Number * slotTicks, slot.Used, slot.Held)),
                .. ToldPercent > 0 ? (CountImage[])[new CountImage(toldAt.UtcTicks, 0, 0, Told)] : [],
            ]
        );

    public override void Load(LimitImage image)
    {
        ToldPercent = image.ToldPercent;
        foreach (var count in image.Counts)
        {
            if (count.Run == Told)
            {
                toldAt = new DateTimeOffset(count.Start, TimeSpan.Zero);
                continue;
            }
            var number = count.Start / slotTicks;
            slots[number % Kept] = new Slot
            {
                Number = number,
                Used = count.Used,
                Held = count.Held,
            };
        }
    }

    private const string Told = "told"; // marks the time of the last telling among the saved counts

    /// <summary>The slot of a call's start. One that has counted nothing yet need not be there: a saved image leaves it out.</summary>
    private ref Slot SlotOf(DateTimeOffset start, out bool isOver)
    {
        var number = NumberOf(start);
        ref var slot = ref slots[number % Kept];
        isOver = slot.Number > number;
        if (slot.Number < number)
            slot = new Slot { Number = number };
        return ref slot;
    }

    private long NumberOf(DateTimeOffset at) => at.UtcTicks / slotTicks;

    private DateTimeOffset LeavesAt(long number) => new((number + Kept) * slotTicks, TimeSpan.Zero);

    private struct Slot
    {
        public long Number;
        public long Used;
        public long Held;
    }
}
