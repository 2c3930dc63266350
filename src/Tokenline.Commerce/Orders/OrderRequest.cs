using System.Collections.ObjectModel;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Orders;

/// <summary>What a caller wants to buy for a customer.</summary>
/// <param name="ExternalId">The caller's own name for the order: repeated, it is the same order.</param>
/// <param name="Channel">Where it is sold; some offerings are for some channels.</param>
/// <param name="ExpectedPrice">What the customer was shown; another price is refused.</param>
/// <param name="Seats">Of a plan by the seat how many (TMF622: the quantity).</param>
/// <param name="EndsWith">A subscription of the customer's: the first period is what is left of its present one, and from then on both end together.</param>
/// <param name="Method">How it is paid, and if it is a plan its renewals.</param>
/// <param name="PurchaseOrder">The buyer's own number for it; of what is paid by invoice.</param>
public sealed record OrderRequest(
    PartyId Customer,
    string Offering,
    string? ExternalId = null,
    string? Channel = null,
    Money? ExpectedPrice = null,
    int? Seats = null,
    ProductId? EndsWith = null,
    PaymentMethod Method = PaymentMethod.PhoneBill,
    string? PurchaseOrder = null
)
{
    public OrderConfirmation Confirmation { get; init; }

    /// <summary>A code that makes it cheaper or adds to it.</summary>
    public string? Voucher { get; init; }

    /// <summary>The code of the customer who brought this one.</summary>
    public string? Referral { get; init; }

    /// <summary>Of a bundle: which line a component is, by the component's id.</summary>
    public IReadOnlyDictionary<string, string> References { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    private const int ExternalIdLengthMax = 64;
    public const int PurchaseOrderLengthMax = 64;

    public Refused? WhatIsWrong(Currency currency) =>
        ExternalId is not null && (ExternalId.Length is 0 or > ExternalIdLengthMax || ExternalId.Any(c => c is < '!' or > '~'))
            ? Refused.Invalid("externalId", $"An external id is 1 to {ExternalIdLengthMax} printable ASCII characters without spaces.")
        : Parties.Customer.WhatIsWrongWith("channel", Channel) is { } wrong ? wrong
        : ExpectedPrice is { } price && price.Currency != currency
            ? Refused.Invalid("expectedPrice.currency", $"This operator sells in {currency}.")
        : PurchaseOrder is not null && Method != PaymentMethod.Invoice
            ? Refused.Invalid("purchaseOrder", "Only what is paid by invoice has a purchase order number.")
        : Confirmation is OrderConfirmation.Reservation or OrderConfirmation.OneClick && Method != PaymentMethod.PhoneBill
            ? Refused.Invalid("confirmation", "Only what is paid by phone bill is reserved, or bought by one click.")
        : WhatIsWrongWithPurchaseOrder(PurchaseOrder) is { } wrongNumber ? wrongNumber
        : null;

    public static Refused? WhatIsWrongWithPurchaseOrder(string? number) =>
        number is not null && (number.Length is 0 or > PurchaseOrderLengthMax || number.Any(char.IsControl))
            ? Refused.Invalid("purchaseOrder", $"A purchase order number has 1 to {PurchaseOrderLengthMax} characters.")
            : null;
}

/// <summary>What a customer would pay at an instant.</summary>
/// <param name="First">The period that a plan would begin.</param>
/// <param name="IsHeld">The customer has one of it already; another would run beside it.</param>
/// <param name="WhyNot">Null: it may be ordered.</param>
public sealed record Quote(ProductOffering Offering, Money Price, Period? First, bool IsHeld, Refused? WhyNot)
{
    /// <summary>So many the price is for; null: it is not sold by the seat, or not in that number.</summary>
    public int? Seats { get; init; }
}
