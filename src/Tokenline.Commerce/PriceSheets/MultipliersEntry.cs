using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.PriceSheets;

/// <summary>Service class, time of day, region and customer group: of every card, or of one.</summary>
internal static class MultipliersEntry
{
    /// <param name="at">Where they stand; empty for the sheet itself.</param>
    public static Refused? Read(MultiplierSheet? given, string zone, string at, out Multipliers multipliers)
    {
        multipliers = Multipliers.None;
        if (given is null)
            return null;
        if (ServiceClassesEntry.Read(given.ServiceClasses, Field(at, "serviceClasses"), out var classes) is { } wrongClass)
            return wrongClass;
        if (HoursEntry.Read(given.Hours, zone, Field(at, "hours"), out var hours) is { } wrongHours)
            return wrongHours;
        if (NamedFactorsEntry.Read(given.Regions, Field(at, "regions"), out var regions) is { } wrongRegion)
            return wrongRegion;
        if (NamedFactorsEntry.Read(given.CustomerGroups, Field(at, "customerGroups"), out var groups) is { } wrongGroup)
            return wrongGroup;
        // The engine takes the one instance without any as the sign that there is nothing to multiply.
        if (!classes.Factors.IsEmpty || hours is not null || !regions.All.IsEmpty || !groups.All.IsEmpty)
            multipliers = new()
            {
                Classes = classes,
                Hours = hours,
                Regions = regions,
                CustomerGroups = groups,
            };
        return null;
    }

    public static string Field(string at, string name) => at.Length == 0 ? name : $"{at}.{name}";

    public static MultiplierSheet? Show(Multipliers multipliers) =>
        ReferenceEquals(multipliers, Multipliers.None)
            ? null
            : new()
            {
                ServiceClasses = ServiceClassesEntry.Show(multipliers.Classes),
                Hours = HoursEntry.Show(multipliers.Hours),
                Regions = NamedFactorsEntry.Show(multipliers.Regions),
                CustomerGroups = NamedFactorsEntry.Show(multipliers.CustomerGroups),
            };
}
