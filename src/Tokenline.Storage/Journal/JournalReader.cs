using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;

namespace Tokenline.Storage.Journal;

/// <summary>Reads the journal on a connection of its own. Inside a snapshot it sees one commit and no later one.</summary>
internal sealed class JournalReader : IJournalSnapshot
{
    /// <summary>How far apart the order of ids and the order of dispatches may be: five minutes, in an id's upper bits.</summary>
    private const long Nearby = 5 * 60 * 1000L << 22;

    private readonly SqliteConnection connection;
    private readonly SqliteTransaction? transaction;

    public JournalReader(string connectionString, bool asSnapshot)
    {
        connection = new SqliteConnection(connectionString);
        connection.Open();
        if (asSnapshot)
            transaction = connection.BeginTransaction(deferred: true);
        Position = One("SELECT coalesce(max(position), 0) FROM journal"); // the first read fixes the snapshot
    }

    public long Position { get; }

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

    public UsageRecord? Record(ChargeId charge) =>
        Rows("SELECT body FROM usage_records WHERE charge = $1", ToRecord, charge.Value).FirstOrDefault();

    public UsageRecord? Record(ChargeId charge, out string? unlike)
    {
        var (record, wrong) = Rows(
                "SELECT body, account, ended_at, model, vendor, whole_input, output, retail_nano, uncollected_nano FROM usage_records WHERE charge = $1",
                row =>
                {
                    var found = ToRecord(row);
                    return (found, Unlike(row, found));
                },
                charge.Value
            )
            .FirstOrDefault();
        unlike = wrong;
        return record;
    }

    /// <summary>Bills and lists read the columns, receipts the record: they must say the same.</summary>
    private static string? Unlike(SqliteDataReader row, UsageRecord record)
    {
        (string Column, object Record)[] figures =
        [
            ("account", record.Account.Value),
            ("ended_at", record.EndedAt.ToUnixTimeMilliseconds()),
            ("model", record.Model),
            ("vendor", record.Vendor),
            ("whole_input", record.Usage.WholeInput),
            ("output", record.Usage[Meter.Output]),
            ("retail_nano", record.RetailNano),
            ("uncollected_nano", record.UncollectedNano),
        ];
        foreach (var (column, said) in figures)
        {
            var stored = row[column];
            if (!stored.Equals(said))
                return $"its column {column} says {stored}, its record {said}";
        }
        return null;
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

    public long RecordCount() => One("SELECT count(*) FROM usage_records");

    public IEnumerable<(AccountId Account, ChargeId Charge)> RecordsWithoutSettle() =>
        Rows(
            $"SELECT account, charge FROM usage_records WHERE charge NOT IN (SELECT charge FROM journal WHERE kind = {(int)EntryKind.Settled})",
            row => (new AccountId(row.GetInt64(0)), new ChargeId(row.GetInt64(1)))
        );

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

    private static UsageRecord ToRecord(SqliteDataReader row) => Parse(row.GetString(0), ChargingJson.Default.UsageRecord);

    private static T Parse<T>(string json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(json, type) ?? throw new JsonException("the stored value is null");

    private long One(string sql) => Rows(sql, row => row.GetInt64(0)).First();

    private IEnumerable<T> Rows<T>(string sql, Func<SqliteDataReader, T> read, params long[] arguments)
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
