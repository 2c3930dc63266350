namespace Tokenline.Gateway.Routing.Figures;

/// <summary>What happened at one deployment within a rolling window, by slots. Used under its deployment's lock.</summary>
internal sealed class FigureWindow(int slots, long slotMilliseconds)
{
    public const int Outcomes = (int)CallOutcome.NotItsFault + 1;

    private readonly Slot?[] ring = new Slot?[slots];

    public long Milliseconds => slots * slotMilliseconds;

    public void Ended(long now, CallOutcome outcome) => At(now).ByOutcome[(int)outcome]++;

    public void Began(long now, long milliseconds) => At(now).FirstByte.Add(milliseconds);

    public void Wrote(long now, long outputTokens, long milliseconds)
    {
        var slot = At(now);
        slot.OutputTokens += outputTokens;
        slot.OutputMilliseconds += milliseconds;
    }

    public FigureSum Sum(long now) => Sum(now, slots);

    /// <summary>Of the newest slots only.</summary>
    public FigureSum Sum(long now, int newest)
    {
        var sum = new FigureSum();
        var oldest = (now / slotMilliseconds) - newest + 1;
        foreach (var slot in ring)
        {
            if (slot is not null && slot.Number >= oldest)
                sum.Add(slot);
        }
        return sum;
    }

    private Slot At(long now)
    {
        var number = now / slotMilliseconds;
        ref var slot = ref ring[number % slots];
        slot ??= new Slot { Number = number };
        if (slot.Number != number)
            slot.Clear(number);
        return slot;
    }

    internal sealed class Slot
    {
        public long Number { get; set; }
        public int[] ByOutcome { get; } = new int[Outcomes];
        public LatencyHistogram FirstByte { get; } = new();
        public long OutputTokens { get; set; }
        public long OutputMilliseconds { get; set; }

        public void Clear(long number)
        {
            Number = number;
            Array.Clear(ByOutcome);
            FirstByte.Clear();
            (OutputTokens, OutputMilliseconds) = (0, 0);
        }
    }
}

/// <summary>Slots added up.</summary>
internal sealed class FigureSum
{
    private readonly int[] byOutcome = new int[FigureWindow.Outcomes];
    private readonly int[] firstByte = new int[LatencyHistogram.Classes];
    private int began;
    private long outputTokens;
    private long outputMilliseconds;

    public int Of(CallOutcome outcome) => byOutcome[(int)outcome];

    /// <summary>Attempts that say something about the deployment.</summary>
    public int Tried { get; private set; }

    public int Served => Of(CallOutcome.Served);

    /// <summary>Failures, but for 429, which is a limit that is respected and no fault.</summary>
    public int Failed => Tried - Served - Of(CallOutcome.Limited);

    /// <summary>Of 1; null where nothing was tried.</summary>
    public double? Availability => Tried - Of(CallOutcome.Limited) is > 0 and var counted ? (double)Served / counted : null;

    public double? FirstByteMilliseconds(int percent) => began > 0 ? LatencyHistogram.Percentile(firstByte, began, percent) : null;

    public double? TokensPerSecond => outputMilliseconds > 0 ? outputTokens * 1000.0 / outputMilliseconds : null;

    public long OutputTokens => outputTokens;

    public void Add(FigureSum other)
    {
        for (var i = 0; i < byOutcome.Length; i++)
            byOutcome[i] += other.byOutcome[i];
        for (var i = 0; i < firstByte.Length; i++)
            firstByte[i] += other.firstByte[i];
        began += other.began;
        outputTokens += other.outputTokens;
        outputMilliseconds += other.outputMilliseconds;
        Tried += other.Tried;
    }

    public void Add(FigureWindow.Slot slot)
    {
        for (var i = 0; i < byOutcome.Length; i++)
            byOutcome[i] += slot.ByOutcome[i];
        slot.FirstByte.AddTo(firstByte);
        began += slot.FirstByte.Count;
        outputTokens += slot.OutputTokens;
        outputMilliseconds += slot.OutputMilliseconds;
        Tried = byOutcome.Sum() - Of(CallOutcome.NotItsFault);
    }
}
