using Tokenline.Charging;
using Tokenline.Charging.Accounts;

namespace Tokenline.Cluster;

/// <summary>The way to an account: straight to it when it is hosted in this process, else through its grain.</summary>
internal sealed class ClusterAccounts(HostedAccounts hosted, IGrainFactory grains) : IChargingAccounts
{
    public ValueTask<HoldOutcome> HoldAsync(AccountId account, HoldRequest request)
    {
        if (hosted.Find(account) is { } here)
        {
            try
            {
                return new(here.Hold(request));
            }
            catch (AccountUnavailableException)
            {
                // It has just been given up. Nothing was held, so asking its next activation is safe.
            }
        }
        return new(Grain(account).Hold(request));
    }

    public ValueTask DispatchedAsync(AccountId account, ChargeId charge) =>
        hosted.Find(account) is { } here ? here.Dispatched(charge) : new(Grain(account).Dispatched(charge));

    public ValueTask<ExtendOutcome> ExtendAsync(AccountId account, ExtendRequest request) =>
        hosted.Find(account) is { } here ? here.ExtendAsync(request) : new(Grain(account).Extend(request));

    public ValueTask<EndOutcome> SettleAsync(AccountId account, SettleRequest request) =>
        hosted.Find(account) is { } here ? here.SettleAsync(request) : new(Grain(account).Settle(request));

    public ValueTask<EndOutcome> ReleaseAsync(AccountId account, ReleaseRequest request) =>
        hosted.Find(account) is { } here ? here.ReleaseAsync(request) : new(Grain(account).Release(request));

    public ValueTask<int> RecoverAsync(AccountId account, IReadOnlyCollection<long> liveNodes) =>
        new(Grain(account).Recover([.. liveNodes]));

    public async ValueTask<Refusal?> ExecuteAsync(AccountId account, AccountCommand command) => await Grain(account).Execute(command);

    public async ValueTask<AccountView> ViewAsync(AccountId account) => await Grain(account).View();

    private IChargingAccountGrain Grain(AccountId account) => grains.GetGrain<IChargingAccountGrain>(account.Value);
}
