using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.PriceSheets;

namespace Tokenline.Commerce.Catalog;

/// <summary>Models whose dollar prices are charged at another rate than the settings': a rate is applied when a tariff version is made, and at no other time.</summary>
/// <param name="Charged">The rates they are charged at, one or several.</param>
/// <param name="Setting">The rate of the settings.</param>
public sealed record UsdDrift(IReadOnlyList<ModelListing> Models, IReadOnlyList<decimal> Charged, decimal Setting)
{
    public bool IsNone => Models.Count == 0;
}

/// <summary>Holds what is charged against the price sheets at the present dollar rate, and brings it to that rate when the operator asks for it.</summary>
public sealed class UsdPrices(
    ICatalogStore store,
    CatalogEditing editing,
    Pricing pricing,
    TariffHolder tariffs,
    CommerceOptions options,
    TimeProvider time
)
{
    private const int RateDecimals = 6;
    private static readonly Currency usd = new("USD");

    public async Task<UsdDrift> FindDriftAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var models = new List<ModelListing>();
        var rates = new SortedSet<decimal>();
        if (options.Currency != usd)
        {
            foreach (var model in (await store.LoadAsync(cancellation)).Models)
            {
                // A promotion keeps the rate it was made at, and ends by itself.
                if (tariffs.Current.Find(model.Id, now) is not { } charged || IsPromotion(charged.Version))
                    continue;
                var sheet = tariffs.SheetOf(charged) ?? model.Prices;
                if (sheet.Currency != usd)
                    continue;
                if (
                    pricing.ToTariff(model.Id, sheet, charged.Version, model.Kind).Value is not { } present
                    || IsSame(charged, present, sheet)
                )
                    continue;
                models.Add(model with { Prices = sheet });
                rates.Add(RateOf(charged, sheet));
            }
        }
        return new UsdDrift(models, [.. rates], options.UsdRate);
    }

    /// <summary>Makes the next tariff version from the sheets at the present rate. With nothing to change it is the one in force.</summary>
    public async Task<Outcome<TariffVersion>> PublishAsync(CancellationToken cancellation)
    {
        var drift = await FindDriftAsync(cancellation);
        if (!drift.IsNone)
            return await editing.PutModelsAsync(
                drift.Models,
                [],
                $"1 USD = {options.UsdRate} {options.Currency} ({options.UsdRateAsOf})",
                cancellation
            );
        var now = time.GetUtcNow();
        return (await store.TariffsAsync(cancellation)).LastOrDefault(version => version.StateAt(now) == TariffState.Started) is { } current
            ? current
            : new Refused(Problems.NotFound, "There is no tariff yet: add a model with its price.");
    }

    private bool IsPromotion(int version) => tariffs.Current.Versions.First(known => known.Version == version).EffectiveTo is not null;

    /// <summary>By the prices that the sheet lists: what it leaves out follows from these.</summary>
    private static bool IsSame(ModelTariff one, ModelTariff other, PriceSheet sheet)
    {
        var (a, b) = (one.Price.Table.Tiers, other.Price.Table.Tiers);
        return a.Length == b.Length
            && Enumerable
                .Range(0, a.Length)
                .All(tier =>
                    a[tier].UpToInput == b[tier].UpToInput
                    && a[tier].UpToOutput == b[tier].UpToOutput
                    && sheet
                        .Tiers[tier]
                        .Price.Keys.All(name => !MeterNames.TryParse(name, out var meter) || a[tier][meter] == b[tier][meter])
                );
    }

    /// <summary>What the highest price on the sheet was multiplied by: the one that rounding says least about.</summary>
    private static decimal RateOf(ModelTariff charged, PriceSheet sheet)
    {
        var (meter, listed) = sheet
            .Tiers[0]
            .Price.Where(price => MeterNames.TryParse(price.Key, out _))
            .Select(price => (Meter: MeterNames.TryParse(price.Key, out var known) ? known : default, price.Value))
            .MaxBy(price => price.Value * MeterQuotes.PerMillion(price.Meter));
        return listed == 0
            ? 0
            : decimal.Round(
                (decimal)charged.Price.Table.Tiers[0][meter] / Money.NanoPerUnit / MeterQuotes.PerMillion(meter) / listed,
                RateDecimals
            ) / 1.000000m;
    }
}
