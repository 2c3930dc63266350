namespace Tokenline.Host.History;

/// <param name="Days">Up to today; at least 1.</param>
internal sealed record HistoryOptions(int Days)
{
    /// <summary>Ids begin with 2025, and nothing can have been before them.</summary>
    public const int DaysMax = 366;

    public int Seed { get; init; } = 20_26;

    /// <summary>About so many are made, over all days.</summary>
    public int Calls { get; init; } = 30_000;
}
