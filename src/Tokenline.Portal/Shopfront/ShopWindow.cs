using Tokenline.Charging.Tariffs;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Portal.Shopfront;

/// <summary>What is for sale at one instant, ready to be shown.</summary>
/// <param name="Models">Those with a price and somewhere that serves them, by vendor, then Model ID.</param>
/// <param name="Units">The quota units that some model can be paid in, in the order of the columns.</param>
/// <param name="Source">Where the shipped prices are from; null when none of the models is from there.</param>
internal sealed record ShopWindow(
    Currency Currency,
    IReadOnlyList<ProductOffering> Offerings,
    IReadOnlyList<ShownModel> Models,
    IReadOnlyList<QuotaUnit> Units,
    PriceSource? Source
)
{
    private static readonly Usage chat = Usage.Of(input: 1000, output: 500);

    public int SimulatedModels => Models.Count(model => model.IsSimulated);

    public IEnumerable<ProductOffering> OfKind(OfferingKind kind) => Offerings.Where(offering => offering.Kind == kind);

    /// <summary>The models that this grant can pay for.</summary>
    public IReadOnlyList<ShownModel> PaidBy(OfferedGrant grant) =>
        [
            .. Models.Where(model =>
                (grant.Unit is not { } unit || model.Tariff.CardIn(unit) is not null) && grant.Models?.Contains(model.Model.Id) != false
            ),
        ];

    /// <summary>How many chats the grant is good for with the model in the middle of its price range, so that the example flatters nobody.</summary>
    public (Int128 Chats, ShownModel Model)? ChatsOf(OfferedGrant grant)
    {
        if (grant.Unit is not { } unit)
            return null;
        var byCost = PaidBy(grant)
            .Select(model => (Cost: CostOf(model.Tariff, unit), Model: model))
            .Where(priced => priced.Cost > 0)
            .OrderBy(priced => priced.Cost)
            .ToList();
        return byCost.Count == 0 ? null : (grant.Amount / byCost[byCost.Count / 2].Cost, byCost[byCost.Count / 2].Model);
    }

    private static long CostOf(ModelTariff tariff, QuotaUnit unit) =>
        tariff.CardIn(unit)!.Amount(chat, tariff.Context(default, CallTraits.Plain, 0), MeterSet.All).Rounded();

    /// <summary>A model that the most modest quota pays for, for the examples of calls.</summary>
    public string ExampleModel =>
        (Units.Count > 0 ? ChatsOf(new OfferedGrant(Units[0], 0))?.Model : null)?.Model.Id
        ?? (Models.Count > 0 ? Models[0].Model.Id : "MODEL_ID");
}

/// <param name="IsSimulated">Some of its calls are answered by the vendor simulator.</param>
internal sealed record ShownModel(Model Model, string VendorName, bool IsSimulated, ModelTariff Tariff);

/// <summary>The duty to name whose figures the shipped prices are.</summary>
internal sealed record PriceSource(string Attribution, DateOnly AsOf);

/// <summary>Dresses the shop window. Anybody may look at it, so the database is asked every few seconds and not every time; prices are always those in force.</summary>
internal sealed class ShopWindowDresser(
    IModelCatalogSource catalog,
    ITariffs tariffs,
    ICatalogStore store,
    CommerceOptions options,
    TimeProvider time
)
{
    private static readonly TimeSpan storedFor = TimeSpan.FromSeconds(5);
    private static readonly string[] unitOrder = ["general-token", "developer-token", "point"];
    private static readonly Lazy<DemoModels> shipped = new(() => DemoCatalogue.Read().Models);
    private volatile Stored? stored;

    public async Task<ShopWindow> DressAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var (offerings, vendors, _) = await ReadAsync(now, cancellation);
        var book = tariffs.Current;
        List<ShownModel> models = [];
        foreach (var model in catalog.Current.Models)
        {
            if (!model.Deployments.IsEmpty && book.Find(model.Id, now) is { } tariff)
                models.Add(
                    new(
                        model,
                        vendors.GetValueOrDefault(model.OwnedBy, model.OwnedBy),
                        model.Deployments.Any(deployment => deployment.Simulated),
                        tariff
                    )
                );
        }
        return new ShopWindow(
            options.Currency,
            offerings,
            [
                .. models
                    .OrderBy(model => model.VendorName, StringComparer.OrdinalIgnoreCase)
                    .ThenBy(model => model.Model.Id, StringComparer.OrdinalIgnoreCase),
            ],
            [
                .. models
                    .SelectMany(model => model.Tariff.Weights)
                    .Select(weight => weight.Unit)
                    .Distinct()
                    .OrderBy(Rank)
                    .ThenBy(unit => unit.Name),
            ],
            SourceOf(models)
        );
    }

    /// <summary>What is for sale has changed here: whoever looks next sees it.</summary>
    public void Forget() => stored = null;

    private async Task<Stored> ReadAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        if (stored is { } known && now - known.At < storedFor)
            return known;
        var offerings = (await store.OfferingsAsync(cancellation)).Where(offering => SaleRules.WhyNotNow(offering, now) is null).ToList();
        var rows = await store.LoadAsync(cancellation);
        return stored = new(offerings, rows.Vendors.ToDictionary(vendor => vendor.Id, vendor => vendor.Name), now);
    }

    private static int Rank(QuotaUnit unit) => Array.IndexOf(unitOrder, unit.Name) is >= 0 and var rank ? rank : unitOrder.Length;

    private static PriceSource? SourceOf(List<ShownModel> models)
    {
        var ids = shipped.Value.Models.Select(model => model.Id).ToHashSet();
        return models.Exists(model => ids.Contains(model.Model.Id)) ? new(shipped.Value.Attribution, shipped.Value.PricesAsOf) : null;
    }

    private sealed record Stored(IReadOnlyList<ProductOffering> Offerings, Dictionary<string, string> Vendors, DateTimeOffset At);
}
