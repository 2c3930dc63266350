using System.Collections.Concurrent;
using System.Net;

namespace Tokenline.Management.Api;

/// <summary>Shuts out, to the end of the minute, an address from which too many wrong keys came: also with the right one, or trying on would find it.</summary>
internal sealed class GuessLimit(TimeProvider time)
{
    public const int WrongMax = 50;
    private const int AddressesMax = 10_000;
    private static readonly TimeSpan window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<IPAddress, Count> counts = new();

    public int Remembered => counts.Count;

    /// <summary>How long no key from there is looked at; null: it is.</summary>
    public TimeSpan? ShutFor(IPAddress? from)
    {
        if (counts.IsEmpty || !counts.TryGetValue(from ?? IPAddress.None, out var count) || count.Wrong < WrongMax)
            return null;
        var left = count.Until - time.GetUtcNow();
        return left > TimeSpan.Zero ? left : null;
    }

    public void Wrong(IPAddress? from)
    {
        var now = time.GetUtcNow();
        if (counts.Count >= AddressesMax)
            Forget(now);
        counts.AddOrUpdate(
            from ?? IPAddress.None,
            _ => new(1, now + window),
            (_, known) => known.Until <= now ? new(1, now + window) : known with { Wrong = known.Wrong + 1 }
        );
    }

    /// <summary>Those whose minute is over; if there are none, all: whoever has so many addresses is not held by this.</summary>
    private void Forget(DateTimeOffset now)
    {
        foreach (var (address, count) in counts)
        {
            if (count.Until <= now)
                counts.TryRemove(address, out _);
        }
        if (counts.Count >= AddressesMax)
            counts.Clear();
    }

    private sealed record Count(int Wrong, DateTimeOffset Until);
}
