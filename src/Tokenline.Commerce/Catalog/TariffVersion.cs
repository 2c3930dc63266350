using System.Collections.Frozen;
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
        var body = models.OrderBy(model => model.Model, StringComparer.Ordinal).ToDictionary(model => model.Model, StoredCharges.Of);
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
            models.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToTariff(pair.Key, Version))
        );
    }
}
