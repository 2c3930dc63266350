using Tokenline.Commerce.PriceSheets;

namespace Tokenline.Commerce.Catalog;

/// <summary>
/// A model's price as a person enters it, in the currency the vendor bills in, with the published weights in each quota unit. Meters by their public names:
/// amounts are for a million tokens, characters or token-hours, and for one of anything else; weights are for one. <c>input</c> and <c>output</c> must be there.
/// A missing cache or media price is that of input, or of output for <c>audio_output</c>. Its own multipliers are those of every card: money and quota alike.
/// </summary>
/// <param name="Currency">The operator's, or USD, which is converted at the operator's rate.</param>
/// <param name="Tiers">In rising order; one request falls into one tier by its whole input, and by its whole output where a band of input is divided.</param>
/// <param name="Note">What one should know of this price.</param>
public sealed record PriceSheet(Currency Currency, IReadOnlyList<PriceSheetTier> Tiers, string? Note = null) : MultiplierSheet
{
    /// <summary><c>inside</c> output (unless told), or <c>apart</c>: then <c>reasoning</c> has a price, and output's is for the rest.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Meter → units of a package; a begun one counts whole.</summary>
    public IReadOnlyDictionary<string, long>? Packages { get; init; }

    /// <summary>Size and quality, such as <c>1024x1024/high</c> → the price of one image. Others cost the <c>image</c> price.</summary>
    public IReadOnlyDictionary<string, decimal>? Images { get; init; }

    /// <summary>The least that a call costs, after every multiplier.</summary>
    public decimal? Minimum { get; init; }

    public VolumeSheet? Volume { get; init; }

    /// <summary>Multipliers of the price in money alone, beside those of every card.</summary>
    public MultiplierSheet? Money { get; init; }

    /// <summary>Quota unit → rules of its own. Its weights are in the tiers, or in <c>tiers</c> of its own.</summary>
    public IReadOnlyDictionary<string, CardSheet?>? Units { get; init; }

    /// <summary>Further currencies, each with a price of its own, for accounts whose money is in them.</summary>
    public IReadOnlyDictionary<string, CardSheet?>? Currencies { get; init; }
}

/// <param name="UpToInput">Tokens of whole input that the tier reaches up to (and with); left out for the last band.</param>
/// <param name="Price">Meter → amount.</param>
/// <param name="Weights">Unit → meter → quota for one. A unit that is missing cannot pay for the model.</param>
/// <param name="UpToOutput">Tokens of whole output that the tier reaches up to (and with), where its band of input is divided; left out for the last of the band.</param>
public sealed record PriceSheetTier(
    long? UpToInput,
    IReadOnlyDictionary<string, decimal> Price,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, decimal>>? Weights = null,
    long? UpToOutput = null
);

/// <summary>What multiplies a price. Each kind counts once, all that apply together. A factor is a decimal, or a fraction such as <c>2/3</c>.</summary>
public record MultiplierSheet
{
    /// <summary><c>standard</c>, <c>flex</c>, <c>priority</c>, <c>batch</c> → factor. One that is not listed is not for sale; standard always is.</summary>
    public IReadOnlyDictionary<string, Factor>? ServiceClasses { get; init; }

    public HoursSheet? Hours { get; init; }

    /// <summary>Region → factor; another costs the plain price.</summary>
    public IReadOnlyDictionary<string, Factor>? Regions { get; init; }

    /// <summary>The customer's group → factor.</summary>
    public IReadOnlyDictionary<string, Factor>? CustomerGroups { get; init; }
}

/// <summary>Prices by the clock on the wall at the call's start.</summary>
/// <param name="TimeZone">Tz database name; the operator's, unless told.</param>
/// <param name="Windows">None overlaps another; between them the price is as it is.</param>
/// <param name="Calendar">A holiday calendar by name, such as <c>cn-2026</c>.</param>
/// <param name="Holidays">Days such as <c>2026-10-01</c>, beside those of the calendar.</param>
public sealed record HoursSheet(
    string? TimeZone,
    IReadOnlyList<HoursWindowSheet?>? Windows,
    string? Calendar = null,
    IReadOnlyList<string>? Holidays = null
);

/// <param name="Name">As receipts show it.</param>
/// <param name="From"><c>HH:mm</c>.</param>
/// <param name="To"><c>HH:mm</c>, up to <c>24:00</c>; before <paramref name="From"/> it is on the next day, and the window belongs to the day on which it begins.</param>
/// <param name="Days"><c>monday</c> to <c>sunday</c>; every day, unless told.</param>
/// <param name="OnHolidays"><c>apply</c> (unless told): a holiday is a day like others; <c>exclude</c>: not on holidays; <c>only</c>: on holidays alone.</param>
public sealed record HoursWindowSheet(
    string? Name,
    string? From,
    string? To,
    Factor? Factor,
    IReadOnlyList<string>? Days = null,
    string? OnHolidays = null
);

/// <summary>Prices by the month's volume of an account in a group of models.</summary>
/// <param name="Kind"><c>marginal</c>: each unit in the tier it falls into. <c>retroactive</c>: the whole month in the tier it ends in, corrected at the bill.</param>
/// <param name="Group">Models with the same name here are counted together.</param>
/// <param name="Meters">What is counted.</param>
/// <param name="TimeZone">Whose months; the operator's, unless told.</param>
/// <param name="Tiers">Of the price in money; left out where only quota units have tiers.</param>
public sealed record VolumeSheet(
    string? Kind,
    string? Group,
    IReadOnlyList<string>? Meters,
    string? TimeZone = null,
    IReadOnlyList<VolumeTierSheet?>? Tiers = null
);

/// <param name="UpTo">Counted units of the month that the tier reaches up to (and with); left out for the last.</param>
/// <param name="Factor">Of the rates; or <paramref name="Rates"/>.</param>
/// <param name="Rates">Rates of its own, in tiers like those of the card.</param>
public sealed record VolumeTierSheet(long? UpTo, Factor? Factor = null, IReadOnlyList<RatesTierSheet?>? Rates = null);

/// <param name="Rates">Meter → amount.</param>
public sealed record RatesTierSheet(long? UpToInput, IReadOnlyDictionary<string, decimal>? Rates, long? UpToOutput = null);

/// <summary>The rules of one quota unit, or of one further currency. Its multipliers are beside those of every card.</summary>
public sealed record CardSheet : MultiplierSheet
{
    /// <summary>Of a unit: what one is worth of list price, in the operator's currency. Then it has no weights and no rules of its own.</summary>
    public decimal? Worth { get; init; }

    /// <summary>Its weights, or its prices, in tiers of their own.</summary>
    public IReadOnlyList<RatesTierSheet?>? Tiers { get; init; }

    /// <summary>Size and quality → what one image costs.</summary>
    public IReadOnlyDictionary<string, decimal>? Images { get; init; }

    /// <summary>The least that a call costs.</summary>
    public decimal? Minimum { get; init; }

    /// <summary>By the volume of the sheet's group.</summary>
    public IReadOnlyList<VolumeTierSheet?>? VolumeTiers { get; init; }
}
