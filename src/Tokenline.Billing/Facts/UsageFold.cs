using Tokenline.Charging.Tariffs;

namespace Tokenline.Billing.Facts;

/// <summary>Reads the charge journal on from where it was, and keeps the sums of it. Bounded in memory whatever the journal holds; stopped anywhere, it goes on from its last write.</summary>
/// <param name="tariffs">Whose volume tiers the calls were charged at; null: nothing has any.</param>
public sealed class UsageFold(IJournalFeed feed, IBillingStore store, BillingCalendar calendar, ITariffs? tariffs = null)
{
    public const string Mark = "journal";

    /// <summary>Facts that are read at once.</summary>
    public int PageSize { get; init; } = 2_000;

    /// <summary>Sums that are kept in memory, of about 300 bytes each, before they are written.</summary>
    public int SumsMax { get; init; } = 50_000;

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
        var read = written;
        while (read < horizon)
        {
            var page = await feed.ReadAsync(read, horizon, PageSize, cancellation);
            foreach (var fact in page)
                facts.Add(fact);
            read = page.Count == PageSize ? page[^1].Position : horizon;
            if (read < horizon && facts.Count < SumsMax)
                continue;
            await store.CommitAsync(facts.ToChange(new(Mark, written, read)), cancellation);
            written = read;
            facts.Clear();
            if (isEnough())
                break;
        }
        return (written, horizon);
    }
}
