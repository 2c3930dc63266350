namespace Tokenline.Billing;

/// <summary>Divides whole amounts without loss: the parts add up to the amount, always.</summary>
public static class Split
{
    /// <summary>
    /// In proportion to weights of any sign, by the largest remainder; of equal remainders the earlier part is the larger. The amount itself may be negative.
    /// </summary>
    /// <param name="weights">Their sum is not 0.</param>
    public static long[] Proportionally(long amount, IReadOnlyList<Int128> weights)
    {
        Int128 all = 0;
        foreach (var weight in weights)
            all += weight;
        if (all == 0)
            throw new ArgumentException("nothing is in proportion to nothing", nameof(weights));
        var sign = all < 0 ? -1 : 1;
        all *= sign;
        var parts = new long[weights.Count];
        var remainders = new (Int128 Left, int Index)[weights.Count];
        var rest = amount;
        for (var i = 0; i < parts.Length; i++)
        {
            var product = checked(amount * weights[i] * sign);
            var (quotient, left) = Int128.DivRem(product, all);
            if (left < 0)
            {
                quotient--;
                left += all;
            }
            parts[i] = checked((long)quotient);
            remainders[i] = (left, i);
            rest -= parts[i];
        }
        Array.Sort(remainders, (a, b) => a.Left != b.Left ? b.Left.CompareTo(a.Left) : a.Index.CompareTo(b.Index));
        for (var i = 0; rest > 0; i++, rest--)
            parts[remainders[i].Index]++;
        return parts;
    }

    public static long[] Evenly(long amount, int count) => Proportionally(amount, [.. Enumerable.Repeat(Int128.One, count)]);
}
