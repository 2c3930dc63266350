using System.Globalization;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Routing;
using Tokenline.Management.Api;

namespace Tokenline.Management.Catalog;

/// <param name="Id">1 to 64 lower-case letters, digits and hyphens. A vendor that is there is changed.</param>
/// <param name="BaseUrl">Up to and with the version, such as <c>https://api.example.com/v1</c>.</param>
/// <param name="ApiKey">The operator's key there. Left out: the one that was given for this address stays.</param>
/// <param name="ApiKeys">Several keys, used in turns; instead of <paramref name="ApiKey"/>. A key that the vendor refuses or limits rests for a while.</param>
/// <param name="DrainSeconds">How long to wait for its usage after a client is gone, 0 to 60; 5 unless told.</param>
/// <param name="Apis">What it speaks, the preferred one first: openai-chat (unless told), openai-responses, anthropic-messages, gemini, azure-openai.</param>
/// <param name="AllowPrivateAddress">The vendor is in your own network. Otherwise its address must be a public one, also after it is resolved.</param>
public sealed record NewVendorBody(
    string? Id,
    string? BaseUrl,
    string? Name = null,
    string? ApiKey = null,
    IReadOnlyList<string>? ApiKeys = null,
    int? DrainSeconds = null,
    IReadOnlyList<string>? Apis = null,
    bool AllowPrivateAddress = false
)
{
    public override string ToString() => $"{Id} at {BaseUrl}";
}

/// <param name="HasApiKey">Whether a key is there; it is never shown.</param>
/// <param name="Keys">How many keys are there.</param>
/// <param name="KeyHealth">The keys that rest, because the vendor has refused or limited them. As this process has seen it: others may know more or less.</param>
/// <param name="Simulated">Its address is the vendor simulator's.</param>
/// <param name="Apis">What it speaks, the preferred one first.</param>
/// <param name="Models">What it serves.</param>
public sealed record VendorBody(
    string Id,
    string Name,
    string BaseUrl,
    bool HasApiKey,
    int Keys,
    IReadOnlyList<KeyHealthBody> KeyHealth,
    int DrainSeconds,
    bool Simulated,
    IReadOnlyList<string> Apis,
    bool AllowPrivateAddress,
    IReadOnlyList<string> Models
)
{
    internal static VendorBody Of(Vendor vendor, IEnumerable<Mapping> mappings, IVendorKeyHealth? health) =>
        new(
            vendor.Id,
            vendor.Name,
            vendor.BaseUrl.AbsoluteUri,
            !vendor.ApiKeys.IsEmpty,
            vendor.ApiKeys.Length,
            [.. (health?.Resting(vendor.Id, vendor.ApiKeys) ?? []).Select(KeyHealthBody.Of)],
            vendor.DrainSeconds,
            vendor.Simulated,
            [.. vendor.Apis.Select(VendorApis.NameOf)],
            vendor.AllowsPrivateAddress,
            [.. mappings.Where(mapping => mapping.Vendor == vendor.Id).Select(mapping => mapping.Model).Order(StringComparer.Ordinal)]
        );
}

/// <param name="Key">Its place among the vendor's keys, from 1; its text is never shown.</param>
/// <param name="RestsUntil">Until then calls use the vendor's other keys; one that is alone is used all the same.</param>
/// <param name="Reason">What the vendor said to it, such as <c>status 401</c>.</param>
public sealed record KeyHealthBody(int Key, DateTimeOffset RestsUntil, string Reason)
{
    internal static KeyHealthBody Of(RestingKey key) =>
        new(key.Position, key.Until, string.Create(CultureInfo.InvariantCulture, $"status {key.Status}"));
}

/// <param name="OwnedBy">A vendor's id.</param>
/// <param name="ContextTokens">Input and output together that the model accepts.</param>
/// <param name="OutputTokensMax">The most output of one choice.</param>
/// <param name="ImageTokensMax">The most that one image can cost in input tokens; 0: images are refused.</param>
/// <param name="HidesReasoning">It reasons without sending the reasoning.</param>
/// <param name="Tokenizer"><c>o200k_base</c>, or left out.</param>
/// <param name="OutputLimitField"><c>max_tokens</c> (unless told) or <c>max_completion_tokens</c>.</param>
/// <param name="Price">A model is not for sale without one.</param>
/// <param name="Kind">chat (unless told), embedding, rerank, image, speech or transcription.</param>
/// <param name="Class">Models of one class may stand in for each other. Left out, as the next three: as it was. Empty: of none.</param>
/// <param name="Abilities">tools, structured-output, reasoning, audio-input, documents.</param>
/// <param name="Quality">How good the answers are, and who says so.</param>
/// <param name="Energy">Joules of an output token, and who says so.</param>
public sealed record NewModelBody(
    string? Name,
    string? OwnedBy,
    long? ContextTokens,
    long? OutputTokensMax,
    PriceSheet? Price,
    int ImageTokensMax = 0,
    bool HidesReasoning = false,
    string? Tokenizer = null,
    string? OutputLimitField = null,
    ModelKind Kind = ModelKind.Chat,
    string? Class = null,
    IReadOnlyList<string>? Abilities = null,
    QualityBody? Quality = null,
    EnergyBody? Energy = null
);

