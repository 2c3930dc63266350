using Tokenline.Commerce.Orders;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>Where a page of due subscriptions ended.</summary>
public readonly record struct DueMark(DateTimeOffset At, ProductId Id);

public sealed record DueSubscription(ProductId Id, DateTimeOffset DueAt);

/// <summary>Keeps subscriptions and their payments. A decision is one transaction, and is made only on the version that it was decided on.</summary>
public interface ISubscriptionStore
{
    Task<Subscription?> FindAsync(ProductId id, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Subscription>> ListAsync(PartyId customer, CancellationToken cancellation);

    /// <summary>By the instant at which they are due, after the mark and until an instant.</summary>
    Task<IReadOnlyList<DueSubscription>> DueAsync(DueMark after, DateTimeOffset until, int limit, CancellationToken cancellation);

    /// <summary>In one transaction: the subscription, its product, the commands for its account, its payments. False when it had changed meanwhile.</summary>
    /// <param name="decision">With a next state.</param>
    Task<bool> SaveAsync(Decision decision, DateTimeOffset now);

    /// <summary>Oldest first.</summary>
    Task<IReadOnlyList<SubscriptionPayment>> PaymentsAsync(ProductId id, CancellationToken cancellation);

    /// <summary>The line of this correlator; null: none of a subscription's.</summary>
    Task<SubscriptionPayment?> FindPaymentAsync(string correlator, CancellationToken cancellation);

    /// <summary>Refunds that are owed, with their customers, oldest first.</summary>
    Task<IReadOnlyList<OwedRefund>> OwedAsync(long after, int limit, CancellationToken cancellation);

    Task EndRefundAsync(SubscriptionPayment refund);

    /// <summary>What customers owe for the next bill, with them, oldest first.</summary>
    /// <param name="after">The number of the last that is known.</param>
    Task<IReadOnlyList<AccruedLine>> AccruedAsync(long after, int limit, CancellationToken cancellation);

    /// <summary>It was put on a bill and is owed here no more. False: it was before.</summary>
    Task<bool> BillAsync(SubscriptionPayment billed);

    /// <summary>Products of plans that have not ended and are no subscriptions: bought before there were any. After the mark, oldest first.</summary>
    Task<IReadOnlyList<Product>> WithoutSubscriptionAsync(
        PartyId? customer,
        ProductId after,
        DateTimeOffset now,
        int limit,
        CancellationToken cancellation
    );

    /// <summary>The first state of one whose product is there already. False when it is a subscription already.</summary>
    Task<bool> AdoptAsync(Decision begun);

    /// <summary>The account has not got all that was decided for it.</summary>
    Task<bool> HasPendingCommandsAsync(AccountId account, CancellationToken cancellation);
}

/// <param name="Number">In the order of writing.</param>
/// <param name="Line">For what was used beyond what was prepaid, or for what a term fell short of its commitment.</param>
public sealed record AccruedLine(long Number, PartyId Customer, SubscriptionPayment Line);

/// <param name="Number">In the order of writing.</param>
public sealed record OwedRefund(long Number, PartyId Customer, SubscriptionPayment Refund);
