using Tokenline.Charging.Accounts;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Commerce.Catalog;

/// <summary>
/// What whoever publishes an offering should know before: whether it brings more than it costs, by the weights and contracts in force; whether everybody can read it; whether anybody can buy
/// it, and spend what it grants. What makes no sense by itself is refused before (<see cref="OfferingEntry"/>).
/// </summary>
public sealed class OfferingChecks(ICatalogStore store, ModelCatalogHolder catalog, ITariffs tariffs, Pricing pricing, TimeProvider time)
{
    private const int StockLow = 10;
    private const long PageRead = 1000; // as PlainWords counts a page
    private const long PageWritten = 250;

    private static readonly Lazy<HashSet<string>> translated = new(() =>
        [.. DemoCatalogue.Read().Plans.Offerings.SelectMany(offering => new[] { offering.Name, offering.Description })]
    );

    /// <summary>The gravest first.</summary>
    public async Task<IReadOnlyList<OfferingFinding>> OfAsync(ProductOffering draft, CancellationToken cancellation)
    {
        var listings = (await store.OfferingListingsAsync(cancellation)).ToDictionary(listing => listing.Current.Id);
        var known = listings.GetValueOrDefault(draft.Id);
        return
        [
            .. Words(draft)
                .Concat(Stock(draft, known?.Sold ?? 0))
                .Concat(Relations(draft, listings))
                .Concat(Sale(draft, known))
                .Concat(Spending(draft))
                .Concat(Costs(draft))
                .OrderByDescending(finding => finding.Weight),
        ];
    }

    private static IEnumerable<OfferingFinding> Words(ProductOffering draft)
    {
        if (draft.Description.Length == 0)
            yield return new(FindingWeight.Warning, FindingKind.NoDescription, "It has no description.");
        if (draft.Chinese is null && !translated.Value.Contains(draft.Name))
            yield return new(
                FindingWeight.Warning,
                FindingKind.NoChineseName,
                "It has no Chinese name: those who read Chinese see the English one."
            );
        else if (draft.Chinese is { Description: null or "" } && draft.Description.Length > 0)
            yield return new(FindingWeight.Warning, FindingKind.NoChineseDescription, "Its description is not there in Chinese.");
    }

    private static IEnumerable<OfferingFinding> Stock(ProductOffering draft, long sold)
    {
        if (draft.Sale.Stock is not { } stock)
            yield break;
        var left = stock - sold;
        if (left <= 0)
            yield return new(
                FindingWeight.Wrong,
                FindingKind.OutOfStock,
                $"{sold} were ordered of a stock of {stock}: no more can be.",
                $"{sold} / {stock}"
            );
        else if (left <= StockLow)
            yield return new(FindingWeight.Warning, FindingKind.LowStock, $"{left} are left of a stock of {stock}.", $"{left}");
    }

    private IEnumerable<OfferingFinding> Relations(ProductOffering draft, Dictionary<string, OfferingListing> listings)
    {
        if (draft.Sale.Requires is not { Length: > 0 } required)
            yield break;
        var now = time.GetUtcNow();
        var possible = 0;
        foreach (var id in required)
        {
            if (draft.Sale.Excludes?.Contains(id) == true)
            {
                yield return new(
                    FindingWeight.Wrong,
                    FindingKind.RequiresExcluded,
                    $"It requires {id} and excludes it: nobody who has it may buy.",
                    id
                );
                continue;
            }
            if (listings.GetValueOrDefault(id)?.Current is not { } other)
                continue;
            if (other.Sale.Excludes?.Contains(draft.Id) == true)
            {
                yield return new(
                    FindingWeight.Wrong,
                    FindingKind.ExcludedByRequired,
                    $"It requires {other.Name}, which excludes it: nobody who has that may buy.",
                    other.Name
                );
                continue;
            }
            // What is not sold any more is still held by those who bought it.
            possible += SaleRules.WhyNotNow(other, now) is null || listings[id].Sold > 0 ? 1 : 0;
        }
        if (possible == 0)
            yield return new(
                FindingWeight.Wrong,
                FindingKind.RequiresUnsold,
                $"Nobody has what it requires, and it cannot be bought: {string.Join(", ", required)}.",
                string.Join(", ", required)
            );
    }

    private IEnumerable<OfferingFinding> Sale(ProductOffering draft, OfferingListing? known)
    {
        if (draft.Sale.To <= time.GetUtcNow())
            yield return new(FindingWeight.Wrong, FindingKind.SaleOver, $"It was to be sold until {draft.Sale.To:u}.");
        if (known?.Current is { State: OfferingState.Published } published && IsSame(published, draft))
            yield return new(FindingWeight.Note, FindingKind.Unchanged, "It differs in nothing from what is published.");
    }

    internal static bool IsSame(ProductOffering a, ProductOffering b) =>
        System.Text.Json.JsonSerializer.Serialize(OfferingSheet.Of(a), CommerceJson.Options)
        == System.Text.Json.JsonSerializer.Serialize(OfferingSheet.Of(b), CommerceJson.Options);

    private IEnumerable<OfferingFinding> Spending(ProductOffering draft)
    {
        foreach (var grant in draft.Grants)
        {
            foreach (var id in grant.Models ?? [])
            {
                if (catalog.Current.Find(id) is not { WithdrawnAt: null, Deployments.IsEmpty: false })
                    yield return new(
                        FindingWeight.Warning,
                        FindingKind.ModelNotServed,
                        $"It names {id}, which is not served: withdrawn, or without a deployment.",
                        id
                    );
            }
            if (!Paid(grant).Any())
                yield return new(
                    FindingWeight.Wrong,
                    FindingKind.NothingToSpendOn,
                    $"No model that is served can be paid with its {grant.Unit?.Name ?? grant.Currency?.Code}.",
                    grant.Unit?.Name ?? grant.Currency?.Code
                );
        }
    }

