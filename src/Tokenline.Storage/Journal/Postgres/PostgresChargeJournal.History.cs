using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Npgsql;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Trials;

namespace Tokenline.Storage.Journal.Postgres;

/// <summary>The read side, by whatever connection is free. Each read is one statement, so it sees whole commits only.</summary>
public sealed partial class PostgresChargeJournal : IChargeHistory
{
    public async ValueTask<long> PositionAsync() =>
        (await RowsAsync("SELECT coalesce(max(position), 0) FROM charging.journal", row => row.GetInt64(0)))[0];

    public async ValueTask<UsageRecord?> FindRecordAsync(ChargeId charge) =>
        (await RowsAsync("SELECT body FROM charging.usage_record WHERE charge = $1", ToRecord, charge.Value)).FirstOrDefault();

    public async ValueTask<UnbilledCharge?> FindUnbilledAsync(ChargeId charge)
    {
        var found = await RowsAsync(
            $"""
            SELECT d.account, d.sequence, d.kind, d.body, r.sequence, r.kind, r.body
            FROM charging.journal d
            LEFT JOIN charging.journal r ON r.account = d.account AND r.charge = d.charge AND r.sequence > d.sequence AND r.kind = {(int)
                EntryKind.Released}
            WHERE d.charge = $1 AND d.kind = {(int)
                EntryKind.Dispatched} AND NOT EXISTS (SELECT FROM charging.usage_record u WHERE u.charge = d.charge)
              AND d.charge >= (SELECT value FROM charging.mark WHERE name = 'records_from')
            LIMIT 1
            """,
            row => new UnbilledCharge(
                new AccountId(row.GetInt64(0)),
                (Dispatched)ToEntry(row, 1).Entry,
                row.IsDBNull(4) ? null : (Released)ToEntry(row, 4).Entry
            ),
            charge.Value
        );
        return found.FirstOrDefault();
    }

    public async ValueTask<IReadOnlyList<UsageRecord>> RecordsAsync(AccountId account, ChargeId? before, int limit)
    {
        Check(limit);
        return await RowsAsync(
            """
            SELECT body FROM charging.usage_record WHERE account = $1
              AND ($2::bigint IS NULL OR sequence < (SELECT sequence FROM charging.usage_record WHERE charge = $2 AND account = $1))
            ORDER BY sequence DESC LIMIT $3
            """,
            ToRecord,
            account.Value,
            before?.Value,
            limit
        );
    }

    public async ValueTask<FoundRecords> SearchAsync(AccountId account, RecordSearch search, ChargeId? before, int limit, int looksMax)
    {
        var figure = search.Order == RecordOrder.Largest ? "whole_input + output" : "retail_nano";
        var key = $"split_part(split_part(body, '{RecordSieve.KeyMark}', 2), '\"', 1)";
        var which = search.ByStart
            ? "charge >= $2 AND charge < $3 ORDER BY charge DESC"
            : "($2::bigint IS NULL OR sequence < (SELECT sequence FROM charging.usage_record WHERE charge = $2 AND account = $1)) AND ended_at >= $3 ORDER BY sequence DESC";
        var sieve = new RecordSieve(search, limit, looksMax);
        await using var command = source.CreateCommand(
            $"SELECT charge, model, {figure}, {(search.Keys is null ? "NULL::text" : key)} FROM charging.usage_record WHERE account = $1 AND {which} LIMIT $4"
        );
        command.Parameters.AddWithValue(account.Value);
        command.Parameters.Add(
            new NpgsqlParameter
            {
                Value = search.ByStart ? search.Lowest : before?.Value ?? (object)DBNull.Value,
                NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint,
            }
        );
        command.Parameters.AddWithValue(
            search.ByStart ? Math.Min(search.Limit, before?.Value ?? long.MaxValue) : search.From?.ToUnixTimeMilliseconds() ?? 0
        );
        command.Parameters.AddWithValue(looksMax == int.MaxValue ? int.MaxValue : looksMax + 1);
        await using (var row = await command.ExecuteReaderAsync())
        {
            while (await row.ReadAsync() && sieve.Take(row.GetInt64(0), row.GetString(1), () => row.GetString(3), row.GetInt64(2))) { }
        }
        var charges = sieve.Found();
        await using var read = source.CreateCommand("SELECT charge, body FROM charging.usage_record WHERE charge = ANY($1)");
        read.Parameters.AddWithValue(charges);
        var records = new Dictionary<long, UsageRecord>(charges.Length);
        await using var rows = await read.ExecuteReaderAsync();
        while (await rows.ReadAsync())
            records[rows.GetInt64(0)] = Parse(rows.GetString(1), ChargingJson.Default.UsageRecord);
        return new([.. charges.Where(records.ContainsKey).Select(charge => records[charge])], sieve.Next, sieve.Looked);
    }

