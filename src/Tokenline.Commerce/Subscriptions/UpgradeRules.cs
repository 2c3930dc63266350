using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>What may be had at once for the difference: more of the same. All else changes with a period.</summary>
internal static class UpgradeRules
{
    public static Refused? WhyNot(ProductOffering from, ProductOffering to)
    {
        if (to.Price.Nano <= from.Price.Nano)
            return Not($"{to.Name} does not cost more than {from.Name}");
        if ((to.Months, to.Days, to.Renewal.Billing) != (from.Months, from.Days, from.Renewal.Billing))
            return Not($"the periods of {to.Name} are others");
        if (to.Grants.Count < from.Grants.Count)
            return Not($"{to.Name} does not grant all that {from.Name} grants");
        for (var i = 0; i < from.Grants.Count; i++)
        {
            if (!IsMoreOfTheSame(from.Grants[i], to.Grants[i]))
                return Not($"{to.Name} grants other things than {from.Name}");
        }
        return to.Grants.Count > from.Grants.Count ? Not($"{to.Name} grants other things than {from.Name}") : null;
    }

    private static bool IsMoreOfTheSame(OfferedGrant less, OfferedGrant more) =>
        more.Amount >= less.Amount
        && (more.Unit, more.Currency, more.Type, more.Meters, more.IsBlocker, more.ToEachSeat)
            == (less.Unit, less.Currency, less.Type, less.Meters, less.IsBlocker, less.ToEachSeat)
        && (more.Models ?? []).SequenceEqual(less.Models ?? [])
        && more is { Refill: null, Limits: null or { Length: 0 } }
        && less is { Refill: null, Limits: null or { Length: 0 } };

    private static Refused Not(string why) =>
        new(Problems.NotAnUpgrade, $"This is not had at once for a difference: {why}. It can follow at the end of the period.", "offering");
}
