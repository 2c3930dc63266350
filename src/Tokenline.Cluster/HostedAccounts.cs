using System.Collections.Concurrent;

namespace Tokenline.Cluster;

/// <summary>The accounts whose activation is in this process.</summary>
internal sealed class HostedAccounts
{
    private readonly ConcurrentDictionary<AccountId, HostedAccount> accounts = new();

    public HostedAccount? Find(AccountId account) => accounts.GetValueOrDefault(account);

    public void Add(HostedAccount account) => accounts[account.Id] = account;

    /// <summary>Removes this very one: a newer activation of the same account stays.</summary>
    public void Remove(HostedAccount account) => accounts.TryRemove(KeyValuePair.Create(account.Id, account));
}
