using System.Collections.Frozen;

namespace Tokenline.Billing;

/// <summary>The smallest amount that a currency is paid in, by the decimals of ISO 4217.</summary>
public static class MinorUnit
{
    private static readonly FrozenSet<string> none = FrozenSet.ToFrozenSet([
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]);
    private static readonly FrozenSet<string> three = FrozenSet.ToFrozenSet(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]);

    public static int Decimals(Currency currency) =>
        none.Contains(currency.Code) ? 0
        : three.Contains(currency.Code) ? 3
        : 2;

    public static long Nano(Currency currency) =>
        Decimals(currency) switch
        {
            0 => Money.NanoPerUnit,
            3 => Money.NanoPerUnit / 1_000,
            _ => Money.NanoPerUnit / 100,
        };

    /// <summary>To the whole minor unit, half away from zero.</summary>
    public static long Round(Int128 nano, Currency currency)
    {
        var unit = Nano(currency);
        var rounded = checked(Rounding.HalfAwayFromZero(Int128.Abs(nano), unit) * unit);
        return nano < 0 ? -rounded : rounded;
    }

    /// <summary>part ÷ whole of an amount, towards zero, in whole minor units.</summary>
    public static long Share(Int128 nano, Int128 part, Int128 whole, Currency currency)
    {
        var unit = Nano(currency);
        return checked((long)(nano * part / (whole * unit)) * unit);
    }
}
