using System.Runtime.CompilerServices;
using Tokenline.Billing.Bills;
using Tokenline.Billing.Facts;
using Tokenline.Billing.Settlement;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;

namespace Tokenline.Billing.Tests;

/// <summary>A charge journal, sales and a catalogue that a test writes.</summary>
internal sealed class ScriptedFacts : IJournalFeed, ISalesFeed, IStalls, IAccruals, IBillNames
{
    public List<JournalFact> Facts { get; } = [];
    public List<Sale> Sales { get; } = [];
    public List<Stall> Stalls { get; } = [];

    /// <summary>As they are now.</summary>
    public Dictionary<AccountId, BillNames> Names { get; } = [];

    public Task<IReadOnlyDictionary<AccountId, BillNames>> OfAsync(IReadOnlyList<AccountBooks> books, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyDictionary<AccountId, BillNames>>(new Dictionary<AccountId, BillNames>(Names));

    public void Add(AccountId account, JournalEntry entry, UsageRecord? record = null) =>
        Facts.Add(new(Facts.Count + 1, account, entry, record));

    public void Add(UsageRecord record) => Facts.Add(new(Facts.Count + 1, record.Account, null, record));

    /// <summary>What was accrued, with the bill that it is on.</summary>
    public Dictionary<string, string> Billed { get; } = [];

    public Task<IReadOnlyList<(long Number, string Id)>> OpenAsync(long after, int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<(long, string)>>([
            .. Sales
                .Select((sale, i) => (Number: i + 1L, Sale: sale))
                .Where(one => one.Number > after && one.Sale.IsAccrued && !Billed.ContainsKey(one.Sale.Id))
                .Take(limit)
                .Select(one => (one.Number, one.Sale.Id)),
        ]);

    public Task BilledAsync(string id, string bill, DateTimeOffset at, CancellationToken cancellation)
    {
        Billed.Add(id, bill); // told once
        return Task.CompletedTask;
    }

    public ValueTask<long> HorizonAsync(CancellationToken cancellation) => new(Facts.Count);

    public ValueTask<IReadOnlyList<JournalFact>> ReadAsync(long after, long until, int limit, CancellationToken cancellation) =>
        new([.. Facts.Where(fact => fact.Position > after && fact.Position <= until).Take(limit)]);

    public ValueTask<IReadOnlyList<UsageRecord>> CallsAsync(
        string vendor,
        string model,
        ChargeId after,
        ChargeId until,
        int limit,
        CancellationToken cancellation
    ) =>
        new([
            .. Facts
                .Where(fact => fact.Entry is null)
                .Select(fact => fact.Record!)
                .Where(record => record.Vendor == vendor && record.Model == model)
                .Where(record => record.Charge.Value > after.Value && record.Charge.Value <= until.Value)
                .OrderBy(record => record.Charge.Value)
                .Take(limit),
        ]);

    public async IAsyncEnumerable<Sale> ReadAsync(
        DateTimeOffset from,
        DateTimeOffset until,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await Task.CompletedTask;
        foreach (var sale in Sales.Where(sale => sale.At >= from && sale.At < until))
            yield return sale;
    }

    public Task<IReadOnlyList<Stall>> AllAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<Stall>>(Stalls);
}
