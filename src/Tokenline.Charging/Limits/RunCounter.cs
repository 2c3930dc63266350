namespace Tokenline.Charging.Limits;

/// <summary>Each run of calls by itself. A call without a run is not counted. The newest 1,000 runs are remembered.</summary>
internal sealed class RunCounter(Limit limit, long bornAt) : LimitCounter(limit, bornAt)
{
    private const int Kept = 1000;

    private readonly Dictionary<string, Count> runs = [];
    private readonly Queue<string> order = new();

    public override long Counted(DateTimeOffset now, string? run) =>
        run is not null && runs.TryGetValue(run, out var count) ? checked(count.Used + count.Held) : 0;

    public override long Used(DateTimeOffset now, string? run) => run is not null && runs.TryGetValue(run, out var count) ? count.Used : 0;

    public override void Begin(DateTimeOffset start, long held, string? run)
    {
        if (run is null)
            return;
        if (!runs.TryGetValue(run, out var count))
        {
            for (var tries = order.Count; order.Count >= Kept && tries > 0; tries--)
                Forget();
            runs.Add(run, count = new Count(start.UtcTicks));
            order.Enqueue(run);
            ToldPercent = 0;
        }
        count.Held = checked(count.Held + held);
    }

    public override void Correct(DateTimeOffset start, long held, long used, string? run)
    {
        if (run is null || !runs.TryGetValue(run, out var count))
            return;
        count.Held = Math.Max(0, checked(count.Held + held));
        count.Used = Math.Max(0, checked(count.Used + used));
    }

    public override DateTimeOffset? FitsAt(DateTimeOffset now, long amount, string? run, long raised = 0) =>
        Counted(now, run) + (Int128)amount <= Limit.MaxWith(raised) ? now : null;

    /// <summary>Of all runs together; each by itself is in the usage records.</summary>
    public override LimitView View(DateTimeOffset now) =>
        new(Limit, runs.Values.Sum(count => count.Used), runs.Values.Sum(count => count.Held), null, null);

    public override DateTimeOffset? ResetsAt(DateTimeOffset now) => null;

    public override LimitImage Image() =>
        new(Limit.Id, BornAt, ToldPercent, [.. order.Select(run => new CountImage(runs[run].Since, runs[run].Used, runs[run].Held, run))]);

    public override void Load(LimitImage image)
    {
        ToldPercent = image.ToldPercent;
        foreach (var count in image.Counts)
        {
            runs.Add(count.Run!, new Count(count.Start) { Used = count.Used, Held = count.Held });
            order.Enqueue(count.Run!);
        }
    }

    /// <summary>The oldest, unless calls of it run.</summary>
    private void Forget()
    {
        var oldest = order.Dequeue();
        if (runs[oldest].Held > 0)
            order.Enqueue(oldest);
        else
            runs.Remove(oldest);
    }

    private sealed class Count(long since)
    {
        public long Since { get; } = since;
        public long Used { get; set; }
        public long Held { get; set; }
    }
}
