using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Tokenline.Charging;

namespace Tokenline.Cluster;

/// <summary>
/// Ends by the recovery rule what nodes that are gone have left open: whenever the cluster changes, for a minute after that – a node that was taken for dead may wake and call once more
/// before it sees it – and every few minutes, in case an earlier round was cut short. One node does it; if two do, the second finds nothing.
/// </summary>
internal sealed partial class OrphanedCharges(
    ClusterNodes nodes,
    IClusterMembershipService membership,
    IChargeHistory history,
    IChargingAccounts accounts,
    TimeProvider time,
    ILogger<OrphanedCharges> log
) : BackgroundService
{
    private static readonly TimeSpan period = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan runsKnown = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan pauseAfterTrouble = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan pauseAfterChange = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan afterChange = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var change = Change(stoppingToken);
        var changed = time.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            var isWhole = !nodes.IsFirst() || await RoundAsync(stoppingToken);
            var pause =
                !isWhole ? pauseAfterTrouble
                : time.GetElapsedTime(changed) < afterChange ? pauseAfterChange
                : period;
            try
            {
                await Task.WhenAny(change, Task.Delay(pause, time, stoppingToken));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            if (change.IsCompleted)
                (change, changed) = (Change(stoppingToken), time.GetTimestamp());
        }
    }

    /// <summary>False: something could not be reached.</summary>
    internal async Task<bool> RoundAsync(CancellationToken cancellation)
    {
        try
        {
            var isWhole = true;
            var runs = await nodes.RunsAsync(cancellation);
            var asked = time.GetTimestamp();
            foreach (var account in await history.AccountsWithOpenChargesAsync())
            {
                if (time.GetElapsedTime(asked) > runsKnown)
                    (runs, asked) = (await nodes.RunsAsync(cancellation), time.GetTimestamp());
                try
                {
                    if (await accounts.RecoverAsync(account, runs) is > 0 and var ended)
                        LogRecovered(ended, account);
                }
                catch (AccountUnavailableException e)
                {
                    LogUnavailable(account, e);
                    isWhole = false;
                }
            }
            return isWhole;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            LogFailed(e);
            return false;
        }
    }

    private async Task Change(CancellationToken cancellation)
    {
        var seen = membership.CurrentSnapshot.Version;
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(cancellation))
        {
            if (snapshot.Version > seen)
                return;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Count} charges of {Account} were open on a node that is gone; they were ended by the recovery rule"
    )]
    private partial void LogRecovered(int count, AccountId account);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Account} could not be reached; what a node that is gone has left open in it is ended later"
    )]
    private partial void LogUnavailable(AccountId account, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "what nodes that are gone have left open could not be looked for; it is tried again")]
    private partial void LogFailed(Exception exception);
}