    public async ValueTask<IReadOnlyList<StoredEvent>> EventsAsync(long after, int limit)
    {
        Check(limit);
        return await RowsAsync(
            "SELECT position, account, body FROM charging.event WHERE position > $1 ORDER BY position LIMIT $2",
            ToEvent,
            after,
            limit
        );
    }

    public async ValueTask<IReadOnlyList<StoredEvent>> EventsAsync(AccountId account, long? before, int limit)
    {
        Check(limit);
        return await RowsAsync(
            "SELECT position, account, body FROM charging.event WHERE account = $1 AND position < $2 ORDER BY position DESC LIMIT $3",
            ToEvent,
            account.Value,
            before ?? long.MaxValue,
            limit
        );
    }

    public async ValueTask<IReadOnlyList<Adjustment>> AdjustmentsAsync(ChargeId charge) =>
        await RowsAsync(
            "SELECT position, account, body FROM charging.adjustment WHERE charge = $1 ORDER BY position",
            ToAdjustment,
            charge.Value
        );

    public async ValueTask<IReadOnlyList<Adjustment>> AdjustmentsAsync(AccountId account, long? before, int limit)
    {
        Check(limit);
        return await RowsAsync(
            "SELECT position, account, body FROM charging.adjustment WHERE account = $1 AND position < $2 ORDER BY position DESC LIMIT $3",
            ToAdjustment,
            account.Value,
            before ?? long.MaxValue,
            limit
        );
    }

