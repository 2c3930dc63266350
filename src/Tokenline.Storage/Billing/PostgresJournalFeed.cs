using Npgsql;
using Tokenline.Billing.Facts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;

namespace Tokenline.Storage.Billing;

/// <summary>
/// Reads a cluster's journal. Nodes draw positions from a sequence and commit in any order, so what is visible may have gaps that are filled later. The horizon waits
/// for the batches that are being written – a lock that no writer can share, held for one read – and behind it every position is final.
/// </summary>
internal sealed class PostgresJournalFeed(NpgsqlDataSource source) : IJournalFeed
{
    public async ValueTask<long> HorizonAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("LOCK TABLE charging.journal IN SHARE MODE"),
                new("SELECT coalesce(max(position), 0) FROM charging.journal"),
            },
        };
        var horizon = (long)(await batch.ExecuteScalarAsync(cancellation))!;
        await transaction.CommitAsync(cancellation);
        return horizon;
    }

    public async ValueTask<IReadOnlyList<JournalFact>> ReadAsync(long after, long until, int limit, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        var facts = new List<JournalFact>();
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = $"""
                SELECT j.position, j.account, j.kind, CASE WHEN j.kind = {JournalFacts.Settled} THEN u.body ELSE j.body END
                FROM charging.journal j LEFT JOIN charging.usage_record u ON u.charge = j.charge AND j.kind = {JournalFacts.Settled}
                WHERE j.position > $1 AND j.position <= $2 AND j.kind IN ({JournalFacts.Kinds}) ORDER BY j.position LIMIT $3
                """;
            command.Parameters.Add(new() { Value = after });
            command.Parameters.Add(new() { Value = until });
            command.Parameters.Add(new() { Value = limit });
            await using var rows = await command.ExecuteReaderAsync(cancellation);
            while (await rows.ReadAsync(cancellation))
                facts.Add(
                    JournalFacts.Read(
                        rows.GetInt64(0),
                        new AccountId(rows.GetInt64(1)),
                        (EntryKind)rows.GetInt16(2),
                        await rows.IsDBNullAsync(3, cancellation) ? null : rows.GetFieldValue<byte[]>(3)
                    )
                );
        }
        for (var i = 0; i < facts.Count; i++)
        {
            if (facts[i].Entry is Refunded refund)
                facts[i] = facts[i] with { Record = await RecordOfAsync(connection, refund.Charge, cancellation) };
        }
        return facts;
    }

    public async ValueTask<IReadOnlyList<UsageRecord>> CallsAsync(
        string vendor,
        string model,
        ChargeId after,
        ChargeId until,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT body FROM charging.usage_record WHERE charge > $1 AND charge <= $2 AND vendor = $3 AND model = $4 ORDER BY charge LIMIT $5";
        command.Parameters.Add(new() { Value = after.Value });
        command.Parameters.Add(new() { Value = until.Value });
        command.Parameters.Add(new() { Value = vendor });
        command.Parameters.Add(new() { Value = model });
        command.Parameters.Add(new() { Value = limit });
        var calls = new List<UsageRecord>();
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
            calls.Add(JournalFacts.Record(rows.GetString(0)));
        return calls;
    }

    private static async Task<UsageRecord?> RecordOfAsync(NpgsqlConnection connection, ChargeId charge, CancellationToken cancellation)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT body FROM charging.usage_record WHERE charge = $1";
        command.Parameters.Add(new() { Value = charge.Value });
        return await command.ExecuteScalarAsync(cancellation) is string body ? JournalFacts.Record(body) : null;
    }
}
