using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Orders;

/// <summary>What a caller wants to buy for a customer.</summary>
/// <param name="ExternalId">The caller's own name for the order: repeated, it is the same order.</param>
/// <param name="Channel">Where it is sold; some offerings are for some channels.</param>
/// <param name="ExpectedPrice">What the customer was shown; another price is refused.</param>
public sealed record OrderRequest(
    PartyId Customer,
    string Offering,
    string? ExternalId = null,
    string? Channel = null,
    Money? ExpectedPrice = null
)
{
    private const int ExternalIdLengthMax = 64;

    public Refused? WhatIsWrong(Currency currency) =>
        ExternalId is not null && (ExternalId.Length is 0 or > ExternalIdLengthMax || ExternalId.Any(c => c is < '!' or > '~'))
            ? Refused.Invalid("externalId", $"An external id is 1 to {ExternalIdLengthMax} printable ASCII characters without spaces.")
        : Parties.Customer.WhatIsWrongWith("channel", Channel) is { } wrong ? wrong
        : ExpectedPrice is { } price && price.Currency != currency
            ? Refused.Invalid("expectedPrice.currency", $"This operator sells in {currency}.")
        : null;
}

/// <summary>What a customer would pay at an instant.</summary>
/// <param name="First">The period that a plan would begin.</param>
/// <param name="IsHeld">The customer has one of it already; another would run beside it.</param>
/// <param name="WhyNot">Null: it may be ordered.</param>
public sealed record Quote(ProductOffering Offering, Money Price, Period? First, bool IsHeld, Refused? WhyNot);
