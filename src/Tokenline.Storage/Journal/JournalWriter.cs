using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using Tokenline.Charging;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;

namespace Tokenline.Storage.Journal;

/// <summary>Writes batches into SQLite.</summary>
internal sealed class JournalWriter : IJournalWriter
{
    /// <summary>The mark may lie lower than it could, it only makes the next start read more; moved less often, it costs most batches nothing.</summary>
    private const int LowWaterStep = 256;

    /// <summary>Lines of days that are summed in memory before they are written.</summary>
    private const int SumsMax = 16_384;
    private static readonly TimeSpan sumsFor = TimeSpan.FromSeconds(5);

    private readonly JournalConnection connection;
    private readonly JournalStatement begin;
    private readonly JournalStatement commit;
    private readonly JournalStatement insertEntry;
    private readonly JournalStatement insertRecord;
    private readonly JournalStatement insertEvent;
    private readonly JournalStatement insertAdjustment;
    private readonly JournalStatement addToDay;
    private readonly JournalStatement claim;
    private readonly JournalStatement moveHead;
    private readonly JournalStatement saveImage;
    private readonly JournalStatement moveLowWater;
    private readonly Dictionary<AccountId, Head> heads = [];
    private readonly HashSet<AccountId> touched = [];
    private readonly List<UsageRecord> settled = []; // of this batch
    private readonly JournalStatement moveDaysMark;
    private long sumsSince; // a timestamp: of the oldest record that is summed in memory only
    private bool mustSum;
    private readonly OpenCharges open = new();
    private readonly JournalCheckpoints checkpoints;
    private long position;
    private long lowWater;

    public JournalWriter(string path, string timeZone)
    {
        Days = new DaySums(timeZone);
        Migration.Run(path);
        connection = new JournalConnection(path);
        // A small cache: whenever a page splits among pages out of order, SQLite's commit walks through all of it.
        connection.Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-4096; PRAGMA temp_store=MEMORY;");
        begin = connection.Prepare("BEGIN IMMEDIATE");
        commit = connection.Prepare("COMMIT");
        insertEntry = connection.Prepare("INSERT INTO journal VALUES (?,?,?,?,?,?,?)");
        insertRecord = connection.Prepare("INSERT INTO usage_records VALUES (?,?,?,?,?,?,?,?,?,?,?,?)");
        insertEvent = connection.Prepare("INSERT INTO events VALUES (?,?,?,?)");
        insertAdjustment = connection.Prepare("INSERT INTO adjustments VALUES (?,?,?,?,?,?,?)");
        addToDay = connection.Prepare(
            """
            INSERT INTO usage_days VALUES (?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET calls = calls + excluded.calls,
                whole_input = whole_input + excluded.whole_input, output = output + excluded.output, retail_nano = retail_nano + excluded.retail_nano,
                uncollected_nano = uncollected_nano + excluded.uncollected_nano, amount = amount + excluded.amount
            """
        );
        moveDaysMark = connection.Prepare("UPDATE marks SET value = ? WHERE name = 'days'");
        claim = connection.Prepare(
            "INSERT INTO accounts VALUES (?, 1, 0, 0) ON CONFLICT (account) DO UPDATE SET epoch = epoch + 1 RETURNING epoch, sequence, head"
        );
        moveHead = connection.Prepare("UPDATE accounts SET sequence = ?, head = ? WHERE account = ?");
        saveImage = connection.Prepare(
            "INSERT INTO images VALUES (?,?,?) ON CONFLICT (account) DO UPDATE SET sequence = excluded.sequence, body = excluded.body"
        );
        moveLowWater = connection.Prepare("UPDATE marks SET value = ? WHERE name = 'low_water'");
        checkpoints = new JournalCheckpoints(path);
        position = Ask("SELECT max(position) FROM journal");
        lowWater = Ask("SELECT value FROM marks WHERE name = 'low_water'");
        DaysMark = Ask("SELECT value FROM marks WHERE name = 'days'");
        connection.CountLogPages();
        _ = connection.TryCombineWrites(); // where it cannot, a commit is two writes a page
    }

    /// <summary>Of the writer's thread; anybody else only while nothing is queued.</summary>
    public JournalConnection Connection => connection;

    public IEnumerable<AccountId> AccountsWithOpenCharges => open.Accounts;

    /// <summary>Called once, with the entries from the low-water mark on, before the first batch.</summary>
    public void Remember(EntryKind kind, ChargeId charge, AccountId account, long entryPosition)
    {
        if (kind == EntryKind.Dispatched)
            open.Opened(charge, account, entryPosition);
        else if (kind is EntryKind.Settled or EntryKind.Released)
            open.Ended(charge);
    }

    public long LowWater => lowWater;

    /// <summary>Up to this position the table of days holds what was settled.</summary>
    public long DaysMark { get; }

