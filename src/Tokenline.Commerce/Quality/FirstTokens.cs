using System.Globalization;
using System.Text;

namespace Tokenline.Commerce.Quality;

/// <summary>How long streams took to begin, in classes of which each is 1.19 times the one before: from 2 ms to half an hour, at most 19 % above the truth.</summary>
public sealed class FirstTokens
{
    public const int Classes = 80;

    private const int PerDoubling = 4;

    private readonly int[] counts = new int[Classes];

    public long Count { get; private set; }

    public void Add(long milliseconds)
    {
        counts[ClassOf(milliseconds)]++;
        Count++;
    }

    public void Add(FirstTokens other)
    {
        for (var i = 0; i < Classes; i++)
            counts[i] += other.counts[i];
        Count += other.Count;
    }

    /// <summary>Within which so many of 100 began, in milliseconds; null: nothing was measured.</summary>
    public double? Percentile(int percent)
    {
        if (Count == 0)
            return null;
        var rank = Math.Max(1, ((Count * percent) + 99) / 100);
        for (var i = 0; i < Classes; i++)
        {
            rank -= counts[i];
            if (rank <= 0)
                return 2 * Math.Pow(2, (double)i / PerDoubling);
        }
        return null;
    }

    /// <summary>The classes that have any, such as <c>31:4 33:1</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (var i = 0; i < Classes; i++)
        {
            if (counts[i] > 0)
                text.Append(text.Length == 0 ? "" : " ").Append(CultureInfo.InvariantCulture, $"{i}:{counts[i]}");
        }
        return text.ToString();
    }

    /// <exception cref="FormatException">This was not written by <see cref="ToString"/>.</exception>
    public static FirstTokens Parse(string text)
    {
        var read = new FirstTokens();
        foreach (var part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = part.IndexOf(':');
            var index = colon < 0 ? -1 : int.Parse(part.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture);
            if (index is < 0 or >= Classes)
                throw new FormatException($"'{part}' is no class of first tokens");
            var count = int.Parse(part.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture);
            read.counts[index] += count;
            read.Count += count;
        }
        return read;
    }

    private static int ClassOf(long milliseconds) =>
        milliseconds <= 2 ? 0 : Math.Min(Classes - 1, (int)Math.Ceiling(PerDoubling * Math.Log2(milliseconds / 2.0)));
}
