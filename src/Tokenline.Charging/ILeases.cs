using Tokenline.Charging.Leases;

namespace Tokenline.Charging;

/// <summary>Moves what is lent between accounts. Both accounts know durably what is on its way, so a round may be cut short anywhere, repeated, or run twice at once.</summary>
public interface ILeases
{
    /// <summary>Keeps this account's leases going from now on: supplies, returns, hand-overs.</summary>
    void Watch(AccountId lessor);

    /// <summary>Does at once what can be done now for every lease that the account has given.</summary>
    /// <exception cref="AccountUnavailableException">One of the accounts could not be reached; the rest is done later.</exception>
    Task<LeaseBook> RoundAsync(AccountId lessor);
}
