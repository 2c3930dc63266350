using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.PriceSheets;

/// <summary>One card: its tiers, and the rules that are its own.</summary>
/// <param name="Rules">Its images are filled in from <paramref name="Sheet"/>.</param>
/// <param name="At">Where its rules stand; empty for the price itself.</param>
/// <param name="TiersAt">Where its tiers stand.</param>
internal sealed record CardEntry(
    IReadOnlyList<TierLine> Lines,
    CardSheet Sheet,
    CardUnit Unit,
    TableRules Rules,
    Volume? Volume,
    string Zone,
    string At,
    string TiersAt
)
{
    public string VolumeTiersAt { get; init; } = MultipliersEntry.Field(At, "volumeTiers");

    /// <summary>Where the multipliers of its own stand.</summary>
    public string MultipliersAt { get; init; } = At;

    /// <param name="priced">The meters that it has a rate for.</param>
    public Refused? Read(ServiceClasses forSale, out RateCard card, out MeterSet priced)
    {
        (card, priced) = (null!, default);
        var imagesAt = MultipliersEntry.Field(At, "images");
        if (ImagesEntry.Read(Sheet.Images, Unit, imagesAt, out var images) is { } wrongImage)
            return wrongImage;
        var rules = Rules with { Images = images };
        if (TierEntry.Read(Lines, Unit, rules, TiersAt, out var table, out priced) is { } wrongTier)
            return wrongTier;
        if (ImagesEntry.WhatIsUnpriced(images, priced, imagesAt) is { } unpriced)
            return unpriced;
        if (MinimumEntry.Read(Sheet.Minimum, Unit, MultipliersEntry.Field(At, "minimum"), out var minimum) is { } wrongMinimum)
            return wrongMinimum;
        if (VolumeEntry.ReadTiers(Sheet.VolumeTiers, Volume, Unit, rules, priced, VolumeTiersAt, out var volume) is { } wrongVolume)
            return wrongVolume;
        if (MultipliersEntry.Read(Sheet, Zone, MultipliersAt, out var multipliers) is { } wrongMultiplier)
            return wrongMultiplier;
        var classesAt = MultipliersEntry.Field(MultipliersAt, "serviceClasses");
        if (ServiceClassesEntry.WhatIsNotForSale(multipliers.Classes, forSale, classesAt) is { } notForSale)
            return notForSale;
        card = new RateCard(table, Unit.Scale)
        {
            Volume = volume,
            Multipliers = multipliers,
            Minimum = minimum,
        };
        return null;
    }

    /// <summary>The rules of a card that are its own, without its tiers; null: it has none.</summary>
    public static CardSheet? Show(RateCard card, CardUnit unit, MeterSet shown)
    {
        var multipliers = MultipliersEntry.Show(card.Multipliers);
        var sheet = new CardSheet
        {
            Images = ImagesEntry.Show(card.Table.Images, unit),
            Minimum = MinimumEntry.Show(card.Minimum, unit),
            VolumeTiers = VolumeEntry.ShowTiers(card.Volume, unit, shown),
            ServiceClasses = multipliers?.ServiceClasses,
            Hours = multipliers?.Hours,
            Regions = multipliers?.Regions,
            CustomerGroups = multipliers?.CustomerGroups,
        };
        return sheet == new CardSheet() ? null : sheet;
    }
}
