using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tokenline.Commerce.Configuration;

namespace Tokenline.Management;

/// <summary>In a cluster: looks three times a second what other nodes have changed. Where it cannot look, the watch says that it does not know, and calls are refused.</summary>
internal sealed partial class ConfigurationService(
    ConfigurationWatch watch,
    ITurns turns,
    TimeProvider time,
    ILogger<ConfigurationService> log
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!turns.AreShared)
            return;
        using var timer = new PeriodicTimer(ConfigurationWatch.Period, time);
        var failed = false;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await watch.RoundAsync(stoppingToken);
                failed = false;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Once for each time that it is lost: it fails three times a second.
                if (!failed)
                    LogFailure(e);
                failed = true;
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "What other nodes have changed cannot be read; calls are refused after three seconds of that, until it can"
    )]
    private partial void LogFailure(Exception e);
}
