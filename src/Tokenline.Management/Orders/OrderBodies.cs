using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Payments;
using Tokenline.Management.Api;

namespace Tokenline.Management.Orders;

/// <param name="Price">Tax included; absent for pay-as-you-go.</param>
/// <param name="FirstPrice">Of the first period of a customer's first order.</param>
/// <param name="Tax">What of the price is tax.</param>
/// <param name="Months">How long what it grants can be spent, from the instant of activation to the same local time that many months later.</param>
/// <param name="Worth">What its tokens are good for, in plain words, by the weights in force; the formula is in docs/commerce.md.</param>
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
    Worth? Worth,
    long? Sold,
    IReadOnlyList<OfferedComponent?>? Components = null,
    OfferingText? Chinese = null
)
{
    internal static OfferingBody Of(OfferingListing listing, PlainWords words) => Of(listing.Current, words) with { Sold = listing.Sold };

    /// <param name="words">Null where what it is worth now is not asked.</param>
    internal static OfferingBody Of(ProductOffering offering, PlainWords? words = null)
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
            words?.Of(offering),
            null,
            sheet.Components,
            sheet.Chinese
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
/// <param name="Components">Of a bundle: what others deliver under the same order and price.</param>
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
    CommitmentSheet? Commitment = null,
    IReadOnlyList<OfferedComponent?>? Components = null,
    OfferingText? Chinese = null
)
{
    internal OfferingSheet ToSheet() =>
        new(Name, Description, Kind, Grants, Price?.Amount, Months, Days)
        {
            Chinese = Chinese,
            FirstPrice = FirstPrice?.Amount,
            TaxPercent = TaxPercent,
            Sale = Sale,
            Renewal = Renewal,
            Components = Components,
            MembersMax = MembersMax,
            Seats = Seats,
            Commitment = Commitment,
        };
}

/// <param name="Customer">The id of the buyer, who pays.</param>
/// <param name="Offering">The id of what is bought.</param>
/// <param name="ExternalId">Your own name for this order, 1 to 64 characters: sent again it is the same order, and is charged once.</param>
/// <param name="Channel">Where it is sold.</param>
/// <param name="ExpectedPrice">What the customer was shown: another price is refused.</param>
/// <param name="Seats">Of a plan by the seat, how many.</param>
/// <param name="EndsWith">A subscription of the customer's, prd_…, that the plan is to end together with: its first period costs and grants what is left of that one's.</param>
/// <param name="PaymentMethod"><c>phoneBill</c> unless told, <c>wallet</c> or <c>invoice</c>; a plan's renewals are paid the same way.</param>
/// <param name="PurchaseOrder">The buyer's own number, of what is paid by invoice.</param>
/// <param name="Voucher">A code that makes it cheaper or adds to it.</param>
/// <param name="References">Of a bundle: which line a component is, by the component's id.</param>
/// <param name="Confirmation"><c>none</c> (unless told): it is paid at once. <c>oneTimePassword</c>: a code goes to the phone. <c>reservation</c>: the amount is set aside on the phone bill until it is confirmed. <c>oneClick</c>: the line has consented before.</param>
/// <param name="Referral">The code of the customer who brought this one; with a customer's first purchase.</param>
public sealed record NewOrderBody(
    string? Customer,
    string? Offering,
    string? ExternalId = null,
    string? Channel = null,
    MoneyBody? ExpectedPrice = null,
    int? Seats = null,
    string? EndsWith = null,
    PaymentMethod? PaymentMethod = null,
    string? PurchaseOrder = null,
    string? Voucher = null,
    Dictionary<string, string>? References = null,
    OrderConfirmation? Confirmation = null,
    string? Referral = null
);

/// <param name="Code">The code that went to the phone.</param>
public sealed record ConfirmOrderBody(string? Code = null)
{
    public ConfirmOrderBody()
        : this(null as string) { }
}

/// <param name="State"><c>inProgress</c>: the carrier's answer is not known yet and is asked for every minute. <c>failed</c>: see <c>reason</c>.</param>
/// <param name="OfferingVersion">The version that it is carried out under.</param>
/// <param name="Price">What is paid: as it was when ordered, or the first price, less the discount.</param>
/// <param name="ConfirmBy">Until when a pending order waits.</param>
/// <param name="NeedsCode">A code went to the phone for it.</param>
/// <param name="Discount">What the voucher took off.</param>
/// <param name="Bonus">What the voucher adds.</param>
/// <param name="PaymentReference">The payment's id where it was made: the carrier's, a movement of the wallet, a receivable.</param>
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
    PaymentMethod PaymentMethod,
    string? PurchaseOrder,
    OrderConfirmation? Confirmation,
    DateTimeOffset? ConfirmBy,
    bool? NeedsCode,
    string? Voucher,
    MoneyBody? Discount,
    BonusBody? Bonus,
    IReadOnlyDictionary<string, string>? References,
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
            order.Method,
            order.PurchaseOrder,
            order.Confirmation == OrderConfirmation.None ? null : order.Confirmation,
            order.State == OrderState.Pending ? order.ConfirmBy : null,
            order.State == OrderState.Pending ? order.Challenge is not null : null,
            order.Voucher,
            order.Discount is { } discount ? MoneyBody.Of(discount) : null,
            order.Bonus is { } bonus ? BonusBody.Of(bonus) : null,
            order.References.Count == 0 ? null : order.References,
            order.CreatedAt,
            order.EndedAt,
            order.PaymentReference,
            order.Reason,
            order.Product
        );
}

/// <param name="Kind">Also <c>external</c>: a part of a bundle that others deliver.</param>
/// <param name="Bundle">Of such a part: the bundle's own product.</param>
/// <param name="Reference">Of such a part: which line it is.</param>
public sealed record ProductBody(
    ProductId Id,
    string Offering,
    string Name,
    OfferingKind Kind,
    ProductState State,
    OrderId Order,
    DateTimeOffset ActiveFrom,
    DateTimeOffset? ExpiresAt,
    ProductId? Bundle,
    string? Reference
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
            product.ExpiresAt,
            product.Bundle,
            product.Reference
        );
}
