using System.Runtime.CompilerServices;
using System.Text.Json;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Trials;

namespace Tokenline.Charging.Tests.Journal;

/// <summary>The journal's contract in memory: the model that real ones are compared with. What is stored is stored as JSON, so the stored form is tested too.</summary>
internal sealed class MemoryChargeJournal : IChargeJournal, IChargeHistory
{
    private readonly Lock gate = new();
    private readonly Dictionary<AccountId, Account> accounts = [];
    private readonly List<(AccountId Account, long Sequence, EntryKind Kind, byte[] Body)> journal = [];
    private readonly Dictionary<ChargeId, string> records = [];

    /// <summary>When set, every entry fails, as on a full disk.</summary>
    public bool IsBroken { get; set; }

    /// <summary>What a look for a record waits for, as it does for a real disk.</summary>
    public Func<Task>? Looking { get; set; }

    public bool IsBehind => false;

    public ValueTask<ClaimedAccount> ClaimAsync(AccountId account)
    {
        lock (gate)
        {
            var row = Row(account);
            row.Epoch++;
            row.IsLost = false;
            var image = row.Image is null ? null : JsonSerializer.Deserialize(row.Image, ChargingJson.Default.AccountImage);
            var tail = journal.Where(e => e.Account == account && e.Sequence > (image?.Sequence ?? 0)).Select(Stored).ToList();
            return new(new ClaimedAccount(row.Epoch, image, tail));
        }
    }

    public Task Append(AccountId account, long epoch, long sequence, JournalEntry entry, UsageRecord? record, bool urgent)
    {
        lock (gate)
        {
            var row = Row(account);
            if (
                row.Epoch != epoch
                || row.Sequence + 1 != sequence
                || row.IsLost
                || IsBroken
                || (record is not null && records.ContainsKey(record.Charge))
                || (entry is Refunded refund && Listed<Refunded>().Any(e => e.Account == account && e.Entry.Command == refund.Command))
            )
            {
                row.IsLost = true;
                return Task.FromException(new AccountUnavailableException("refused"));
            }
            using var buffer = new MemoryStream();
            using (var writer = new Utf8JsonWriter(buffer))
                ChargingJson.WriteEntry(writer, entry);
            journal.Add((account, sequence, entry.Kind(), buffer.ToArray()));
            if (record is not null)
                records.Add(record.Charge, JsonSerializer.Serialize(record, ChargingJson.Default.UsageRecord));
            row.Sequence = sequence;
            return Task.CompletedTask;
        }
    }

    public void Save(AccountId account, long epoch, AccountImage image)
    {
        lock (gate)
        {
            var row = Row(account);
            if (row.Epoch == epoch && image.Sequence <= row.Sequence)
                row.Image = JsonSerializer.Serialize(image, ChargingJson.Default.AccountImage);
        }
    }

    public ValueTask<long> PositionAsync() => new(journal.Count);

    public async IAsyncEnumerable<LivedEntry> LifeAsync(AccountId account, [EnumeratorCancellation] CancellationToken cancellation)
    {
        List<StoredEntry> life;
        lock (gate)
            life = [.. journal.Where(e => e.Account == account).Select(Stored)];
        foreach (var (sequence, entry) in life)
        {
            var charge = entry switch
            {
                Settled settled => settled.Charge,
                Refunded refund => refund.Charge,
                _ => default,
            };
            yield return new(sequence, entry, charge == default ? null : await FindRecordAsync(charge));
        }
    }

    public async ValueTask<UsageRecord?> FindRecordAsync(ChargeId charge)
    {
        if (Looking is not null)
            await Looking();
        lock (gate)
            return records.TryGetValue(charge, out var json) ? Record(json) : null;
    }

    public ValueTask<UnbilledCharge?> FindUnbilledAsync(ChargeId charge)
    {
        lock (gate)
        {
            var entries = journal.Select(e => (e.Account, ChargingJson.ReadEntry(e.Kind, e.Body))).ToList();
            var (account, dispatched) = entries.FirstOrDefault(e => e.Item2 is Dispatched d && d.Charge == charge);
            return new(
                dispatched is null || records.ContainsKey(charge)
                    ? null
                    : new UnbilledCharge(
                        account,
                        (Dispatched)dispatched,
                        entries.Select(e => e.Item2).OfType<Released>().FirstOrDefault(r => r.Charge == charge)
                    )
            );
        }
    }

