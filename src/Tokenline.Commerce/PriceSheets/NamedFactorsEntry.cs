using System.Collections.Immutable;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Commerce.PriceSheets;

/// <summary>Multipliers by region, and by the customer's group.</summary>
internal static class NamedFactorsEntry
{
    private const int Max = 256;
    private const int NameLengthMax = 64;

    public static Refused? Read(IReadOnlyDictionary<string, Factor>? given, string at, out NamedFactors factors)
    {
        factors = NamedFactors.None;
        if (given is null or { Count: 0 })
            return null;
        if (given.Count > Max)
            return Refused.Invalid(at, $"There are at most {Max} names.");
        var all = ImmutableArray.CreateBuilder<NamedFactor>(given.Count);
        foreach (var (name, factor) in given)
        {
            if (name.Length is 0 or > NameLengthMax || name != name.Trim())
                return Refused.Invalid($"{at}.{name}", $"A name has 1 to {NameLengthMax} characters, without spaces at its ends.");
            if (factor.Read($"{at}.{name}", out var ratio) is { } wrong)
                return wrong;
            all.Add(new(name, ratio));
        }
        factors = new(all.ToImmutable());
        return null;
    }

    public static IReadOnlyDictionary<string, Factor>? Show(NamedFactors factors) =>
        factors.All.IsEmpty ? null : factors.All.ToDictionary(known => known.Name, known => Factor.Of(known.Factor));
}
