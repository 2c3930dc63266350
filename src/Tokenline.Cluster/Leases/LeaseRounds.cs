using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tokenline.Charging;
using Tokenline.Charging.Leases;

namespace Tokenline.Cluster.Leases;

/// <summary>
/// Keeps leases going: supplies accounts that ask, and looks after every lessor it knows each few seconds, so that what has run out comes back and what a crash has
/// left on its way arrives. On several nodes it does no harm: what one has moved, the next finds moved.
/// </summary>
internal sealed partial class LeaseRounds(LeaseDesk desk, IChargingAccounts accounts, TimeProvider time, ILogger<LeaseRounds> log)
    : BackgroundService,
        ILeases
{
    private static readonly TimeSpan period = TimeSpan.FromSeconds(2);
    private const int AtOnce = 8;

    /// <summary>Lessors, and whether leases of theirs that have ended were looked at in this process: a refund may have been on its way.</summary>
    private readonly ConcurrentDictionary<AccountId, bool> lessors = new();

    public void Watch(AccountId lessor) => lessors.TryAdd(lessor, false);

    public async Task<LeaseBook> RoundAsync(AccountId lessor)
    {
        Watch(lessor);
        await MoveAllAsync(lessor);
        return await accounts.LeasesAsync(lessor);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(SupplyAsync(stoppingToken), SweepAsync(stoppingToken));

    private async Task SupplyAsync(CancellationToken stopping)
    {
        try
        {
            await Parallel.ForEachAsync(
                desk.Asked.ReadAllAsync(stopping),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stopping },
                async (lessee, _) =>
                {
                    try
                    {
                        if ((await accounts.LeasesAsync(lessee)).Taken is not { } taken)
                            return;
                        Watch(taken.Lessor);
                        await new LeaseMover(accounts).MoveAsync(taken.Lessor, lessee, isForCall: false);
                    }
                    catch (Exception e) when (!stopping.IsCancellationRequested)
                    {
                        LogTrouble(lessee, e);
                    }
                }
            );
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What was asked for is asked for again by the next call.
        }
    }

    private async Task SweepAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                foreach (var lessor in lessors.Keys)
                {
                    try
                    {
                        await MoveAllAsync(lessor);
                    }
                    catch (Exception e) when (!stopping.IsCancellationRequested)
                    {
                        LogTrouble(lessor, e);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Both accounts know what is on its way; the next process goes on.
        }
    }

    private async Task MoveAllAsync(AccountId lessor)
    {
        var isFirst = !lessors.GetValueOrDefault(lessor);
        foreach (var lease in (await accounts.LeasesAsync(lessor)).Given)
        {
            if (isFirst || !lease.HasEnded)
                await new LeaseMover(accounts).MoveAsync(lessor, lease.Terms.Lessee, isForCall: false);
        }
        lessors[lessor] = true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "leases of {Account} could not be looked after; it is tried again")]
    private partial void LogTrouble(AccountId account, Exception exception);
}
