using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Management.Subscriptions;

/// <summary>Every minute, on one node: subscriptions that are due.</summary>
internal sealed class SubscriptionService(
    SubscriptionUpkeep upkeep,
    OverdueInvoices overdue,
    ILeadership leadership,
    TimeProvider time,
    ILogger<SubscriptionService> log
) : BackgroundService
{
    private static readonly TimeSpan period = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await leadership.WhileLeadingAsync(LeadershipWork.Subscriptions, RunAsync, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the server ends
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                foreach (var (receivable, why) in (await overdue.RoundAsync(stoppingToken)).Trouble)
                    log.LogWarning(why, "What hangs on {Receivable} could not be told of it; it is tried again in a minute", receivable);
                var report = await upkeep.RoundAsync(stoppingToken);
                foreach (var (subscription, why) in report.Trouble)
                    log.LogWarning(
                        why,
                        "The subscription {Subscription} could not be carried on; it is tried again in a minute",
                        subscription
                    );
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(e, "Upkeep of subscriptions failed; it is tried again in a minute");
            }
        }
    }
}
