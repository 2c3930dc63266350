using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Catalog;

/// <summary>Whether an offering may be ordered; what is counted (stock, orders of a customer) is asked of the store.</summary>
public static class SaleRules
{
    /// <summary>Null: by anybody, now.</summary>
    public static Refused? WhyNotNow(ProductOffering offering, DateTimeOffset now) =>
        offering.State switch
        {
            OfferingState.Draft => new(Problems.OfferingUnavailable, $"{offering.Name} is not for sale yet.", "offering"),
            OfferingState.Retired => new(Problems.OfferingUnavailable, $"{offering.Name} is not sold any more.", "offering"),
            _ when offering.Sale.From > now => new(
                Problems.OfferingUnavailable,
                $"{offering.Name} is sold from {offering.Sale.From:u} on.",
                "offering"
            ),
            _ when offering.Sale.To <= now => new(
                Problems.OfferingUnavailable,
                $"{offering.Name} was sold until {offering.Sale.To:u}.",
                "offering"
            ),
            _ => null,
        };

    /// <summary>Null: by this customer, through this channel.</summary>
    /// <param name="held">The offerings of what the customer holds, or has ordered and not got yet.</param>
    public static Refused? WhyNotBy(Customer customer, ProductOffering offering, string? channel, IReadOnlyCollection<ProductOffering> held)
    {
        var sale = offering.Sale;
        if (offering.MembersMax is not null && customer.Type == CustomerType.Individual)
            return NotEligible($"{offering.Name} is for households and organizations.", "customer");
        if ((offering.Seats is not null || offering.Commitment is not null) && customer.Type != CustomerType.Organization)
            return NotEligible($"{offering.Name} is for organizations.", "customer");
        if (IsOutside(sale.Groups, customer.Group))
            return NotEligible($"{offering.Name} is for the groups {string.Join(", ", sale.Groups!)}.", "customer");
        if (IsOutside(sale.Regions, customer.Region))
            return NotEligible($"{offering.Name} is for the regions {string.Join(", ", sale.Regions!)}.", "customer");
        if (IsOutside(sale.Channels, channel))
            return NotEligible($"{offering.Name} is sold through {string.Join(", ", sale.Channels!)}.", "channel");
        if (held.FirstOrDefault(other => IsExcluded(offering, other)) is { } excluded)
            return NotEligible($"{offering.Name} is not to be had beside {excluded.Name}.");
        return sale.Requires is { } required && !held.Any(other => required.Contains(other.Id))
            ? NotEligible($"{offering.Name} is for those who have one of: {string.Join(", ", required)}.")
            : null;
    }

    /// <summary>Whichever of the two says so.</summary>
    private static bool IsExcluded(ProductOffering one, ProductOffering other) =>
        one.Sale.Excludes?.Contains(other.Id) == true || other.Sale.Excludes?.Contains(one.Id) == true;

    private static bool IsOutside(string[]? allowed, string? trait) => allowed is not null && (trait is null || !allowed.Contains(trait));

    private static Refused NotEligible(string message, string param = "offering") => new(Problems.NotEligible, message, param);
}
