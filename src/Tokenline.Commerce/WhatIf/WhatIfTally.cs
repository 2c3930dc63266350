namespace Tokenline.Commerce.WhatIf;

/// <summary>One subscriber as tried.</summary>
internal sealed record TriedSubscriber(
    WhatIfSubscriber Subscriber,
    bool IsLeased,
    bool IsUnchanged,
    long WithoutCost,
    long NotConverted,
    long NotDone
);

/// <summary>Adds subscribers up; what it holds does not grow with them.</summary>
internal sealed class WhatIfTally(Currency currency)
{
    public const int MostMax = 20;

    /// <summary>In whole units of the currency.</summary>
    private static readonly long[] edges = [-100, -50, -20, -10, -5, -1, 0, 0, 1, 5, 10, 20, 50, 100];

    private readonly long[] bands = new long[edges.Length + 1];
    private readonly PriorityQueue<WhatIfSubscriber, (Int128, long)> most = new();
    private readonly Spread revenue = new();
    private readonly Spread margin = new();
    private WhatIfSide was;
    private WhatIfSide would;
    private WhatIfGroup gain;
    private WhatIfGroup lose;
    private long tried;
    private long same;
    private long calls;
    private long refused;
    private long cut;
    private long refusing;
    private long leased;
    private long unchanged;
    private long withoutCost;
    private long notConverted;
    private long notDone;

    public void Add(TriedSubscriber one)
    {
        var (subscriber, change) = (one.Subscriber, one.Subscriber.ChangeNano);
        tried++;
        was += subscriber.Was;
        would += subscriber.Would;
        if (change < 0)
            gain = gain.With(-change);
        else if (change > 0)
            lose = lose.With(change);
        else
            same++;
        bands[BandOf(change)]++;
        revenue.Add((double)change);
        margin.Add((double)(subscriber.Would.MarginNano - subscriber.Was.MarginNano));
        calls += subscriber.Calls;
        refused += subscriber.Refused;
        cut += subscriber.Cut;
        refusing += subscriber.Refused + subscriber.Cut > 0 ? 1 : 0;
        leased += one.IsLeased ? 1 : 0;
        unchanged += one.IsUnchanged ? 1 : 0;
        withoutCost += one.WithoutCost;
        notConverted += one.NotConverted;
        notDone += one.NotDone;
        if (change == 0 && subscriber.Refused + subscriber.Cut == 0)
            return;
        most.Enqueue(subscriber, (Int128.Abs(change), subscriber.Refused + subscriber.Cut));
        if (most.Count > MostMax)
            most.Dequeue();
    }

    public WhatIfReport ToReport(long subscribers)
    {
        var affected = most
            .UnorderedItems.OrderByDescending(item => item.Priority)
            .ThenBy(item => item.Element.Customer.Value)
            .Select(item => item.Element);
        return new(
            currency,
            subscribers,
            tried,
            was,
            would,
            gain,
            lose,
            same,
            [.. bands.Select((count, i) => new WhatIfBand(EdgeOf(i - 1), EdgeOf(i), count))],
            [.. affected],
            calls,
            refused,
            cut,
            refusing,
            leased,
            unchanged,
            withoutCost,
            notConverted,
            notDone
        )
        {
            Revenue = revenue.Estimate(would.RevenueNano - was.RevenueNano, subscribers),
            Margin = margin.Estimate(would.MarginNano - was.MarginNano, subscribers),
        };
    }

    private static long? EdgeOf(int at) => at < 0 || at >= edges.Length ? null : edges[at] * Money.NanoPerUnit;

    /// <summary>Changes below nothing are in the band that they are at the upper edge of, others in the one that they are at the lower edge of; none is a band of its own.</summary>
    private static int BandOf(Int128 change)
    {
        var band = 0;
        while (band < edges.Length && (change > EdgeOf(band) || (change == EdgeOf(band) && (change > 0 || (change == 0 && band < 7)))))
            band++;
        return band;
    }

    /// <summary>Mean and variance, one value after the other (Welford 1962).</summary>
    private sealed class Spread
    {
        private long count;
        private double mean;
        private double squares;

        public void Add(double value)
        {
            count++;
            var before = value - mean;
            mean += before / count;
            squares += before * (value - mean);
        }

        /// <summary>N ÷ n times the sum; ± 1.96 × N × √(s² ÷ n × (1 − n ÷ N)). Of all subscribers the sum itself, without an error.</summary>
        public WhatIfEstimate Estimate(Int128 sum, long all)
        {
            if (count == 0 || count >= all)
                return new(sum, 0);
            var variance = count < 2 ? 0 : squares / (count - 1);
            var error = 1.96 * all * Math.Sqrt(variance / count * (1 - ((double)count / all)));
            return new(sum * all / count, (Int128)error);
        }
    }
}
