using System.Collections.Immutable;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Commerce.PriceSheets;

/// <summary>Service classes and their factors.</summary>
public static class ServiceClassesEntry
{
    private static readonly string all = string.Join(", ", Enum.GetValues<ServiceClass>().Select(NameOf));

    public static string NameOf(ServiceClass service) => service.ToString().ToLowerInvariant();

    public static Refused? ReadName(string name, string at, out ServiceClass service)
    {
        foreach (var known in Enum.GetValues<ServiceClass>())
        {
            service = known;
            if (NameOf(known) == name)
                return null;
        }
        service = default;
        return Refused.Invalid(at, $"'{name}' is not a service class. Classes: {all}.");
    }

    internal static Refused? Read(IReadOnlyDictionary<string, Factor>? given, string at, out ServiceClasses classes)
    {
        classes = ServiceClasses.StandardOnly;
        if (given is null or { Count: 0 })
            return null;
        var factors = ImmutableArray.CreateBuilder<ClassFactor>(given.Count);
        foreach (var (name, factor) in given)
        {
            if (ReadName(name, $"{at}.{name}", out var service) is { } unknown)
                return unknown;
            if (factor.Read($"{at}.{name}", out var ratio) is { } wrong)
                return wrong;
            factors.Add(new(service, ratio));
        }
        classes = new(factors.ToImmutable());
        return null;
    }

    /// <summary>A card's factor for a class that no call can have is a mistake.</summary>
    internal static Refused? WhatIsNotForSale(ServiceClasses own, ServiceClasses ofTariff, string at)
    {
        foreach (var (service, _) in own.Factors)
        {
            if (!ofTariff.Offers(service))
                return Refused.Invalid(
                    $"{at}.{NameOf(service)}",
                    $"The class {NameOf(service)} is not for sale: list it among the sheet's serviceClasses too, with factor 1 where it changes nothing else."
                );
        }
        return null;
    }

    internal static IReadOnlyDictionary<string, Factor>? Show(ServiceClasses classes) =>
        classes.Factors.IsEmpty ? null : classes.Factors.ToDictionary(known => NameOf(known.Service), known => Factor.Of(known.Factor));
}
