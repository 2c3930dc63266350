using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Trials;

namespace Tokenline.Storage.Journal;

/// <summary>Reads the journal on a connection of its own. Inside a snapshot it sees one commit and no later one.</summary>
internal sealed class JournalReader : IJournalSnapshot
{
    /// <summary>How far apart the order of ids and the order of dispatches may be: five minutes, in an id's upper bits.</summary>
    private const long Nearby = 5 * 60 * 1000L << 22;

    private readonly SqliteConnection connection;
    private readonly SqliteTransaction? transaction;
    private bool? keepsRuns;

    public JournalReader(string connectionString, bool asSnapshot)
    {
        connection = new SqliteConnection(connectionString);
        connection.Open();
        if (asSnapshot)
            transaction = connection.BeginTransaction(deferred: true);
        Position = One("SELECT coalesce(max(position), 0) FROM journal"); // the first read fixes the snapshot
    }

    public long Position { get; }

    /// <summary>A file that is audited as it lies there may be of a version before runs had a column.</summary>
    private bool KeepsRuns => keepsRuns ??= One("PRAGMA user_version") >= Schema.RunsVersion;

    public IEnumerable<(AccountId Account, StoredEntry Entry)> Entries() =>
        Rows(
            "SELECT account, sequence, kind, body FROM journal ORDER BY position",
            row => (new AccountId(row.GetInt64(0)), ToEntry(row, 1))
        );

    /// <summary>The account's entries after a sequence, in order: found backwards, from its newest on.</summary>
    public List<StoredEntry> Tail(AccountId account, long after)
    {
        var tail = Rows(
                """
                WITH RECURSIVE chain (position, sequence, kind, body, previous) AS (
                    SELECT j.position, j.sequence, j.kind, j.body, j.previous
                    FROM accounts a JOIN journal j ON j.position = a.head WHERE a.account = $1 AND j.sequence > $2
                    UNION ALL
                    SELECT j.position, j.sequence, j.kind, j.body, j.previous
                    FROM chain c JOIN journal j ON j.position = c.previous WHERE j.sequence > $2
                )
                SELECT sequence, kind, body FROM chain
                """,
                row => ToEntry(row, 0),
                account.Value,
                after
            )
            .ToList();
        tail.Sort((a, b) => a.Sequence.CompareTo(b.Sequence));
        return tail;
    }

    /// <summary>Where the account's entries are, oldest first: found backwards, from its newest on.</summary>
    public List<long> Positions(AccountId account)
    {
        var positions = Rows(
                """
                WITH RECURSIVE chain (position, previous) AS (
                    SELECT j.position, j.previous FROM accounts a JOIN journal j ON j.position = a.head WHERE a.account = $1
                    UNION ALL
                    SELECT j.position, j.previous FROM chain c JOIN journal j ON j.position = c.previous
                )
                SELECT position FROM chain
                """,
                row => row.GetInt64(0),
                account.Value
            )
            .ToList();
        positions.Reverse();
        return positions;
    }

