using System.Globalization;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Portal.Texts;

/// <summary>Numbers as people read them.</summary>
internal static class Figures
{
    private static readonly HashSet<string> withoutMinorUnit = ["JPY", "KRW", "VND", "CLP"]; // ISO 4217, the likely ones

    /// <summary>An amount to pay, never rounded: 9.90.</summary>
    public static string Amount(Money money) =>
        money.ToDecimal().ToString(withoutMinorUnit.Contains(money.Currency.Code) ? "#,0.#########" : "#,0.00#######", Culture);

    /// <summary>A price per million, to four significant digits, the digits before the point never rounded away.</summary>
    public static string Price(long nanoPerMillion)
    {
        var amount = (decimal)nanoPerMillion / Money.NanoPerUnit;
        var decimals = 3;
        for (var rest = amount; rest >= 10 && decimals > 0; rest /= 10)
            decimals--;
        for (var rest = amount; rest is > 0 and < 1 && decimals < 9; rest *= 10)
            decimals++;
        return decimal.Round(amount, decimals, MidpointRounding.AwayFromZero).ToString("#,0.#########", Culture);
    }

    /// <summary>The weight of one token, never rounded; of credits, what the list price makes it.</summary>
    public static string Weight(long rate, RateCard card) =>
        ((decimal)rate / card.Scale * card.Worth.Numerator / card.Worth.Denominator / QuotaUnit.Micro).ToString("#,0.##########", Culture);

    /// <summary>Quota in words: 10 million; 1000 万.</summary>
    public static string Quota(long micro, Language language)
    {
        var units = (decimal)micro / QuotaUnit.Micro;
        return (language, units) switch
        {
            (Language.Chinese, >= 100_000_000m) => In(100_000_000m, " 亿"),
            (Language.Chinese, >= 10_000m) => In(10_000m, " 万"),
            (Language.English, >= 1_000_000_000m) => In(1_000_000_000m, " billion"),
            (Language.English, >= 1_000_000m) => In(1_000_000m, " million"),
            _ => In(1m, ""),
        };

        string In(decimal scale, string word) =>
            (units / scale).ToString(language == Language.Chinese ? "0.####" : "#,0.####", Culture) + word;
    }

    /// <summary>Quota at a glance, rounded down to three digits: 8.42 million; 842 万.</summary>
    public static string Short(Int128 micro, Language language)
    {
        var units = (decimal)micro / QuotaUnit.Micro;
        return (language, units) switch
        {
            (Language.Chinese, >= 100_000_000m) => Three(100_000_000m, " 亿"),
            (Language.Chinese, >= 10_000m) => Three(10_000m, " 万"),
            (Language.English, >= 1_000_000_000m) => Three(1_000_000_000m, " billion"),
            (Language.English, >= 1_000_000m) => Three(1_000_000m, " million"),
            _ => decimal.Truncate(units).ToString("#,0", Culture),
        };

        string Three(decimal scale, string word)
        {
            var amount = units / scale;
            var step =
                amount >= 100 ? 1m
                : amount >= 10 ? 0.1m
                : 0.01m;
            return (decimal.Truncate(amount / step) * step).ToString("#,0.##", Culture) + word;
        }
    }

    /// <summary>An amount for an input field: 50, 9.9.</summary>
    public static string Plain(long nano) => ((decimal)nano / Money.NanoPerUnit).ToString("0.#########", Culture);

    /// <summary>A count of tokens as model pages write it: 128K, 1M. Powers of two are in units of 1,024.</summary>
    public static string Tokens(long count)
    {
        var kilo = count % 1024 == 0 && count % 1000 != 0 ? 1024m : 1000m;
        return count >= kilo * kilo ? (count / (kilo * kilo)).ToString("0.##", Culture) + "M"
            : count >= kilo ? (count / kilo).ToString("0.#", Culture) + "K"
            : count.ToString(Culture);
    }

    /// <summary>An estimate, rounded down to two digits: 1,300.</summary>
    public static string Estimate(Int128 count)
    {
        Int128 scale = 1;
        while (count / scale >= 100)
            scale *= 10;
        return (count / scale * scale).ToString("#,0", Culture);
    }

    private static CultureInfo Culture => CultureInfo.InvariantCulture;
}
