using Tokenline.Commerce.Catalog;

namespace Tokenline.Billing.Settlement;

/// <summary>A vendor of the catalogue, and what it lists.</summary>
public sealed record Stall(string Vendor, IReadOnlyList<ListedModel> Models);

/// <param name="Upstream">The vendor's own name for it.</param>
public sealed record ListedModel(string Model, string Upstream);

/// <summary>Who sells what: all that a settlement asks of the catalogue.</summary>
public interface IStalls
{
    Task<IReadOnlyList<Stall>> AllAsync(CancellationToken cancellation);
}

public sealed class CatalogStalls(ICatalogStore catalog) : IStalls
{
    public async Task<IReadOnlyList<Stall>> AllAsync(CancellationToken cancellation)
    {
        var rows = await catalog.LoadAsync(cancellation);
        var models = rows.Mappings.ToLookup(mapping => mapping.Vendor, mapping => new ListedModel(mapping.Model, mapping.UpstreamModel));
        return [.. rows.Vendors.Select(vendor => new Stall(vendor.Id, [.. models[vendor.Id]]))];
    }
}
