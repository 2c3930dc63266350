using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Leases;
using Tokenline.Charging.Tariffs;
using Tokenline.Cluster.Leases;

namespace Tokenline.Cluster;

/// <summary>
/// Hosts the engine of one account. Reentrant: a command changes memory at once, and only then awaits the journal. Orleans never looks whether it is idle: it would not see the
/// calls that go straight to the engine, and it activates nothing once the clock has gone back by more than a minute; <see cref="IdleAccounts"/> does.
/// </summary>
[Reentrant, AccountPlacement, CollectionAgeLimit(AlwaysActive = true)]
internal sealed class ChargingAccountGrain(
    HostedAccounts hosted,
    IChargeJournal journal,
    IChargeHistory history,
    ITariffs tariffs,
    LeaseDesk leases,
    AccountMetrics metrics,
    TimeProvider time,
    ILogger<ChargingAccountGrain> log
) : Grain, IChargingAccountGrain
{
    private HostedAccount account = null!; // set before the first call

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var id = new AccountId(this.GetPrimaryKeyLong());
        var claimed = await journal.ClaimAsync(id);
        account = new HostedAccount(Restore(id, claimed), claimed.Epoch, journal, history, time, log, GiveUp, leases.Ask, metrics);
        hosted.Add(account);
    }

    private ChargingAccount Restore(AccountId id, ClaimedAccount claimed)
    {
        try
        {
            return ChargingAccount.Restore(id, tariffs, claimed.Image, claimed.Tail);
        }
        catch (UnknownTariffException e)
        {
            throw new AccountUnavailableException($"{id} has a call under a tariff that has not come to this node yet", e);
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        hosted.Remove(account);
        return account.CloseAsync();
    }

    private void GiveUp()
    {
        hosted.Remove(account);
        DeactivateOnIdle();
    }

    public Task<HoldOutcome> Hold(HoldRequest request) =>
        request.Tariff is null
            ? throw new AccountUnavailableException("the call's tariff has not come to this node yet")
            : Task.FromResult(account.Hold(request));

    public Task<bool> Dispatched(ChargeId charge) => account.DispatchedAsync(charge).AsTask();

    public Task<ExtendOutcome> Extend(ExtendRequest request) => account.ExtendAsync(request).AsTask();

    /// <summary>Without the record, which nobody who is elsewhere needs.</summary>
    public async Task<EndOutcome> Settle(SettleRequest request) => await account.SettleAsync(request) with { Record = null };

    public Task<EndOutcome> Release(ReleaseRequest request) => account.ReleaseAsync(request).AsTask();

    public Task<int> Recover(LiveRuns runs) => account.RecoverAsync(runs);

    public Task<Refusal?> Execute(AccountCommand command) => account.ExecuteAsync(command);

    public Task<AccountView> View() => account.ViewAsync();

    public Task<LeaseBook> Leases() => account.LeasesAsync();

    public Task Activate() => Task.CompletedTask;
}
