using System.Runtime.CompilerServices;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Trials;

namespace Tokenline.Storage.Journal;

/// <summary>The charge journal in one SQLite file; see README.md beside this file.</summary>
public sealed class SqliteChargeJournal : IChargeJournal, IChargeHistory, IAsyncDisposable
{
    private readonly JournalWriter writer;
    private readonly JournalThread thread;
    private readonly string connectionString;
    private readonly AccountId[] recovering;

    /// <param name="timeZone">Of the operator's calendar, which days of usage are of.</param>
    /// <param name="callsGoOn">Calls whose settle is durable may go on on the journal's thread, when they are few: nothing of them blocks, or waits there for the journal.</param>
    public SqliteChargeJournal(string path, string timeZone, bool callsGoOn = false)
    {
        writer = new JournalWriter(path, timeZone);
        connectionString = $"Data Source={path};Mode=ReadOnly;Pooling=True";
        using (var reader = new JournalReader(connectionString, asSnapshot: false))
        {
            foreach (var (position, account, kind, charge) in reader.ChargesFrom(writer.LowWater))
                writer.Remember(kind, charge, account, position);
            foreach (var record in reader.SettledAfter(writer.DaysMark))
                writer.Days.Add(record);
        }
        recovering = [.. writer.AccountsWithOpenCharges];
        thread = new JournalThread(writer, callsGoOn);
    }

    /// <summary>Whether the caller runs on the thread of a journal: what it has not begun yet, it begins elsewhere.</summary>
    public static bool IsHere => JournalThread.IsHere;

    /// <summary>For tests, which make the disk fail.</summary>
    internal JournalConnection Connection => writer.Connection;

    public bool IsBehind => thread.IsBehind;

    public async ValueTask<ClaimedAccount> ClaimAsync(AccountId account)
    {
        var item = new ClaimItem(account);
        thread.Put(item, isUrgent: true);
        await item.Task;
        if (item.Sequence == 0)
            return new ClaimedAccount(item.Epoch, null, []);
        using var reader = new JournalReader(connectionString, asSnapshot: true);
        var image = reader.Image(account);
        return new ClaimedAccount(item.Epoch, image, reader.Tail(account, image?.Sequence ?? 0));
    }

    public Task Append(AccountId account, long epoch, long sequence, JournalEntry entry, UsageRecord? record, bool urgent)
    {
        var item = new EntryItem(account, epoch, sequence, urgent);
        item.Write(entry, record);
        thread.Put(item, urgent);
        return item.Task;
    }

    public void Save(AccountId account, long epoch, AccountImage image) =>
        thread.Put(new ImageItem(account, epoch, image), isUrgent: false);

    public ValueTask<long> PositionAsync()
    {
        using var reader = new JournalReader(connectionString, asSnapshot: false);
        return new(reader.Position);
    }

    public ValueTask<UsageRecord?> FindRecordAsync(ChargeId charge)
    {
        using var reader = new JournalReader(connectionString, asSnapshot: false);
        return new(reader.Record(charge));
    }

    public ValueTask<UnbilledCharge?> FindUnbilledAsync(ChargeId charge)
    {
        using var reader = new JournalReader(connectionString, asSnapshot: true);
        return new(reader.Unbilled(charge));
    }

    public ValueTask<IReadOnlyList<UsageRecord>> RecordsAsync(AccountId account, ChargeId? before, int limit)
    {
        Check(limit);
        using var reader = new JournalReader(connectionString, asSnapshot: false);
        return new([.. reader.Records(account, before, limit)]);
    }

    public ValueTask<FoundRecords> SearchAsync(AccountId account, RecordSearch search, ChargeId? before, int limit, int looksMax)
    {
        using var reader = new JournalReader(connectionString, asSnapshot: false);
        return new(reader.Search(account, search, before, limit, looksMax));
    }

