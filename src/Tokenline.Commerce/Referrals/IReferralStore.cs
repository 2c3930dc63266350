using Tokenline.Charging.Accounts;

namespace Tokenline.Commerce.Referrals;

/// <summary>Keeps codes and referrals. A referral is written in the transaction that stores its order, is due from the one that completes it, and void from the one that fails it: those are the order store's.</summary>
public interface IReferralStore
{
    /// <summary>The customer's code; this one, where there is none yet. Null: this one is another's.</summary>
    Task<string?> CodeAsync(PartyId customer, string proposed, CancellationToken cancellation);

    Task<PartyId?> FindAsync(string code, CancellationToken cancellation);

    /// <summary>Those that are not void.</summary>
    Task<int> CountAsync(PartyId referrer, DateTimeOffset? from, CancellationToken cancellation);

    /// <summary>There is one that is not void.</summary>
    Task<bool> WasReferredAsync(PartyId customer, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Referral>> ListAsync(PartyId referrer, int limit, CancellationToken cancellation);

    /// <summary>After the mark, in the order of writing.</summary>
    Task<IReadOnlyList<Referral>> DueAsync(DateTimeOffset now, long after, int limit, CancellationToken cancellation);

    /// <summary>In one transaction: it has ended, and the commands that reward it. False when it had ended before.</summary>
    Task<bool> EndAsync(Referral ended, IReadOnlyCollection<(AccountId Account, AccountCommand Command)> rewards);
}
