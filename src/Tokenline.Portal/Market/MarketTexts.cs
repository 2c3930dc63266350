using System.Globalization;

namespace Tokenline.Portal.Market;

/// <summary>Figures of the market as people read them.</summary>
internal static class MarketTexts
{
    public static string Price(decimal perMillion) => Texts.Figures.Price((long)(perMillion * Money.NanoPerUnit));

    /// <summary>Three significant digits.</summary>
    public static string Number(double value) =>
        value.ToString(
            Math.Abs(value) switch
            {
                >= 100 => "#,0",
                >= 10 => "0.#",
                _ => "0.##",
            },
            CultureInfo.InvariantCulture
        );

    public static string Number(decimal value) => Number((double)value);

    public static string Seconds(double milliseconds) => (milliseconds / 1000).ToString("0.00", CultureInfo.InvariantCulture) + " s";

    public static string Percent(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    public static string Joules(double joules) => joules.ToString("0.###", CultureInfo.InvariantCulture) + " J";
}
