namespace Tokenline.Testing;

/// <summary>Allocated bytes are a gate: they are the same everywhere, where times are not.</summary>
internal static class Allocations
{
    private const int Rounds = 5;

    /// <summary>
    /// Bytes of the cheapest of a few rounds. What the code allocates is in each of them; what the runtime does beside it (code compiled anew, a pool trimmed by a collection) is not.
    /// </summary>
    public static long Least(Action round)
    {
        var least = long.MaxValue;
        for (var i = 0; i < Rounds; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
