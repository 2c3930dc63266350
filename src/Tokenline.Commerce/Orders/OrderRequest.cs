namespace Tokenline.Commerce.Orders;

/// <summary>What a caller wants to buy for a customer.</summary>
/// <param name="ExternalId">The caller's own name for the order: repeated, it is the same order.</param>
/// <param name="Channel">Where it is sold; some offerings are for some channels.</param>
/// <param name="ExpectedPrice">What the customer was shown; another price is refused.</param>
/// <param name="Seats">Of a plan by the seat how many (TMF622: the quantity).</param>
/// <param name="EndsWith">A subscription of the customer's: the first period is what is left of its present one, and from then on both end together.</param>
public sealed record OrderRequest(
    PartyId Customer,
    string Offering,
    string? ExternalId = null,
    string? Channel = null,
    Money? ExpectedPrice = null,
    int? Seats = null,
    ProductId? EndsWith = null
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
