using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Cluster;

/// <summary>
/// The accounts of a process that has its journal to itself and serves nobody: the same hosted engine, without addresses, activations and leases.
/// For what writes history in bulk. A command decides at once, by the clock as it stands then; so who moves the clock may have many calls in the air.
/// </summary>
public sealed class LocalAccounts(
    IChargeJournal journal,
    IChargeHistory history,
    ITariffs tariffs,
    TimeProvider time,
    ILogger<LocalAccounts> log
) : IChargingAccounts, IAsyncDisposable
{
    private readonly ConcurrentDictionary<AccountId, Lazy<Task<HostedAccount>>> hosted = new();

    public ValueTask<HoldOutcome> HoldAsync(AccountId account, HoldRequest request) =>
        Loaded(account) is { } here
            ? new(here.Hold(request))
            : LaterAsync(account, found => new ValueTask<HoldOutcome>(found.Hold(request)));

    public async ValueTask DispatchedAsync(AccountId account, ChargeId charge)
    {
        if (!await (await FindAsync(account)).DispatchedAsync(charge))
            throw new AccountUnavailableException($"the hold of {charge} is lost");
    }

    public ValueTask<ExtendOutcome> ExtendAsync(AccountId account, ExtendRequest request) =>
        LaterAsync(account, found => found.ExtendAsync(request));

    public ValueTask<EndOutcome> SettleAsync(AccountId account, SettleRequest request) =>
        Loaded(account) is { } here ? here.SettleAsync(request) : LaterAsync(account, found => found.SettleAsync(request));

    public ValueTask<EndOutcome> ReleaseAsync(AccountId account, ReleaseRequest request) =>
        Loaded(account) is { } here ? here.ReleaseAsync(request) : LaterAsync(account, found => found.ReleaseAsync(request));

    public async ValueTask<int> RecoverAsync(AccountId account, LiveRuns runs) => await (await FindAsync(account)).RecoverAsync(runs);

    public async ValueTask<Refusal?> ExecuteAsync(AccountId account, AccountCommand command) =>
        await (await FindAsync(account)).ExecuteAsync(command);

    public async ValueTask<AccountView> ViewAsync(AccountId account) => await (await FindAsync(account)).ViewAsync();

    /// <summary>What was decided becomes durable, and the state of each account is saved, so that whoever serves it next has little to read.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var account in hosted.Values)
            await (await account.Value).CloseAsync();
        hosted.Clear();
    }

    private HostedAccount? Loaded(AccountId account) =>
        hosted.TryGetValue(account, out var known) && known is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }
            ? known.Value.Result
            : null;

    private Task<HostedAccount> FindAsync(AccountId account) => hosted.GetOrAdd(account, id => new(() => OpenAsync(id))).Value;

    private async ValueTask<T> LaterAsync<T>(AccountId account, Func<HostedAccount, ValueTask<T>> ask) =>
        await ask(await FindAsync(account));

    private async Task<HostedAccount> OpenAsync(AccountId id)
    {
        var claimed = await journal.ClaimAsync(id);
        var engine = ChargingAccount.Restore(id, tariffs, claimed.Image, claimed.Tail);
        return new(engine, claimed.Epoch, journal, history, time, log, giveUp: () => hosted.TryRemove(id, out _));
    }
}
