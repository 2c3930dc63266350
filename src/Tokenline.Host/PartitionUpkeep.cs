using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Tokenline.Commerce.Configuration;
using Tokenline.Storage.Journal.Postgres;

namespace Tokenline.Host;

/// <summary>Twice a day: makes the tables of the months to come, and drops those that were kept for long enough. Neither is in a hurry, so a round may fail.</summary>
/// <param name="keptMonths">As the node was started with; null: for ever. What was set meanwhile comes before it.</param>
internal sealed partial class PartitionUpkeep(
    NpgsqlDataSource source,
    int? keptMonths,
    RunningSettings settings,
    string timeZone,
    TimeProvider time,
    ILogger<PartitionUpkeep> log
) : BackgroundService
{
    private static readonly TimeSpan period = TimeSpan.FromHours(12);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, time);
        do
        {
            try
            {
                await RecordPartitions.MakeAsync(source, time.GetUtcNow(), stoppingToken);
                if ((settings.Values.KeepRecordsMonths ?? keptMonths) is not { } months || months == 0)
                    continue;
                foreach (var table in await RecordPartitions.DropAsync(source, time.GetUtcNow(), months, timeZone, stoppingToken))
                    LogDropped(table, months);
            }
            catch (NpgsqlException e)
            {
                LogFailure(e);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Table} was dropped: usage records are kept for {Months} whole months")]
    private partial void LogDropped(string table, int months);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "the tables of usage records could not be made or dropped; it is tried again in half a day"
    )]
    private partial void LogFailure(Exception e);
}
