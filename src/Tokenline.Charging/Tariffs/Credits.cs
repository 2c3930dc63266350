namespace Tokenline.Charging.Tariffs;

/// <summary>Credits that are defined as money's worth of list price: whatever the price does, the credits do.</summary>
public static class Credits
{
    /// <param name="price">The card of the list price, in nano.</param>
    /// <param name="nanoPerCredit">What one credit is worth.</param>
    public static RateCard Of(RateCard price, long nanoPerCredit) =>
        new(price.Table, price.Scale)
        {
            Volume = price.Volume,
            Multipliers = price.Multipliers,
            Minimum = price.Minimum,
            Worth = price.Worth * new Ratio(QuotaUnit.Micro, nanoPerCredit),
        };
}
