using System.Globalization;
using Tokenline.Billing;
using Tokenline.Billing.Facts;
using Tokenline.Billing.Settlement;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Quality;
using Tokenline.Portal.Charts;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Vendor;

/// <summary>One model that a vendor serves.</summary>
/// <param name="Tariff">What customers are charged now; null: it is not for sale.</param>
/// <param name="Owed">What the vendor is owed by contract now; null: there is none.</param>
/// <param name="IsOwn">It is the vendor's model, and not one that it resells.</param>
internal sealed record VendorListing(Model Model, Deployment Deployment, ModelTariff? Tariff, ModelTariff? Owed, bool IsOwn);

/// <summary>Reads what the pages of one vendor show. Every question names the vendor, who is the one that is signed in.</summary>
internal sealed class VendorView(
    IModelCatalogSource catalog,
    ITariffs tariffs,
    IQualityStore quality,
    IBillingStore store,
    OperatorClock clock
)
{
    private const int SeriesMax = 5;
    private const int PageMax = 500;

    public IReadOnlyList<VendorListing> Listings(string vendor) =>
        [
            .. catalog
                .Current.Models.SelectMany(model => model.Deployments.Select(deployment => (Model: model, Deployment: deployment)))
                .Where(each => each.Deployment.Vendor == vendor)
                .OrderBy(each => each.Model.Id, StringComparer.OrdinalIgnoreCase)
                .Select(each => new VendorListing(
                    each.Model,
                    each.Deployment,
                    tariffs.Current.Find(each.Model.Id, clock.Now),
                    tariffs.Current.FindContract(vendor, each.Model.Id, clock.Now),
                    each.Model.OwnedBy == vendor
                )),
        ];

    public Task<IReadOnlyList<QualityDay>> QualityAsync(string? vendor, DateOnly from, DateOnly to, CancellationToken cancellation) =>
        quality.DaysAsync(new(from, to, Vendor: vendor), cancellation);

    /// <summary>Tokens by day and model, as the settlement counts them; the models with the most first, the rest together.</summary>
    public async Task<(IReadOnlyList<string> Series, IReadOnlyList<Bars.Column> Columns)> UsageAsync(
        string vendor,
        DateOnly from,
        DateOnly to,
        PortalTexts texts,
        CancellationToken cancellation
    )
    {
        var used = (await store.VendorUsageAsync(vendor, from, to, cancellation))
            .Where(sum => !sum.Of.IsAttempt && sum.Of.Meter is not (VendorUsageKey.Calls or "request" or "reasoning"))
            .ToList();
        string[] named =
        [
            .. used.GroupBy(sum => sum.Of.Model)
                .OrderByDescending(group => group.Sum(sum => sum.Quantity))
                .Select(group => group.Key)
                .Take(SeriesMax),
        ];
        var others = used.Any(sum => !named.Contains(sum.Of.Model));
        var columns = new List<Bars.Column>();
        var days = used.ToLookup(sum => sum.Of.Day);
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            List<decimal> parts =
            [
                .. named.Select(model => (decimal)days[day].Where(sum => sum.Of.Model == model).Sum(sum => sum.Quantity)),
            ];
            if (others)
                parts.Add(days[day].Where(sum => !named.Contains(sum.Of.Model)).Sum(sum => sum.Quantity));
            var title = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            columns.Add(new(title, title[5..], parts));
        }
        return (others ? [.. named, texts.OtherModels] : named, columns);
    }

    /// <summary>What the settlement has counted by model: calls and tokens.</summary>
    public async Task<IReadOnlyList<(string Model, long Calls, long Tokens)>> SumsAsync(
        string vendor,
        DateOnly from,
        DateOnly to,
        CancellationToken cancellation
    ) =>
        [
            .. (await store.VendorUsageAsync(vendor, from, to, cancellation))
                .Where(sum => !sum.Of.IsAttempt)
                .GroupBy(sum => sum.Of.Model)
                .Select(group =>
                    (
                        group.Key,
                        group.Where(sum => sum.Of.Meter == VendorUsageKey.Calls).Sum(sum => sum.Quantity),
                        group.Where(sum => sum.Of.Meter is not (VendorUsageKey.Calls or "request" or "reasoning")).Sum(sum => sum.Quantity)
                    )
                )
                .OrderByDescending(sum => sum.Item3),
        ];

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<Statement>> StatementsAsync(string vendor, CancellationToken cancellation)
    {
        var found = new List<Statement>();
        foreach (var currency in Currencies(vendor))
        {
            var group = Statement.GroupOf(PayeeKind.Vendor, vendor, currency);
            var after = "";
            while (await store.ListAsync(DocumentKind.Statement, group, null, after, PageMax, cancellation) is { Count: > 0 } page)
            {
                found.AddRange(page.Select(stored => BillingJson.Read<Statement>(stored.Body)));
                after = page[^1].Id;
                if (page.Count < PageMax)
                    break;
            }
        }
        return [.. found.OrderByDescending(statement => statement.Period).ThenBy(statement => statement.Currency.Code)];
    }

    /// <summary>The statement, if it is this vendor's; another's is answered as one that is not there.</summary>
    public async Task<Statement?> StatementAsync(string vendor, BillingPeriod period, string currency, CancellationToken cancellation)
    {
        if (currency.Length != 3 || currency.Any(c => !char.IsAsciiLetterUpper(c)))
            return null;
        var id = Statement.IdOf(period, PayeeKind.Vendor, vendor, new Currency(currency));
        return
            await store.FindAsync(DocumentKind.Statement, id, cancellation) is { } stored
            && BillingJson.Read<Statement>(stored.Body) is { Kind: PayeeKind.Vendor } statement
            && statement.Payee == vendor
            ? statement
            : null;
    }

    /// <summary>That the vendor may have been paid in: the operator's, the dollar, and those of its contracts.</summary>
    private IEnumerable<Currency> Currencies(string vendor) =>
        tariffs
            .Current.Contracts.Where(contract => contract.Vendor == vendor)
            .Select(contract => contract.Charges.Currency)
            .Append(Currency.Cny)
            .Append(new Currency("USD"))
            .Append(tariffs.Current.Versions.SelectMany(version => version.Models.Values).FirstOrDefault()?.Currency ?? Currency.Cny)
            .Distinct();
}
