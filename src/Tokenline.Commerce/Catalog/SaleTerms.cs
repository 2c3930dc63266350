namespace Tokenline.Commerce.Catalog;

/// <summary>Who may order an offering, and when. What is left out asks nothing.</summary>
/// <param name="From">Ordered from this instant on.</param>
/// <param name="To">Ordered before this instant.</param>
/// <param name="Groups">Of the customer: one of these.</param>
/// <param name="Channels">Of the order: one of these.</param>
/// <param name="PerCustomer">Orders of one customer at the most, those that failed not counted.</param>
/// <param name="Excludes">Offerings that the customer must not hold.</param>
/// <param name="Requires">Offerings of which the customer must hold one.</param>
/// <param name="Stock">Orders at the most, of all versions and customers together, those that failed not counted.</param>
public sealed record SaleTerms(
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    string[]? Groups = null,
    string[]? Regions = null,
    string[]? Channels = null,
    int? PerCustomer = null,
    string[]? Excludes = null,
    string[]? Requires = null,
    long? Stock = null
)
{
    public const int NamesMax = 50;
    public const int PerCustomerMax = 1000;

    public static SaleTerms Open { get; } = new();

    /// <summary>Null: nothing. Otherwise the field and the reason.</summary>
    public Refused? WhatIsWrong(string offering, DateTimeOffset now)
    {
        if (To <= From)
            return Refused.Invalid("to", "It is sold from an instant on, until a later one.");
        if (To <= now)
            return Refused.Invalid("to", "It is sold until an instant that is still to come.");
        if (PerCustomer is < 1 or > PerCustomerMax)
            return Refused.Invalid("perCustomer", $"1 to {PerCustomerMax} are expected.");
        if (Stock < 0)
            return Refused.Invalid("stock", "A stock is not negative.");
        return WhatIsWrongWith("groups", "group", Groups)
            ?? WhatIsWrongWith("regions", "region", Regions)
            ?? WhatIsWrongWith("channels", "channel", Channels)
            ?? WhatIsWrongWith("excludes", offering, Excludes, isOffering: true)
            ?? WhatIsWrongWith("requires", offering, Requires, isOffering: true);
    }

    private static Refused? WhatIsWrongWith(string param, string about, string[]? names, bool isOffering = false)
    {
        if (names is null)
            return null;
        if (names.Length is 0 or > NamesMax || names.Distinct().Count() != names.Length)
            return Refused.Invalid(param, $"1 to {NamesMax} different ones are expected, or leave it out.");
        foreach (var name in names)
        {
            if (isOffering && name == about)
                return Refused.Invalid(
                    param,
                    "An offering neither excludes nor requires itself: perCustomer says how often it is to be had."
                );
            if (!isOffering && (name is null || Parties.Customer.WhatIsWrongWith(about, name) is not null))
                return Refused.Invalid(param, $"A {about} is 1 to 32 lower-case letters, digits and hyphens.");
        }
        return null;
    }
}