    /// <summary>What was settled after it. Filled once, before the first batch, with what the run before has left.</summary>
    public DaySums Days { get; }

    /// <summary>One transaction, one sync. Each item knows then how it went; the caller completes them.</summary>
    public void Write(List<JournalItem> batch)
    {
        var before = position;
        try
        {
            begin.Run();
            foreach (var item in batch)
                Write(item);
            foreach (var account in touched)
            {
                var head = heads[account];
                moveHead.Bind(1, head.Sequence).Bind(2, head.Position).Bind(3, account.Value).Run();
            }
            var isSummed = mustSum || IsTimeToSum();
            if (isSummed)
                WriteDays();
            var mark = open.LowWater(position + 1);
            var isMoved = mark - lowWater >= LowWaterStep && position != before;
            if (isMoved)
                moveLowWater.Bind(1, mark).Run();
            commit.Run();
            if (isSummed)
                Days.Clear();
            if (isMoved)
                lowWater = mark; // only now: if the commit fails, what it ended is open again from the mark that is on disk
        }
        catch (Exception e) when (e is SqliteFailureException)
        {
            Undo(batch, before, e);
            return;
        }
        touched.Clear();
        settled.Clear();
        mustSum = false;
        foreach (var item in batch)
            (item as EntryItem)?.Recycle();
        checkpoints.Committed(connection);
    }

    /// <summary>Nothing of the batch became durable: forget what memory knew of its accounts, so that each must be claimed anew.</summary>
    private void Undo(List<JournalItem> batch, long before, Exception cause)
    {
        if (connection.InTransaction)
            connection.Run("ROLLBACK");
        position = before;
        foreach (var account in touched)
            heads.Remove(account);
        touched.Clear();
        foreach (var record in settled)
            Days.Remove(record);
        settled.Clear();
        mustSum = false;
        foreach (var item in batch)
        {
            if (item is EntryItem { Charge: { } charge } entry && !entry.HasFailed)
            {
                // A dispatch that is not durable is no open charge; an end that is not durable leaves it open.
                if (entry.Kind == EntryKind.Dispatched)
                    open.Ended(charge);
                else if (entry.Kind is EntryKind.Settled or EntryKind.Released)
                    open.Opened(charge, entry.Account, lowWater);
            }
            item.Fail(new AccountUnavailableException("the charge journal could not be written", cause));
            (item as EntryItem)?.Recycle();
        }
    }

    private void Write(JournalItem item)
    {
        switch (item)
        {
            case EntryItem entry:
                Write(entry);
                break;
            case ClaimItem claimed:
                Claim(claimed);
                break;
            case DaysItem:
                mustSum = true;
                break;
            case ImageItem image
                when heads.TryGetValue(image.Account, out var head) && head.Epoch == image.Epoch && image.Image.Sequence <= head.Sequence:
                var (bytes, length) = JsonScratch.OfThread.Write(
                    image.Image,
                    static (writer, value) => JsonSerializer.Serialize(writer, value, ChargingJson.Default.AccountImage)
                );
                saveImage.Bind(1, image.Account.Value).Bind(2, image.Image.Sequence).Bind(3, bytes.AsSpan(0, length)).Run();
                ArrayPool<byte>.Shared.Return(bytes);
                break;
        }
    }

    /// <summary>Entries of this batch may not have moved the account's row yet; memory knows them.</summary>
    private void Claim(ClaimItem claimed)
    {
        Span<long> row = stackalloc long[3];
        claim.Bind(1, claimed.Account.Value).Ask(row);
        var head = new Head(row[0], row[1], row[2]);
        if (heads.TryGetValue(claimed.Account, out var known))
            head = known with { Epoch = head.Epoch };
        heads[claimed.Account] = head;
        touched.Add(claimed.Account);
        (claimed.Epoch, claimed.Sequence) = (head.Epoch, head.Sequence);
    }

    private void Write(EntryItem entry)
    {
        if (!heads.TryGetValue(entry.Account, out var head) || head.Epoch != entry.Epoch || head.Sequence + 1 != entry.Sequence)
        {
            entry.Fail(
                new AccountUnavailableException(
                    $"entry {entry.Sequence} of {entry.Account} in epoch {entry.Epoch} was refused: the journal is at entry {head.Sequence}, epoch {head.Epoch}"
                )
            );
            return;
        }
        try
        {
            if (entry.Record is { } inserted)
                InsertRecord(inserted, entry.RecordBody);
            if (entry.Listed is { } listed)
                InsertListed(entry, listed);
            insertEntry
                .Bind(1, position + 1)
                .Bind(2, entry.Account.Value)
                .Bind(3, entry.Sequence)
                .Bind(4, (long)entry.Kind)
                .Bind(5, head.Position);
            _ = entry.Charge is { } charge ? insertEntry.Bind(6, charge.Value) : insertEntry.BindNull(6);
            insertEntry.Bind(7, entry.Body).Run();
        }
        catch (SqliteFailureException e) when (e.IsConstraint)
        {
            // A second record of a charge, or a refund that was made before, is this entry's own fault, not its batch's. What went in before it stays, but the account must be claimed anew.
            Forget(entry.Account);
            entry.Fail(new AccountUnavailableException($"entry {entry.Sequence} of {entry.Account} was refused", e));
            return;
        }
        position++;
        heads[entry.Account] = new Head(entry.Epoch, entry.Sequence, position);
        touched.Add(entry.Account);
        if (entry.Record is { } record)
            Sum(record);
        if (entry.Charge is { } id)
            Remember(entry.Kind, id, entry.Account, position);
    }

