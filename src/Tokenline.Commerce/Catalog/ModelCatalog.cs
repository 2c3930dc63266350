using System.Collections.Frozen;
using System.Collections.Immutable;
using Tokenline.Commerce.Routing;

namespace Tokenline.Commerce.Catalog;

/// <summary>Everything the gateway needs to know of models, vendors and deployments. Immutable; swapped whole when anything changes.</summary>
public sealed class ModelCatalog(IEnumerable<Model> models)
{
    private readonly FrozenDictionary<string, Model> byId = models.ToFrozenDictionary(model => model.Id);

    public static ModelCatalog Empty { get; } = new([]);

    public IEnumerable<Model> Models => byId.Values;

    public Model? Find(string id) => byId.GetValueOrDefault(id);

    /// <summary>Without allocating a string for the Model ID.</summary>
    public Model? Find(ReadOnlySpan<char> id) =>
        byId.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var model) ? model : null;
}

/// <summary>A Model ID that customers ask for.</summary>
/// <param name="Created">Unix seconds, as <c>/v1/models</c> shows it.</param>
/// <param name="ContextTokens">Input and output together that the model accepts.</param>
/// <param name="OutputTokensMax">The most output of one choice.</param>
/// <param name="ImageTokensMax">What one image can cost in input tokens at the most, by the vendor's published formula; 0: no images.</param>
/// <param name="HidesReasoning">Reasons without sending the reasoning, so nothing can be metered on the way.</param>
/// <param name="Tokenizer">The name of a public tokenizer, or null.</param>
/// <param name="OutputLimitField"><c>max_tokens</c> or <c>max_completion_tokens</c>: the field the vendor expects.</param>
/// <param name="Deployments">Where it is served, in the order of trying.</param>
public sealed record Model(
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
    ImmutableArray<Deployment> Deployments
)
{
    public ModelKind Kind { get; init; }

    public ModelProfile Profile { get; init; } = ModelProfile.Unknown;

    public RoutingRule Routing { get; init; } = RoutingRule.Default;

    /// <summary>From then on it is not for sale; null: it is. Its substitutions go on.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }
}

/// <summary>A concrete upstream that serves a model.</summary>
/// <param name="BaseUrl">Up to and with the version, such as <c>https://api.example.com/v1</c>.</param>
/// <param name="UpstreamModel">The model's name over there.</param>
/// <param name="ApiKeys">The operator's keys at this vendor: never in a log, an error or an answer.</param>
/// <param name="DrainSeconds">How long to wait for the vendor's usage after a client is gone; 0 cancels at once.</param>
/// <param name="Simulated">Served by the vendor simulator; answers say so.</param>
public sealed record Deployment(
    string Id,
    string Vendor,
    Uri BaseUrl,
    string UpstreamModel,
    ImmutableArray<string> ApiKeys,
    int Priority,
    int DrainSeconds,
    bool Simulated
)
{
    public DeploymentRates Rates { get; init; } = DeploymentRates.None;

    public ImmutableArray<VendorApi> Apis { get; init; } = VendorApis.Default;

    public bool AllowsPrivateAddress { get; init; }

    public DeploymentTraffic Traffic { get; init; } = DeploymentTraffic.Default;

    /// <summary>The deployment's own figures, or else the model's.</summary>
    public ModelProfile Profile { get; init; } = ModelProfile.Unknown;

    /// <summary>Without the keys, so that no log or error can show it.</summary>
    public override string ToString() => $"{Vendor}/{UpstreamModel} ({Id})";
}

/// <summary>Where the current catalogue is read; read it once per request.</summary>
public interface IModelCatalogSource
{
    ModelCatalog Current { get; }
}
