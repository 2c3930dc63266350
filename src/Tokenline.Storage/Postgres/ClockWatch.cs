using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Tokenline.Storage.Postgres;

/// <summary>
/// Compares the clock of this machine with the database's, again and again: a clock that runs away, or is set by hand, would rate calls at the prices of another hour.
/// It is wrong after two readings that say so, and right again after one.
/// </summary>
public sealed partial class ClockWatch : IAsyncDisposable
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    /// <summary>An answer that took longer says too little about when the database looked at its clock.</summary>
    private static readonly TimeSpan answeredWithin = TimeSpan.FromSeconds(2);

    private readonly NpgsqlDataSource source;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly CancellationTokenSource ended = new();
    private readonly Task watching;
    private int wrong; // readings in a row
    private bool isDisposed;

    public ClockWatch(NpgsqlDataSource source, TimeProvider time, ILogger log)
    {
        (this.source, this.time, this.log) = (source, time, log);
        watching = WatchAsync();
    }

    public bool IsWrong => Volatile.Read(ref wrong) > 1;

    /// <summary>A second time does nothing: whoever owns it may be known under several names, and be disposed under each.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, true))
            return;
        await ended.CancelAsync();
        await watching;
        ended.Dispose();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended.Token))
                await LookAsync();
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // the process ends
        }
    }

    private async Task LookAsync()
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(ended.Token);
            var asked = time.GetTimestamp();
            var skew = await PostgresDatabase.ClockSkewAsync(connection, time, ended.Token);
            if (time.GetElapsedTime(asked) > answeredWithin)
                return;
            var was = IsWrong;
            Volatile.Write(ref wrong, skew.Duration() > PostgresDatabase.ClockSkewMax ? Math.Min(wrong + 1, 2) : 0);
            if (IsWrong && !was)
                LogWrong(skew.TotalSeconds.ToString("+0.0;-0.0", CultureInfo.InvariantCulture));
            else if (was && !IsWrong)
                LogRight();
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // The journal says that its database is away; of the clock nothing is known that was not known before.
        }
    }

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "the database's clock is {Seconds} s from this machine's: prices and periods go by the clock, so no call is let in until they agree. Synchronise both (chrony or systemd-timesyncd)"
    )]
    private partial void LogWrong(string seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the clocks of this machine and of the database agree again: calls are let in")]
    private partial void LogRight();
}
