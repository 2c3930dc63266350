using Tokenline.Commerce.Routing;

namespace Tokenline.Commerce.Market;

/// <summary>Which models, and in which order. Whatever is asked for by words that are not known is left out of the question.</summary>
/// <param name="Words">In the Model ID or a name.</param>
public sealed record MarketQuery(
    string? Words = null,
    string? Vendor = null,
    string? Class = null,
    ModelAbility? Ability = null,
    string Sort = "model"
)
{
    public static readonly IReadOnlyList<string> Sorts =
    [
        "model",
        "price",
        "quality",
        "first-token",
        "speed",
        "availability",
        "energy",
        "quality-per-price",
        "quality-per-joule",
        "context",
    ];

    private const int WordsLengthMax = 100;

    public static MarketQuery Read(string? words, string? vendor, string? modelClass, string? ability, string? sort) =>
        new(
            words is { Length: > 0 and <= WordsLengthMax } ? words.Trim() : null,
            vendor is { Length: > 0 } ? vendor : null,
            modelClass is { Length: > 0 } ? modelClass : null,
            ability is { Length: > 0 } ? ModelAbilities.Find(ability) : null,
            sort is not null && Sorts.Contains(sort) ? sort : Sorts[0]
        );

    /// <summary>Best first; what is not known comes last, in the order of Model IDs.</summary>
    public IReadOnlyList<MarketEntry> Of(IReadOnlyList<MarketEntry> entries)
    {
        var found = entries.Where(entry =>
            (Words is null || Has(entry.Model.Id) || Has(entry.Model.Name) || Has(entry.VendorName))
            && (Vendor is null || entry.Model.OwnedBy == Vendor)
            && (Class is null || entry.Model.Profile.Class == Class)
            && (Ability is not { } ability || entry.Model.Profile.Abilities.Contains(ability))
        );
        return Sort switch
        {
            "price" => By(found, entry => (double)entry.Blended, isHighFirst: false),
            "quality" => By(found, entry => (double?)entry.Quality),
            "first-token" => By(found, entry => entry.Measured?.FirstTokens.Percentile(50), isHighFirst: false),
            "speed" => By(found, entry => entry.Measured?.TokensPerSecond),
            "availability" => By(found, entry => entry.Measured?.Availability),
            "energy" => By(found, entry => entry.JoulesPerToken, isHighFirst: false),
            "quality-per-price" => By(found, entry => (double?)entry.QualityPerPrice),
            "quality-per-joule" => By(found, entry => entry.QualityPerJoule),
            "context" => By(found, entry => entry.Model.ContextTokens),
            _ => [.. found],
        };
    }

    private bool Has(string text) => text.Contains(Words!, StringComparison.OrdinalIgnoreCase);

    private static List<MarketEntry> By(IEnumerable<MarketEntry> entries, Func<MarketEntry, double?> figure, bool isHighFirst = true) =>
        [.. entries.OrderBy(entry => figure(entry) is null).ThenBy(entry => (isHighFirst ? -1 : 1) * (figure(entry) ?? 0))];
}
