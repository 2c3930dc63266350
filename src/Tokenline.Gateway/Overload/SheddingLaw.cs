namespace Tokenline.Gateway.Overload;

/// <summary>
/// Which share of calls is refused so that those that are let in do not wait longer than a target: the control law of PIE (RFC 8033), for calls instead of packets.
/// The share follows how far the delay is from the target, and whether it grows. PIE's small steps while little is refused are left out: a call is refused when
/// it is looked at, so that what is decided shows at once. Pure, and not thread-safe.
/// </summary>
/// <param name="target">A delay that is all right for as long as it likes.</param>
internal sealed class SheddingLaw(TimeSpan target)
{
    /// <summary>Some are always served: without them nobody would see that there is room again.</summary>
    private const double ShareMax = 0.95;

    // RFC 8033 has 0.125 and 1.25 for an update every 15 ms; ours come when they come.
    private const double OfDistance = 0.125 / 0.015; // a second of both delay and time
    private const double OfChange = 1.25; // a second of delay
    private const double Forgetting = 0.02 / 0.015; // a second, while nothing waits
    private const double Negligible = 0.001;

    /// <summary>A burst, a collection of garbage or a busy neighbour is over by then.</summary>
    private static readonly TimeSpan burst = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan stepLongest = TimeSpan.FromMilliseconds(500);

    private TimeSpan last;
    private TimeSpan allowance = burst;

    /// <summary>Of 1.</summary>
    public double Share { get; private set; }

    /// <param name="delay">What calls wait before they are looked at, now.</param>
    /// <param name="since">The last time this was told.</param>
    public void Observe(TimeSpan delay, TimeSpan since)
    {
        var seconds = (since < stepLongest ? since : stepLongest).TotalSeconds;
        var change = (OfDistance * (delay - target).TotalSeconds * seconds) + (OfChange * (delay - last).TotalSeconds);
        var isCalm = delay < target / 2 && last < target / 2;
        last = delay;
        if (isCalm && Share < Negligible)
        {
            (Share, allowance) = (0, burst);
            return;
        }
        if (Share == 0 && delay <= target)
            return;
        if (allowance > TimeSpan.Zero)
        {
            allowance -= since;
            return;
        }
        Share = Math.Clamp(Share + change, 0, ShareMax);
        if (isCalm)
            Share *= 1 - (Forgetting * seconds);
    }
}
