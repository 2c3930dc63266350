using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Management.Catalog;

/// <summary>What is to be published. Without a body: every dollar price at the present rate.</summary>
public sealed record NewTariffBody
{
    /// <summary>Model ID → its price sheet.</summary>
    public IReadOnlyDictionary<string, PriceSheet?>? Models { get; init; }

    /// <summary>RFC 3339 with its offset, not in the past; now, unless told.</summary>
    public DateTimeOffset? EffectiveFrom { get; init; }

    /// <summary>Makes it a promotion: then the former prices are in force again.</summary>
    public DateTimeOffset? EffectiveUntil { get; init; }

    /// <summary>Why, for those who read the list.</summary>
    public string? Reason { get; init; }
}

/// <param name="EffectiveUntil">The end of a promotion; absent: until a version that starts later.</param>
/// <param name="Reason">Why it was made.</param>
/// <param name="State"><c>scheduled</c>, <c>started</c>, <c>ended</c> (a promotion) or <c>cancelled</c>.</param>
/// <param name="Models">How many models have a price when it starts.</param>
/// <param name="Changes">The models whose price it changes.</param>
public sealed record TariffBody(
    int Version,
    DateTimeOffset EffectiveFrom,
    DateTimeOffset? EffectiveUntil,
    DateTimeOffset CreatedAt,
    DateTimeOffset? CancelledAt,
    string Reason,
    TariffState State,
    int Models,
    IReadOnlyList<string> Changes
)
{
    internal static TariffBody Of(TariffVersion version, TariffBook book, DateTimeOffset now)
    {
        var changes = version.ToTariff().Models.Keys.Order(StringComparer.Ordinal).ToList();
        return new(
            version.Version,
            version.EffectiveFrom,
            version.EffectiveTo,
            version.CreatedAt,
            version.CancelledAt,
            version.Reason,
            version.StateAt(now),
            book.Versions.Where(other => (other.EffectiveFrom, other.Version).CompareTo((version.EffectiveFrom, version.Version)) < 0)
                .SelectMany(other => other.Models.Keys)
                .Union(changes)
                .Count(),
            changes
        );
    }
}

/// <param name="Models">Model ID → what is charged, in the operator's currency.</param>
/// <param name="Sheets">Model ID → the price sheet as it was entered; absent in versions from before sheets were kept.</param>
public sealed record TariffDetailBody(
    int Version,
    DateTimeOffset EffectiveFrom,
    DateTimeOffset? EffectiveUntil,
    DateTimeOffset CreatedAt,
    DateTimeOffset? CancelledAt,
    string Reason,
    TariffState State,
    IReadOnlyDictionary<string, PriceSheet> Models,
    IReadOnlyDictionary<string, PriceSheet>? Sheets
)
{
    internal static TariffDetailBody Of(TariffVersion version, DateTimeOffset now) =>
        new(
            version.Version,
            version.EffectiveFrom,
            version.EffectiveTo,
            version.CreatedAt,
            version.CancelledAt,
            version.Reason,
            version.StateAt(now),
            version
                .ToTariff()
                .Models.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .ToDictionary(pair => pair.Key, pair => Pricing.ToSheet(pair.Value)),
            version.Sheets is null ? null : version.ToSheets()
        );
}
