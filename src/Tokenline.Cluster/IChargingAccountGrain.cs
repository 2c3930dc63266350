using Orleans.Concurrency;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Leases;

namespace Tokenline.Cluster;

/// <summary>A charging account's address in the cluster; the key is the account's id. The contract is <see cref="IChargingAccounts"/>.</summary>
public interface IChargingAccountGrain : IGrainWithIntegerKey
{
    Task<HoldOutcome> Hold([Immutable] HoldRequest request);

    /// <summary>False: the hold was lost with an earlier activation.</summary>
    Task<bool> Dispatched(ChargeId charge);

    Task<ExtendOutcome> Extend(ExtendRequest request);

    Task<EndOutcome> Settle([Immutable] SettleRequest request);

    Task<EndOutcome> Release([Immutable] ReleaseRequest request);

    Task<int> Recover([Immutable] LiveRuns runs);

    Task<Refusal?> Execute([Immutable] AccountCommand command);

    Task<AccountView> View();

    Task<LeaseBook> Leases();

    /// <summary>Activates the account, so that this process may call it directly if it is hosted here.</summary>
    Task Activate();
}