    public ValueTask<IReadOnlyList<UsageRecord>> RecordsAsync(AccountId account, ChargeId? before, int limit)
    {
        lock (gate)
        {
            var all = records
                .Values.Select(Record)
                .Where(r => r.Account == account && (before is null || r.Charge.Value < before.Value.Value));
            return new([.. all.OrderByDescending(r => r.Charge.Value).Take(limit)]);
        }
    }

    public async ValueTask<FoundRecords> SearchAsync(AccountId account, RecordSearch search, ChargeId? before, int limit, int looksMax)
    {
        var all = (await RecordsAsync(account, before, int.MaxValue)).ToList();
        var looked = all.Take(looksMax).ToList();
        var wanted = looked.Where(r =>
            r.Charge.Value >= search.Lowest
            && r.Charge.Value < search.Limit
            && (search.Model ?? r.Model) == r.Model
            && search.Keys?.Contains(r.Key) != false
        );
        var found = search.Order switch
        {
            RecordOrder.Dearest => wanted.OrderByDescending(r => (r.RetailNano, r.Charge.Value)),
            RecordOrder.Largest => wanted.OrderByDescending(r => (r.Usage.WholeInput + r.Usage[Meter.Output], r.Charge.Value)),
            _ => wanted,
        };
        var page = found.Take(limit + 1).ToList();
        if (search.Order == RecordOrder.Newest && page.Count > limit)
        {
            var next = looked.TakeWhile(r => r != page[limit]).Last().Charge;
            return new([.. page.Take(limit)], next, looked.Count);
        }
        return new([.. page.Take(limit)], all.Count > looksMax ? looked[^1].Charge : null, looked.Count);
    }

    public ValueTask<IReadOnlyList<StoredEvent>> EventsAsync(long after, int limit) =>
        new([.. Listed<Raised>().Where(e => e.Position > after).Take(limit).Select(Event)]);

    public ValueTask<IReadOnlyList<StoredEvent>> EventsAsync(AccountId account, long? before, int limit) =>
        new([.. Listed<Raised>().Where(e => e.Account == account && !(e.Position >= before)).Reverse().Take(limit).Select(Event)]);

    public ValueTask<IReadOnlyList<Adjustment>> AdjustmentsAsync(ChargeId charge) =>
        new([.. Listed<Refunded>().Where(e => e.Entry.Charge == charge).Select(Adjustment)]);

    public ValueTask<IReadOnlyList<Adjustment>> AdjustmentsAsync(AccountId account, long? before, int limit) =>
        new([.. Listed<Refunded>().Where(e => e.Account == account && !(e.Position >= before)).Reverse().Take(limit).Select(Adjustment)]);

    public ValueTask<RunTotals?> RunAsync(AccountId account, string run)
    {
        var refunds = Listed<Refunded>().Where(e => e.Account == account).ToLookup(e => e.Entry.Charge, e => e.Entry);
        return new(RunTotals.Of(run, OfRun(account, run), refunds));
    }

    public ValueTask<IReadOnlyList<UsageRecord>> RunRecordsAsync(AccountId account, string run, ChargeId? before, int limit) =>
        new([.. OfRun(account, run).Where(r => before is null || r.Charge.Value < before.Value.Value).Take(limit)]);

    public ValueTask<IReadOnlyList<RunLine>> RunsAsync(AccountId account, ChargeId? before, int limit)
    {
        var lines = Records()
            .Where(r => r.Account == account && r.Run is not null)
            .GroupBy(r => r.Run!)
            .Select(run => new RunLine(
                run.Key,
                run.Count(),
                [.. run.GroupBy(r => r.Currency).Select(sum => new Money(sum.Sum(r => r.RetailNano), sum.Key))],
                run.MaxBy(r => r.Charge.Value)!.Charge,
                DateTimeOffset.FromUnixTimeMilliseconds(run.Max(r => r.EndedAt.ToUnixTimeMilliseconds()))
            ));
        return new([
            .. lines
                .Where(line => before is null || line.LastCharge.Value < before.Value.Value)
                .OrderByDescending(line => line.LastCharge.Value)
                .Take(limit),
        ]);
    }

    public ValueTask<IReadOnlyList<UsageDay>> DaysAsync(AccountId account, DateOnly from, DateOnly to)
    {
        var sums = new DaySums("Asia/Shanghai");
        foreach (var record in Records().Where(r => r.Account == account))
            sums.Add(record);
        return new([
            .. sums
                .All.Where(line => line.Key.Day >= from && line.Key.Day <= to)
                .OrderBy(line => line.Key.Day)
                .Select(line => new UsageDay(line.Key, line.Value)),
        ]);
    }

