using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Tokenline.Commerce.Configuration;

namespace Tokenline.Storage.Postgres;

/// <summary>
/// Turns over all nodes, by advisory locks of sessions: a lock lives as long as its connection. Within a process its callers queue first, so that each name holds one connection at most.
/// Whoever loses the connection while it changes something is not stopped: what must not happen twice is refused by a unique index too.
/// </summary>
internal sealed class PostgresTurns(NpgsqlDataSource source, TimeSpan patience) : ITurns
{
    private const int SlackSeconds = 10;
    private readonly ProcessTurns here = new(patience);

    public PostgresTurns(NpgsqlDataSource source)
        : this(source, ProcessTurns.PatienceDefault) { }

    public bool AreShared => true;

    public async ValueTask<IAsyncDisposable> TakeAsync(string name, CancellationToken cancellation)
    {
        var mine = await here.TakeAsync(name, cancellation);
        NpgsqlConnection? connection = null;
        try
        {
            connection = await source.OpenConnectionAsync(cancellation);
            await RunAsync(
                connection,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{PostgresLeadership.Keepalive} SET lock_timeout = {(int)patience.TotalMilliseconds}"
                ),
                cancellation
            );
            await RunAsync(connection, $"SELECT pg_advisory_lock({Number(name)})", cancellation);
            return new Held(mine, connection, Number(name));
        }
        catch (Exception e)
        {
            if (connection is not null)
                await connection.DisposeAsync();
            await mine.DisposeAsync();
            if (e is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable })
                throw new TurnTakenException(name);
            throw;
        }
    }

    /// <summary>Of a lock, by its name.</summary>
    internal static long Number(string name) => BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    private async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = (int)patience.TotalSeconds + SlackSeconds };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private sealed class Held(IAsyncDisposable mine, NpgsqlConnection connection, long number) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                // A pooled connection keeps its locks until it is used again, so they are given back by name.
                await using var command = new NpgsqlCommand($"SELECT pg_advisory_unlock({number})", connection);
                await command.ExecuteNonQueryAsync();
            }
            catch (NpgsqlException)
            {
                // The connection is gone, and the lock with it.
            }
            finally
            {
                await connection.DisposeAsync();
                await mine.DisposeAsync();
            }
        }
    }
}
