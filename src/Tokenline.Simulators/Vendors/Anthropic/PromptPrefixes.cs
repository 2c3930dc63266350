using System.Collections.Concurrent;

namespace Tokenline.Simulators.Vendors.Anthropic;

/// <summary>The prompt block by block, each with a hash of everything up to it: what a prompt cache works on.</summary>
internal sealed class PromptPrefixes(ulong seed)
{
    public const int MarksMax = 4;

    private const int LookBack = 20; // blocks before a mark in which the vendor finds an older prefix

    private readonly List<(ulong Hash, long Tokens, Mark Mark)> blocks = [];
    private ulong hash = seed;

    public enum Mark
    {
        None,
        FiveMinutes,
        Hour,
    }

    public long Tokens { get; private set; }

    public int Marks => blocks.Count(b => b.Mark != Mark.None);

    /// <summary>The vendor wants long-lived marks before short-lived ones.</summary>
    public bool HourAfterFiveMinutes =>
        blocks.FindIndex(b => b.Mark == Mark.FiveMinutes) is >= 0 and var first && blocks.FindLastIndex(b => b.Mark == Mark.Hour) > first;

    public void Add(ulong blockHash, long tokens, Mark mark)
    {
        hash = AnswerRequest.HashOf(BitConverter.GetBytes(blockHash), hash);
        Tokens += tokens;
        blocks.Add((hash, Tokens, mark));
    }

    /// <summary>Tokens that belong to no block, such as those of a message's frame.</summary>
    public void AddFrame(long tokens) => Tokens += tokens;

    /// <summary>A mark for the whole request stands for one on its last block.</summary>
    public void MarkLast(Mark mark)
    {
        if (blocks.Count > 0 && blocks[^1].Mark == Mark.None)
            blocks[^1] = blocks[^1] with { Mark = mark };
    }

    /// <summary>What is read from the cache and written to it; the cache knows the marked prefixes from now on.</summary>
    public (long Read, long Short, long Hour) LookUp(PrefixCache cache)
    {
        var read = Known(cache);
        var end = read;
        long shortWrites = 0,
            hourWrites = 0;
        foreach (var (prefix, tokens, mark) in blocks)
        {
            if (mark == Mark.None || tokens < cache.TokensMin)
                continue;
            if (tokens > end)
            {
                if (mark == Mark.Hour)
                    hourWrites += tokens - end;
                else
                    shortWrites += tokens - end;
                end = tokens;
            }
            cache.Add(prefix);
        }
        return (read, shortWrites, hourWrites);
    }

    private long Known(PrefixCache cache)
    {
        var nearest = int.MaxValue;
        for (var i = blocks.Count - 1; i >= 0; i--)
        {
            if (blocks[i].Mark != Mark.None)
                nearest = i;
            if (nearest != int.MaxValue && nearest - i <= LookBack && cache.Has(blocks[i].Hash))
                return blocks[i].Tokens;
        }
        return 0;
    }
}

/// <summary>The prefixes that were marked so far. It never forgets by time; when it is full it forgets everything.</summary>
internal sealed class PrefixCache(int tokensMin)
{
    private const int PrefixesMax = 100_000;

    private readonly ConcurrentDictionary<ulong, byte> known = new();

    /// <summary>Shorter prefixes are not cached.</summary>
    public int TokensMin => tokensMin;

    public bool Has(ulong prefix) => known.ContainsKey(prefix);

    public void Add(ulong prefix)
    {
        if (known.ContainsKey(prefix))
            return;
        if (known.Count >= PrefixesMax)
            known.Clear();
        known[prefix] = 0;
    }
}
