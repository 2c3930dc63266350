using Tokenline.Charging.Tariffs;

namespace Tokenline.Commerce.Catalog;

/// <summary>The tariff book in memory; swapped whole.</summary>
public sealed class TariffHolder : ITariffs
{
    private volatile TariffBook current = TariffBook.Empty;

    public TariffBook Current => current;

    public void Replace(TariffBook book) => current = book;

    public void Add(Tariff tariff) => current = new TariffBook([.. current.Versions, tariff]);
}