/// <param name="ListPrice">As it was entered for the version in force, in the vendor's currency.</param>
/// <param name="TariffVersion">The version in force.</param>
/// <param name="Charged">What is charged now, in the operator's currency, with the published weights.</param>
/// <param name="Class">Models of one class may stand in for each other; left out: of none.</param>
/// <param name="Abilities">What it can do beside text.</param>
/// <param name="Quality">Left out: unknown, and not ranked.</param>
/// <param name="Energy">Left out: unknown, and not ranked.</param>
/// <param name="Routing">How calls choose among its deployments.</param>
/// <param name="WithdrawnAt">Since when it is not for sale; left out: it is.</param>
/// <param name="Deployments">Where it is served, in the order of priority.</param>
public sealed record ModelBody(
    string Id,
    string Name,
    string OwnedBy,
    long ContextTokens,
    long OutputTokensMax,
    int ImageTokensMax,
    bool HidesReasoning,
    string? Tokenizer,
    string OutputLimitField,
    ModelKind Kind,
    PriceSheet ListPrice,
    int? TariffVersion,
    PriceSheet? Charged,
    string? Class,
    IReadOnlyList<string> Abilities,
    QualityBody? Quality,
    EnergyBody? Energy,
    RoutingBody Routing,
    DateTimeOffset? WithdrawnAt,
    IReadOnlyList<DeploymentBody> Deployments
)
{
    internal static ModelBody Of(
        ModelListing model,
        IEnumerable<Mapping> mappings,
        IReadOnlyCollection<Vendor> vendors,
        TariffHolder tariffs,
        DateTimeOffset now
    )
    {
        var charges = tariffs.Current.Find(model.Id, now);
        return new(
            model.Id,
            model.Name,
            model.OwnedBy,
            model.ContextTokens,
            model.OutputTokensMax,
            model.ImageTokensMax,
            model.HidesReasoning,
            model.Tokenizer,
            model.OutputLimitField,
            model.Kind,
            (charges is null ? null : tariffs.SheetOf(charges)) ?? model.Prices,
            charges?.Version,
            charges is null ? null : Pricing.ToSheet(charges),
            model.Profile.Class,
            [.. model.Profile.Abilities.Select(ModelAbilities.NameOf)],
            QualityBody.Of(model.Profile.Quality),
            EnergyBody.Of(model.Profile.Energy),
            RoutingBody.Of(model.Routing),
            model.WithdrawnAt,
            [
                .. mappings
                    .Where(mapping => mapping.Model == model.Id)
                    .OrderBy(mapping => mapping.Priority)
                    .ThenBy(mapping => mapping.Vendor, StringComparer.Ordinal)
                    .Select(mapping => DeploymentBody.Of(mapping, vendors.Any(vendor => vendor.Id == mapping.Vendor && vendor.Simulated))),
            ]
        );
    }
}

/// <param name="Vendor">A vendor's id.</param>
/// <param name="UpstreamModel">The model's name over there; left out: the Model ID.</param>
/// <param name="Priority">0 to 1,000, the lowest is tried first; 100 unless told.</param>
/// <param name="RequestsPerMinute">Calls beyond it go to the next deployment; left out: no limit.</param>
/// <param name="TokensPerMinute">In and out together, held at the call's estimate and corrected when it has ended.</param>
/// <param name="ConcurrentCalls">Calls that run at this moment.</param>
/// <param name="Weight">0 to 1,000: its share among those that the policy ranks alike; 100 unless told. 0: none, unless no other can serve.</param>
/// <param name="CanaryPercent">On trial: so many of 100 calls go there first, and none of the others by choice. Left out: it is not on trial.</param>
/// <param name="State">active or draining (no new calls); left out: as it was.</param>
/// <param name="Quality">The deployment's own; left out: as it was, or the model's.</param>
/// <param name="Energy">The deployment's own; left out: as it was, or the model's.</param>
public sealed record NewDeploymentBody(
    string? Vendor,
    string? UpstreamModel = null,
    int? Priority = null,
    long? RequestsPerMinute = null,
    long? TokensPerMinute = null,
    int? ConcurrentCalls = null,
    int? Weight = null,
    int? CanaryPercent = null,
    DeploymentState? State = null,
    QualityBody? Quality = null,
    EnergyBody? Energy = null
);

/// <param name="Weight">Its share among those that the policy ranks alike.</param>
/// <param name="CanaryPercent">On trial: so many of 100 calls go there first.</param>
/// <param name="State">active, or draining: no new calls.</param>
/// <param name="Quality">The deployment's own; left out: the model's.</param>
/// <param name="Energy">The deployment's own; left out: the model's.</param>
public sealed record DeploymentBody(
    string Id,
    string Vendor,
    string UpstreamModel,
    int Priority,
    bool Simulated,
    long? RequestsPerMinute,
    long? TokensPerMinute,
    int? ConcurrentCalls,
    int Weight,
    int? CanaryPercent,
    DeploymentState State,
    QualityBody? Quality,
    EnergyBody? Energy
)
{
    internal static DeploymentBody Of(Mapping mapping, bool simulated) =>
        new(
            mapping.DeploymentId,
            mapping.Vendor,
            mapping.UpstreamModel,
            mapping.Priority,
            simulated,
            mapping.Rates.RequestsPerMinute,
            mapping.Rates.TokensPerMinute,
            mapping.Rates.ConcurrentCalls,
            mapping.Traffic.Weight,
            mapping.Traffic.CanaryPercent,
            mapping.Traffic.State,
            QualityBody.Of(mapping.Profile.Quality),
            EnergyBody.Of(mapping.Profile.Energy)
        );
}
