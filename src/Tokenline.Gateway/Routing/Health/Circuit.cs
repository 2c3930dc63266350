using System.Numerics;

namespace Tokenline.Gateway.Routing.Health;

internal enum CircuitState
{
    Closed,
    Open,

    /// <summary>Its time is over: one call may try, and decides.</summary>
    HalfOpen,
}

/// <summary>
/// Keeps calls away from a deployment that fails. It opens when enough of the last calls have failed, at least half of them, so that one customer's poisonous
/// prompt does not close a deployment for all; after a while, longer each time, one call is let through as a trial.
/// Used under its deployment's lock, but for <see cref="StateAt"/>.
/// </summary>
internal sealed class Circuit(RoutingOptions options, Random dice)
{
    private const int ForgottenMilliseconds = 10_000;
    private const int JitterPercent = 20;

    private long opensUntil; // 0: closed
    private int trial; // 1: a call tries
    private long trialSince;
    private int openings; // in a row, without a success between
    private readonly int remembered = Math.Clamp(options.CircuitFailures * 2, 1, 64);
    private long countedAt;
    private ulong failures; // a bit for each of the last calls, the newest lowest
    private int tried;

    /// <summary>Why it opened last.</summary>
    public string? Reason { get; private set; }

    public CircuitState StateAt(long now) =>
        Volatile.Read(ref opensUntil) switch
        {
            0 => CircuitState.Closed,
            var until when until > now => CircuitState.Open,
            _ => CircuitState.HalfOpen,
        };

    /// <summary>When it may be tried again; meaningless while it is closed.</summary>
    public long OpenUntil => Volatile.Read(ref opensUntil);

    /// <summary>False: a trial runs already. One that nobody has ended for long is taken for lost.</summary>
    public bool TryTrial(long now, long patience)
    {
        if (trial == 1 && now - trialSince < patience)
            return false;
        (trial, trialSince) = (1, now);
        return true;
    }

    public bool IsTrying(long now, long patience) => Volatile.Read(ref trial) == 1 && now - Volatile.Read(ref trialSince) < patience;

    /// <summary>A trial that says nothing: the client left, or the request was at fault.</summary>
    public void Untried() => trial = 0;

    public void Succeeded(long now)
    {
        Count(now, failure: false);
        Began(now);
    }

    /// <summary>An answer has begun: of a trial that is enough, its end may be minutes away.</summary>
    public void Began(long now)
    {
        // What was sent before it opened may still come back well; only a trial closes it.
        if (trial == 0 || StateAt(now) != CircuitState.HalfOpen)
            return;
        (opensUntil, trial, openings, failures, tried) = (0, 0, 0, 0, 0);
        Reason = null;
    }

    /// <param name="isCertain">Nothing listens there, say: no share of failures is needed.</param>
    public void Failed(long now, string reason, bool isCertain, TimeSpan? retryAfter)
    {
        Count(now, failure: true);
        switch (StateAt(now))
        {
            case CircuitState.Open:
                return; // calls that were sent before
            case CircuitState.HalfOpen:
                Open(now, reason, isCertain, retryAfter);
                return;
            case CircuitState.Closed when options.CircuitFailures > 0 && Failures >= Enough(isCertain) && Failures * 2 >= tried:
                Open(now, reason, isCertain, retryAfter);
                return;
        }
    }

    /// <summary>Nothing listened there, so that a probe can tell when something does.</summary>
    public bool IsUnreachable { get; private set; }

    /// <summary>Something listens again, says a probe: the next call may try at once.</summary>
    public void Answered(long now)
    {
        if (IsUnreachable && StateAt(now) == CircuitState.Open)
            Volatile.Write(ref opensUntil, now);
    }

    private void Open(long now, string reason, bool isUnreachable, TimeSpan? retryAfter)
    {
        var most = options.CircuitOpenMaxSeconds * 1000L;
        var milliseconds = Math.Min(most, (long)options.CircuitOpenMilliseconds << Math.Min(openings, 16));
        milliseconds += milliseconds * dice.Next(-JitterPercent, JitterPercent + 1) / 100; // so that not all come back at once
        if (retryAfter is { } asked)
            milliseconds = Math.Max(milliseconds, (long)Math.Min(asked.TotalMilliseconds, options.RestMaxSeconds * 1000.0));
        openings++;
        trial = 0;
        (Reason, IsUnreachable) = (reason, isUnreachable);
        Volatile.Write(ref opensUntil, now + Math.Max(1, milliseconds));
    }

    private int Enough(bool isCertain) => isCertain ? Math.Min(options.CircuitFailures, 2) : options.CircuitFailures;

    private void Count(long now, bool failure)
    {
        if (now - countedAt > ForgottenMilliseconds)
            (failures, tried) = (0, 0);
        countedAt = now;
        failures = ((failures << 1) | (failure ? 1u : 0)) & (ulong.MaxValue >> (64 - remembered));
        tried = Math.Min(tried + 1, remembered);
    }

    private int Failures => BitOperations.PopCount(failures);
}
