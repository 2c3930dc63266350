using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Commerce.Catalog;

/// <summary>A tariff as it is stored: never changed, never removed. <paramref name="Body"/> is JSON with every model's rates.</summary>
/// <param name="Reason">Why it was made, for those who read the list.</param>
public sealed record TariffVersion(int Version, DateTimeOffset EffectiveFrom, DateTimeOffset CreatedAt, string Reason, string Body)
{
    public static TariffVersion Of(
        int version,
        DateTimeOffset effectiveFrom,
        DateTimeOffset createdAt,
        string reason,
        IEnumerable<ModelTariff> models
    )
    {
        var body = models
            .OrderBy(model => model.Model, StringComparer.Ordinal)
            .ToDictionary(
                model => model.Model,
                model => new StoredCharges(
                    model.Currency,
                    Store(model.Price.Table),
                    model.Weights.ToDictionary(weight => weight.Unit.Name, weight => Store(weight.Card.Table))
                )
            );
        return new(version, effectiveFrom, createdAt, reason, JsonSerializer.Serialize(body, CommerceJson.Options));
    }

    public Tariff ToTariff()
    {
        var models =
            JsonSerializer.Deserialize<Dictionary<string, StoredCharges>>(Body, CommerceJson.Options)
            ?? throw new JsonException($"tariff version {Version} has no body");
        return new Tariff(
            Version,
            EffectiveFrom,
            models.ToFrozenDictionary(
                pair => pair.Key,
                pair => new ModelTariff(
                    pair.Key,
                    Version,
                    pair.Value.Currency,
                    new RateCard(Load(pair.Value.Price), RateCard.PerMillion),
                    [
                        .. pair.Value.Weights.Select(weight => new UnitCard(
                            new QuotaUnit(weight.Key),
                            new RateCard(Load(weight.Value), RateCard.PerUnit)
                        )),
                    ]
                )
            )
        );
    }

    private static StoredTier[] Store(RateTable table) => [.. table.Tiers.Select(tier => new StoredTier(tier.UpToInput, [.. tier.Rates]))];

    private static RateTable Load(StoredTier[] tiers) => new([.. tiers.Select(tier => new RateTier(tier.UpToInput, [.. tier.Rates]))]);

    /// <summary>Prices in nano per million, weights in micro-units per token; rates in the order of <see cref="Meter"/>.</summary>
    private sealed record StoredCharges(Currency Currency, StoredTier[] Price, Dictionary<string, StoredTier[]> Weights);

    private sealed record StoredTier(long? UpToInput, long[] Rates);
}
