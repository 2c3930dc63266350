namespace Tokenline.Charging.Limits;

/// <summary>
/// Rates and calls at once that the calls of many accounts share, such as those of the operator's own key at a vendor. They count as an account's do, under
/// a lock of their own; what they have counted is of this process and is not kept.
/// </summary>
public sealed class SharedLimits
{
    private readonly Lock gate = new();
    private readonly LimitCounter[] counters;

    /// <param name="limits">Rolling windows and running calls, of requests and tokens.</param>
    public SharedLimits(IEnumerable<Limit> limits)
    {
        counters = [.. limits.Select(limit => LimitCounter.Of(limit, bornAt: 0))];
        foreach (var counter in counters)
        {
            if (counter.Limit is not { Window: LimitWindow.Rolling or LimitWindow.Running, Measure: Measure.Requests or Measure.Tokens })
                throw new ArgumentException($"{counter.Limit} cannot be shared", nameof(limits));
        }
    }

    /// <summary>All of them have room, and count the call from now on; or none does.</summary>
    /// <param name="tokens">What the call probably comes to. One that is more than a whole limit may go alone.</param>
    /// <param name="fitsAt">When it would, as far as is known: a running call may end at any time.</param>
    public bool TryBegin(DateTimeOffset now, long tokens, out DateTimeOffset? fitsAt)
    {
        fitsAt = null;
        lock (gate)
        {
            foreach (var counter in counters)
            {
                var amount = AmountOf(counter, tokens);
                if (counter.Room(now, null) >= amount)
                    continue;
                fitsAt = counter.FitsAt(now, amount, null);
                return false;
            }
            foreach (var counter in counters)
                counter.Begin(now, AmountOf(counter, tokens), null);
            return true;
        }
    }

    /// <summary>The call has ended; tokens are corrected to what they were.</summary>
    public void End(DateTimeOffset start, long tokens, long used)
    {
        lock (gate)
        {
            foreach (var counter in counters)
                counter.Correct(start, -AmountOf(counter, tokens), counter.Limit.Measure == Measure.Tokens ? used : 1, null);
        }
    }

    private static long AmountOf(LimitCounter counter, long tokens) =>
        counter.Limit.Measure == Measure.Tokens ? Math.Min(tokens, counter.Limit.Max) : 1;
}
