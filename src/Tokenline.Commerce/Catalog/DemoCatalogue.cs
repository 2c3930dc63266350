using System.Text.Json;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Entitlement;

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
    DemoModel[] Models
);

public sealed record DemoVendor(string Id, string Name);

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
);

public sealed record DemoPlans(string Attribution, Currency Currency, string[] Notes, DemoOffering[] Offerings);

public sealed record DemoOffering(
    string Id,
    string Name,
    string Description,
    OfferingKind Kind,
    DemoGrant[] Grants,
    decimal Price = 0,
    int? Months = null,
    int? Days = null
)
{
    public ProductOffering ToOffering(Currency currency) =>
        new(Id, Name, Description, Kind, Money.FromDecimal(Price, currency), Months, [.. Grants.Select(grant => grant.ToGrant())])
        {
            Days = Days,
        };
}

/// <param name="Amount">In units, or in <paramref name="Currency"/>.</param>
/// <param name="Limits">As <see cref="LimitText"/> reads them.</param>
public sealed record DemoGrant(
    decimal Amount,
    QuotaUnit? Unit = null,
    Currency? Currency = null,
    BucketType? Type = null,
    string[]? Models = null,
    MeterSet? Meters = null,
    string[]? Limits = null,
    bool IsBlocker = false,
    int? Priority = null,
    OfferedRefill? Refill = null
)
{
    public OfferedGrant ToGrant() =>
        new(Unit, decimal.ToInt64(Amount * (Unit is null ? Money.NanoPerUnit : QuotaUnit.Micro)), Models)
        {
            Currency = Currency,
            Type = Type,
            Meters = Meters,
            Limits = Limits?.Select(text => LimitText.Parse(text).Required()).ToArray(),
            IsBlocker = IsBlocker,
            Priority = Priority,
            Refill = Refill,
        };
}
