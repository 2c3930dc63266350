using Tokenline.Charging.Accounts;
using Tokenline.Charging.Leases;

namespace Tokenline.Charging;

/// <summary>
/// The accounts, wherever they live. Every account has one writer at a time. What a method returns is durable, except a hold:
/// its dispatch entry is under way, and <see cref="DispatchedAsync"/> tells when it is durable.
/// A settle (or release) that throws <see cref="AccountUnavailableException"/> may or may not have happened: it is safe to repeat.
/// </summary>
public interface IChargingAccounts
{
    ValueTask<HoldOutcome> HoldAsync(AccountId account, HoldRequest request);

    /// <summary>Completes when the dispatch of this charge is durable. No byte of an answer may reach the client before.</summary>
    /// <exception cref="AccountUnavailableException">The hold was lost with the node that made it, or the account cannot be reached.</exception>
    ValueTask DispatchedAsync(AccountId account, ChargeId charge);

    ValueTask<ExtendOutcome> ExtendAsync(AccountId account, ExtendRequest request);

    ValueTask<EndOutcome> SettleAsync(AccountId account, SettleRequest request);

    ValueTask<EndOutcome> ReleaseAsync(AccountId account, ReleaseRequest request);

    /// <summary>Ends, by the recovery rule, every open charge of gateway runs that are gone.</summary>
    ValueTask<int> RecoverAsync(AccountId account, LiveRuns runs);

    /// <summary>Null: done (now or before). Otherwise why not.</summary>
    ValueTask<Refusal?> ExecuteAsync(AccountId account, AccountCommand command);

    /// <summary>The state that the next command will meet, once the entries that led to it are durable.</summary>
    ValueTask<AccountView> ViewAsync(AccountId account);

    /// <summary>The same, of its leases alone: a hot account is not asked for all its calls.</summary>
    async ValueTask<LeaseBook> LeasesAsync(AccountId account) => (await ViewAsync(account)).Leases;
}

/// <summary>The journal refused or failed, or the owner of the account is gone. The account forgets its memory and reads the journal again.</summary>
public sealed class AccountUnavailableException : Exception
{
    public AccountUnavailableException(string message, Exception? inner = null)
        : base(message, inner) { }
}

/// <summary>Which runs of gateways still serve their calls. One that nobody knows is gone when it began before <paramref name="Before"/>: a newer one may not be known yet.</summary>
/// <param name="Live">Known to serve.</param>
/// <param name="Gone">Known to have ended.</param>
/// <param name="Before">Runs are numbered by time.</param>
public sealed record LiveRuns(long[] Live, long[] Gone, long Before)
{
    /// <summary>There is no other run beside this one.</summary>
    public static LiveRuns Only(long run) => new([run], [], long.MaxValue);

    public bool IsGone(long run) => !Live.Contains(run) && (run < Before || Gone.Contains(run));
}