    /// <summary>The entries at these positions, in order.</summary>
    public IEnumerable<LivedEntry> Lived(IEnumerable<long> positions)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"""
            SELECT j.sequence, j.kind, j.body, u.body FROM journal j
            LEFT JOIN usage_records u ON u.charge = j.charge AND j.kind IN ({(int)EntryKind.Settled}, {(int)EntryKind.Refunded})
            WHERE j.position = $1
            """;
        var at = command.Parameters.Add("$1", SqliteType.Integer);
        foreach (var position in positions)
        {
            at.Value = position;
            using var row = command.ExecuteReader();
            if (!row.Read())
                yield break;
            var entry = ToEntry(row, 0);
            var record = row.IsDBNull(3) ? null : Parse(row.GetString(3), ChargingJson.Default.UsageRecord);
            if (record is null && entry.Entry is Refunded refund)
                record = Record(refund.Charge); // its row may not name the charge
            yield return new(entry.Sequence, entry.Entry, record);
        }
    }

    public AccountImage? Image(AccountId account) =>
        Rows("SELECT body FROM images WHERE account = $1", row => Parse(row.GetString(0), ChargingJson.Default.AccountImage), account.Value)
            .FirstOrDefault();

    /// <summary>Found along the account's chain of entries, from its newest on, or from the one before the settle of <paramref name="before"/>.</summary>
    public IEnumerable<UsageRecord> Records(AccountId account, ChargeId? before, int limit) =>
        Rows(
            $"""
            WITH RECURSIVE chain (kind, charge, previous) AS (
                SELECT kind, charge, previous FROM journal WHERE position = (
                    SELECT CASE WHEN $2 = 0 THEN (SELECT head FROM accounts WHERE account = $1)
                                ELSE (SELECT j.previous FROM usage_records u JOIN journal j ON j.position = u.position WHERE u.charge = $2 AND u.account = $1) END)
                UNION ALL
                SELECT j.kind, j.charge, j.previous FROM chain c JOIN journal j ON j.position = c.previous
            )
            SELECT u.body FROM chain c CROSS JOIN usage_records u ON u.charge = c.charge WHERE c.kind = {(int)EntryKind.Settled} LIMIT $3
            """,
            ToRecord,
            account.Value,
            before?.Value ?? 0,
            limit
        );

    /// <summary>Rows of all accounts that a search within a period passes at most: a third of a second.</summary>
    private const int PassedMax = 500_000;

    public FoundRecords Search(AccountId account, RecordSearch search, ChargeId? before, int limit, int looksMax)
    {
        var sieve = new RecordSieve(search, limit, looksMax);
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        var figure = search.Order == RecordOrder.Largest ? "u.whole_input + u.output" : "u.retail_nano";
        var key = search.Keys is null
            ? "NULL"
            : $"substr(u.body, instr(u.body, '{RecordSieve.KeyMark}') + {RecordSieve.KeyMark.Length}, {KeyLengthMax})";
        var columns = $"u.charge, u.account, u.model, {figure}, u.ended_at, {key}";
        command.CommandText = search.ByStart
            ? $"SELECT {columns} FROM usage_records u WHERE u.charge >= $2 AND u.charge < $3 ORDER BY u.charge DESC"
            : $"""
                WITH RECURSIVE chain (kind, charge, previous) AS (
                    SELECT kind, charge, previous FROM journal WHERE position = (
                        SELECT CASE WHEN $2 = 0 THEN (SELECT head FROM accounts WHERE account = $1)
                                    ELSE (SELECT j.previous FROM usage_records u JOIN journal j ON j.position = u.position WHERE u.charge = $2 AND u.account = $1) END)
                    UNION ALL
                    SELECT j.kind, j.charge, j.previous FROM chain c JOIN journal j ON j.position = c.previous
                )
                SELECT {columns} FROM chain c CROSS JOIN usage_records u ON u.charge = c.charge WHERE c.kind = {(int)EntryKind.Settled}
                """;
        command.Parameters.AddWithValue("$1", account.Value);
        command.Parameters.AddWithValue("$2", search.ByStart ? search.Lowest : before?.Value ?? 0);
        command.Parameters.AddWithValue("$3", Math.Min(search.Limit, before?.Value ?? long.MaxValue));
        var (endedBefore, passed) = (search.From?.ToUnixTimeMilliseconds() ?? 0, 0);
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            var charge = row.GetInt64(0);
            if (row.GetInt64(1) != account.Value)
            {
                if (++passed < PassedMax)
                    continue;
                sieve.CutAt(charge);
                break;
            }
            if (!search.ByStart && row.GetInt64(4) < endedBefore)
                break; // all that follow ended before the period, and so started before it
            if (!sieve.Take(charge, row.GetString(2), () => KeyText(row.GetString(5)), row.GetInt64(3)))
                break;
        }
        row.Close();
        return new(RecordsOf(sieve.Found()), sieve.Next, sieve.Looked);
    }

    private List<UsageRecord> RecordsOf(long[] charges)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT body FROM usage_records WHERE charge = $1";
        var charge = command.Parameters.Add("$1", SqliteType.Integer);
        var records = new List<UsageRecord>(charges.Length);
        foreach (var one in charges)
        {
            charge.Value = one;
            using var row = command.ExecuteReader();
            if (row.Read())
                records.Add(ToRecord(row));
        }
        return records;
    }

    private const int KeyLengthMax = 40;

    private static string KeyText(string text) => text.IndexOf('"', StringComparison.Ordinal) is >= 0 and var end ? text[..end] : text;

    public UsageRecord? Record(ChargeId charge) =>
        Rows("SELECT body FROM usage_records WHERE charge = $1", ToRecord, charge.Value).FirstOrDefault();

    public UsageRecord? Record(ChargeId charge, out string? unlike)
    {
        var (record, wrong) = Rows(
                "SELECT body, account, ended_at, model, vendor, whole_input, output, retail_nano, uncollected_nano"
                    + (KeepsRuns ? ", run" : "")
                    + " FROM usage_records WHERE charge = $1",
                row =>
                {
                    var found = ToRecord(row);
                    return (found, RecordColumns.Unlike(row, found, KeepsRuns));
                },
                charge.Value
            )
            .FirstOrDefault();
        unlike = wrong;
        return record;
    }

    /// <summary>
    /// Charges have no index in the journal, but their ids grow with time as its positions do: the dispatch is near the place where the ids pass this one,
    /// and the release, if there is one, is found backwards along the account's chain.
    /// </summary>
    public UnbilledCharge? Unbilled(ChargeId charge)
    {
        const string find =
            "SELECT account, position, sequence, kind, body FROM journal WHERE position >= $1 AND position < $2 AND charge = $3 AND kind = $4";
        var (from, to) = (DispatchedFrom(charge.Value - Nearby), DispatchedFrom(Math.Min(charge.Value, long.MaxValue - Nearby) + Nearby));
        var (account, position, dispatched) = Rows(
                find,
                row => (new AccountId(row.GetInt64(0)), row.GetInt64(1), ToEntry(row, 2).Entry as Dispatched),
                from,
                to,
                charge.Value,
                (long)EntryKind.Dispatched
            )
            .FirstOrDefault();
        if (dispatched is null || Record(charge) is not null)
            return null;
        return new UnbilledCharge(account, dispatched, Release(account, charge, position));
    }

    private Released? Release(AccountId account, ChargeId charge, long dispatchedAt) =>
        Rows(
                $"""
                WITH RECURSIVE chain (position, sequence, kind, charge, previous) AS (
                    SELECT j.position, j.sequence, j.kind, j.charge, j.previous FROM accounts a JOIN journal j ON j.position = a.head WHERE a.account = $1
                    UNION ALL
                    SELECT j.position, j.sequence, j.kind, j.charge, j.previous FROM chain c JOIN journal j ON j.position = c.previous WHERE c.previous > $3
                )
                SELECT c.sequence, c.kind, j.body FROM chain c CROSS JOIN journal j ON j.position = c.position
                WHERE c.charge = $2 AND c.kind = {(int)EntryKind.Released} LIMIT 1
                """,
                row => ToEntry(row, 0).Entry as Released,
                account.Value,
                charge.Value,
                dispatchedAt
            )
            .FirstOrDefault();

    /// <summary>The first position from which on charges of this id and later ones were dispatched.</summary>
    private long DispatchedFrom(long charge)
    {
        var (low, high) = (1L, Position + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var found = Rows(
                    $"SELECT charge FROM journal WHERE position >= $1 AND kind = {(int)EntryKind.Dispatched} ORDER BY position LIMIT 1",
                    row => row.GetInt64(0),
                    middle
                )
                .Select(id => (long?)id)
                .FirstOrDefault();
            if (found is null || found >= charge)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }

    public List<StoredEvent> Events(long after, int limit) =>
        [.. Rows("SELECT position, account, body FROM events WHERE position > $1 ORDER BY position LIMIT $2", ToEvent, after, limit)];

    public List<StoredEvent> Events(AccountId account, long before, int limit) =>
        [
            .. Rows(
                "SELECT position, account, body FROM events WHERE account = $1 AND position < $2 ORDER BY position DESC LIMIT $3",
                ToEvent,
                account.Value,
                before,
                limit
            ),
        ];

    public List<Adjustment> Adjustments(ChargeId charge) =>
        [.. Rows("SELECT position, account, body FROM adjustments WHERE charge = $1 ORDER BY position", ToAdjustment, charge.Value)];

    public List<Adjustment> Adjustments(AccountId account, long before, int limit) =>
        [
            .. Rows(
                "SELECT position, account, body FROM adjustments WHERE account = $1 AND position < $2 ORDER BY position DESC LIMIT $3",
                ToAdjustment,
                account.Value,
                before,
                limit
            ),
        ];

    public RunTotals? Run(AccountId account, string run)
    {
        var refunds = Rows(
                "SELECT position, account, body FROM adjustments WHERE account = $1 AND json_extract(body, '$.run') = $2 ORDER BY position",
                ToAdjustment,
                account.Value,
                run
            )
            .ToLookup(adjustment => adjustment.Refund.Charge, adjustment => adjustment.Refund);
        return RunTotals.Of(run, RunRecords(account, run, before: null, limit: -1), refunds);
    }

    /// <param name="limit">-1: all.</param>
    public IEnumerable<UsageRecord> RunRecords(AccountId account, string run, ChargeId? before, int limit) =>
        Rows(
            "SELECT body FROM usage_records WHERE account = $1 AND run = $2 AND charge < $3 ORDER BY charge DESC LIMIT $4",
            ToRecord,
            account.Value,
            run,
            before?.Value ?? long.MaxValue,
            limit
        );

    /// <summary>Hops from name to name along the index, so the work grows with the account's runs and not with their calls.</summary>
    public List<RunLine> Runs(AccountId account, ChargeId? before, int limit)
    {
        var page = Rows(
                """
                WITH RECURSIVE names (run) AS (
                    SELECT min(run) FROM usage_records WHERE account = $1 AND run IS NOT NULL
                    UNION ALL
                    SELECT (SELECT min(u.run) FROM usage_records u WHERE u.account = $1 AND u.run > names.run) FROM names WHERE run IS NOT NULL
                ),
                newest (run, charge) AS (
                    SELECT run, (SELECT max(u.charge) FROM usage_records u WHERE u.account = $1 AND u.run = names.run) FROM names WHERE run IS NOT NULL
                )
                SELECT run, charge FROM newest WHERE charge < $2 ORDER BY charge DESC LIMIT $3
                """,
                row => (Run: row.GetString(0), Last: new ChargeId(row.GetInt64(1))),
                account.Value,
                before?.Value ?? long.MaxValue,
                limit
            )
            .ToList();
        return [.. page.Select(run => Line(account, run.Run, run.Last))];
    }

    private RunLine Line(AccountId account, string run, ChargeId last)
    {
        var sums = Rows(
                """
                SELECT json_extract(body, '$.currency'), count(*), sum(retail_nano), max(ended_at)
                FROM usage_records WHERE account = $1 AND run = $2 GROUP BY 1
                """,
                row => (Currency: row.GetString(0), Calls: row.GetInt64(1), Retail: row.GetInt64(2), LastAt: row.GetInt64(3)),
                account.Value,
                run
            )
            .ToList();
        return new(
            run,
            sums.Sum(sum => sum.Calls),
            [.. sums.Select(sum => new Money(sum.Retail, new Currency(sum.Currency)))],
            last,
            DateTimeOffset.FromUnixTimeMilliseconds(sums.Max(sum => sum.LastAt))
        );
    }

    /// <summary>A range of the primary key; of each row only the columns before the body are read.</summary>
    public List<CallLine> Calls(ChargeId after, ChargeId until, int limit) =>
        [
            .. Rows(
                "SELECT charge, account, model FROM usage_records WHERE charge > $1 AND charge <= $2 ORDER BY charge LIMIT $3",
                row => new CallLine(new(row.GetInt64(0)), new(row.GetInt64(1)), row.GetString(2)),
                after.Value,
                until.Value,
                limit
            ),
        ];

    /// <summary>The records of settles after a position.</summary>
    public IEnumerable<UsageRecord> SettledAfter(long position) =>
        Rows(
            $"SELECT u.body FROM journal j JOIN usage_records u ON u.charge = j.charge WHERE j.position > $1 AND j.kind = {(int)EntryKind.Settled}",
            ToRecord,
            position
        );

    public List<UsageDay> Days(AccountId account, DateOnly from, DateOnly to) =>
        [
            .. Rows(
                $"SELECT {DayColumns.All} FROM usage_days WHERE account = $1 AND day BETWEEN $2 AND $3 ORDER BY day, model, key, unit, currency",
                DayColumns.Read,
                account.Value,
                from.DayNumber,
                to.DayNumber
            ),
        ];

    public long RecordCount() => One("SELECT count(*) FROM usage_records");

    public ChargeId RecordsFrom => default; // a file keeps its records

    public IEnumerable<(AccountId Account, ChargeId Charge)> RecordsWithoutSettle() =>
        Rows(
            $"SELECT account, charge FROM usage_records WHERE charge NOT IN (SELECT charge FROM journal WHERE kind = {(int)EntryKind.Settled})",
            row => (new AccountId(row.GetInt64(0)), new ChargeId(row.GetInt64(1)))
        );

    public IEnumerable<(AccountId Account, string Finding)> UnlikeLists() =>
        [
            .. One("PRAGMA user_version") < Schema.ListsVersion ? [] : UnlikeEvents().Concat(UnlikeAdjustments()),
            .. One("PRAGMA user_version") < Schema.DaysVersion ? [] : UnlikeDays(),
        ];

    private IEnumerable<(AccountId Account, string Finding)> UnlikeDays() =>
        Rows(
            DayColumns.Unlike("usage_records", "usage_days", "position <= (SELECT value FROM marks WHERE name = 'days')", "day >= 0"),
            row => (new AccountId(row.GetInt64(0)), row.GetString(1))
        );

    private IEnumerable<(AccountId Account, string Finding)> UnlikeEvents() =>
        Unlike(
            "events",
            EntryKind.Raised,
            "l.at",
            row =>
            {
                var raised = Parse(row.GetString(BodyColumn), ChargingJson.Default.Raised);
                return SameInstant(row.GetInt64(ListedColumn), raised.At) ? null : "at";
            }
        );

    private IEnumerable<(AccountId Account, string Finding)> UnlikeAdjustments() =>
        Unlike(
            "adjustments",
            EntryKind.Refunded,
            "l.at, l.id, l.charge, l.retail_nano",
            row =>
            {
                var refund = Parse(row.GetString(BodyColumn), ChargingJson.Default.Refunded);
                return !SameInstant(row.GetInt64(ListedColumn), refund.At) ? "at"
                    : row.GetInt64(ListedColumn + 1) != refund.Command.Value ? "id"
                    : row.GetInt64(ListedColumn + 2) != refund.Charge.Value ? "charge"
                    : row.GetInt64(ListedColumn + 3) != refund.RetailNano ? "retail_nano"
                    : null;
            }
        );

    private const int BodyColumn = 2;
    private const int ListedColumn = 6;

    /// <param name="unlike">The column that says otherwise than the entry in <see cref="BodyColumn"/>; null: none. The list's own begin at <see cref="ListedColumn"/>.</param>
    private IEnumerable<(AccountId Account, string Finding)> Unlike(
        string list,
        EntryKind kind,
        string columns,
        Func<SqliteDataReader, string?> unlike
    )
    {
        var listed = Rows(
            $"SELECT l.position, l.account, l.body, j.kind, j.account, j.body, {columns} FROM {list} l LEFT JOIN journal j ON j.position = l.position",
            row =>
            {
                var finding =
                    row.IsDBNull(3) || row.GetInt64(3) != (long)kind ? $"no {kind} entry in the journal is at that position"
                    : row.GetInt64(1) != row.GetInt64(4) ? "its column account says otherwise than the entry"
                    : row.GetString(BodyColumn) != row.GetString(5) ? "its body says otherwise than the entry"
                    : unlike(row) is { } column ? $"its column {column} says otherwise than the entry"
                    : null;
                return (
                    Account: new AccountId(row.GetInt64(1)),
                    Finding: finding is null ? null : $"{list} at {row.GetInt64(0)}: {finding}"
                );
            }
        );
        foreach (var (account, finding) in listed)
        {
            if (finding is not null)
                yield return (account, finding);
        }
        var missing = Rows(
            $"SELECT j.account, j.position FROM journal j LEFT JOIN {list} l ON l.position = j.position WHERE j.kind = {(int)kind} AND l.position IS NULL",
            row => (new AccountId(row.GetInt64(0)), $"the {kind} entry at {row.GetInt64(1)} is not in {list}")
        );
        foreach (var lost in missing)
            yield return lost;
    }

    /// <summary>To the millisecond; lists that an upgrade has filled may have been cut down instead of to it.</summary>
    private static bool SameInstant(long milliseconds, DateTimeOffset at) => Math.Abs(milliseconds - at.ToUnixTimeMilliseconds()) <= 1;

    public IEnumerable<(AccountId Account, long Sequence)> Heads() =>
        Rows("SELECT account, sequence FROM accounts", row => (new AccountId(row.GetInt64(0)), row.GetInt64(1)));

    /// <summary>The entries from a position on that open or end a charge.</summary>
    public IEnumerable<(long Position, AccountId Account, EntryKind Kind, ChargeId Charge)> ChargesFrom(long position) =>
        Rows(
            "SELECT position, account, kind, charge FROM journal WHERE position >= $1 AND charge IS NOT NULL ORDER BY position",
            row => (row.GetInt64(0), new AccountId(row.GetInt64(1)), (EntryKind)row.GetInt32(2), new ChargeId(row.GetInt64(3))),
            position
        );

    public void Dispose()
    {
        transaction?.Dispose();
        connection.Dispose();
    }

    private static StoredEntry ToEntry(SqliteDataReader row, int first) =>
        new(
            row.GetInt64(first),
            ChargingJson.ReadEntry((EntryKind)row.GetInt32(first + 1), Encoding.UTF8.GetBytes(row.GetString(first + 2)))
        );

    private static StoredEvent ToEvent(SqliteDataReader row)
    {
        var raised = Parse(row.GetString(2), ChargingJson.Default.Raised);
        return new(row.GetInt64(0), new AccountId(row.GetInt64(1)), raised.At, raised.Event);
    }

    private static Adjustment ToAdjustment(SqliteDataReader row) =>
        new(row.GetInt64(0), new AccountId(row.GetInt64(1)), Parse(row.GetString(2), ChargingJson.Default.Refunded));

    private static UsageRecord ToRecord(SqliteDataReader row) => Parse(row.GetString(0), ChargingJson.Default.UsageRecord);

    private static T Parse<T>(string json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(json, type) ?? throw new JsonException("the stored value is null");

    private long One(string sql) => Rows(sql, row => row.GetInt64(0)).First();

    private IEnumerable<T> Rows<T>(string sql, Func<SqliteDataReader, T> read, params object[] arguments)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        for (var i = 0; i < arguments.Length; i++)
            command.Parameters.AddWithValue($"${i + 1}", arguments[i]);
        using var rows = command.ExecuteReader();
        while (rows.Read())
            yield return read(rows);
    }
}
