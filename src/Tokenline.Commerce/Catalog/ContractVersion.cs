using System.Text.Json;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Commerce.Catalog;

/// <summary>What a vendor is owed for a model, as it is stored: never changed, never removed. Numbered apart from tariff versions.</summary>
/// <param name="Reason">Why it was made, such as the contract's number.</param>
/// <param name="Sheet">JSON of the price sheet as it was entered.</param>
/// <param name="Body">JSON of the charges, in the contract's currency.</param>
public sealed record ContractVersion(
    int Version,
    string Vendor,
    string Model,
    DateTimeOffset EffectiveFrom,
    DateTimeOffset? EffectiveTo,
    DateTimeOffset CreatedAt,
    string Reason,
    string Sheet,
    string Body
)
{
    public static ContractVersion Of(
        string vendor,
        ModelTariff charges,
        PriceSheet sheet,
        DateTimeOffset effectiveFrom,
        DateTimeOffset? effectiveTo,
        DateTimeOffset createdAt,
        string reason
    ) =>
        new(
            charges.Version,
            vendor,
            charges.Model,
            effectiveFrom,
            effectiveTo,
            createdAt,
            reason,
            JsonSerializer.Serialize(sheet, CommerceJson.Options),
            JsonSerializer.Serialize(StoredCharges.Of(charges), CommerceJson.Options)
        );

    public TariffState StateAt(DateTimeOffset now) =>
        EffectiveFrom > now ? TariffState.Scheduled
        : EffectiveTo <= now ? TariffState.Ended
        : TariffState.Started;

    public PriceSheet ToSheet() =>
        JsonSerializer.Deserialize<PriceSheet>(Sheet, CommerceJson.Options)
        ?? throw new JsonException($"contract version {Version} has no sheet");

    public Contract ToContract()
    {
        var charges =
            JsonSerializer.Deserialize<StoredCharges>(Body, CommerceJson.Options)
            ?? throw new JsonException($"contract version {Version} has no body");
        return new Contract(Vendor, EffectiveFrom, charges.ToTariff(Model, Version)) { EffectiveTo = EffectiveTo };
    }
}
