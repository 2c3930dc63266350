using Tokenline.Charging;
using Tokenline.Charging.Records;

namespace Tokenline.Portal.Calls;

/// <summary>Which calls are looked for; null asks nothing.</summary>
/// <param name="From">Started at or after.</param>
/// <param name="To">Started before.</param>
/// <param name="Only">With one of these keys: a visitor who does not see the whole account.</param>
internal sealed record CallFilter(
    string? Model = null,
    KeyId? Key = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    IReadOnlySet<KeyId>? Only = null
)
{
    public bool Takes(UsageRecord record) =>
        (Model is null || record.Model == Model)
        && (Key is null || record.Key == Key)
        && (Only is null || Only.Contains(record.Key))
        && !(record.StartedAt < From)
        && !(record.StartedAt >= To);
}

/// <param name="Next">Where to go on; null: that was all.</param>
/// <param name="Looked">How many calls were looked at.</param>
internal sealed record FoundCalls(IReadOnlyList<UsageRecord> Records, ChargeId? Next, int Looked);

/// <summary>
/// A page of an account's calls. They are read newest first along the account's own chain, so a page costs the same at ten calls and at ten million;
/// a filter that takes few of them looks at a bounded number, and says where to go on.
/// </summary>
internal sealed class CallFinder(IChargeHistory history)
{
    public const int LooksMax = 5000;
    private const int StepMin = 50;
    private const int StepMax = 1000;

    public async Task<FoundCalls> FindAsync(AccountId account, CallFilter filter, ChargeId? before, int count, int looksMax = LooksMax)
    {
        var found = new List<UsageRecord>(count);
        var (looked, step, at) = (0, Math.Max(StepMin, count + 1), before);
        while (looked < looksMax)
        {
            var page = await history.RecordsAsync(account, at, Math.Min(step, StepMax));
            foreach (var record in page)
            {
                looked++;
                if (record.EndedAt < filter.From)
                    return new(found, null, looked);
                if (filter.Takes(record))
                {
                    if (found.Count == count)
                        return new(found, at, looked);
                    found.Add(record);
                }
                at = record.Charge;
            }
            if (page.Count < Math.Min(step, StepMax))
                return new(found, null, looked);
            step *= 2;
        }
        return new(found, at, looked);
    }
}
