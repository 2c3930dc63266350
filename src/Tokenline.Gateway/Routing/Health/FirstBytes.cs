using Tokenline.Gateway.Routing.Figures;

namespace Tokenline.Gateway.Routing.Health;

/// <summary>
/// How long a deployment takes until its answer begins, learnt from its own history, so that a slow thinker is not called dead and a fast one is not waited for
/// in vain. What was given up counts as having taken so long: a vendor that has become slower is learnt, not shut out for ever.
/// </summary>
internal sealed class FirstBytes(RoutingOptions options)
{
    private const int CountMax = 1000; // then what is old weighs half
    private const int Refreshed = 16;

    private readonly LatencyHistogram times = new();
    private double p99;
    private double p95;

    public void Add(long milliseconds)
    {
        times.Add(milliseconds);
        if (times.Count > CountMax)
            times.Halve();
        if (times.Count < options.FirstByteSamples || times.Count % Refreshed != 0 && p99 > 0)
            return;
        Volatile.Write(ref p95, times.Percentile(95));
        Volatile.Write(ref p99, times.Percentile(99));
    }

    /// <summary>After how many milliseconds another deployment had better be asked; null: too little is known.</summary>
    public long? Patience =>
        Volatile.Read(ref p99) is > 0 and var usual
            ? Math.Max(options.FirstByteMinMilliseconds, (long)(usual * options.FirstBytePatience))
            : null;

    /// <summary>Within which 95 of 100 answers begin; null: too little is known.</summary>
    public long? Usual => Volatile.Read(ref p95) is > 0 and var usual ? (long)usual : null;
}
