using Npgsql;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;

namespace Tokenline.Storage.Journal.Postgres;

/// <summary>
/// One snapshot of the database, read through several connections: one that streams for each list that is being read, one for single rows. It blocks its thread, as an audit does:
/// open it on a thread that serves nobody.
/// </summary>
public sealed class PostgresJournalSnapshot : IJournalSnapshot
{
    private readonly NpgsqlDataSource source;
    private readonly NpgsqlConnection owner;
    private readonly NpgsqlTransaction transaction;
    private readonly string snapshot;
    private readonly NpgsqlConnection single;
    private readonly NpgsqlTransaction singleTransaction;

    private PostgresJournalSnapshot(
        NpgsqlDataSource source,
        NpgsqlConnection owner,
        NpgsqlTransaction transaction,
        string snapshot,
        (NpgsqlConnection Connection, NpgsqlTransaction Transaction) single
    )
    {
        (this.source, this.owner, this.transaction, this.snapshot) = (source, owner, transaction, snapshot);
        (this.single, singleTransaction) = single;
        Position = Singles("SELECT coalesce(max(position), 0) FROM charging.journal", row => row.GetInt64(0))[0];
        RecordsFrom = new(Mark("records_from"));
    }

    public static PostgresJournalSnapshot Open(NpgsqlDataSource source)
    {
        var owner = source.OpenConnection();
        try
        {
            var transaction = owner.BeginTransaction(System.Data.IsolationLevel.RepeatableRead);
            using var export = new NpgsqlCommand("SELECT pg_export_snapshot()", owner, transaction);
            var snapshot = (string)export.ExecuteScalar()!;
            return new(source, owner, transaction, snapshot, Join(source, snapshot));
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }

    public long Position { get; }

    public ChargeId RecordsFrom { get; }

    private long Mark(string name) => Singles($"SELECT value FROM charging.mark WHERE name = '{name}'", row => row.GetInt64(0))[0];

    public IEnumerable<(AccountId Account, StoredEntry Entry)> Entries() =>
        Stream(
            "SELECT account, sequence, kind, body FROM charging.journal ORDER BY position",
            row => (new AccountId(row.GetInt64(0)), PostgresChargeJournal.ToEntry(row, 1))
        );

    public IEnumerable<(AccountId Account, long Sequence)> Heads() =>
        Stream("SELECT account, sequence FROM charging.account", row => (new AccountId(row.GetInt64(0)), row.GetInt64(1)));

    public AccountImage? Image(AccountId account) =>
        Singles(
                "SELECT body FROM charging.image WHERE account = $1",
                row => PostgresChargeJournal.Parse(row.GetString(0), ChargingJson.Default.AccountImage),
                account.Value
            )
            .FirstOrDefault();

    public UsageRecord? Record(ChargeId charge, out string? unlike)
    {
        var (record, wrong) = Singles(
                """
                SELECT body, account, ended_at, model, vendor, whole_input, output, retail_nano, uncollected_nano, run
                FROM charging.usage_record WHERE charge = $1
                """,
                row =>
                {
                    var found = PostgresChargeJournal.ToRecord(row);
                    return (found, RecordColumns.Unlike(row, found));
                },
                charge.Value
            )
            .FirstOrDefault();
        unlike = wrong;
        return record;
    }

    public long RecordCount() => Singles("SELECT count(*) FROM charging.usage_record", row => row.GetInt64(0))[0];

    public IEnumerable<(AccountId Account, ChargeId Charge)> RecordsWithoutSettle() =>
        Stream(
            $"""
            SELECT u.account, u.charge FROM charging.usage_record u
            LEFT JOIN charging.journal j ON j.account = u.account AND j.sequence = u.sequence AND j.charge = u.charge AND j.kind = {(int)
                EntryKind.Settled}
            WHERE j.account IS NULL
            """,
            row => (new AccountId(row.GetInt64(0)), new ChargeId(row.GetInt64(1)))
        );

    public IEnumerable<(AccountId Account, string Finding)> UnlikeLists() =>
        [
            .. Unlike(
                "event",
                EntryKind.Raised,
                "l.at",
                (row, entry) => row.GetInt64(ListedColumn) == entry.At.ToUnixTimeMilliseconds() ? null : "at"
            ),
            .. Unlike(
                "adjustment",
                EntryKind.Refunded,
                "l.at, l.id, l.charge, l.retail_nano",
                (row, entry) =>
                {
                    var refund = (Refunded)entry;
                    return row.GetInt64(ListedColumn) != refund.At.ToUnixTimeMilliseconds() ? "at"
                        : row.GetInt64(ListedColumn + 1) != refund.Command.Value ? "id"
                        : row.GetInt64(ListedColumn + 2) != refund.Charge.Value ? "charge"
                        : row.GetInt64(ListedColumn + 3) != refund.RetailNano ? "retail_nano"
                        : null;
                }
            ),
            .. Stream(
                DayColumns.Unlike(
                    "charging.usage_record",
                    "charging.usage_day",
                    $"charge >= {Mark("days_charge")}",
                    $"day >= {Mark("days_from")}"
                ),
                row => (new AccountId(row.GetInt64(0)), row.GetString(1))
            ),
            .. Stream(
                """
                SELECT a.account, a.open, count(o.charge) FROM charging.account a
                LEFT JOIN LATERAL (
                    SELECT j.charge FROM charging.journal j WHERE j.account = a.account AND j.charge IS NOT NULL
                    GROUP BY j.charge HAVING bool_or(j.kind = 10) AND NOT bool_or(j.kind IN (12, 13))
                ) o ON true
                GROUP BY a.account, a.open HAVING a.open <> count(o.charge)
                """,
                row =>
                    (new AccountId(row.GetInt64(0)), $"its row says that {row.GetInt32(1)} charges are open, its journal {row.GetInt64(2)}")
            ),
        ];

    private const int ListedColumn = 6;

    private IEnumerable<(AccountId Account, string Finding)> Unlike(
        string list,
        EntryKind kind,
        string columns,
        Func<NpgsqlDataReader, JournalEntry, string?> unlike
    )
    {
        var listed = Stream(
            $"SELECT l.position, l.account, l.body, j.account, j.kind, j.body, {columns} FROM charging.{list} l LEFT JOIN charging.journal j ON j.position = l.position",
            row =>
            {
                var finding =
                    row.IsDBNull(3) || row.GetInt16(4) != (short)kind ? $"no {kind} entry in the journal is at that position"
                    : row.GetInt64(1) != row.GetInt64(3) ? "its column account says otherwise than the entry"
                    : row.GetString(2) != row.GetString(5) ? "its body says otherwise than the entry"
                    : unlike(row, ChargingJson.ReadEntry(kind, System.Text.Encoding.UTF8.GetBytes(row.GetString(5)))) is { } column
                        ? $"its column {column} says otherwise than the entry"
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
        var missing = Stream(
            $"SELECT j.account, j.position FROM charging.journal j LEFT JOIN charging.{list} l ON l.position = j.position WHERE j.kind = {(int)kind} AND l.position IS NULL",
            row => (new AccountId(row.GetInt64(0)), $"the {kind} entry at {row.GetInt64(1)} is not in {list}")
        );
        foreach (var lost in missing)
            yield return lost;
    }

    public void Dispose()
    {
        singleTransaction.Dispose();
        single.Dispose();
        transaction.Dispose();
        owner.Dispose();
    }

    private static (NpgsqlConnection, NpgsqlTransaction) Join(NpgsqlDataSource source, string snapshot)
    {
        var connection = source.OpenConnection();
        try
        {
            var joined = connection.BeginTransaction(System.Data.IsolationLevel.RepeatableRead);
            using var command = new NpgsqlCommand($"SET TRANSACTION SNAPSHOT '{snapshot}'", connection, joined);
            command.ExecuteNonQuery();
            return (connection, joined);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private List<T> Singles<T>(string sql, Func<NpgsqlDataReader, T> read, params long[] arguments)
    {
        using var command = new NpgsqlCommand(sql, single, singleTransaction) { CommandTimeout = 0 };
        foreach (var argument in arguments)
            command.Parameters.Add(new() { Value = argument });
        using var rows = command.ExecuteReader();
        var all = new List<T>();
        while (rows.Read())
            all.Add(read(rows));
        return all;
    }

    private IEnumerable<T> Stream<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        var (connection, joined) = Join(source, snapshot);
        using (connection)
        using (joined)
        {
            using var command = new NpgsqlCommand(sql, connection, joined) { CommandTimeout = 0 };
            using var rows = command.ExecuteReader();
            while (rows.Read())
                yield return read(rows);
        }
    }
}
