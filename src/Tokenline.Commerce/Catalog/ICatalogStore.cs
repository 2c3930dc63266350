namespace Tokenline.Commerce.Catalog;

public sealed record CatalogRows(IReadOnlyList<Vendor> Vendors, IReadOnlyList<ModelListing> Models, IReadOnlyList<Mapping> Mappings);

/// <summary>An offering as the operator sees it.</summary>
/// <param name="Current">The published version, also when it is retired; or a draft that never was published.</param>
/// <param name="Draft">Of the next version.</param>
/// <param name="Sold">Orders that have not failed.</param>
public sealed record OfferingListing(ProductOffering Current, ProductOffering? Draft, long Sold);

/// <summary>Keeps vendors, models, mappings, tariff versions, contracts and offerings. Each call is one transaction; vendors' keys are sealed at rest.</summary>
public interface ICatalogStore
{
    Task<CatalogRows> LoadAsync(CancellationToken cancellation);

    /// <summary>All versions, oldest first.</summary>
    Task<IReadOnlyList<TariffVersion>> TariffsAsync(CancellationToken cancellation);

    /// <summary>All versions of all contracts with vendors, oldest first.</summary>
    Task<IReadOnlyList<ContractVersion>> ContractsAsync(CancellationToken cancellation);

    /// <summary>All offerings, whatever their state, in the order they were added.</summary>
    Task<IReadOnlyList<OfferingListing>> OfferingListingsAsync(CancellationToken cancellation);

    Task<OfferingListing?> FindOfferingListingAsync(string id, CancellationToken cancellation);

    /// <summary>Every version that was published, oldest first.</summary>
    Task<IReadOnlyList<ProductOffering>> OfferingVersionsAsync(string id, CancellationToken cancellation);

    /// <summary>The current version of each offering, whatever its state, in the order they were added.</summary>
    Task<IReadOnlyList<ProductOffering>> OfferingsAsync(CancellationToken cancellation);

    Task<ProductOffering?> FindOfferingAsync(string id, CancellationToken cancellation);

    /// <summary>Adds or replaces a vendor, and removes mappings.</summary>
    Task PutVendorAsync(Vendor vendor, IReadOnlyCollection<Mapping> removed, CancellationToken cancellation);

    /// <summary>Adds or replaces models and mappings together with the tariff version that prices them.</summary>
    Task PutModelsAsync(
        IReadOnlyCollection<ModelListing> models,
        IReadOnlyCollection<Mapping> mappings,
        TariffVersion tariff,
        CancellationToken cancellation
    );

    /// <summary>Replaces a model that is there, without a new price.</summary>
    Task PutModelAsync(ModelListing model, CancellationToken cancellation);

    /// <summary>A version that starts later, or ends: no model is changed with it.</summary>
    Task AddTariffAsync(TariffVersion tariff, CancellationToken cancellation);

    Task CancelTariffAsync(int version, DateTimeOffset at, CancellationToken cancellation);

    Task AddContractAsync(ContractVersion contract, CancellationToken cancellation);

    /// <summary>Adds or replaces one mapping and removes others.</summary>
    Task PutMappingAsync(Mapping mapping, IReadOnlyCollection<Mapping> removed, CancellationToken cancellation);

    Task RemoveMappingAsync(Mapping mapping, CancellationToken cancellation);

    /// <summary>
    /// Publishes an offering as its next version, in its place; what it was before stays as a version. The same content is the same version.
    /// A draft that was this goes with it.
    /// </summary>
    Task<ProductOffering> PutOfferingAsync(ProductOffering offering, CancellationToken cancellation);

    /// <summary>Adds or replaces the draft of the next version.</summary>
    Task PutDraftAsync(ProductOffering draft, CancellationToken cancellation);

    Task RetireOfferingAsync(string id, CancellationToken cancellation);

    Task AddOfferingsAsync(IReadOnlyCollection<ProductOffering> offerings, CancellationToken cancellation);

    /// <summary>A fact of this installation by name, such as its currency; null when it was never set.</summary>
    Task<string?> SettingAsync(string name, CancellationToken cancellation);

    Task SetAsync(string name, string value, CancellationToken cancellation);
}
