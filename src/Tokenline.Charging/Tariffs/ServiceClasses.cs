using System.Collections.Immutable;

namespace Tokenline.Charging.Tariffs;

/// <summary>What the vendor's service classes cost, as a multiplier of the standard one's price. One that is not listed is not for sale.</summary>
public sealed record ServiceClasses(ImmutableArray<ClassFactor> Factors)
{
    public static readonly ServiceClasses StandardOnly = new([]);

    public bool Offers(ServiceClass service) => service == ServiceClass.Standard || Find(service) is not null;

    public Ratio? Find(ServiceClass service)
    {
        foreach (var known in Factors)
        {
            if (known.Service == service)
                return known.Factor;
        }
        return null;
    }
}

public sealed record ClassFactor(ServiceClass Service, Ratio Factor);
