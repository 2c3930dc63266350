using Tokenline.Charging.Accounts;

namespace Tokenline.Commerce.Orders;

/// <summary>Keeps orders and products. An order's state moves forward only; each move says from where, so that of two at once one wins.</summary>
public interface IOrderStore
{
    /// <summary>
    /// Stores a new order, or returns the customer's order with the same external id, or the one that has not failed for the same offering
    /// where it is to be had once.
    /// </summary>
    Task<ProductOrder?> AddOrFindAsync(ProductOrder order, CancellationToken cancellation);

    Task<ProductOrder?> FindAsync(OrderId id, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<ProductOrder>> ListAsync(PartyId customer, OrderId? before, int limit, CancellationToken cancellation);

    /// <summary>Acknowledged and in progress, made until then, oldest first.</summary>
    Task<IReadOnlyList<ProductOrder>> UnfinishedAsync(DateTimeOffset until, int limit, CancellationToken cancellation);

    Task BeginAsync(OrderId id);

    /// <summary>In one transaction: the order completed, its product, and the commands that grant it. False when it had ended before.</summary>
    Task<bool> CompleteAsync(ProductOrder completed, Product product, AccountId account, IReadOnlyCollection<AccountCommand> grants);

    /// <summary>False when it had ended before.</summary>
    Task<bool> FailAsync(ProductOrder failed);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Product>> ProductsAsync(PartyId customer, CancellationToken cancellation);
}
