using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>Makes subscriptions of plans that were bought before there were any. Made again it finds none.</summary>
public sealed class Adopting(
    ISubscriptionStore store,
    IOrderStore orders,
    ICustomerStore customers,
    ICatalogStore catalog,
    CommerceOptions options,
    TimeProvider time
)
{
    private const int PageMax = 200;

    /// <summary>The ids of those that are subscriptions now.</summary>
    /// <param name="customer">Null: everybody's.</param>
    /// <param name="renews">They are renewed as their offering is sold now, at the price they were bought at: the customers have agreed. Otherwise under the terms they were bought on.</param>
    /// <param name="cancellation">Stops between two of them.</param>
    public async Task<IReadOnlyList<ProductId>> AdoptAsync(PartyId? customer, bool renews, CancellationToken cancellation)
    {
        var (adopted, mark, now) = (new List<ProductId>(), default(ProductId), time.GetUtcNow());
        while (await store.WithoutSubscriptionAsync(customer, mark, now, PageMax, cancellation) is { Count: > 0 } page)
        {
            foreach (var product in page)
            {
                cancellation.ThrowIfCancellationRequested();
                mark = product.Id;
                if (await BeginAsync(product, renews, now, cancellation) is { } begun && await store.AdoptAsync(begun))
                    adopted.Add(product.Id);
            }
        }
        return adopted;
    }

    private async Task<Decision?> BeginAsync(Product product, bool renews, DateTimeOffset now, CancellationToken cancellation)
    {
        if (
            product.ExpiresAt is not { } ends
            || await orders.FindAsync(product.Order, cancellation) is not { } order
            || await customers.FindAsync(product.Customer, cancellation) is not { } owner
        )
            return null;
        if (renews && await catalog.FindOfferingAsync(product.Offering, cancellation) is { State: OfferingState.Published } sold)
            order = order with { Offering = order.Offering with { Renewal = sold.Renewal } };
        var period = new Period(0, product.ActiveFrom, ends, 1, 1);
        var begun = SubscriptionMachine.Begin(product.Id, order, owner.Account, period, now, options.TimeZone);
        // What it grants was granted when it was bought.
        return begun with { Next = begun.Next! with { CreatedAt = product.ActiveFrom, Refills = default }, Commands = [] };
    }
}
