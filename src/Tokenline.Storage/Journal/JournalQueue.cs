using System.Collections.Concurrent;
using System.Diagnostics;

namespace Tokenline.Storage.Journal;

/// <summary>
/// Many threads put, one takes. The taker sleeps lightly (10 ms) while there may be entries that are in no hurry, and deeply after a quiet while;
/// an urgent entry wakes it from both, any other only from deep sleep. So a busy writer is never woken in vain.
/// Under load it lingers for a moment before it takes what is there: a sync costs the same for many as for few, and so does every thread that it wakes.
/// </summary>
internal sealed class JournalQueue : IDisposable
{
    private const int Awake = 0;
    private const int Light = 1;
    private const int Deep = 2;
    private const int LightMilliseconds = 10;
    private const int LightNaps = 4;

    /// <summary>After a batch of so many it lingers: fewer come in a moment that is better not waited for, more share their costs well enough as it is.</summary>
    private const int LingerFrom = 8;
    private const int LingerBelow = 512;
    private static readonly TimeSpan linger = TimeSpan.FromMicroseconds(400);

    private readonly ConcurrentQueue<JournalItem> items = new();
    private readonly AutoResetEvent wake = new(false);
    private int sleep; // Awake, Light or Deep
    private int count;
    private int urgent; // 1: somebody waits for an entry in the queue
    private int newest; // how many the last batch took; the taker's own
    private long written; // a timestamp: when it was durable
    private volatile bool closed;

    public int Count => Volatile.Read(ref count);

    public void Put(JournalItem item, bool isUrgent)
    {
        Interlocked.Increment(ref count);
        items.Enqueue(item);
        if (isUrgent)
            Interlocked.Exchange(ref urgent, 1);
        // The taker shows the depth of its sleep before its last look, so either it sees the item or we see that it sleeps.
        var depth = Volatile.Read(ref sleep);
        if (depth == Deep || (isUrgent && depth == Light))
        {
            if (Interlocked.Exchange(ref sleep, Awake) != Awake)
                wake.Set();
        }
    }

    /// <summary>Waits for items and takes at most so many, in order. False: closed and empty.</summary>
    public bool Take(List<JournalItem> taken, int most)
    {
        for (var naps = 0; Volatile.Read(ref urgent) == 0 && !closed; naps++)
        {
            if (naps > 0 && !items.IsEmpty)
                break; // in no hurry, but they have waited a nap
            Sleep(naps < LightNaps || !items.IsEmpty ? Light : Deep);
        }
        if (newest is >= LingerFrom and < LingerBelow && !closed && linger - Stopwatch.GetElapsedTime(written) is { Ticks: > 0 } rest)
            ShortNap.Take(rest);
        Interlocked.Exchange(ref urgent, 0);
        while (taken.Count < most && items.TryDequeue(out var item))
            taken.Add(item);
        if (taken.Count == most)
            Interlocked.Exchange(ref urgent, 1); // what stays behind may be urgent
        newest = taken.Count;
        Interlocked.Add(ref count, -newest);
        return taken.Count > 0 || !closed;
    }

    /// <summary>What was taken is durable: the moment that the taker lingers begins here, whatever it does in it.</summary>
    public void Written() => written = Stopwatch.GetTimestamp();

    public void Close()
    {
        closed = true;
        wake.Set();
    }

    public void Dispose() => wake.Dispose();

    private void Sleep(int depth)
    {
        Interlocked.Exchange(ref sleep, depth);
        if (Volatile.Read(ref urgent) == 0 && !closed && (depth == Light || items.IsEmpty))
            wake.WaitOne(depth == Light ? LightMilliseconds : Timeout.Infinite);
        Interlocked.Exchange(ref sleep, Awake);
    }
}
