using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Notifications;

namespace Tokenline.Management.Notifications;

/// <summary>Looks every two seconds whether a price was published or taken back; while there is nothing to announce it reads memory only.</summary>
internal sealed partial class PriceAnnouncementService(
    PriceAnnouncer prices,
    ILeadership leadership,
    TimeProvider time,
    ILogger<PriceAnnouncementService> log
) : BackgroundService
{
    private static readonly TimeSpan period = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await leadership.WhileLeadingAsync(LeadershipWork.Prices, RunAsync, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is not announced yet is when it starts again.
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        prices.Forget();
        while (true)
            await Task.Delay(await RoundAsync(stoppingToken), time, stoppingToken);
    }

    /// <summary>Returns how long to wait for the next.</summary>
    private async Task<TimeSpan> RoundAsync(CancellationToken stoppingToken)
    {
        try
        {
            var told = await prices.RoundAsync(stoppingToken);
            if (told > 0)
                LogTold(told);
            return period;
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailure(e);
            return patience;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A change of prices was announced; there were {Told} to tell")]
    private partial void LogTold(int told);

    [LoggerMessage(Level = LogLevel.Error, Message = "A change of prices was not announced to all; it is tried again in a minute")]
    private partial void LogFailure(Exception e);
}
