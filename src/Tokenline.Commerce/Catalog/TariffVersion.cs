using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Commerce.Catalog;

[JsonConverter(typeof(JsonStringEnumConverter<TariffState>))]
public enum TariffState
{
    /// <summary>Starts later, and can be cancelled until then.</summary>
    [JsonStringEnumMemberName("scheduled")]
    Scheduled,

    /// <summary>In force for its models until a version that starts later.</summary>
    [JsonStringEnumMemberName("started")]
    Started,

    /// <summary>A promotion that is over.</summary>
    [JsonStringEnumMemberName("ended")]
    Ended,

    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}

/// <summary>A tariff as it is stored: never changed, never removed. <paramref name="Body"/> is JSON with the charges of the models that it changes.</summary>
/// <param name="Reason">Why it was made, for those who read the list.</param>
public sealed record TariffVersion(int Version, DateTimeOffset EffectiveFrom, DateTimeOffset CreatedAt, string Reason, string Body)
{
    /// <summary>The end of a promotion, when the former prices return; null: until a newer version starts.</summary>
    public DateTimeOffset? EffectiveTo { get; init; }

    /// <summary>When it was cancelled before it started.</summary>
    public DateTimeOffset? CancelledAt { get; init; }

    /// <summary>JSON of each model's price sheet as it was entered; null in versions from before sheets were kept.</summary>
    public string? Sheets { get; init; }

    /// <summary>In force from the moment it was made, and not at a time that somebody chose.</summary>
    public bool IsAtOnce => EffectiveFrom <= CreatedAt;

    public static TariffVersion Of(
        int version,
        DateTimeOffset effectiveFrom,
        DateTimeOffset createdAt,
        string reason,
        IEnumerable<ModelTariff> models,
        IReadOnlyDictionary<string, PriceSheet>? sheets = null
    )
    {
        var body = models.OrderBy(model => model.Model, StringComparer.Ordinal).ToDictionary(model => model.Model, StoredCharges.Of);
        return new(version, effectiveFrom, createdAt, reason, JsonSerializer.Serialize(body, CommerceJson.Options))
        {
            Sheets = sheets is null ? null : JsonSerializer.Serialize(sheets, CommerceJson.Options),
        };
    }

    public TariffState StateAt(DateTimeOffset now) =>
        CancelledAt is not null ? TariffState.Cancelled
        : EffectiveFrom > now ? TariffState.Scheduled
        : EffectiveTo <= now ? TariffState.Ended
        : TariffState.Started;

    public Tariff ToTariff()
    {
        var models =
            JsonSerializer.Deserialize<Dictionary<string, StoredCharges>>(Body, CommerceJson.Options)
            ?? throw new JsonException($"tariff version {Version} has no body");
        return new Tariff(
            Version,
            EffectiveFrom,
            models.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToTariff(pair.Key, Version))
        )
        {
            EffectiveTo = EffectiveTo,
        };
    }

    public IReadOnlyDictionary<string, PriceSheet> ToSheets() =>
        Sheets is null
            ? FrozenDictionary<string, PriceSheet>.Empty
            : JsonSerializer.Deserialize<Dictionary<string, PriceSheet>>(Sheets, CommerceJson.Options)
                ?? throw new JsonException($"tariff version {Version} has no sheets");
}
