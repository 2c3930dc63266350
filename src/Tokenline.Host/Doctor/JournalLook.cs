using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Tokenline.Host.Doctor;

/// <summary>The charge journal of the embedded default, read only: whether a server runs on it or not.</summary>
internal static class JournalLook
{
    private const long WalMuch = 1L << 30;

    public static async Task<IReadOnlyList<Finding>> TakeAsync(Settings settings, CancellationToken cancellation)
    {
        const string about = "charge journal";
        var file = Path.Combine(settings.DataFolder, "charges.db");
        if (settings.Cluster is not null || !File.Exists(file))
            return [];
        var findings = new List<Finding>();
        var wal = new FileInfo(file + "-wal");
        if (wal.Exists && wal.Length > WalMuch)
            findings.Add(
                Finding.Watch(
                    about,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"its log has grown to {(double)wal.Length / WalMuch:F1} GB: somebody has been reading it for very long"
                    ),
                    "End whatever holds charges.db open beside the server (an audit, a copy, a database browser)."
                )
            );
        await using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync(cancellation);
        var mode = (string?)await AskAsync(connection, "PRAGMA journal_mode", cancellation);
        if (mode != "wal")
            findings.Add(
                Finding.Ill(
                    about,
                    $"its mode is '{mode}', not 'wal': something else than Tokenline has changed the file",
                    "Restore it from a backup, and audit."
                )
            );
        var entries = await AskAsync(connection, "SELECT max(position) FROM journal", cancellation);
        findings.Add(
            Finding.Well(
                about,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(entries is DBNull or null ? 0L : entries):N0} entries, {new FileInfo(file).Length / (1024d * 1024):F1} MB; tokenline audit proves what they say"
                )
            )
        );
        return findings;
    }

    private static async Task<object?> AskAsync(SqliteConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(cancellation);
    }
}
