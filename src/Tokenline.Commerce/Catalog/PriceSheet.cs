namespace Tokenline.Commerce.Catalog;

/// <summary>
/// A model's price as a person enters it: per million tokens in the currency the vendor bills in, with the published weights in each quota unit.
/// Meters by their public names; <c>input</c> and <c>output</c> must be there. A missing cached or cache-write rate is the input rate, a missing reasoning rate is 0.
/// </summary>
public sealed record PriceSheet(Currency Currency, IReadOnlyList<PriceSheetTier> Tiers, string? Note = null);

/// <param name="UpToInput">Tokens of whole input that the tier reaches up to (and with); null is the last.</param>
/// <param name="Price">Meter → amount for a million tokens.</param>
/// <param name="Weights">Unit → meter → quota for one token. A unit that is missing cannot pay for the model.</param>
public sealed record PriceSheetTier(
    long? UpToInput,
    IReadOnlyDictionary<string, decimal> Price,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, decimal>>? Weights = null
);
