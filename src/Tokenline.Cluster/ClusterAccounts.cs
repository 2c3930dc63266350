using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Leases;
using Tokenline.Cluster.Leases;

namespace Tokenline.Cluster;

/// <summary>
/// The way to an account: straight to it when it is hosted in this process, else through its grain. A grain on a node that has just gone, or is going, answers again from another
/// node within seconds: until then it is asked again, which every command allows.
/// </summary>
internal sealed partial class ClusterAccounts(
    HostedAccounts hosted,
    IGrainFactory grains,
    LeaseDesk leases,
    TimeProvider time,
    ILogger<ClusterAccounts> log
) : IChargingAccounts
{
    /// <summary>Longer than the cluster takes to see that a node is gone.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan firstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan longestPause = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a hold is given back for that may have been made, when nobody could tell.</summary>
    private static readonly TimeSpan releasePatience = TimeSpan.FromMinutes(5);

    public ValueTask<HoldOutcome> HoldAsync(AccountId account, HoldRequest request) =>
        HoldHere(account, request) is not { } outcome ? new(HoldElsewhereAsync(account, request))
        : outcome.Refusal is { IsLeaseShort: true } ? new(leases.HoldAfterSupplyAsync(this, account, request, HoldOnceAsync))
        : new(outcome);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask DispatchedAsync(AccountId account, ChargeId charge)
    {
        var isKnown = hosted.Find(account) is { } here
            ? await HereOrElsewhereAsync(
                here.DispatchedAsync(charge),
                account,
                charge,
                static (all, of, it) => all.DispatchedElsewhere(of, it)
            )
            : await DispatchedElsewhere(account, charge);
        if (!isKnown)
            throw new AccountUnavailableException($"the hold of {charge} was lost with the node that made it");
    }

    public ValueTask<ExtendOutcome> ExtendAsync(AccountId account, ExtendRequest request) =>
        hosted.Find(account) is { } here
            ? HereOrElsewhereAsync(here.ExtendAsync(request), account, request, static (all, of, it) => all.ExtendElsewhere(of, it))
            : new(ExtendElsewhere(account, request));

    public ValueTask<EndOutcome> SettleAsync(AccountId account, SettleRequest request) =>
        hosted.Find(account) is { } here ? SettleHereAsync(here, request) : new(SettleElsewhere(account, request));

    public ValueTask<EndOutcome> ReleaseAsync(AccountId account, ReleaseRequest request) =>
        hosted.Find(account) is { } here
            ? HereOrElsewhereAsync(here.ReleaseAsync(request), account, request, static (all, of, it) => all.ReleaseElsewhere(of, it))
            : new(ReleaseElsewhere(account, request));

    public ValueTask<int> RecoverAsync(AccountId account, LiveRuns runs) =>
        new(ReachAsync(account, grain => grain.Recover(runs), patience));

    public ValueTask<Refusal?> ExecuteAsync(AccountId account, AccountCommand command) =>
        new(ReachAsync(account, grain => grain.Execute(command), patience));

    public ValueTask<AccountView> ViewAsync(AccountId account) => new(ReachAsync(account, grain => grain.View(), patience));

    public ValueTask<LeaseBook> LeasesAsync(AccountId account) => new(ReachAsync(account, grain => grain.Leases(), patience));

    private Task<bool> DispatchedElsewhere(AccountId account, ChargeId charge) =>
        ReachAsync(account, grain => grain.Dispatched(charge), patience);

    private Task<ExtendOutcome> ExtendElsewhere(AccountId account, ExtendRequest request) =>
        ReachAsync(account, grain => grain.Extend(request), patience);

    private Task<EndOutcome> SettleElsewhere(AccountId account, SettleRequest request) =>
        ReachAsync(account, grain => grain.Settle(request), patience);

    private Task<EndOutcome> ReleaseElsewhere(AccountId account, ReleaseRequest request) =>
        ReachAsync(account, grain => grain.Release(request), patience);

    /// <summary>An account may be given up under a running call: its next activation knows what has become durable, and is asked the same.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TOutcome> HereOrElsewhereAsync<TRequest, TOutcome>(
        ValueTask<TOutcome> here,
        AccountId account,
        TRequest request,
        Func<ClusterAccounts, AccountId, TRequest, Task<TOutcome>> elsewhere
    )
    {
        try
        {
            return await here;
        }
        catch (AccountUnavailableException)
        {
            return await elsewhere(this, account, request);
        }
    }

    /// <summary>The same for what is on the way of every call: one asynchronous step instead of two.</summary>
    private async ValueTask<EndOutcome> SettleHereAsync(HostedAccount here, SettleRequest request)
    {
        try
        {
            await here.Settle(request, out var outcome);
            return await here.SettledAsync(request, outcome);
        }
        catch (AccountUnavailableException)
        {
            return await SettleElsewhere(here.Id, request);
        }
    }

    /// <summary>Null: the account is not hosted here, or has just been given up. Nothing was held then, so asking its next activation is safe.</summary>
    private HoldOutcome? HoldHere(AccountId account, HoldRequest request)
    {
        try
        {
            return hosted.Find(account)?.Hold(request);
        }
        catch (AccountUnavailableException)
        {
            return null;
        }
    }

    /// <summary>One asking, without waiting for a supply: the desk that supplies asks so.</summary>
    private async ValueTask<HoldOutcome> HoldOnceAsync(AccountId account, HoldRequest request)
    {
        if (HoldHere(account, request) is { } outcome)
            return outcome;
        try
        {
            return await ReachAsync(account, grain => grain.Hold(request), patience);
        }
        catch (AccountUnavailableException)
        {
            _ = GiveBackAsync(account, request.Charge);
            throw;
        }
    }

    private async Task<HoldOutcome> HoldElsewhereAsync(AccountId account, HoldRequest request)
    {
        var outcome = await HoldOnceAsync(account, request);
        return outcome.Refusal is { IsLeaseShort: true }
            ? await leases.HoldAfterSupplyAsync(this, account, request, HoldOnceAsync)
            : outcome;
    }

    /// <summary>The hold may have been made and its answer lost; the call is refused, so nothing may stay held.</summary>
    private async Task GiveBackAsync(AccountId account, ChargeId charge)
    {
        try
        {
            await ReachAsync(account, grain => grain.Release(new(charge, "the answer to its hold was lost", null)), releasePatience);
        }
        catch (AccountUnavailableException e)
        {
            LogHeld(charge, account, e);
        }
    }

    private async Task<T> ReachAsync<T>(AccountId account, Func<IChargingAccountGrain, Task<T>> ask, TimeSpan within)
    {
        var grain = grains.GetGrain<IChargingAccountGrain>(account.Value);
        var started = time.GetTimestamp();
        for (var pause = firstPause; ; pause = pause * 2 < longestPause ? pause * 2 : longestPause)
        {
            try
            {
                return await ask(grain);
            }
            catch (Exception e) when (IsPassing(e))
            {
                if (time.GetElapsedTime(started) + pause > within)
                    throw e as AccountUnavailableException
                        ?? new AccountUnavailableException($"{account} could not be reached: {e.Message}", e);
            }
            await Task.Delay(pause, time);
        }
    }

    /// <summary>The owner is gone, is going, or was not heard in time: its next one will answer.</summary>
    private static bool IsPassing(Exception e) => e is AccountUnavailableException or OrleansException or TimeoutException;

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "charge {Charge} of {Account} may be held, and could not be given back; it is when this process ends"
    )]
    private partial void LogHeld(ChargeId charge, AccountId account, Exception exception);
}
