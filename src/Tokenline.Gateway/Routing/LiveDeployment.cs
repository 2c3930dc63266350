using Tokenline.Commerce.Quality;
using Tokenline.Gateway.Routing.Figures;
using Tokenline.Gateway.Routing.Health;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Routing;

/// <summary>What this process has seen of one deployment: health, speed, load. It outlives changes of the catalogue, as long as the deployment stays at its address.</summary>
internal sealed class LiveDeployment(string id, Uri baseUrl, int number, RoutingOptions options, Random dice)
{
    private const long EjectionMilliseconds = 10_000;
    private const long PardonMilliseconds = 120_000; // without an ejection
    private const int EjectionsMax = 6;
    private const long OverdueMilliseconds = 150;
    private const long UnknownMilliseconds = 5000;
    private const int PlainMin = 5; // an answer that comes whole may just be long
    private const int ExpectedAnswers = 8; // none of so many is no accident
    private const int UnprovenMax = 10; // calls that wait at one without a history
    private const double Newest = 0.2; // of a moving average
    private static readonly TimeSpan minute = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly FirstBytes plain = new(options);
    private readonly FirstBytes streamed = new(options);
    private readonly Rest rest = new(options);
    private readonly Waiting waitingPlain = new();
    private readonly Waiting waitingStreamed = new();
    private QualityTally unkept = new(); // since it was taken last
    private int running;
    private double firstByte;
    private double whole;
    private double speed;
    private double failures;
    private long seenAt;
    private long ejectedUntil;
    private int ejections;

    public string Id => id;

    public Uri BaseUrl => baseUrl;

    /// <summary>A small number of its own, for the memory of conversations.</summary>
    public int Number => number;

    public Circuit Circuit { get; } = new(options, dice);

    /// <summary>Five minutes.</summary>
    public FigureWindow Recent { get; } = new(30, 10_000);

    /// <summary>A day.</summary>
    public FigureWindow Day { get; } = new(144, 600_000);

    /// <summary>Calls that are there at this moment.</summary>
    public int Running => Volatile.Read(ref running);

    /// <summary>It has as many calls as one deployment may have of all.</summary>
    public bool IsCrowded => Running >= options.RunningMax;

    public long RestsUntil => rest.Until;

    public long EjectedUntil => Volatile.Read(ref ejectedUntil);

    public string? EjectedBecause { get; private set; }

    /// <summary>Milliseconds until a stream's first byte, a moving average; 0: not known.</summary>
    public double FirstByteAverage => Volatile.Read(ref firstByte);

    /// <summary>Milliseconds until a plain answer begins, which is when all of it has been made; 0: not known.</summary>
    public double WholeAverage => Volatile.Read(ref whole);

    /// <summary>Output tokens a second of streams, a moving average; 0: not known.</summary>
    public double TokensPerSecond => Volatile.Read(ref speed);

    /// <summary>Of 1, a moving average.</summary>
    public double FailureShare => Volatile.Read(ref failures);

    /// <summary>When it was measured last; 0: never.</summary>
    public long SeenAt => Volatile.Read(ref seenAt);

    public long? RequestsPerMinuteLearnt => rest.RequestsPerMinute;

    public long? TokensPerMinuteLearnt => rest.TokensPerMinute;

    public FirstBytes FirstBytesOf(bool stream) => stream ? streamed : plain;

    /// <summary>
    /// Calls wait for their first byte, and none has come for so long that eight should have; or nobody knows yet how long it takes, and enough calls wait to find
    /// out. It hangs, most likely: known long before the first of them is given up, so that not every call of that time has to be tried again.
    /// </summary>
    /// <param name="othersUsual">Of its siblings, in milliseconds, while it has no history of its own.</param>
    public bool IsOverdue(long now, bool stream, long? othersUsual)
    {
        var waiting = WaitingOf(stream);
        var count = waiting.Count;
        if (FirstBytesOf(stream).Usual is { } usual)
            return count >= (stream ? 1 : PlainMin)
                && waiting.IsSilentFor(Math.Min(2 * usual, ExpectedAnswers * usual / count) + OverdueMilliseconds, now);
        return count >= UnprovenMax
            && (waiting.IsUnheard || waiting.IsSilentFor((othersUsual ?? UnknownMilliseconds) + OverdueMilliseconds, now));
    }

    /// <summary>A call is there from now on, and waits for its first byte until <see cref="Heard"/> or <see cref="Ceased"/>.</summary>
    public void Started(long now, bool stream)
    {
        Interlocked.Increment(ref running);
        WaitingOf(stream).Add(now);
    }

    public void Stopped() => Interlocked.Decrement(ref running);

    /// <summary>A call waits no more, and nothing has begun.</summary>
    public void Ceased(bool stream) => WaitingOf(stream).Remove();

    /// <summary>An answer has begun there: it does not hang, and the trial of a circuit has done what it was for. Usually takes no lock.</summary>
    public void Heard(long now, bool stream)
    {
        WaitingOf(stream).Heard(now);
        if (Circuit.StateAt(now) == CircuitState.Closed)
            return;
        lock (gate)
            Circuit.Began(now);
    }

    public void Served(long now, in AttemptTimes times, long outputTokens)
    {
        lock (gate) // once a call, and briefly
        {
            Note(now, times);
            Ended(now, CallOutcome.Served);
            Circuit.Succeeded(now);
            rest.Served();
            if (outputTokens <= 0)
                return;
            unkept.Wrote(outputTokens, times.Writing);
            if (times.Writing == 0)
                return;
            Recent.Wrote(now, outputTokens, times.Writing);
            Day.Wrote(now, outputTokens, times.Writing);
            Move(ref speed, outputTokens * 1000.0 / times.Writing);
        }
    }

