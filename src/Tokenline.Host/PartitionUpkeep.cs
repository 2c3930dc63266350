using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Tokenline.Storage.Journal.Postgres;

namespace Tokenline.Host;

/// <summary>Twice a day: the tables of the months to come. They are made months ahead, so a round that fails is no hurry.</summary>
internal sealed partial class PartitionUpkeep(NpgsqlDataSource source, TimeProvider time, ILogger<PartitionUpkeep> log) : BackgroundService
{
    private static readonly TimeSpan period = TimeSpan.FromHours(12);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await PostgresChargeJournal.MakePartitionsAsync(source, time.GetUtcNow(), stoppingToken);
            }
            catch (NpgsqlException e)
            {
                LogFailure(e);
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "the tables of the months to come could not be made; it is tried again in half a day"
    )]
    private partial void LogFailure(Exception e);
}
