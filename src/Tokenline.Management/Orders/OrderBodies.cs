using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Management.Api;

namespace Tokenline.Management.Orders;

/// <param name="Price">Absent for pay-as-you-go.</param>
/// <param name="Months">How long what it grants can be spent, from the instant of activation to the same local time that many months later.</param>
public sealed record OfferingBody(
    string Id,
    string Name,
    string Description,
    OfferingKind Kind,
    MoneyBody? Price,
    int? Months,
    int? Days,
    IReadOnlyList<GrantSheet?> Grants
)
{
    internal static OfferingBody Of(ProductOffering offering) =>
        new(
            offering.Id,
            offering.Name,
            offering.Description,
            offering.Kind,
            offering.Kind == OfferingKind.PayAsYouGo ? null : MoneyBody.Of(offering.Price),
            offering.Months,
            offering.Days,
            OfferingSheet.Of(offering).Grants ?? []
        );
}

/// <param name="Kind"><c>plan</c>, <c>pack</c>, <c>free</c> or <c>payAsYouGo</c>.</param>
/// <param name="Price">In the operator's currency; left out for what is free and for pay-as-you-go.</param>
/// <param name="Months">How long what it grants can be spent, to the same local time so many months later; or <paramref name="Days"/>.</param>
public sealed record NewOfferingBody(
    string? Name,
    string? Description,
    OfferingKind? Kind,
    MoneyBody? Price,
    int? Months,
    int? Days,
    IReadOnlyList<GrantSheet?>? Grants
);

/// <param name="Customer">The id of the buyer, whose phone bill is charged.</param>
/// <param name="Offering">The id of what is bought.</param>
/// <param name="ExternalId">Your own name for this order, 1 to 64 characters: sent again it is the same order, and is charged once.</param>
public sealed record NewOrderBody(string? Customer, string? Offering, string? ExternalId = null);

/// <param name="State"><c>inProgress</c>: the carrier's answer is not known yet and is asked for every minute. <c>failed</c>: see <c>reason</c>.</param>
/// <param name="Price">As it was when ordered.</param>
/// <param name="PaymentReference">The carrier's id of the payment.</param>
public sealed record OrderBody(
    OrderId Id,
    PartyId Customer,
    string Offering,
    string Name,
    string? ExternalId,
    OrderState State,
    MoneyBody Price,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt,
    string? PaymentReference,
    string? Reason,
    ProductId? Product
)
{
    internal static OrderBody Of(ProductOrder order) =>
        new(
            order.Id,
            order.Customer,
            order.Offering.Id,
            order.Offering.Name,
            order.ExternalId,
            order.State,
            MoneyBody.Of(order.Offering.Price),
            order.CreatedAt,
            order.EndedAt,
            order.PaymentReference,
            order.Reason,
            order.Product
        );
}

public sealed record ProductBody(
    ProductId Id,
    string Offering,
    string Name,
    OfferingKind Kind,
    ProductState State,
    OrderId Order,
    DateTimeOffset ActiveFrom,
    DateTimeOffset? ExpiresAt
)
{
    internal static ProductBody Of(Product product, DateTimeOffset now) =>
        new(
            product.Id,
            product.Offering,
            product.Name,
            product.Kind,
            product.StateAt(now),
            product.Order,
            product.ActiveFrom,
            product.ExpiresAt
        );
}
