using System.Globalization;
using Npgsql;
using Tokenline.Charging.Records;

namespace Tokenline.Storage.Journal.Postgres;

/// <summary>The months of usage records: a table each, made ahead of time, and dropped when it has been kept for long enough. The sums of days stay.</summary>
public static class RecordPartitions
{
    private const int MonthsAhead = 3;
    private const string Prefix = "usage_record_";
    private const string MonthFormat = "yyyy_MM";

    /// <summary>Makes the tables of this month and the next ones; a record that has none goes into a table of its own. Run it daily.</summary>
    public static async Task MakeAsync(NpgsqlDataSource source, DateTimeOffset now, CancellationToken cancellation)
    {
        for (var i = 0; i < MonthsAhead; i++)
        {
            var (from, to) = (MonthOf(now).AddMonths(i), MonthOf(now).AddMonths(i + 1));
            await using var command = source.CreateCommand(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"CREATE TABLE IF NOT EXISTS charging.{Name(from)} PARTITION OF charging.usage_record FOR VALUES FROM ({Lowest(from)}) TO ({Lowest(to)})"
                )
            );
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    /// <summary>
    /// Drops the tables of months (of UTC) that ended more than so many whole months ago. A table that somebody reads is left for the next round, and so are those after it.
    /// </summary>
    /// <param name="timeZone">Of the operator's calendar.</param>
    /// <returns>The names of the tables that were dropped.</returns>
    public static async Task<IReadOnlyList<string>> DropAsync(
        NpgsqlDataSource source,
        DateTimeOffset now,
        int keptMonths,
        string timeZone,
        CancellationToken cancellation
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keptMonths, 1);
        var days = new DaySums(timeZone);
        var dropped = new List<string>();
        foreach (var month in await MonthsAsync(source, cancellation))
        {
            if (month >= MonthOf(now).AddMonths(-keptMonths))
                break;
            await using var connection = await source.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            // A call is settled while the month's table goes: it must not wait for whoever reads that table.
            await DoAsync(connection, "SET LOCAL lock_timeout = '2s'", cancellation);
            await DoAsync(connection, $"DROP TABLE charging.{Name(month)}", cancellation);
            var from = new ChargeId(Lowest(month.AddMonths(1)));
            var whole = days.DayOf(from).AddDays(1);
            foreach (
                var (name, value) in new[]
                {
                    ("records_from", from.Value),
                    ("days_from", whole.DayNumber),
                    ("days_charge", days.First(whole).Value),
                }
            )
                await DoAsync(
                    connection,
                    string.Create(CultureInfo.InvariantCulture, $"UPDATE charging.mark SET value = {value} WHERE name = '{name}'"),
                    cancellation
                );
            await transaction.CommitAsync(cancellation);
            dropped.Add(Name(month));
        }
        return dropped;
    }

    /// <summary>Those that have a table, oldest first.</summary>
    private static async Task<List<DateTimeOffset>> MonthsAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'charging.usage_record'::regclass"
        );
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var months = new List<DateTimeOffset>();
        while (await rows.ReadAsync(cancellation))
        {
            if (
                DateTimeOffset.TryParseExact(
                    rows.GetString(0)[Prefix.Length..],
                    MonthFormat,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal,
                    out var month
                )
            )
                months.Add(month);
        }
        months.Sort();
        return months;
    }

    private static DateTimeOffset MonthOf(DateTimeOffset at) => new(at.UtcDateTime.Year, at.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);

    private static string Name(DateTimeOffset month) => Prefix + month.ToString(MonthFormat, CultureInfo.InvariantCulture);

    private static long Lowest(DateTimeOffset at) => IdSource.Lowest<ChargeKind>(at).Value;

    private static async Task DoAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
