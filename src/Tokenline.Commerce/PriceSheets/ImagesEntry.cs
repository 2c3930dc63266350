using System.Collections.Immutable;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Commerce.PriceSheets;

/// <summary>Images by size and quality.</summary>
internal static class ImagesEntry
{
    private const int Max = 64;
    private const int NameLengthMax = 64;

    public static Refused? Read(IReadOnlyDictionary<string, decimal>? given, CardUnit unit, string at, out ImagePrices images)
    {
        images = ImagePrices.None;
        if (given is null or { Count: 0 })
            return null;
        if (given.Count > Max)
            return Refused.Invalid(at, $"There are at most {Max} image classes.");
        var all = ImmutableArray.CreateBuilder<ImagePrice>(given.Count);
        foreach (var (name, amount) in given)
        {
            var here = $"{at}.{name}";
            if (name.Length is 0 or > NameLengthMax || name.Any(c => c is <= ' ' or > '~'))
                return Refused.Invalid(
                    here,
                    $"An image class is 1 to {NameLengthMax} printable ASCII characters without spaces, such as 1024x1024/high."
                );
            if (unit.ReadRate(amount, Meter.Image, here, out var rate) is { } wrong)
                return wrong;
            all.Add(new(name, rate));
        }
        images = new(all.ToImmutable());
        return null;
    }

    public static Refused? WhatIsUnpriced(ImagePrices images, MeterSet priced, string at) =>
        images.IsEmpty || priced.Has(Meter.Image)
            ? null
            : Refused.Invalid(at, "Images of other sizes have no price: give the meter image in every tier too.");

    public static IReadOnlyDictionary<string, decimal>? Show(ImagePrices images, CardUnit unit) =>
        images.IsEmpty ? null : images.Classes.ToDictionary(known => known.Class, known => unit.ShowRate(known.Rate, Meter.Image));
}
