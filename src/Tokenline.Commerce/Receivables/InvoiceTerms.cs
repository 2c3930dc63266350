namespace Tokenline.Commerce.Receivables;

/// <summary>What was agreed on with a customer who pays later.</summary>
/// <param name="NetDays">So many days after it was issued, at the end of that day, it is due.</param>
/// <param name="CreditLimit">What may be open at the most.</param>
/// <param name="PurchaseOrder">The customer's number for what names none of its own.</param>
/// <param name="NeedsPurchaseOrder">What has no number is not taken.</param>
public sealed record InvoiceTerms(
    PartyId Customer,
    int NetDays,
    Money CreditLimit,
    string? PurchaseOrder,
    bool NeedsPurchaseOrder,
    DateTimeOffset AgreedAt
)
{
    public const int NetDaysMax = 180;

    /// <summary>Set with the next change: what was issued stays owed, and nothing new is.</summary>
    public bool IsEnded { get; init; }

    /// <summary>The sum of what is open of the customer's receivables.</summary>
    public Money Open { get; init; } = Money.Zero(CreditLimit.Currency);

    /// <summary>What was credited of receivables that had been paid; the next ones are paid with it.</summary>
    public Money Credit { get; init; } = Money.Zero(CreditLimit.Currency);
}