    public ValueTask<IReadOnlyList<CallLine>> CallsAsync(ChargeId after, ChargeId until, int limit) =>
        new([
            .. Records()
                .Where(record => record.Charge.Value > after.Value && record.Charge.Value <= until.Value)
                .OrderBy(record => record.Charge.Value)
                .Take(limit)
                .Select(record => new CallLine(record.Charge, record.Account, record.Model)),
        ]);

    public ValueTask<IReadOnlyList<AccountId>> AccountsWithOpenChargesAsync()
    {
        lock (gate)
        {
            var open = new Dictionary<ChargeId, AccountId>();
            foreach (var (account, _, kind, body) in journal)
            {
                switch (ChargingJson.ReadEntry(kind, body))
                {
                    case Dispatched e:
                        open[e.Charge] = account;
                        break;
                    case Settled e:
                        open.Remove(e.Charge);
                        break;
                    case Released e:
                        open.Remove(e.Charge);
                        break;
                }
            }
            return new([.. open.Values.Distinct()]);
        }
    }

    public IJournalSnapshot OpenSnapshot()
    {
        lock (gate)
        {
            return new Snapshot(
                [.. journal.Select(e => (e.Account, Stored(e)))],
                records.Values.Select(Record).ToDictionary(r => r.Charge),
                accounts.ToDictionary(a => a.Key, a => (a.Value.Sequence, a.Value.Image))
            );
        }
    }

    /// <summary>The entries of one kind, with their positions, oldest first.</summary>
    private List<(long Position, AccountId Account, T Entry)> Listed<T>()
        where T : JournalEntry
    {
        lock (gate)
        {
            return
            [
                .. journal
                    .Select((e, i) => (Position: i + 1L, e.Account, Entry: ChargingJson.ReadEntry(e.Kind, e.Body)))
                    .Where(e => e.Entry is T)
                    .Select(e => (e.Position, e.Account, (T)e.Entry)),
            ];
        }
    }

    private static StoredEvent Event((long Position, AccountId Account, Raised Entry) e) =>
        new(e.Position, e.Account, e.Entry.At, e.Entry.Event);

    private static Adjustment Adjustment((long Position, AccountId Account, Refunded Entry) e) => new(e.Position, e.Account, e.Entry);

    private List<UsageRecord> Records()
    {
        lock (gate)
            return [.. records.Values.Select(Record)];
    }

    private IEnumerable<UsageRecord> OfRun(AccountId account, string run) =>
        Records().Where(r => r.Account == account && r.Run == run).OrderByDescending(r => r.Charge.Value);

    private static StoredEntry Stored((AccountId Account, long Sequence, EntryKind Kind, byte[] Body) e) =>
        new(e.Sequence, ChargingJson.ReadEntry(e.Kind, e.Body));

    private static UsageRecord Record(string json) => JsonSerializer.Deserialize(json, ChargingJson.Default.UsageRecord)!;

    private Account Row(AccountId account)
    {
        if (!accounts.TryGetValue(account, out var row))
            accounts.Add(account, row = new Account());
        return row;
    }

    private sealed class Account
    {
        public long Epoch { get; set; }
        public long Sequence { get; set; }
        public string? Image { get; set; }
        public bool IsLost { get; set; }
    }

    private sealed class Snapshot(
        List<(AccountId, StoredEntry)> entries,
        Dictionary<ChargeId, UsageRecord> records,
        Dictionary<AccountId, (long Sequence, string? Image)> accounts
    ) : IJournalSnapshot
    {
        public long Position => entries.Count;

        public IEnumerable<(AccountId Account, StoredEntry Entry)> Entries() => entries;

        public IEnumerable<(AccountId Account, long Sequence)> Heads() => accounts.Select(a => (a.Key, a.Value.Sequence));

        public AccountImage? Image(AccountId account) =>
            accounts.TryGetValue(account, out var row) && row.Image is { } json
                ? JsonSerializer.Deserialize(json, ChargingJson.Default.AccountImage)
                : null;

        public UsageRecord? Record(ChargeId charge, out string? unlike)
        {
            unlike = null;
            return records.GetValueOrDefault(charge);
        }

        public long RecordCount() => records.Count;

        public ChargeId RecordsFrom => default;

        public IEnumerable<(AccountId Account, ChargeId Charge)> RecordsWithoutSettle() =>
            records
                .Values.Where(r => !entries.Any(e => e.Item2.Entry is Settled s && s.Charge == r.Charge))
                .Select(r => (r.Account, r.Charge));

        public IEnumerable<(AccountId Account, string Finding)> UnlikeLists() => []; // they are read from the journal itself

        public void Dispose() { }
    }
}
