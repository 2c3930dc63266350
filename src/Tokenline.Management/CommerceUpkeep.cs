using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tokenline.Commerce;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Outbox;

namespace Tokenline.Management;

/// <summary>Every minute: orders whose payment is not known, commands whose account could not be reached, and idle accounts that time has something to tell. The first round is the host's, when the accounts are up.</summary>
internal sealed class CommerceUpkeep(
    CommerceStart start,
    OutboxDispatcher outbox,
    ExpiryWatch expiry,
    ILeadership leadership,
    SellingMetrics metrics,
    TimeProvider time,
    ILogger<CommerceUpkeep> log
) : BackgroundService
{
    private static readonly TimeSpan period = TimeSpan.FromMinutes(1);

    /// <summary>From here on, and not when its work begins, which is beside others: the host's first round is to be heard, too.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        start.Trouble = (id, why) => log.LogWarning(why, "{Id} could not be taken up; it is tried again in a minute", id);
        outbox.Trouble = Tell; // every node dispatches what it sold itself
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await leadership.WhileLeadingAsync(LeadershipWork.Upkeep, RunAsync, stoppingToken);
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
                await start.ResumeAsync(stoppingToken);
                await expiry.RoundAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(e, "Upkeep of orders, outbox and idle accounts failed; it is tried again in a minute");
            }
        }
    }

    private void Tell(DispatchReport report)
    {
        metrics.Refused(report.Refused.Count);
        foreach (var refused in report.Refused)
            log.LogError("A charging account refused what was sold: {Refused}", refused);
        foreach (var (account, why) in report.Unavailable)
            log.LogWarning(why, "The charging account {Account} could not be reached; what it was sold waits", account);
    }
}
