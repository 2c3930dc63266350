using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Tokenline.Commerce.Catalog;

/// <summary>The current catalogue in memory; swapped whole.</summary>
public sealed class ModelCatalogHolder : IModelCatalogSource
{
    private volatile ModelCatalog current = ModelCatalog.Empty;

    public ModelCatalog Current => current;

    public void Replace(ModelCatalog catalog) => current = catalog;

    /// <summary>Joins the stored rows. A mapping whose vendor is gone is left out.</summary>
    public static ModelCatalog Compose(CatalogRows rows)
    {
        var vendors = rows.Vendors.ToFrozenDictionary(vendor => vendor.Id);
        var mappings = rows.Mappings.ToLookup(mapping => mapping.Model);
        return new ModelCatalog(rows.Models.Select(model => Compose(model, mappings[model.Id], vendors)));
    }

    private static Model Compose(ModelListing model, IEnumerable<Mapping> mappings, FrozenDictionary<string, Vendor> vendors) =>
        new(
            model.Id,
            model.Name,
            model.OwnedBy,
            model.Created,
            model.ContextTokens,
            model.OutputTokensMax,
            model.ImageTokensMax,
            model.HidesReasoning,
            model.Tokenizer,
            model.OutputLimitField,
            [
                .. mappings
                    .Where(mapping => vendors.ContainsKey(mapping.Vendor))
                    .OrderBy(mapping => mapping.Priority)
                    .ThenBy(mapping => mapping.Vendor, StringComparer.Ordinal)
                    .Select(mapping => Compose(model, mapping, vendors[mapping.Vendor])),
            ]
        )
        {
            Kind = model.Kind,
            Profile = model.Profile,
            Routing = model.Routing,
            WithdrawnAt = model.WithdrawnAt,
        };

    private static Deployment Compose(ModelListing model, Mapping mapping, Vendor vendor) =>
        new(
            mapping.DeploymentId,
            vendor.Id,
            vendor.BaseUrl,
            mapping.UpstreamModel,
            vendor.ApiKeys,
            mapping.Priority,
            vendor.DrainSeconds,
            vendor.Simulated
        )
        {
            Rates = mapping.Rates,
            Apis = vendor.Apis,
            AllowsPrivateAddress = vendor.AllowsPrivateAddress || vendor.Simulated,
            Traffic = mapping.Traffic,
            Profile = model.Profile with
            {
                Quality = mapping.Profile.Quality ?? model.Profile.Quality,
                Energy = mapping.Profile.Energy ?? model.Profile.Energy,
            },
        };
}
