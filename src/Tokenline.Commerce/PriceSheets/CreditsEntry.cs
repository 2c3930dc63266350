using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.PriceSheets;

/// <summary>A unit that is worth so much of list price: whatever the price does, it does.</summary>
internal static class CreditsEntry
{
    public static Refused? Read(CardSheet sheet, decimal worth, RateCard price, MoneyUnit money, string at, out RateCard card)
    {
        card = price;
        if (
            sheet.Tiers is not null
            || sheet.Images is not null
            || sheet.Minimum is not null
            || sheet.VolumeTiers is not null
            || sheet.ServiceClasses is not null
            || sheet.Hours is not null
            || sheet.Regions is not null
            || sheet.CustomerGroups is not null
        )
            return Refused.Invalid(
                $"{at}.worth",
                "A unit that is worth list price follows the price, and has no weights and no rules of its own."
            );
        if ((money with { Conversion = 1 }).ReadWhole(worth, $"{at}.worth", out var nano) is { } wrong)
            return wrong;
        card = Credits.Of(price, nano);
        return null;
    }

    public static CardSheet? Show(RateCard card) =>
        card.Worth.IsOne
            ? null
            : new CardSheet { Worth = (decimal)QuotaUnit.Micro * card.Worth.Denominator / card.Worth.Numerator / Money.NanoPerUnit };
}