    public async IAsyncEnumerable<LivedEntry> LifeAsync(AccountId account, [EnumeratorCancellation] CancellationToken cancellation)
    {
        const int atOnce = 1000;
        var after = 0L;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var page = await RowsAsync(
                $"""
                SELECT j.sequence, j.kind, j.body, u.body FROM charging.journal j
                LEFT JOIN charging.usage_record u ON u.charge = j.charge AND j.kind = {(int)
                    EntryKind.Settled}
                WHERE j.account = $1 AND j.sequence > $2 ORDER BY j.sequence LIMIT {atOnce}
                """,
                row => new LivedEntry(
                    row.GetInt64(0),
                    ToEntry(row, 0).Entry,
                    row.IsDBNull(3) ? null : Parse(row.GetString(3), ChargingJson.Default.UsageRecord)
                ),
                account.Value,
                after
            );
            foreach (var lived in page)
                yield return lived.Entry is Refunded refund ? lived with { Record = await FindRecordAsync(refund.Charge) } : lived;
            if (page.Count < atOnce)
                yield break;
            after = page[^1].Sequence;
        }
    }

    public async ValueTask<RunTotals?> RunAsync(AccountId account, string run)
    {
        var refunds = (
            await RowsAsync(
                "SELECT position, account, body FROM charging.adjustment WHERE account = $1 AND body::jsonb ->> 'run' = $2 ORDER BY position",
                ToAdjustment,
                account.Value,
                run
            )
        ).ToLookup(adjustment => adjustment.Refund.Charge, adjustment => adjustment.Refund);
        return RunTotals.Of(run, await RunRecordsOfAsync(account, run, null, null), refunds);
    }

    public async ValueTask<IReadOnlyList<UsageRecord>> RunRecordsAsync(AccountId account, string run, ChargeId? before, int limit)
    {
        Check(limit);
        return await RunRecordsOfAsync(account, run, before, limit);
    }

    public async ValueTask<IReadOnlyList<RunLine>> RunsAsync(AccountId account, ChargeId? before, int limit)
    {
        Check(limit);
        var rows = await RowsAsync(
            """
            WITH page AS (
                SELECT run, max(charge) AS newest FROM charging.usage_record WHERE account = $1 AND run IS NOT NULL
                GROUP BY run HAVING max(charge) < $2 ORDER BY 2 DESC LIMIT $3
            )
            SELECT p.run, p.newest, u.body::jsonb ->> 'currency', count(*), sum(u.retail_nano)::bigint, max(u.ended_at)
            FROM page p JOIN charging.usage_record u ON u.account = $1 AND u.run = p.run GROUP BY 1, 2, 3 ORDER BY 2 DESC
            """,
            row =>
                (
                    Run: row.GetString(0),
                    Newest: row.GetInt64(1),
                    Currency: row.GetString(2),
                    Calls: row.GetInt64(3),
                    Retail: row.GetInt64(4),
                    LastAt: row.GetInt64(5)
                ),
            account.Value,
            before?.Value ?? long.MaxValue,
            limit
        );
        return
        [
            .. rows.GroupBy(row => (row.Run, row.Newest))
                .Select(run => new RunLine(
                    run.Key.Run,
                    run.Sum(row => row.Calls),
                    [.. run.Select(row => new Money(row.Retail, new Currency(row.Currency)))],
                    new ChargeId(run.Key.Newest),
                    DateTimeOffset.FromUnixTimeMilliseconds(run.Max(row => row.LastAt))
                )),
        ];
    }

    public async ValueTask<IReadOnlyList<UsageDay>> DaysAsync(AccountId account, DateOnly from, DateOnly to) =>
        await RowsAsync(
            $"SELECT {DayColumns.All} FROM charging.usage_day WHERE account = $1 AND day BETWEEN $2 AND $3 ORDER BY day, model, key, unit, currency",
            DayColumns.Read,
            account.Value,
            (long)from.DayNumber,
            (long)to.DayNumber
        );

    public async ValueTask<IReadOnlyList<CallLine>> CallsAsync(ChargeId after, ChargeId until, int limit)
    {
        Check(limit);
        return await RowsAsync(
            "SELECT charge, account, model FROM charging.usage_record WHERE charge > $1 AND charge <= $2 ORDER BY charge LIMIT $3",
            row => new CallLine(new(row.GetInt64(0)), new(row.GetInt64(1)), row.GetString(2)),
            after.Value,
            until.Value,
            limit
        );
    }

    public async ValueTask<IReadOnlyList<AccountId>> AccountsWithOpenChargesAsync() =>
        await RowsAsync("SELECT account FROM charging.account WHERE open > 0 ORDER BY account", row => new AccountId(row.GetInt64(0)));

    public IJournalSnapshot OpenSnapshot() => PostgresJournalSnapshot.Open(source);

    internal static StoredEntry ToEntry(NpgsqlDataReader row, int first) =>
        new(
            row.GetInt64(first),
            ChargingJson.ReadEntry((EntryKind)row.GetInt16(first + 1), Encoding.UTF8.GetBytes(row.GetString(first + 2)))
        );

    internal static UsageRecord ToRecord(NpgsqlDataReader row) => Parse(row.GetString(0), ChargingJson.Default.UsageRecord);

    internal static T Parse<T>(string json, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(json, type) ?? throw new JsonException("the stored value is null");

    private static StoredEvent ToEvent(NpgsqlDataReader row)
    {
        var raised = Parse(row.GetString(2), ChargingJson.Default.Raised);
        return new(row.GetInt64(0), new AccountId(row.GetInt64(1)), raised.At, raised.Event);
    }

    private static Adjustment ToAdjustment(NpgsqlDataReader row) =>
        new(row.GetInt64(0), new AccountId(row.GetInt64(1)), Parse(row.GetString(2), ChargingJson.Default.Refunded));

    private static void Check(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
    }

    private Task<List<UsageRecord>> RunRecordsOfAsync(AccountId account, string run, ChargeId? before, int? limit) =>
        RowsAsync(
            "SELECT body FROM charging.usage_record WHERE account = $1 AND run = $2 AND charge < $3 ORDER BY charge DESC LIMIT $4",
            ToRecord,
            account.Value,
            run,
            before?.Value ?? long.MaxValue,
            limit
        );

    private async Task<AccountImage?> ImageAsync(AccountId account) =>
        (
            await RowsAsync(
                "SELECT body FROM charging.image WHERE account = $1",
                row => Parse(row.GetString(0), ChargingJson.Default.AccountImage),
                account.Value
            )
        ).FirstOrDefault();

    private Task<List<StoredEntry>> TailAsync(AccountId account, long after) =>
        RowsAsync(
            "SELECT sequence, kind, body FROM charging.journal WHERE account = $1 AND sequence > $2 ORDER BY sequence",
            row => ToEntry(row, 0),
            account.Value,
            after
        );

    private async Task<List<T>> RowsAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object?[] arguments)
    {
        await using var command = source.CreateCommand(sql);
        foreach (var argument in arguments)
            command.Parameters.Add(
                new NpgsqlParameter
                {
                    Value = argument ?? DBNull.Value,
                    NpgsqlDbType = argument is string ? NpgsqlTypes.NpgsqlDbType.Text : NpgsqlTypes.NpgsqlDbType.Bigint,
                }
            );
        await using var rows = await command.ExecuteReaderAsync();
        var all = new List<T>();
        while (await rows.ReadAsync())
            all.Add(read(rows));
        return all;
    }
}
