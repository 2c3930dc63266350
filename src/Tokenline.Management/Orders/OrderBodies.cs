using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Management.Api;

namespace Tokenline.Management.Orders;

/// <param name="Price">Tax included; absent for pay-as-you-go.</param>
/// <param name="FirstPrice">Of the first period of a customer's first order.</param>
/// <param name="Tax">What of the price is tax.</param>
/// <param name="Months">How long what it grants can be spent, from the instant of activation to the same local time that many months later.</param>
/// <param name="Sold">Orders that have not failed, of all versions.</param>
public sealed record OfferingBody(
    string Id,
    int Version,
    OfferingState State,
    string Name,
    string Description,
    OfferingKind Kind,
    MoneyBody? Price,
    MoneyBody? FirstPrice,
    decimal? TaxPercent,
    MoneyBody? Tax,
    int? Months,
    int? Days,
    IReadOnlyList<GrantSheet?> Grants,
    SaleTerms? Sale,
    RenewalSheet? Renewal,
    int? MembersMax,
    SeatSheet? Seats,
    CommitmentSheet? Commitment,
    long? Sold
)
{
    internal static OfferingBody Of(OfferingListing listing) => Of(listing.Current) with { Sold = listing.Sold };

    internal static OfferingBody Of(ProductOffering offering)
    {
        var sheet = OfferingSheet.Of(offering);
        return new(
            offering.Id,
            offering.Version,
            offering.State,
            offering.Name,
            offering.Description,
            offering.Kind,
            offering.Kind == OfferingKind.PayAsYouGo ? null : MoneyBody.Of(offering.Price),
            offering.FirstPrice is { } first ? MoneyBody.Of(first) : null,
            sheet.TaxPercent,
            sheet.TaxPercent is { } percent ? MoneyBody.Of(TaxIncluded.Of(offering.Price, percent)) : null,
            offering.Months,
            offering.Days,
            sheet.Grants ?? [],
            sheet.Sale,
            sheet.Renewal,
            sheet.MembersMax,
            sheet.Seats,
            sheet.Commitment,
            null
        );
    }
}

/// <param name="Draft">Of the next version.</param>
/// <param name="Versions">That were published, oldest first.</param>
public sealed record OfferingDetailBody(OfferingBody Current, OfferingBody? Draft, IReadOnlyList<OfferingBody> Versions);

/// <param name="Kind"><c>plan</c>, <c>pack</c>, <c>free</c> or <c>payAsYouGo</c>.</param>
/// <param name="Price">In the operator's currency, tax included; left out for what is free and for pay-as-you-go.</param>
/// <param name="Months">How long what it grants can be spent, to the same local time so many months later; or <paramref name="Days"/>.</param>
/// <param name="FirstPrice">Of the first period of a customer's first order.</param>
/// <param name="TaxPercent">The tax within the price.</param>
/// <param name="Sale">Who may order it, when, how often.</param>
/// <param name="Renewal">What becomes of a plan when its period ends; left out: it ends too.</param>
/// <param name="MembersMax">Of a plan for households and organizations: so many persons may share it, the owner included.</param>
/// <param name="Seats">Of a plan by the seat: price and grants are for one.</param>
/// <param name="Commitment">Of a pool that is prepaid and settled: what is paid in a term at the least, and what is used beyond.</param>
/// <param name="Draft">True: kept as the draft of the next version, and not for sale.</param>
public sealed record NewOfferingBody(
    string? Name,
    string? Description,
    OfferingKind? Kind,
    MoneyBody? Price,
    int? Months,
    int? Days,
    IReadOnlyList<GrantSheet?>? Grants,
    MoneyBody? FirstPrice = null,
    decimal? TaxPercent = null,
    SaleTerms? Sale = null,
    RenewalSheet? Renewal = null,
    bool Draft = false,
    int? MembersMax = null,
    SeatSheet? Seats = null,
    CommitmentSheet? Commitment = null
)
{
    internal OfferingSheet ToSheet() =>
        new(Name, Description, Kind, Grants, Price?.Amount, Months, Days)
        {
            FirstPrice = FirstPrice?.Amount,
            TaxPercent = TaxPercent,
            Sale = Sale,
            Renewal = Renewal,
            MembersMax = MembersMax,
            Seats = Seats,
            Commitment = Commitment,
        };
}

/// <param name="Customer">The id of the buyer, whose phone bill is charged.</param>
/// <param name="Offering">The id of what is bought.</param>
/// <param name="ExternalId">Your own name for this order, 1 to 64 characters: sent again it is the same order, and is charged once.</param>
/// <param name="Channel">Where it is sold.</param>
/// <param name="ExpectedPrice">What the customer was shown: another price is refused.</param>
/// <param name="Seats">Of a plan by the seat, how many.</param>
/// <param name="EndsWith">A subscription of the customer's, prd_…, that the plan is to end together with: its first period costs and grants what is left of that one's.</param>
public sealed record NewOrderBody(
    string? Customer,
    string? Offering,
    string? ExternalId = null,
    string? Channel = null,
    MoneyBody? ExpectedPrice = null,
    int? Seats = null,
    string? EndsWith = null
);

/// <param name="State"><c>inProgress</c>: the carrier's answer is not known yet and is asked for every minute. <c>failed</c>: see <c>reason</c>.</param>
/// <param name="OfferingVersion">The version that it is carried out under.</param>
/// <param name="Price">What is paid: as it was when ordered, or the first price.</param>
/// <param name="PaymentReference">The carrier's id of the payment.</param>
public sealed record OrderBody(
    OrderId Id,
    PartyId Customer,
    string Offering,
    int OfferingVersion,
    string Name,
    string? ExternalId,
    string? Channel,
    int? Seats,
    ProductId? EndsWith,
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
            order.Offering.Version,
            order.Offering.Name,
            order.ExternalId,
            order.Channel,
            order.Seats,
            order.EndsWith?.With,
            order.State,
            MoneyBody.Of(order.Price),
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
