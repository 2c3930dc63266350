namespace Tokenline.Charging.Records;

/// <summary>In which order an account's usage records are given.</summary>
public enum RecordOrder
{
    /// <summary>Those that ended last first; within a period, those that started last.</summary>
    Newest,

    /// <summary>By their retail value, the most first.</summary>
    Dearest,

    /// <summary>By their tokens in and out, the most first.</summary>
    Largest,
}

/// <summary>Which usage records of an account are looked for; null asks nothing.</summary>
/// <param name="Keys">With one of these keys.</param>
/// <param name="From">Whose charge id was made at or after this instant: that is when the call started, and how days are summed.</param>
/// <param name="To">Whose charge id was made before this instant.</param>
/// <param name="ByStart">
/// They are looked for in the period itself, among the records of all accounts. Else along the account's own chain of entries, from its newest on: that is
/// a long way to a period after which the account has called much.
/// </param>
public sealed record RecordSearch(
    string? Model = null,
    IReadOnlySet<KeyId>? Keys = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    RecordOrder Order = RecordOrder.Newest,
    bool ByStart = false
)
{
    public long Lowest => From is { } from ? IdSource.Lowest<ChargeKind>(from).Value : 0;

    /// <summary>The first that is too late.</summary>
    public long Limit => To is { } to ? IdSource.Lowest<ChargeKind>(to).Value : long.MaxValue;
}

/// <param name="Next">The last that was looked at: where to go on. Null: that was all.</param>
/// <param name="Looked">How many of the account's records were looked at.</param>
public sealed record FoundRecords(IReadOnlyList<UsageRecord> Records, ChargeId? Next, int Looked);
