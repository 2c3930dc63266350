namespace Tokenline.Gateway.Routing.Health;

/// <summary>
/// Keeps retries from becoming a storm: over ten seconds, all second and further attempts together are at most a share of all calls, and some a second that
/// a quiet gateway always has.
/// </summary>
internal sealed class RetryBudget(RoutingOptions options, RoutingClock clock)
{
    private const int Slots = 10;
    private const int SlotMilliseconds = 1000;

    private readonly Lock gate = new();
    private readonly int[] calls = new int[Slots];
    private readonly int[] retries = new int[Slots];
    private long slot;
    private int callsInAll;
    private int retriesInAll;

    public int Calls => callsInAll;

    public int Retries => retriesInAll;

    /// <summary>A call is made for the first time.</summary>
    public void Called()
    {
        // Every call comes here: only the first of a second takes the lock.
        var now = clock.Now / SlotMilliseconds;
        if (Volatile.Read(ref slot) != now)
        {
            lock (gate)
                _ = Index();
        }
        Interlocked.Increment(ref calls[now % Slots]);
        Interlocked.Increment(ref callsInAll);
    }

    /// <summary>False: there have been enough.</summary>
    public bool TryTake()
    {
        lock (gate)
        {
            var index = Index();
            if (retriesInAll >= (callsInAll * (long)options.RetryPercent / 100) + ((long)options.RetriesPerSecond * Slots))
                return false;
            retries[index]++;
            retriesInAll++;
            return true;
        }
    }

    private int Index()
    {
        var now = clock.Now / SlotMilliseconds;
        for (var stale = Math.Max(slot, now - Slots); stale < now; stale++)
        {
            var index = (int)((stale + 1) % Slots);
            Interlocked.Add(ref callsInAll, -Interlocked.Exchange(ref calls[index], 0));
            retriesInAll -= retries[index];
            retries[index] = 0;
        }
        Volatile.Write(ref slot, Math.Max(slot, now));
        return (int)(now % Slots);
    }
}
