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

    public IEnumerable<AccountId> Accounts() => Rows("SELECT account FROM accounts ORDER BY account", row => new AccountId(row.GetInt64(0)));

    public IEnumerable<StoredEntry> Entries(AccountId account) => Entries(account, 0);

    public IEnumerable<StoredEntry> Entries(AccountId account, long after) =>
        Rows(
            "SELECT sequence, kind, body FROM journal WHERE account = $1 AND sequence > $2 ORDER BY sequence",
            row => new StoredEntry(row.GetInt64(0), ChargingJson.ReadEntry((EntryKind)row.GetInt32(1), Encoding.UTF8.GetBytes(row.GetString(2)))),
            account.Value,
            after
        );

    public AccountImage? Image(AccountId account) =>
        Rows("SELECT body FROM images WHERE account = $1", row => Parse(row.GetString(0), ChargingJson.Default.AccountImage), account.Value)
            .FirstOrDefault();

    public IEnumerable<UsageRecord> Records(AccountId account) =>
        Rows("SELECT body FROM usage_records WHERE account = $1 ORDER BY charge", ToRecord, account.Value);

    public IEnumerable<UsageRecord> Records(AccountId account, ChargeId? before, int limit) =>
        Rows(
            "SELECT body FROM usage_records WHERE account = $1 AND charge < $2 ORDER BY charge DESC LIMIT $3",
            ToRecord,
            account.Value,
            before?.Value ?? long.MaxValue,
            limit
        );

    public UsageRecord? Record(ChargeId charge) => Rows("SELECT body FROM usage_records WHERE charge = $1", ToRecord, charge.Value).FirstOrDefault();

    public long RecordsWithoutAccount() => One("SELECT count(*) FROM usage_records WHERE account NOT IN (SELECT account FROM accounts)");

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
