using Tokenline.Charging;
using Tokenline.Charging.Records;
using Tokenline.Portal.Texts;

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
    IReadOnlySet<KeyId>? Only = null,
    RecordOrder Order = RecordOrder.Newest
)
{
    public RecordSearch Search =>
        new(
            Model,
            Key is { } key ? (Only?.Contains(key) == false ? new HashSet<KeyId>() : new HashSet<KeyId> { key }) : Only,
            From,
            To,
            Order
        );

    public bool Takes(UsageDay day) =>
        (Model ?? day.Of.Model) == day.Of.Model && (Key ?? day.Of.Key) == day.Of.Key && Only?.Contains(day.Of.Key) != false;
}

/// <param name="Next">Where to go on; null: that was all.</param>
/// <param name="Looked">How many calls were looked at.</param>
internal sealed record FoundCalls(IReadOnlyList<UsageRecord> Records, ChargeId? Next, int Looked);

/// <summary>
/// A page of an account's calls, newest first. It costs the same at ten calls and at ten million: it is found along the account's own chain; for a day long ago, in that day;
/// and where a filter takes few of many, the sums of days say which days have any. What is looked at is bounded, and then the page says where to go on.
/// </summary>
internal sealed class CallFinder(IChargeHistory history, OperatorClock clock)
{
    /// <summary>Calls that a page looks at: fewer than take half a second, by what 50,000 took (docs/performance.md).</summary>
    public const int LooksMax = 35_000;

    /// <summary>Calls that are added up on a page.</summary>
    public const int AddedMax = 5000;

    /// <summary>So many calls after a period are passed along the chain; more than that, and the period is looked up by itself.</summary>
    private const long PassedMax = 20_000;

    /// <summary>Days that are looked up by themselves, for one page.</summary>
    private const int DaysMax = 5;

    /// <summary>Days whose sums are read, for one page of a filter that does not say where to begin.</summary>
    private const int DaysBack = 366;

    public async Task<FoundCalls> FindAsync(AccountId account, CallFilter filter, ChargeId? before, int count, int looksMax = LooksMax)
    {
        var search = filter.Search;
        if (await IsFarAsync(account, filter, before))
            search = search with { ByStart = true };
        var found = await history.SearchAsync(account, search, before, count, looksMax);
        if (found.Next is not { } next || found.Records.Count >= count || filter.Order != RecordOrder.Newest)
            return new(found.Records, found.Next, found.Looked);
        return await JumpAsync(account, filter, new([.. found.Records], next, found.Looked), count, looksMax);
    }

    /// <summary>Whether the chain is a long way to where the search begins, or does not lead there.</summary>
    private async Task<bool> IsFarAsync(AccountId account, CallFilter filter, ChargeId? before)
    {
        if (before is { } charge)
            return (await history.FindRecordAsync(charge))?.Account != account;
        if (filter.To is not { } to || to >= clock.Now)
            return false;
        return (await history.DaysAsync(account, clock.DayOf(to), clock.Today)).Sum(day => day.Sums.Calls) > PassedMax;
    }

    /// <summary>Few of many calls are wanted: those days are looked at that have any, from the newest that is left.</summary>
    private async Task<FoundCalls> JumpAsync(AccountId account, CallFilter filter, FoundCalls so, int count, int looksMax)
    {
        var (records, next, looked) = (so.Records.ToList(), so.Next, so.Looked);
        var last = clock.DayOf(IdSource.At(next!.Value));
        var first = filter.From is { } from ? clock.DayOf(from) : last.AddDays(-DaysBack);
        // What did not say where to begin was looked for back to that day alone, and goes on from there. Before ids were made there is nothing.
        ChargeId? rest = filter.From is null && IdSource.Lowest<ChargeKind>(clock.StartOf(first)) is { Value: > 0 } lowest ? lowest : null;
        var days = (await history.DaysAsync(account, first, last))
            .Where(day => filter.Takes(day) && !(clock.StartOf(day.Of.Day) >= filter.To))
            .Select(day => day.Of.Day)
            .Distinct()
            .OrderDescending()
            .ToList();
        foreach (var day in days.Take(DaysMax))
        {
            var (begin, end) = (clock.StartOf(day), clock.StartOf(day.AddDays(1)));
            var search = filter.Search with
            {
                From = filter.From > begin ? filter.From : begin,
                To = filter.To < end ? filter.To : end,
                ByStart = true,
            };
            var more = await history.SearchAsync(account, search, day == last ? next : null, count - records.Count, looksMax);
            records.AddRange(more.Records);
            looked += more.Looked;
            next = more.Next ?? IdSource.Lowest<ChargeKind>(begin);
            if (more.Next is not null || records.Count >= count)
                return new(records, more.Next is null && day == days[^1] ? rest : next, looked);
        }
        return new(records, days.Count > DaysMax ? next : rest, looked);
    }
}
