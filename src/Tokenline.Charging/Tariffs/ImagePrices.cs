using System.Collections.Immutable;

namespace Tokenline.Charging.Tariffs;

/// <summary>What an image costs by size and quality, as the call asked for it. A class that is not listed costs the tier's rate of the meter.</summary>
public sealed record ImagePrices(ImmutableArray<ImagePrice> Classes)
{
    public static readonly ImagePrices None = new([]);

    public bool IsEmpty => Classes.IsEmpty;

    public long? Find(string? imageClass)
    {
        foreach (var known in Classes)
        {
            if (known.Class == imageClass)
                return known.Rate;
        }
        return null;
    }
}

/// <param name="Class">Size and quality, such as <c>1024x1024/high</c>.</param>
/// <param name="Rate">In the card's rates, as those of every meter.</param>
public sealed record ImagePrice(string Class, long Rate);
