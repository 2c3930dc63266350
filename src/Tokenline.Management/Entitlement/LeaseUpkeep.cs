using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Entitlement;

namespace Tokenline.Management.Entitlement;

/// <summary>Every two seconds, on one node: leases that were left under way, and the keys that follow them.</summary>
internal sealed class LeaseUpkeep(Leasing leasing, ILeadership leadership, TimeProvider time, ILogger<LeaseUpkeep> log) : BackgroundService
{
    private static readonly TimeSpan period = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await leadership.WhileLeadingAsync(LeadershipWork.Leases, RunAsync, stoppingToken);
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
                await leasing.RoundAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(e, "Leases could not be looked after; it is tried again");
            }
        }
    }
}