    public ValueTask<IReadOnlyList<StoredEvent>> EventsAsync(long after, int limit)
    {
        Check(limit);
        using var reader = new JournalReader(connectionString, asSnapshot: false);
        return new(reader.Events(after, limit));
    }

    public ValueTask<IReadOnlyList<StoredEvent>> EventsAsync(AccountId account, long? before, int limit)
    {
        Check(limit);
        using var reader = new JournalReader(connectionString, asSnapshot: false);
        return new(reader.Events(account, before ?? long.MaxValue, limit));
    }

    public ValueTask<IReadOnlyList<Adjustment>> AdjustmentsAsync(ChargeId charge)
    {
        using var reader = new JournalReader(connectionString, asSnapshot: false);
        return new(reader.Adjustments(charge));
    }

    public ValueTask<IReadOnlyList<Adjustment>> AdjustmentsAsync(AccountId account, long? before, int limit)
    {
        Check(limit);
        using var reader = new JournalReader(connectionString, asSnapshot: false);
        return new(reader.Adjustments(account, before ?? long.MaxValue, limit));
    }

    /// <summary>A chunk at a time, so that no reader holds the file's log back for long.</summary>
    public async IAsyncEnumerable<LivedEntry> LifeAsync(AccountId account, [EnumeratorCancellation] CancellationToken cancellation)
    {
        const int atOnce = 1000;
        List<long> positions;
        using (var reader = new JournalReader(connectionString, asSnapshot: false))
            positions = reader.Positions(account);
        foreach (var chunk in positions.Chunk(atOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            List<LivedEntry> page;
            using (var reader = new JournalReader(connectionString, asSnapshot: false))
                page = [.. reader.Lived(chunk)];
            foreach (var entry in page)
                yield return entry;
            await Task.Yield(); // reading is work of this thread: others get their turn
        }
    }

    public ValueTask<RunTotals?> RunAsync(AccountId account, string run)
    {
        using var reader = new JournalReader(connectionString, asSnapshot: true);
        return new(reader.Run(account, run));
    }

    public ValueTask<IReadOnlyList<UsageRecord>> RunRecordsAsync(AccountId account, string run, ChargeId? before, int limit)
    {
        Check(limit);
        using var reader = new JournalReader(connectionString, asSnapshot: false);
        return new([.. reader.RunRecords(account, run, before, limit)]);
    }

    public ValueTask<IReadOnlyList<RunLine>> RunsAsync(AccountId account, ChargeId? before, int limit)
    {
        Check(limit);
        using var reader = new JournalReader(connectionString, asSnapshot: true);
        return new(reader.Runs(account, before, limit));
    }

    public async ValueTask<IReadOnlyList<UsageDay>> DaysAsync(AccountId account, DateOnly from, DateOnly to)
    {
        var summed = new DaysItem();
        thread.Put(summed, isUrgent: true);
        await summed.Task;
        using var reader = new JournalReader(connectionString, asSnapshot: false);
        return reader.Days(account, from, to);
    }

    public ValueTask<IReadOnlyList<CallLine>> CallsAsync(ChargeId after, ChargeId until, int limit)
    {
        Check(limit);
        using var reader = new JournalReader(connectionString, asSnapshot: false);
        return new(reader.Calls(after, until, limit));
    }

    public ValueTask<IReadOnlyList<AccountId>> AccountsWithOpenChargesAsync() => new(recovering);

    /// <summary>The journal in a file that nobody writes, as it is: nothing is upgraded, recovered or changed. For audit.</summary>
    public static IJournalSnapshot OpenFile(string path) =>
        new JournalReader($"Data Source={path};Mode=ReadOnly;Pooling=False", asSnapshot: true);

    public IJournalSnapshot OpenSnapshot() => new JournalReader(connectionString, asSnapshot: true);

    /// <summary>Writes what is queued and closes the file.</summary>
    public ValueTask DisposeAsync() => thread.DisposeAsync();

    private static void Check(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
    }
}
