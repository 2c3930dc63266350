namespace Tokenline.Commerce.Quality;

/// <summary>How an attempt at a deployment ended, as its quality counts it.</summary>
public enum AttemptEnding
{
    Served,

    /// <summary>Nobody answered, or the connection broke before an answer began.</summary>
    ConnectFailed,

    TimedOut,

    /// <summary>The vendor said 5xx, or an error in a 200.</summary>
    VendorError,

    /// <summary>429: it says how much one may ask, and nothing of whether it works. It counts in no availability.</summary>
    Limited,

    /// <summary>The vendor refused this gateway: keys, rights, no such model.</summary>
    Refused,

    /// <summary>An answer broke off, or was none in the protocol.</summary>
    Broken,
}

/// <summary>Counts of attempts; adding two up loses nothing, so that hours make days, days make months, and deployments a model. One writer at a time.</summary>
public sealed class QualityTally
{
    private readonly long[] endings = new long[EndingsCount];

    public static int EndingsCount { get; } = Enum.GetValues<AttemptEnding>().Length;

    public long this[AttemptEnding ending]
    {
        get => endings[(int)ending];
        set => endings[(int)ending] = value;
    }

    /// <summary>Those that say whether it works: limits are left out.</summary>
    public long Tried => endings.Sum() - this[AttemptEnding.Limited];

    public bool IsEmpty => endings.All(count => count == 0) && FirstTokens.Count == 0;

    /// <summary>Until streams began.</summary>
    public FirstTokens FirstTokens { get; init; } = new();

    /// <summary>Output of calls that were served.</summary>
    public long OutputTokens { get; set; }

    /// <summary>The part of it that streams wrote, and how long they wrote after they had begun.</summary>
    public long StreamedTokens { get; set; }

    public long StreamedMilliseconds { get; set; }

    /// <summary>The part of the output whose energy is known, and that energy.</summary>
    public long EnergyTokens { get; set; }

    public double Joules { get; set; }

    public void Ended(AttemptEnding ending) => endings[(int)ending]++;

    public void Wrote(long tokens, long milliseconds)
    {
        OutputTokens += tokens;
        if (milliseconds <= 0)
            return;
        StreamedTokens += tokens;
        StreamedMilliseconds += milliseconds;
    }

    public void Add(QualityTally other)
    {
        for (var i = 0; i < endings.Length; i++)
            endings[i] += other.endings[i];
        FirstTokens.Add(other.FirstTokens);
        OutputTokens += other.OutputTokens;
        StreamedTokens += other.StreamedTokens;
        StreamedMilliseconds += other.StreamedMilliseconds;
        EnergyTokens += other.EnergyTokens;
        Joules += other.Joules;
    }

    /// <summary>Of 1: served of those tried; null: nothing was tried.</summary>
    public double? Availability => Tried == 0 ? null : (double)this[AttemptEnding.Served] / Tried;

    /// <summary>Output tokens a second of a stream after its first; null: no stream wrote.</summary>
    public double? TokensPerSecond => StreamedMilliseconds == 0 ? null : StreamedTokens * 1000.0 / StreamedMilliseconds;

    /// <summary>Null: the energy of none of it is known.</summary>
    public double? JoulesPerToken => EnergyTokens == 0 ? null : Joules / EnergyTokens;
}
