using System.Collections.Immutable;
using Tokenline.Commerce.Routing;

namespace Tokenline.Commerce.Catalog;

/// <summary>The merchant whose upstream serves models.</summary>
/// <param name="BaseUrl">Up to and with the version, such as <c>https://api.example.com/v1</c>.</param>
/// <param name="ApiKeys">The operator's keys there, used in turns: sealed at rest, in no answer and no log.</param>
/// <param name="DrainSeconds">How long to wait for its usage after a client is gone.</param>
/// <param name="Simulated">Its address is the vendor simulator's, and follows it.</param>
public sealed record Vendor(string Id, string Name, Uri BaseUrl, ImmutableArray<string> ApiKeys, int DrainSeconds, bool Simulated)
{
    /// <summary>What it speaks, the preferred one first. A call in one of these passes as it is; others are translated.</summary>
    public ImmutableArray<VendorApi> Apis { get; init; } = VendorApis.Default;

    /// <summary>The operator lets it be at an address of its own networks.</summary>
    public bool AllowsPrivateAddress { get; init; }

    public override string ToString() => $"{Id} at {BaseUrl}";
}

/// <summary>A Model ID that is for sale, and what the gateway must know of it. The fields are those of <see cref="Model"/>.</summary>
/// <param name="Prices">The price as it was entered last; what is charged is in the tariff version made from it.</param>
public sealed record ModelListing(
    string Id,
    string Name,
    string OwnedBy,
    long Created,
    long ContextTokens,
    long OutputTokensMax,
    int ImageTokensMax,
    bool HidesReasoning,
    string? Tokenizer,
    string OutputLimitField,
    PriceSheet Prices
)
{
    public ModelKind Kind { get; init; }

    public ModelProfile Profile { get; init; } = ModelProfile.Unknown;

    public RoutingRule Routing { get; init; } = RoutingRule.Default;

    public DateTimeOffset? WithdrawnAt { get; init; }
}

/// <summary>This vendor serves this model under that name. One per model and vendor; lower priority is tried first.</summary>
public sealed record Mapping(string Model, string Vendor, string UpstreamModel, int Priority)
{
    public DeploymentRates Rates { get; init; } = DeploymentRates.None;

    public DeploymentTraffic Traffic { get; init; } = DeploymentTraffic.Default;

    /// <summary>Figures that are this deployment's own: a quantised one may be worse, another machine may need more energy.</summary>
    public ModelProfile Profile { get; init; } = ModelProfile.Unknown;

    public string DeploymentId => $"{Model}@{Vendor}";
}
