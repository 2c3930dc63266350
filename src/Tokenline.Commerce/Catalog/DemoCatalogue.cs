using System.Text.Json;
using Tokenline.Commerce.PriceSheets;
using Tokenline.Commerce.Routing;

namespace Tokenline.Commerce.Catalog;

/// <summary>The catalogue files that ship with the product, as they are written.</summary>
public sealed record DemoCatalogue(DemoModels Models, DemoPlans Plans)
{
    public static DemoCatalogue Read() => new(Read<DemoModels>("models.json"), Read<DemoPlans>("plans.json"));

    private static T Read<T>(string name)
    {
        using var stream =
            typeof(DemoCatalogue).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the assembly");
        return JsonSerializer.Deserialize<T>(stream, CommerceJson.Options) ?? throw new JsonException($"{name} is empty");
    }
}

/// <param name="UsdRate">The rate that the weights were computed at; prices are converted at the operator's own.</param>
public sealed record DemoModels(
    string Attribution,
    DateOnly PricesAsOf,
    decimal UsdRate,
    DateOnly UsdRateAsOf,
    string[] Notes,
    string WeightRule,
    DemoVendor[] Vendors,
    DemoReseller[] Resellers,
    DemoContract[] Contracts,
    DemoModel[] Models
);

/// <param name="Apis">What it speaks; chat completions unless told.</param>
public sealed record DemoVendor(string Id, string Name, string[]? Apis = null);

/// <summary>A vendor that has no models of its own and serves those of others.</summary>
public sealed record DemoReseller(string Id, string Name, DemoResale[] Models, string[]? Apis = null);

/// <param name="Id">The Model ID.</param>
/// <param name="Priority">After the model's own vendor.</param>
/// <param name="Quality">This deployment's own; null: the model's.</param>
/// <param name="Energy">As <paramref name="Quality"/>.</param>
public sealed record DemoResale(string Id, int Priority, QualityScore? Quality = null, EnergyFigure? Energy = null);

/// <summary>What a vendor is owed for a model.</summary>
public sealed record DemoContract(string Vendor, string Model, PriceSheet Price);

/// <summary>What a listing says, and the rules of its price sheet.</summary>
/// <param name="Slug">The model's name in the price file.</param>
public sealed record DemoModel(
    string Id,
    string Slug,
    string Name,
    string Vendor,
    long ContextTokens,
    long OutputTokensMax,
    Currency Currency,
    PriceSheetTier[] Tiers,
    int ImageTokensMax = 0,
    bool HidesReasoning = false,
    string? Tokenizer = null,
    string OutputLimitField = "max_tokens",
    string? Note = null
)
{
    public string? Class { get; init; }
    public string[] Abilities { get; init; } = [];
    public QualityScore? Quality { get; init; }
    public EnergyFigure? Energy { get; init; }
    public IReadOnlyDictionary<string, Factor>? ServiceClasses { get; init; }
    public MultiplierSheet? Money { get; init; }
    public IReadOnlyDictionary<string, CardSheet?>? Units { get; init; }

    public ModelProfile ToProfile() =>
        new()
        {
            Class = Class,
            Abilities =
            [
                .. Abilities.Select(name => ModelAbilities.Find(name) ?? throw new JsonException($"'{name}' is no ability of a model")),
            ],
            Quality = Quality,
            Energy = Energy,
        };

    public PriceSheet ToSheet() =>
        new(Currency, Tiers, Note)
        {
            ServiceClasses = ServiceClasses,
            Money = Money,
            Units = Units,
        };
}

public sealed record DemoPlans(string Attribution, Currency Currency, string[] Notes, DemoOffering[] Offerings);

public sealed record DemoOffering(
    string Id,
    string Name,
    string Description,
    OfferingKind Kind,
    GrantSheet[] Grants,
    decimal? Price = null,
    int? Months = null,
    int? Days = null,
    RenewalSheet? Renewal = null,
    int? MembersMax = null,
    SeatSheet? Seats = null,
    CommitmentSheet? Commitment = null
)
{
    public OfferingText? Chinese { get; init; }

    public OfferingSheet ToSheet() =>
        new(Name, Description, Kind, Grants, Price, Months, Days)
        {
            Chinese = Chinese,
            Renewal = Renewal,
            MembersMax = MembersMax,
            Seats = Seats,
            Commitment = Commitment,
        };
}
