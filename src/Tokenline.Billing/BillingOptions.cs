using Tokenline.Commerce.Catalog;

namespace Tokenline.Billing;

/// <summary>The operator's settings for its books.</summary>
public sealed record BillingOptions
{
    /// <summary>Within the price of calls that are billed; the tax of what is ordered is said by its offering. With at most two decimals.</summary>
    public decimal TaxPercent { get; init; }

    /// <summary>A bill is to be paid so many days after the end of its period.</summary>
    public int PaymentDays { get; init; } = 15;

    /// <summary>So long after its day nothing comes of a bill that is not paid.</summary>
    public int GraceDays { get; init; } = RenewalTerms.GraceDaysDefault;

    /// <summary>A vendor proposes a price so many days before it starts, unless its terms say otherwise.</summary>
    public int PriceNoticeDays { get; init; } = 30;

    /// <summary>What a bill and a statement are headed with.</summary>
    public string OperatorName { get; init; } = "Tokenline";
}
