using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;

namespace Tokenline.Storage.Journal;

/// <summary>Brings a file to this version before anything else opens it: all steps that it lacks, in one transaction.</summary>
internal static class Migration
{
    /// <param name="days">Empty; the calendar that days are of.</param>
    public static void Run(string path, DaySums days)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        var version = VersionOf(connection);
        if (version > Schema.Version)
            throw new IOException(
                $"{path} was written by a newer version of Tokenline (schema {version}, this one knows {Schema.Version})"
            );
        if (version == Schema.Version)
            return;
        connection.CreateFunction("id_value", (string text) => Value(text), isDeterministic: true);
        using var transaction = connection.BeginTransaction(deferred: false);
        foreach (var step in Schema.Steps.Skip(version))
            Do(connection, transaction, step);
        if (version < Schema.DaysVersion)
            FillDays(connection, transaction, days);
        Do(connection, transaction, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Schema.Version}"));
        transaction.Commit();
    }

    private static int VersionOf(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void FillDays(SqliteConnection connection, SqliteTransaction transaction, DaySums days)
    {
        using (var records = connection.CreateCommand())
        {
            records.Transaction = transaction;
            records.CommandText = "SELECT body FROM usage_records";
            using var rows = records.ExecuteReader();
            while (rows.Read())
                days.Add(JsonSerializer.Deserialize(rows.GetString(0), ChargingJson.Default.UsageRecord)!);
        }
        using var insert = connection.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = "INSERT INTO usage_days VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        foreach (var ((account, day, model, key, currency, unit), sums) in days.All)
        {
            insert.Parameters.Clear();
            object[] values =
            [
                account.Value,
                day.DayNumber,
                model,
                key.Value,
                unit,
                currency.Code,
                sums.Calls,
                sums.Input,
                sums.Output,
                sums.RetailNano,
                sums.UncollectedNano,
                sums.Amount,
            ];
            for (var i = 0; i < values.Length; i++)
                insert.Parameters.AddWithValue($"${i + 1}", values[i]);
            insert.ExecuteNonQuery();
        }
        days.Clear();
    }

    private static void Do(SqliteConnection connection, SqliteTransaction transaction, string sql)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.CommandTimeout = 0; // a large file takes as long as it takes
        command.ExecuteNonQuery();
    }

    private static long Value(string text) => ChargeId.TryParse(text, out var charge) ? charge.Value : CommandId.Parse(text).Value;
}
