using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Orders;

/// <summary>One pack that was bought for a customer who has allowed it. It is stored before the pack is claimed, so that a crash neither loses nor doubles it.</summary>
/// <param name="Id">Of the command that claims one of this month's packs; the order's external id is made of it.</param>
/// <param name="EndedAt">When it was known how it ended; null while it is not.</param>
/// <param name="Product">What arrived; null when nothing did.</param>
/// <param name="Reason">Why nothing arrived.</param>
public sealed record AutoPackPurchase(
    CommandId Id,
    AccountId Account,
    string Offering,
    DateTimeOffset BegunAt,
    DateTimeOffset? EndedAt = null,
    ProductId? Product = null,
    string? Reason = null
)
{
    /// <summary>As the customer had chosen when it was begun.</summary>
    public PaymentMethod Method { get; init; } = PaymentMethod.PhoneBill;

    public string ExternalId => $"auto-pack-{Id}";
}

/// <summary>Keeps automatic purchases. An account has at most one that has not ended.</summary>
public interface IAutoPackStore
{
    /// <summary>Stores a new one and returns it, or the account's that has not ended.</summary>
    Task<AutoPackPurchase> BeginOrFindAsync(AutoPackPurchase purchase);

    Task EndAsync(AutoPackPurchase ended);

    Task<AutoPackPurchase?> NewestAsync(AccountId account);

    /// <summary>Oldest first.</summary>
    Task<IReadOnlyList<AutoPackPurchase>> UnfinishedAsync(int limit, CancellationToken cancellation);
}
