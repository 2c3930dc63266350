using System.Collections.Immutable;

namespace Tokenline.Charging.Tariffs;

/// <summary>Multipliers by region, or by the customer's group. A name that is not listed, and none, change nothing.</summary>
public sealed record NamedFactors(ImmutableArray<NamedFactor> All)
{
    public static readonly NamedFactors None = new([]);

    public Ratio? Find(string? name)
    {
        if (name is null)
            return null;
        foreach (var known in All)
        {
            if (known.Name == name)
                return known.Factor;
        }
        return null;
    }
}

public sealed record NamedFactor(string Name, Ratio Factor);