    /// <summary>Its row is moved to what this batch has written so far, as if the batch had ended here for it.</summary>
    private void Forget(AccountId account)
    {
        var head = heads[account];
        if (touched.Remove(account))
            moveHead.Bind(1, head.Sequence).Bind(2, head.Position).Bind(3, account.Value).Run();
        heads.Remove(account);
    }

    private void InsertRecord(Charging.Records.UsageRecord record, ReadOnlySpan<byte> body)
    {
        insertRecord
            .Bind(1, record.Charge.Value)
            .Bind(2, record.Account.Value)
            .Bind(3, position + 1) // its entry is written next
            .Bind(4, record.EndedAt.ToUnixTimeMilliseconds())
            .Bind(5, record.Model)
            .Bind(6, record.Vendor)
            .Bind(7, record.Usage.WholeInput)
            .Bind(8, record.Usage[Meter.Output])
            .Bind(9, record.RetailNano)
            .Bind(10, record.UncollectedNano)
            .Bind(11, body);
        _ = record.Run is { } run ? insertRecord.Bind(12, run) : insertRecord.BindNull(12);
        insertRecord.Run();
    }

    /// <summary>Sums are written now and then: an account's calls of a few seconds are one row then, and not one each.</summary>
    private bool IsTimeToSum() => Days.Count >= SumsMax || (Days.Count > 0 && Stopwatch.GetElapsedTime(sumsSince) > sumsFor);

    private void Sum(UsageRecord record)
    {
        if (Days.Count == 0)
            sumsSince = Stopwatch.GetTimestamp();
        Days.Add(record);
        settled.Add(record);
    }

    private void WriteDays()
    {
        foreach (var (day, sums) in Days.All.OrderBy(line => line.Key.Account.Value))
            AddToDay(day, sums);
        moveDaysMark.Bind(1, position).Run();
    }

    private void AddToDay(UsageDayKey of, UsageSums sums) =>
        addToDay
            .Bind(1, of.Account.Value)
            .Bind(2, of.Day.DayNumber)
            .Bind(3, of.Model)
            .Bind(4, of.Key.Value)
            .Bind(5, of.Unit)
            .Bind(6, of.Currency.Code)
            .Bind(7, sums.Calls)
            .Bind(8, sums.Input)
            .Bind(9, sums.Output)
            .Bind(10, sums.RetailNano)
            .Bind(11, sums.UncollectedNano)
            .Bind(12, sums.Amount)
            .Run();

    /// <summary>What is looked for by other ways than its account's chain, in a table of its own and in the same transaction.</summary>
    private void InsertListed(EntryItem entry, JournalEntry listed)
    {
        var at = listed.At.ToUnixTimeMilliseconds();
        if (listed is Refunded refund)
            insertAdjustment
                .Bind(1, position + 1) // its entry is written next
                .Bind(2, refund.Command.Value)
                .Bind(3, refund.Charge.Value)
                .Bind(4, entry.Account.Value)
                .Bind(5, at)
                .Bind(6, refund.RetailNano)
                .Bind(7, entry.Body)
                .Run();
        else
            insertEvent.Bind(1, position + 1).Bind(2, entry.Account.Value).Bind(3, at).Bind(4, entry.Body).Run();
    }

    private long Ask(string sql)
    {
        using var statement = connection.Prepare(sql);
        return statement.Ask();
    }

    public void Dispose()
    {
        checkpoints.Dispose();
        foreach (
            var statement in new[]
            {
                begin,
                commit,
                insertEntry,
                insertRecord,
                insertEvent,
                insertAdjustment,
                addToDay,
                moveDaysMark,
                claim,
                moveHead,
                saveImage,
                moveLowWater,
            }
        )
            statement.Dispose();
        connection.Run("PRAGMA wal_checkpoint(TRUNCATE)");
        connection.Dispose();
    }

    /// <summary>What is known of an account that was claimed in this process.</summary>
    private readonly record struct Head(long Epoch, long Sequence, long Position);
}
