using Npgsql;
using Tokenline.Commerce.Configuration;

namespace Tokenline.Storage.Postgres;

/// <summary>
/// Who leads a work holds an advisory lock on a connection of its own, and asks every second whether it is still there. A node that dies loses it with its connection at once; a machine that is
/// gone, when the database finds the connection dead (about 11 s): by then the node itself, should it live, has stopped.
/// </summary>
internal sealed class PostgresLeadership(NpgsqlDataSource source, TimeProvider time) : ILeadership
{
    /// <summary>The server finds the connection of a machine that is gone dead in about 11 s; by itself it waits for two hours, with every lock that the machine held.</summary>
    internal const string Keepalive = "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;";
    private const string LockSpace = "lead ";
    private const int PingSeconds = 3;
    private static readonly TimeSpan lookEvery = TimeSpan.FromSeconds(1);

    public async Task<ILead> TakeAsync(string work, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                if (await TryAsync(PostgresTurns.Number(LockSpace + work), cancellation) is { } connection)
                    return new Lead(connection, time);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                // The database cannot be reached: nobody leads until it can.
            }
            await Task.Delay(lookEvery, time, cancellation);
        }
    }

    private async Task<NpgsqlConnection?> TryAsync(long number, CancellationToken cancellation)
    {
        var connection = await source.OpenConnectionAsync(cancellation);
        try
        {
            await using var command = new NpgsqlCommand($"{Keepalive} SELECT pg_try_advisory_lock({number})", connection);
            if ((bool)(await command.ExecuteScalarAsync(cancellation))!)
                return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
        await connection.DisposeAsync();
        return null;
    }

    private sealed class Lead : ILead
    {
        private readonly NpgsqlConnection connection;
        private readonly CancellationTokenSource lost = new();
        private readonly CancellationTokenSource ended = new();
        private readonly Task watching;

        public Lead(NpgsqlConnection connection, TimeProvider time)
        {
            this.connection = connection;
            watching = WatchAsync(time);
        }

        public CancellationToken Lost => lost.Token;

        public async ValueTask DisposeAsync()
        {
            await ended.CancelAsync();
            await watching;
            try
            {
                await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", connection);
                await command.ExecuteNonQueryAsync();
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
            {
                // The connection is gone, and the lock with it.
            }
            await connection.DisposeAsync();
            lost.Dispose();
            ended.Dispose();
        }

        private async Task WatchAsync(TimeProvider time)
        {
            try
            {
                while (true)
                {
                    await Task.Delay(lookEvery, time, ended.Token);
                    await using var command = new NpgsqlCommand("SELECT 1", connection) { CommandTimeout = PingSeconds };
                    await command.ExecuteNonQueryAsync(CancellationToken.None);
                }
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                // given up, not lost
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException)
            {
                await lost.CancelAsync();
            }
        }
    }
}