    public void Failed(long now, in AttemptTimes times, CallOutcome outcome, string reason, TimeSpan? retryAfter = null)
    {
        lock (gate)
        {
            Note(now, times);
            Ended(now, outcome);
            switch (outcome)
            {
                case CallOutcome.NotItsFault:
                    Circuit.Untried();
                    return;
                case CallOutcome.Limited:
                    Circuit.Untried();
                    rest.Limited(now, retryAfter);
                    return;
                case CallOutcome.TimedOut when times.Began is null:
                    FirstBytesOf(times.Stream).Add(times.Ended); // it takes that long at the least
                    break;
            }
            Circuit.Failed(now, reason, outcome == CallOutcome.ConnectFailed, retryAfter);
        }
    }

    public void Read(VendorHeaders headers, long now, DateTimeOffset at)
    {
        if (!Rest.SaysAnything(headers))
            return;
        lock (gate)
            rest.Read(headers, now, at);
    }

    /// <summary>A trial of a half-open circuit. False: another call tries already.</summary>
    public bool TryTrial(long now)
    {
        lock (gate)
            return Circuit.TryTrial(now, (long)minute.TotalMilliseconds);
    }

    /// <summary>A call that was chosen for it did not go there after all; if it was the trial, another may be.</summary>
    public void Untried()
    {
        lock (gate)
            Circuit.Untried();
    }

    public bool IsOnTrial(long now) => Circuit.IsTrying(now, (long)minute.TotalMilliseconds);

    /// <summary>What a probe has found.</summary>
    public void Probed(long now, bool answers, string reason)
    {
        lock (gate)
        {
            if (answers)
                Circuit.Answered(now);
            else
                Circuit.Failed(now, reason, isCertain: true, null);
        }
    }

    /// <summary>It does much worse than its siblings: it is passed over for a while, longer each time.</summary>
    public void Eject(long now, string because)
    {
        lock (gate)
        {
            EjectedBecause = because;
            if (now - ejectedUntil > PardonMilliseconds)
                ejections = 0;
            ejections = Math.Min(ejections + 1, EjectionsMax);
            Volatile.Write(ref ejectedUntil, now + (ejections * EjectionMilliseconds));
        }
    }

    public (FigureSum Recent, FigureSum Day) Sums(long now)
    {
        lock (gate)
            return (Recent.Sum(now), Day.Sum(now));
    }

    /// <summary>What was counted since it was taken last, to be kept; null: nothing. Who cannot keep it gives it back.</summary>
    public QualityTally? TakeQuality()
    {
        lock (gate)
        {
            if (unkept.IsEmpty)
                return null;
            var taken = unkept;
            unkept = new();
            return taken;
        }
    }

    public void GiveBack(QualityTally tally)
    {
        lock (gate)
            unkept.Add(tally);
    }

    /// <summary>Of the last minute.</summary>
    public FigureSum SumOfMinute(long now)
    {
        lock (gate)
            return Recent.Sum(now, 6);
    }

    private void Note(long now, in AttemptTimes times)
    {
        if (times.Began is not { } took)
            return;
        FirstBytesOf(times.Stream).Add(took);
        Recent.Began(now, took);
        Day.Began(now, took);
        if (times.Stream)
        {
            unkept.FirstTokens.Add(took);
            Move(ref firstByte, took);
        }
        else
        {
            Move(ref whole, took);
        }
        Volatile.Write(ref seenAt, now);
    }

    private void Ended(long now, CallOutcome outcome)
    {
        Recent.Ended(now, outcome);
        Day.Ended(now, outcome);
        if (EndingOf(outcome) is { } ending)
            unkept.Ended(ending);
        if (outcome is not (CallOutcome.NotItsFault or CallOutcome.Limited))
            Volatile.Write(ref failures, (failures * (1 - Newest)) + (outcome == CallOutcome.Served ? 0 : Newest));
    }

    private static AttemptEnding? EndingOf(CallOutcome outcome) =>
        outcome switch
        {
            CallOutcome.Served => AttemptEnding.Served,
            CallOutcome.ConnectFailed => AttemptEnding.ConnectFailed,
            CallOutcome.TimedOut => AttemptEnding.TimedOut,
            CallOutcome.VendorError => AttemptEnding.VendorError,
            CallOutcome.Limited => AttemptEnding.Limited,
            CallOutcome.Refused => AttemptEnding.Refused,
            CallOutcome.Broken => AttemptEnding.Broken,
            _ => null, // it says nothing about the deployment
        };

    private Waiting WaitingOf(bool stream) => stream ? waitingStreamed : waitingPlain;

    private static void Move(ref double average, double value) =>
        Volatile.Write(ref average, average == 0 ? value : (average * (1 - Newest)) + (value * Newest));

    /// <summary>Calls that wait for their first byte, and since when nothing was heard.</summary>
    private sealed class Waiting
    {
        private int count;
        private long silentSince;

        public int Count => Volatile.Read(ref count);

        /// <summary>Nothing has ever begun.</summary>
        public bool IsUnheard { get; private set; } = true;

        public void Add(long now)
        {
            if (Interlocked.Increment(ref count) == 1)
                Volatile.Write(ref silentSince, now);
        }

        public void Remove() => Interlocked.Decrement(ref count);

        public void Heard(long now)
        {
            Interlocked.Decrement(ref count);
            Volatile.Write(ref silentSince, now);
            IsUnheard = false;
        }

        public bool IsSilentFor(long milliseconds, long now) =>
            Volatile.Read(ref count) > 0 && now - Volatile.Read(ref silentSince) > milliseconds;
    }
}
