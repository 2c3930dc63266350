using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Orders;

/// <summary>What became of an order that was to be stored.</summary>
/// <param name="Known">The order that is there instead; null where it was stored, or is out of stock, or its voucher is used up.</param>
public readonly record struct OrderAdded(ProductOrder? Known, bool IsOutOfStock = false, bool IsVoucherUsedUp = false);

/// <summary>Keeps orders and products. An order's state moves forward only; each move says from where, so that of two at once one wins.</summary>
public interface IOrderStore
{
    /// <summary>
    /// Stores a new order and takes its piece of the stock and its use of a voucher; or returns the customer's order with the same external id, or the last of those that have not
    /// failed for the same offering where it is to be had so many times.
    /// </summary>
    Task<OrderAdded> AddOrFindAsync(ProductOrder order, CancellationToken cancellation);

    Task<ProductOrder?> FindAsync(OrderId id, CancellationToken cancellation);

    Task<ProductOrder?> FindByExternalIdAsync(PartyId customer, string externalId, CancellationToken cancellation);

    /// <summary>The offerings of what the customer holds, or has ordered and not got yet.</summary>
    Task<IReadOnlyList<string>> HeldOfferingsAsync(PartyId customer, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>Whether the customer has an order of it that has neither failed nor been cancelled.</summary>
    Task<bool> HasOrderedAsync(PartyId customer, string offering, CancellationToken cancellation);

    /// <summary>Whether the customer has an order that was completed and cost something.</summary>
    Task<bool> HasPaidAsync(PartyId customer, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<ProductOrder>> ListAsync(PartyId customer, OrderId? before, int limit, CancellationToken cancellation);

    /// <summary>Acknowledged and in progress, made until then, after the mark, oldest first.</summary>
    Task<IReadOnlyList<ProductOrder>> UnfinishedAsync(OrderId after, DateTimeOffset until, int limit, CancellationToken cancellation);

    Task BeginAsync(OrderId id);

    /// <summary>From pending on it is in progress. False when it did not wait any more.</summary>
    Task<bool> ConfirmAsync(OrderId id);

    /// <summary>While it is pending: a code was sent, or the amount set aside.</summary>
    Task AskedAsync(OrderId id, string? challenge, string? reservation);

    /// <summary>Pending, and not confirmed by then: after the mark, oldest first.</summary>
    Task<IReadOnlyList<ProductOrder>> OverdueAsync(DateTimeOffset now, OrderId after, int limit, CancellationToken cancellation);

    /// <summary>Nano of the customer's orders of this kind from an instant on, those that failed or were cancelled not counted.</summary>
    Task<long> SpentAsync(PartyId customer, OrderConfirmation confirmation, DateTimeOffset from, CancellationToken cancellation);

    /// <summary>In one transaction: the order completed, its products, the commands that grant it, and the subscription that a plan begins. False when it had ended before.</summary>
    /// <param name="completed">As it is from now on.</param>
    /// <param name="products">Its own first, then those of a bundle's components.</param>
    /// <param name="account">That gets the grants.</param>
    /// <param name="grants">In this order.</param>
    /// <param name="subscription">Null where it is no plan.</param>
    Task<bool> CompleteAsync(
        ProductOrder completed,
        IReadOnlyList<Product> products,
        AccountId account,
        IReadOnlyCollection<AccountCommand> grants,
        Decision? subscription = null
    );

    /// <summary>Failed or cancelled: gives its piece of the stock and its use of a voucher back. False when it is in another state than the one it is to come from.</summary>
    Task<bool> FailAsync(ProductOrder failed, OrderState from = OrderState.InProgress);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Product>> ProductsAsync(PartyId customer, CancellationToken cancellation);
}
