namespace Tokenline.Gateway.Routing.Figures;

/// <summary>How long things took, in 80 classes of which each is 1.19 times the one before: from 2 ms to half an hour, at most 19 % above the truth.</summary>
internal sealed class LatencyHistogram
{
    public const int Classes = 80;

    private const int PerDoubling = 4;

    private readonly int[] counts = new int[Classes];

    public int Count { get; private set; }

    public void Add(long milliseconds)
    {
        counts[ClassOf(milliseconds)]++;
        Count++;
    }

    public void AddTo(Span<int> sum)
    {
        for (var i = 0; i < Classes; i++)
            sum[i] += counts[i];
    }

    public void Clear()
    {
        Array.Clear(counts);
        Count = 0;
    }

    /// <summary>So that what is old weighs less.</summary>
    public void Halve()
    {
        Count = 0;
        for (var i = 0; i < Classes; i++)
            Count += counts[i] /= 2;
    }

    /// <summary>Within which so many of 100 lie, in milliseconds; 0 where there are none.</summary>
    public double Percentile(int percent) => Percentile(counts, Count, percent);

    public static double Percentile(ReadOnlySpan<int> counts, int count, int percent)
    {
        if (count == 0)
            return 0;
        var rank = Math.Max(1, ((long)count * percent + 99) / 100);
        for (var i = 0; i < counts.Length; i++)
        {
            rank -= counts[i];
            if (rank <= 0)
                return UpperOf(i);
        }
        return UpperOf(counts.Length - 1);
    }

    private static int ClassOf(long milliseconds)
    {
        if (milliseconds <= 2)
            return 0;
        return Math.Min(Classes - 1, (int)Math.Ceiling(PerDoubling * Math.Log2(milliseconds / 2.0)));
    }

    private static double UpperOf(int index) => 2 * Math.Pow(2, (double)index / PerDoubling);
}
