using Microsoft.Extensions.Logging.Abstractions;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Tariffs;
using Tokenline.Cluster;

namespace Tokenline.Commerce.Tests.Life;

/// <summary>Accounts hosted as the cluster hosts them, each activated at its first use and anew when it has been poisoned; without a cluster.</summary>
internal sealed class LocalAccounts(IChargeJournal journal, IChargeHistory history, ITariffs tariffs, TimeProvider time) : IChargingAccounts
{
    public HostedAccounts Hosted { get; } = new();

    public async ValueTask<HoldOutcome> HoldAsync(AccountId account, HoldRequest request)
    {
        try
        {
            return (await AtAsync(account)).Hold(request);
        }
        catch (AccountUnavailableException)
        {
            return (await AtAsync(account)).Hold(request);
        }
    }

    public async ValueTask DispatchedAsync(AccountId account, ChargeId charge) =>
        Assert.True(await (await AtAsync(account)).DispatchedAsync(charge));

    public async ValueTask<ExtendOutcome> ExtendAsync(AccountId account, ExtendRequest request) =>
        await (await AtAsync(account)).ExtendAsync(request);

    public async ValueTask<EndOutcome> SettleAsync(AccountId account, SettleRequest request) =>
        await (await AtAsync(account)).SettleAsync(request);

    public async ValueTask<EndOutcome> ReleaseAsync(AccountId account, ReleaseRequest request) =>
        await (await AtAsync(account)).ReleaseAsync(request);

    public async ValueTask<int> RecoverAsync(AccountId account, LiveRuns runs) => await (await AtAsync(account)).RecoverAsync(runs);

    public async ValueTask<Refusal?> ExecuteAsync(AccountId account, AccountCommand command) =>
        await (await AtAsync(account)).ExecuteAsync(command);

    public async ValueTask<AccountView> ViewAsync(AccountId account) => await (await AtAsync(account)).ViewAsync();

    private async ValueTask<HostedAccount> AtAsync(AccountId id)
    {
        if (Hosted.Find(id) is { } here)
            return here;
        var claimed = await journal.ClaimAsync(id);
        HostedAccount? account = null;
        account = new HostedAccount(
            ChargingAccount.Restore(id, tariffs, claimed.Image, claimed.Tail),
            claimed.Epoch,
            journal,
            history,
            time,
            NullLogger.Instance,
            () => Hosted.Remove(account!)
        );
        Hosted.Add(account);
        return account;
    }
}
