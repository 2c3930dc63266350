using Tokenline.Charging.Tariffs;

namespace Tokenline.Commerce.Catalog;

/// <summary>Puts offerings up for sale. What was sold keeps the terms it was sold under: an order and its product carry their own copy.</summary>
public sealed class Offerings(ICatalogStore store, ModelCatalogHolder catalog, ITariffs tariffs, CommerceOptions options, TimeProvider time)
{
    public async Task<Outcome<ProductOffering>> PutAsync(string id, OfferingSheet sheet, CancellationToken cancellation)
    {
        var read = Read(id, sheet);
        if (read.Value is { } offering)
            await store.PutOfferingAsync(offering, cancellation);
        return read;
    }

    public Outcome<ProductOffering> Read(string id, OfferingSheet sheet)
    {
        var (now, book) = (time.GetUtcNow(), tariffs.Current);
        var onSale = catalog
            .Current.Models.Select(model => book.Find(model.Id, now))
            .OfType<ModelTariff>()
            .ToDictionary(charged => charged.Model);
        return new OfferingEntry(options.Currency, onSale, now).Read(id, sheet);
    }
}
