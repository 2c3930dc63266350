using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Orders;

/// <summary>What became of an order that was to be stored.</summary>
/// <param name="Known">The order that is there instead; null where it was stored, or is out of stock.</param>
public readonly record struct OrderAdded(ProductOrder? Known, bool IsOutOfStock = false);

/// <summary>Keeps orders and products. An order's state moves forward only; each move says from where, so that of two at once one wins.</summary>
public interface IOrderStore
{
    /// <summary>
    /// Stores a new order and takes its piece of the stock; or returns the customer's order with the same external id, or the last of those that have not
    /// failed for the same offering where it is to be had so many times.
    /// </summary>
    Task<OrderAdded> AddOrFindAsync(ProductOrder order, CancellationToken cancellation);

    Task<ProductOrder?> FindAsync(OrderId id, CancellationToken cancellation);

    Task<ProductOrder?> FindByExternalIdAsync(PartyId customer, string externalId, CancellationToken cancellation);

    /// <summary>The offerings of what the customer holds, or has ordered and not got yet.</summary>
    Task<IReadOnlyList<string>> HeldOfferingsAsync(PartyId customer, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>Whether the customer has an order of it that has not failed.</summary>
    Task<bool> HasOrderedAsync(PartyId customer, string offering, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<ProductOrder>> ListAsync(PartyId customer, OrderId? before, int limit, CancellationToken cancellation);

    /// <summary>Acknowledged and in progress, made until then, after the mark, oldest first.</summary>
    Task<IReadOnlyList<ProductOrder>> UnfinishedAsync(OrderId after, DateTimeOffset until, int limit, CancellationToken cancellation);

    Task BeginAsync(OrderId id);

    /// <summary>In one transaction: the order completed, its product, the commands that grant it, and the subscription that a plan begins. False when it had ended before.</summary>
    Task<bool> CompleteAsync(
        ProductOrder completed,
        Product product,
        AccountId account,
        IReadOnlyCollection<AccountCommand> grants,
        Decision? subscription = null
    );

    /// <summary>Gives its piece of the stock back. False when it had ended before.</summary>
    Task<bool> FailAsync(ProductOrder failed);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Product>> ProductsAsync(PartyId customer, CancellationToken cancellation);
}
