using Microsoft.Data.Sqlite;
using Tokenline.Billing.Facts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;

namespace Tokenline.Storage.Billing;

/// <summary>Reads the journal's file beside the process that writes it: one writer, so positions are in the order of commits.</summary>
internal sealed class SqliteJournalFeed(string path) : IJournalFeed
{
    private readonly string connectionString = $"Data Source={path};Mode=ReadOnly;Pooling=True";

    public ValueTask<long> HorizonAsync(CancellationToken cancellation)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT coalesce(max(position), 0) FROM journal";
        return new((long)command.ExecuteScalar()!);
    }

    public ValueTask<IReadOnlyList<JournalFact>> ReadAsync(long after, long until, int limit, CancellationToken cancellation)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT j.position, j.account, j.kind, CASE WHEN j.kind = {JournalFacts.Settled} THEN u.body ELSE j.body END
            FROM journal j LEFT JOIN usage_records u ON u.charge = j.charge AND j.kind = {JournalFacts.Settled}
            WHERE j.position > $1 AND j.position <= $2 AND j.kind IN ({JournalFacts.Kinds}) ORDER BY j.position LIMIT $3
            """;
        command.Parameters.AddWithValue("$1", after);
        command.Parameters.AddWithValue("$2", until);
        command.Parameters.AddWithValue("$3", limit);
        var facts = new List<JournalFact>();
        using (var rows = command.ExecuteReader())
        {
            while (rows.Read())
                facts.Add(
                    JournalFacts.Read(
                        rows.GetInt64(0),
                        new AccountId(rows.GetInt64(1)),
                        (EntryKind)rows.GetInt32(2),
                        rows.IsDBNull(3) ? null : rows.GetFieldValue<byte[]>(3)
                    )
                );
        }
        for (var i = 0; i < facts.Count; i++)
        {
            if (facts[i].Entry is Refunded refund)
                facts[i] = facts[i] with { Record = RecordOf(connection, refund.Charge) };
        }
        return new(facts);
    }

    public ValueTask<IReadOnlyList<UsageRecord>> CallsAsync(
        string vendor,
        string model,
        ChargeId after,
        ChargeId until,
        int limit,
        CancellationToken cancellation
    )
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT body FROM usage_records WHERE charge > $1 AND charge <= $2 AND vendor = $3 AND model = $4 ORDER BY charge LIMIT $5";
        command.Parameters.AddWithValue("$1", after.Value);
        command.Parameters.AddWithValue("$2", until.Value);
        command.Parameters.AddWithValue("$3", vendor);
        command.Parameters.AddWithValue("$4", model);
        command.Parameters.AddWithValue("$5", limit);
        var calls = new List<UsageRecord>();
        using var rows = command.ExecuteReader();
        while (rows.Read())
            calls.Add(JournalFacts.Record(rows.GetString(0)));
        return new(calls);
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        return connection;
    }

    private static UsageRecord? RecordOf(SqliteConnection connection, ChargeId charge)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT body FROM usage_records WHERE charge = $1";
        command.Parameters.AddWithValue("$1", charge.Value);
        return command.ExecuteScalar() is string body ? JournalFacts.Record(body) : null;
    }
}
