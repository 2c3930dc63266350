using System.Globalization;

namespace Tokenline.Portal.Texts;

/// <summary>Amounts of money as people type them.</summary>
internal static class Amounts
{
    private const int LengthMax = 24;

    /// <summary>Digits with at most nine decimals; a comma groups thousands.</summary>
    public static bool TryRead(string? text, Currency currency, out Money money)
    {
        money = default;
        const NumberStyles styles =
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;
        if (text is not { Length: > 0 and <= LengthMax } || !decimal.TryParse(text, styles, CultureInfo.InvariantCulture, out var amount))
            return false;
        try
        {
            money = Money.FromDecimal(amount, currency);
            return true;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return false;
        }
    }
}
