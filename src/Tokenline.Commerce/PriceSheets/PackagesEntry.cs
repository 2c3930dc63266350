using System.Collections.Immutable;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Commerce.PriceSheets;

/// <summary>Meters that are counted in whole packages.</summary>
internal static class PackagesEntry
{
    private const long UnitsMax = 1_000_000_000;

    public static Refused? Read(IReadOnlyDictionary<string, long>? given, string at, out Packages packages)
    {
        packages = Packages.None;
        if (given is null or { Count: 0 })
            return null;
        var all = ImmutableArray.CreateBuilder<Package>(given.Count);
        foreach (var (name, units) in given)
        {
            if (MeterEntry.ReadName(name, $"{at}.{name}", out var meter) is { } unknown)
                return unknown;
            if (units is < 2 or > UnitsMax)
                return Refused.Invalid($"{at}.{name}", $"A package has 2 to {UnitsMax} units.");
            all.Add(new(meter, units));
        }
        packages = new(all.ToImmutable());
        return null;
    }

    /// <summary>A package of what nobody pays for is a mistake.</summary>
    public static Refused? WhatIsUnpriced(Packages packages, ModelTariff tariff, string at)
    {
        foreach (var package in packages.All)
        {
            if (!tariff.Charges(package.Meter))
                return Refused.Invalid(
                    $"{at}.{MeterNames.Of(package.Meter)}",
                    $"{MeterNames.Of(package.Meter)} has no price, so its packages cost nothing."
                );
        }
        return null;
    }

    public static IReadOnlyDictionary<string, long>? Show(Packages packages) =>
        packages.All.IsEmpty ? null : packages.All.ToDictionary(package => MeterNames.Of(package.Meter), package => package.Units);
}
