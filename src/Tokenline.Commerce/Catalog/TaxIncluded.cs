namespace Tokenline.Commerce.Catalog;

/// <summary>The tax that is within a price: price × p ÷ (100 + p), half away from zero to the hundredth.</summary>
public static class TaxIncluded
{
    /// <summary>A hundredth of a currency unit: what a phone bill counts in.</summary>
    public const long NanoPerHundredth = Money.NanoPerUnit / 100;

    /// <param name="percent">With at most two decimals.</param>
    public static Money Of(Money price, decimal percent)
    {
        var hundredths = decimal.ToInt64(percent * 100);
        var count = Rounding.MulDiv(price.Nano, hundredths, (Int128)(10_000 + hundredths) * NanoPerHundredth);
        return new Money(count * NanoPerHundredth, price.Currency);
    }
}
