using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;

namespace Tokenline.Storage.Journal.Postgres;

/// <summary>
/// Writes batches into PostgreSQL on one connection, which it opens again when it is lost. While it is lost no call is let in, so none would find out that the database is back:
/// that is looked for.
/// </summary>
internal sealed partial class PostgresJournalWriter(NpgsqlDataSource source, long run, string timeZone, TimeProvider time, ILogger log)
    : IJournalWriter
{
    private const int TimeoutSeconds = 10;
    private static readonly TimeSpan awayPause = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<AccountId, Head> heads = [];
    private readonly DaySums days = new(timeZone);
    private NpgsqlConnection? connection;
    private long awaySince; // a timestamp; 0: the database was there when it was last asked
    private long toldAt;
    private int isLooking; // 1: somebody looks whether the database is back
    private readonly CancellationTokenSource ended = new();

    /// <summary>The database could not be reached when it was last asked.</summary>
    public bool IsAway => Volatile.Read(ref awaySince) != 0;

    /// <summary>Entries go first, so what was queued before a claim is seen by it.</summary>
    public void Write(List<JournalItem> items)
    {
        Hear(items); // which needs no database
        if (IsAway && time.GetElapsedTime(awaySince) < awayPause)
        {
            FailAll(items, "the database of the charge journal cannot be reached", null);
            Recycle(items);
            return;
        }
        try
        {
            connection ??= source.OpenConnection();
            WriteEntries(items);
            WriteImages([.. items.OfType<ImageItem>()]);
            WriteClaims([.. items.OfType<ClaimItem>()]);
            Volatile.Write(ref awaySince, 0);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException)
        {
            Lose(items, e);
        }
        finally
        {
            Recycle(items);
        }
    }

    public void Dispose()
    {
        ended.Cancel();
        connection?.Dispose();
    }

    private void Hear(List<JournalItem> items)
    {
        foreach (var known in items.OfType<OpenItem>())
        {
            if (heads.TryGetValue(known.Account, out var head) && head.Epoch == known.Epoch)
                heads[known.Account] = head with { Open = known.Open };
        }
    }

    private void WriteEntries(List<JournalItem> items)
    {
        var batch = new PostgresBatch(days);
        var reached = new Dictionary<AccountId, Head>();
        foreach (var item in items.OfType<EntryItem>())
        {
            if (!(reached.TryGetValue(item.Account, out var head) || heads.TryGetValue(item.Account, out head)) || !head.IsNext(item))
            {
                item.Fail(Refused(item));
                continue;
            }
            batch.Add(item, head.OpenedBy(item));
            reached[item.Account] = head with { Sequence = item.Sequence };
        }
        if (batch.Items.Count == 0)
            return;
        try
        {
            Ended(batch, RunRepeating(batch), reached);
        }
        catch (PostgresException e) when (IsOfAnEntry(e) && batch.Items.Count > 1)
        {
            OneByOne(batch, reached);
        }
        catch (PostgresException e) when (IsOfAnEntry(e))
        {
            // A second record of a charge, or a refund that was made before, is this entry's own fault. Its account must be claimed anew.
            var item = batch.Items[0];
            heads.Remove(item.Account);
            item.Fail(new AccountUnavailableException($"entry {item.Sequence} of {item.Account} was refused", e));
        }
    }

    /// <summary>It breaks a rule of the tables (class 23), or holds what they cannot (class 22): not the database's fault, nor that of the batch.</summary>
    private static bool IsOfAnEntry(PostgresException e) =>
        e.SqlState.StartsWith("22", StringComparison.Ordinal) || e.SqlState.StartsWith("23", StringComparison.Ordinal);

    /// <summary>One of them is at fault, and nothing of the batch was written: what its account wrote before it stays, the others go on.</summary>
    private void OneByOne(PostgresBatch batch, Dictionary<AccountId, Head> reached)
    {
        batch.TakeBack(account => reached[account].Open);
        foreach (var item in batch.Items)
            WriteEntries([item]);
    }

    private HashSet<AccountId> RunRepeating(PostgresBatch batch)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return batch.Run(connection!, TimeoutSeconds);
            }
            catch (PostgresException e)
                when (tries < 5 && e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // Nothing was written; the other one has gone on.
            }
        }
    }

    private void Ended(PostgresBatch batch, HashSet<AccountId> moved, Dictionary<AccountId, Head> reached)
    {
        foreach (var (account, head) in reached)
        {
            if (moved.Contains(account))
                heads[account] = head;
            else
                heads.Remove(account);
        }
        foreach (var item in batch.Items)
        {
            if (!moved.Contains(item.Account))
                item.Fail(Refused(item));
        }
    }

    private void WriteImages(List<ImageItem> images)
    {
        images.RemoveAll(image =>
            !heads.TryGetValue(image.Account, out var head) || head.Epoch != image.Epoch || image.Image.Sequence > head.Sequence
        );
        foreach (var image in images)
        {
            using var command = new NpgsqlCommand(
                """
                INSERT INTO charging.image SELECT $1, $2, $3 FROM charging.account WHERE account = $1 AND epoch = $4
                ON CONFLICT (account) DO UPDATE SET sequence = excluded.sequence, body = excluded.body WHERE charging.image.sequence < excluded.sequence
                """,
                connection
            )
            {
                CommandTimeout = TimeoutSeconds,
            };
            command.Parameters.Add(new() { Value = image.Account.Value });
            command.Parameters.Add(new() { Value = image.Image.Sequence });
            command.Parameters.Add(new() { Value = JsonSerializer.Serialize(image.Image, ChargingJson.Default.AccountImage) });
            command.Parameters.Add(new() { Value = image.Epoch });
            command.ExecuteNonQuery();
        }
    }

    /// <summary>A former owner's batch that is under way holds the account's row: the claim waits for it, and none passes after the claim.</summary>
    private void WriteClaims(List<ClaimItem> claims)
    {
        if (claims.Count == 0)
            return;
        using var command = new NpgsqlCommand(
            """
            INSERT INTO charging.account AS a SELECT account, 1, 0, $2, 0 FROM unnest($1) AS account GROUP BY account ORDER BY account
            ON CONFLICT (account) DO UPDATE SET epoch = a.epoch + 1, owner = excluded.owner RETURNING account, epoch, sequence
            """,
            connection
        )
        {
            CommandTimeout = TimeoutSeconds,
        };
        command.Parameters.Add(
            new()
            {
                Value = claims.ConvertAll(claim => claim.Account.Value).ToArray(),
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint,
            }
        );
        command.Parameters.Add(new() { Value = run });
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            var account = new AccountId(rows.GetInt64(0));
            var head = new Head(rows.GetInt64(1), rows.GetInt64(2), null);
            heads[account] = head;
            foreach (var claim in claims.Where(claim => claim.Account == account))
                (claim.Epoch, claim.Sequence) = (head.Epoch, head.Sequence);
        }
    }

    /// <summary>The answer did not come: what was asked for may have been done or not. Whoever goes on claims its account, and reads what became durable.</summary>
    private void Lose(List<JournalItem> items, Exception cause)
    {
        connection?.Dispose();
        connection = null;
        Volatile.Write(ref awaySince, time.GetTimestamp());
        if (Interlocked.Exchange(ref isLooking, 1) == 0)
            _ = LookAsync();
        if (toldAt == 0 || time.GetElapsedTime(toldAt) > TimeSpan.FromSeconds(5))
        {
            toldAt = time.GetTimestamp();
            LogAway(Words(cause), cause);
        }
        foreach (var account in items.OfType<EntryItem>().Select(item => item.Account))
            heads.Remove(account);
        FailAll(items, "the charge journal could not be written", cause);
    }

    /// <summary>Until the database can be written again.</summary>
    private async Task LookAsync()
    {
        try
        {
            do await Task.Delay(awayPause, time, ended.Token);
            while (!await IsBackAsync());
            Volatile.Write(ref isLooking, 0);
            Volatile.Write(ref awaySince, 0);
        }
        catch (OperationCanceledException)
        {
            // the process ends
        }
    }

    /// <summary>It answers, may be written, and has room. What is written to see that is taken back.</summary>
    private async Task<bool> IsBackAsync()
    {
        try
        {
            await using var fresh = await source.OpenConnectionAsync(ended.Token);
            await using var transaction = await fresh.BeginTransactionAsync(ended.Token);
            await using var command = new NpgsqlCommand(
                "CREATE TABLE charging.room AS SELECT string_agg(md5(i::text), '') AS filler FROM generate_series(1, 4096) i",
                fresh
            );
            await command.ExecuteNonQueryAsync(ended.Token);
            await transaction.RollbackAsync(ended.Token);
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or ObjectDisposedException)
        {
            return false;
        }
    }

    private static void Recycle(List<JournalItem> items)
    {
        foreach (var item in items)
            (item as EntryItem)?.Recycle();
    }

    private static void FailAll(List<JournalItem> items, string message, Exception? cause)
    {
        foreach (var item in items)
            item.Fail(new AccountUnavailableException(message, cause));
    }

    private AccountUnavailableException Refused(EntryItem item) =>
        new(
            $"entry {item.Sequence} of {item.Account} in epoch {item.Epoch} was refused: "
                + (
                    heads.TryGetValue(item.Account, out var head)
                        ? $"the journal is at entry {head.Sequence}, epoch {head.Epoch}"
                        : "the account is not claimed here any more"
                )
        );

    private static string Words(Exception cause) =>
        cause switch
        {
            PostgresException { SqlState: PostgresErrorCodes.DiskFull } => "its disk is full; make room",
            PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } =>
                "it is read-only: connect to the primary (Target Session Attributes=primary in TOKENLINE_DATABASE)",
            _ => cause.Message,
        };

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "the database of the charge journal cannot be written: {Words}. No call is served until it can"
    )]
    private partial void LogAway(string words, Exception cause);

    /// <summary>What is known of an account that was claimed in this process.</summary>
    /// <param name="Open">Its open charges; null: not read yet, and until then nothing is appended.</param>
    private readonly record struct Head(long Epoch, long Sequence, HashSet<ChargeId>? Open)
    {
        /// <summary>Without what the claim found open, what an entry opens could not be counted.</summary>
        public bool IsNext(EntryItem item) => Open is not null && Epoch == item.Epoch && Sequence + 1 == item.Sequence;

        public int OpenedBy(EntryItem item) =>
            item.Charge is not { } charge || Open is null ? 0
            : item.Kind == EntryKind.Dispatched ? (Open.Add(charge) ? 1 : 0)
            : item.Kind is EntryKind.Settled or EntryKind.Released ? (Open.Remove(charge) ? -1 : 0)
            : 0;
    }
}

/// <summary>What a claim found open, on its way to the writer, before anything is appended under that claim.</summary>
internal sealed class OpenItem(AccountId account, long epoch, HashSet<ChargeId> open) : JournalItem
{
    public AccountId Account { get; } = account;
    public long Epoch { get; } = epoch;
    public HashSet<ChargeId> Open { get; } = open;
}
