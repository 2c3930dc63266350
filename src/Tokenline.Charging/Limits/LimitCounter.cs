namespace Tokenline.Charging.Limits;

/// <summary>
/// What one limit has counted. A call counts in the window of its start: what changes later (an extension, its settle, a refund) corrects that window,
/// or nothing when it is over. Only the engine moves it, and only while it applies an entry.
/// </summary>
internal abstract class LimitCounter(Limit limit, long bornAt)
{
    public Limit Limit { get; set; } = limit;

    /// <summary>The account's sequence when it was set: calls that were dispatched before are not counted here.</summary>
    public long BornAt { get; } = bornAt;

    /// <summary>The highest percent of it that was told in the present window.</summary>
    public int ToldPercent { get; set; }

    public static LimitCounter Of(Limit limit, long bornAt) =>
        limit.Window switch
        {
            LimitWindow.Rolling => new RollingCounter(limit, bornAt),
            LimitWindow.Run => new RunCounter(limit, bornAt),
            _ => new PeriodCounter(limit, bornAt),
        };

    /// <summary>What counts at this instant, running calls included.</summary>
    public abstract long Counted(DateTimeOffset now, string? run);

    /// <summary>The same without running calls.</summary>
    public abstract long Used(DateTimeOffset now, string? run);

    /// <summary>What may still be taken; 0 when it is over the limit.</summary>
    /// <param name="raised">So far the limit is raised at this instant.</param>
    public long Room(DateTimeOffset now, string? run, long raised = 0) => Math.Max(0, Limit.MaxWith(raised) - Counted(now, run));

    /// <summary>A call begins and holds so much.</summary>
    public abstract void Begin(DateTimeOffset start, long held, string? run);

    /// <summary>Corrects the window in which a call began.</summary>
    public abstract void Correct(DateTimeOffset start, long held, long used, string? run);

    /// <summary>When so much would fit if nothing more came; null: never by itself.</summary>
    public abstract DateTimeOffset? FitsAt(DateTimeOffset now, long amount, string? run, long raised = 0);

    public abstract LimitView View(DateTimeOffset now);

    /// <summary>When the whole of it is free again, if nothing more comes; null: it does not free itself.</summary>
    public abstract DateTimeOffset? ResetsAt(DateTimeOffset now);

    public abstract LimitImage Image();

    public abstract void Load(LimitImage image);
}

/// <summary>A counter as saved.</summary>
/// <param name="Start">Of the window, or of its slot, in UTC ticks.</param>
public sealed record CountImage(long Start, long Used, long Held, string? Run = null);

public sealed record LimitImage(string Id, long BornAt, int ToldPercent, CountImage[] Counts);
