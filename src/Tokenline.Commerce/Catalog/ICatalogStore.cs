namespace Tokenline.Commerce.Catalog;

public sealed record CatalogRows(IReadOnlyList<Vendor> Vendors, IReadOnlyList<ModelListing> Models, IReadOnlyList<Mapping> Mappings);

/// <summary>Keeps vendors, models, mappings, tariff versions, contracts and offerings. Each call is one transaction; vendors' keys are sealed at rest.</summary>
public interface ICatalogStore
{
    Task<CatalogRows> LoadAsync(CancellationToken cancellation);

    /// <summary>All versions, oldest first.</summary>
    Task<IReadOnlyList<TariffVersion>> TariffsAsync(CancellationToken cancellation);

    /// <summary>All versions of all contracts with vendors, oldest first.</summary>
    Task<IReadOnlyList<ContractVersion>> ContractsAsync(CancellationToken cancellation);

    /// <summary>All offerings, in the order they were added.</summary>
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

    /// <summary>Adds an offering, or changes it in its place.</summary>
    Task PutOfferingAsync(ProductOffering offering, CancellationToken cancellation);

    Task AddOfferingsAsync(IReadOnlyCollection<ProductOffering> offerings, CancellationToken cancellation);

    /// <summary>A fact of this installation by name, such as its currency; null when it was never set.</summary>
    Task<string?> SettingAsync(string name, CancellationToken cancellation);

    Task SetAsync(string name, string value, CancellationToken cancellation);
}
