using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Tokenline.Storage.Journal;

/// <summary>Brings a file to this version before anything else opens it: all steps that it lacks, in one transaction.</summary>
internal static class Migration
{
    public static void Run(string path)
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
        Do(connection, transaction, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Schema.Version}"));
        transaction.Commit();
    }

    private static int VersionOf(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
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
