using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Orders;

/// <summary>Capacity raises limits of the account. Where there is none to be raised, nobody pays for it.</summary>
internal static class RaisedLimits
{
    /// <exception cref="AccountUnavailableException">The account cannot be asked.</exception>
    public static async Task<Refused?> WhyNotAsync(IChargingAccounts accounts, AccountId account, ProductOffering offered)
    {
        var units = offered.Grants.Where(grant => grant.Type == BucketType.Capacity).Select(grant => grant.Unit).Distinct().ToList();
        if (units.Count == 0)
            return null;
        var limits = (await accounts.ViewAsync(account)).Allotments[0].Limits;
        var idle = units.Find(unit => !limits.Any(limit => Capacity.RaisedBy(limit.Limit) == unit));
        return idle is null
            ? null
            : new Refused(
                Problems.NotEligible,
                $"{offered.Name} raises a limit of the account that it does not have: nothing limits its {Words(idle)}.",
                "offering"
            );
    }

    private static string Words(QuotaUnit? unit) =>
        unit == Capacity.CallsAtOnce ? "calls at once"
        : unit == Capacity.RequestsPerMinute ? "calls a minute"
        : "tokens a minute";
}
