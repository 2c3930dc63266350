using System.Collections.Concurrent;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Audit;

namespace Tokenline.Cluster;

/// <summary>The accounts whose activation is in this process.</summary>
internal sealed class HostedAccounts : ILiveAccounts
{
    private readonly ConcurrentDictionary<AccountId, HostedAccount> accounts = new();

    public int Count => accounts.Count;

    public HostedAccount? Find(AccountId account) => accounts.GetValueOrDefault(account);

    public void Add(HostedAccount account) => accounts[account.Id] = account;

    /// <summary>Removes this very one: a newer activation of the same account stays.</summary>
    public void Remove(HostedAccount account) => accounts.TryRemove(KeyValuePair.Create(account.Id, account));

    /// <summary>One more round of those who look for idle accounts.</summary>
    public void Rest(int longest)
    {
        foreach (var account in accounts.Values)
            account.Rest(longest);
    }

    public async Task<IReadOnlyList<AccountView>> ViewsAsync(CancellationToken cancellation)
    {
        var views = new List<AccountView>();
        foreach (var account in accounts.Values)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                views.Add(await account.ViewAsync());
            }
            catch (AccountUnavailableException)
            {
                // It has just left memory, so there is no live state of it.
            }
        }
        return views;
    }
}
