using Tokenline.Charging.Tariffs;

namespace Tokenline.Billing.Facts;

/// <summary>Reads the charge journal on from where it was, and keeps the sums of it. Bounded in memory whatever the journal holds; stopped anywhere, it goes on from its last write.</summary>
/// <param name="tariffs">Whose volume tiers the calls were charged at; null: nothing has any.</param>
public sealed class UsageFold(IJournalFeed feed, IBillingStore store, BillingCalendar calendar, ITariffs? tariffs = null)
{
    public const string Mark = "journal";

    /// <summary>Facts that are read at once; another page is read while one is summed.</summary>
    public int PageSize { get; init; } = 4_000;

    /// <summary>Sums that are kept in memory, of about 300 bytes each, before they are written.</summary>
    public int SumsMax { get; init; } = 400_000;

    /// <summary>So many facts are summed before they are written, however few their sums: what a stopped one has to read again.</summary>
    public int FactsMax { get; init; } = 1_000_000;

    /// <param name="isEnough">Asked after each write: then it stops, and goes on when it is called again.</param>
    /// <returns>How far it is, and how far there is to go.</returns>
    public async Task<(long At, long Horizon)> CatchUpAsync(Func<bool> isEnough, CancellationToken cancellation)
    {
        var horizon = await feed.HorizonAsync(cancellation);
        var written = await store.MarkAsync(Mark, cancellation);
        if (written >= horizon)
            return (written, written);
        var lessors = (await store.LeasesAsync(cancellation)).ToDictionary(lease => lease.Lessee, lease => lease.Lessor);
        var facts = new FoldedFacts(calendar, await store.ClosedAsync(cancellation), lessors, tariffs);
        var (read, summed) = (written, 0);
        var next = ReadAsync(read, horizon, cancellation);
        try
        {
            while (read < horizon)
            {
                var page = await next;
                read = page.Count == PageSize ? page[^1].Position : horizon;
                if (read < horizon)
                    next = ReadAsync(read, horizon, cancellation);
                foreach (var fact in page)
                    facts.Add(fact);
                summed += page.Count;
                if (read < horizon && facts.Count < SumsMax && summed < FactsMax)
                    continue;
                await store.CommitAsync(facts.ToChange(new(Mark, written, read)), cancellation);
                (written, summed) = (read, 0);
                facts.Clear();
                if (isEnough())
                    break;
            }
        }
        finally
        {
            // What was read ahead and is not needed any more; whatever became of it is no matter of the sums that were written.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return (written, horizon);
    }

    /// <summary>On another thread: a file is read and parsed without waiting for anything.</summary>
    private Task<IReadOnlyList<JournalFact>> ReadAsync(long after, long until, CancellationToken cancellation) =>
        Task.Run(async () => await feed.ReadAsync(after, until, PageSize, cancellation), cancellation);
}