    /// <summary>Price without tax against what vendors are owed when all that is granted is spent on pages of text.</summary>
    private IEnumerable<OfferingFinding> Costs(ProductOffering draft)
    {
        if (draft.Kind == OfferingKind.PayAsYouGo)
            yield break;
        var brings = new Money(draft.Price.Nano - TaxIncluded.Of(draft.Price, draft.TaxPercent).Nano, draft.Price.Currency);
        var (middle, worst, unknown) = ((Int128)0, (Int128)0, new HashSet<string>());
        var (middleModels, worstModels) = (new List<string>(), new List<string>());
        foreach (
            var grant in draft.Grants.Where(grant =>
                grant.Unit is not null && grant.Type is not (BucketType.Throughput or BucketType.Capacity)
            )
        )
        {
            var costs = new List<(string Model, Int128 Nano)>();
            foreach (var (model, quota) in Paid(grant))
            {
                if (PageCost(model.Id, model.Deployments.Select(deployment => deployment.Vendor)) is { } page)
                    costs.Add((model.Id, (Int128)page * Times(grant, draft) / quota));
                else
                    unknown.Add(model.Id);
            }
            if (costs.Count == 0)
                continue;
            costs.Sort((a, b) => a.Nano.CompareTo(b.Nano));
            middle += costs[costs.Count / 2].Nano;
            middleModels.Add(costs[costs.Count / 2].Model);
            worst += costs[^1].Nano;
            worstModels.Add(costs[^1].Model);
        }
        if (unknown.Count > 0)
            yield return new(
                FindingWeight.Note,
                FindingKind.CostUnknown,
                $"No contract says what {unknown.Count} of its models cost: {string.Join(", ", unknown.Order().Take(5))}.",
                $"{unknown.Count}"
            );
        if (middleModels.Count == 0)
            yield break;
        var (atMiddle, atWorst) = (Of(middle), Of(worst));
        if (middle > brings.Nano)
            yield return new(
                FindingWeight.Warning,
                FindingKind.BelowCost,
                $"It brings {brings} without tax, and costs {atMiddle} when it is used up with the model in the middle ({Join(middleModels)}).",
                Join(middleModels),
                brings,
                atMiddle
            );
        else if (worst > brings.Nano)
            yield return new(
                FindingWeight.Warning,
                FindingKind.BelowCostAtWorst,
                $"It brings {brings} without tax, and costs {atWorst} when all of it is spent on {Join(worstModels)}.",
                Join(worstModels),
                brings,
                atWorst
            );
        else
            yield return new(
                FindingWeight.Note,
                FindingKind.AboveCost,
                $"It brings {brings} without tax, and costs {atWorst} at the most, when all of it is spent on {Join(worstModels)}.",
                Join(worstModels),
                brings,
                atWorst
            );

        Money Of(Int128 nano) => new(long.CreateSaturating(nano), draft.Price.Currency);

        static string Join(List<string> models) => string.Join(", ", models.Distinct());
    }

    /// <summary>In micro-units for the whole time that one price is paid for.</summary>
    private static Int128 Times(OfferedGrant grant, ProductOffering draft)
    {
        var days = draft.Days ?? 30.4375m * (draft.Months ?? 1);
        var times = grant.Refill?.Period switch
        {
            Charging.Limits.LimitWindow.Day => days,
            Charging.Limits.LimitWindow.Week => days / 7,
            Charging.Limits.LimitWindow.Month or Charging.Limits.LimitWindow.PlanMonth => days / 30.4375m,
            _ => 1,
        };
        return (Int128)decimal.Ceiling(grant.Amount * Math.Max(times, 1));
    }

    /// <summary>Models that are served and the grant pays for, with the quota that a page takes.</summary>
    private IEnumerable<(Model Model, long Quota)> Paid(OfferedGrant grant)
    {
        var (now, book) = (time.GetUtcNow(), tariffs.Current);
        foreach (var model in catalog.Current.Models)
        {
            if (model.WithdrawnAt is not null || model.Deployments.IsEmpty || grant.Models?.Contains(model.Id) == false)
                continue;
            if (book.Find(model.Id, now) is not { } charged)
                continue;
            var card = grant.Unit is { } unit ? charged.CardIn(unit) : charged.CardIn(grant.Currency!.Value);
            if (card?.Amount(Page(), charged.Context(now, CallTraits.Plain, 0), MeterSet.All).Rounded() is > 0 and var quota)
                yield return (model, quota);
        }
    }

    /// <summary>In nano of the operator's currency, by the dearest of its vendors; null: no contract says so.</summary>
    private long? PageCost(string model, IEnumerable<string> vendors)
    {
        var (now, book) = (time.GetUtcNow(), tariffs.Current);
        long? most = null;
        foreach (var vendor in vendors.Distinct())
        {
            if (book.FindContract(vendor, model, now) is not { } contract || pricing.RateOf(contract.Currency) is not { } rate)
                continue;
            var cost = (long)decimal.Ceiling(contract.Retail(Page(), contract.Context(now, CallTraits.Plain, 0)) * rate);
            most = Math.Max(most ?? 0, cost);
        }
        return most;
    }

    private static Usage Page()
    {
        var usage = Usage.Of(PageRead, PageWritten);
        usage[Meter.Request] = 1;
        return usage;
    }
}
