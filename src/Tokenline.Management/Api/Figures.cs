using Tokenline.Commerce;

namespace Tokenline.Management.Api;

/// <summary>An amount of money.</summary>
/// <param name="Amount">Decimal text, exact, with at most nine decimals.</param>
/// <param name="Currency">ISO 4217.</param>
public sealed record MoneyBody(decimal Amount, Currency Currency)
{
    /// <summary>Null: it is not there, or fits into nano.</summary>
    internal static Refused? WhatIsWrong(string param, MoneyBody? body) =>
        body is null || (Math.Abs(body.Amount) <= AmountMax && body.Amount == decimal.Round(body.Amount, 9))
            ? null
            : Refused.Invalid($"{param}.amount", $"An amount has at most nine decimals, and is at most {AmountMax:0}.");

    internal Money ToMoney() => Money.FromDecimal(Amount, Currency);

    private static readonly decimal AmountMax = long.MaxValue / Money.NanoPerUnit;

    internal static MoneyBody Of(Money money) => new(money.ToDecimal(), money.Currency);

    internal static MoneyBody Of(long nano, Currency currency) => Of(new Money(nano, currency));
}

internal static class Figures
{
    public static decimal Units(Int128 micro) => (decimal)micro / QuotaUnit.Micro;

    /// <summary>Millionths of a nano, or of a micro-unit, as whole units. What no decimal can show is shown as the largest that can be.</summary>
    public static decimal Exact(Int128 millionths, long perUnit) =>
        (decimal)Int128.Min(millionths, (Int128)decimal.MaxValue) / perUnit / 1_000_000m;

    /// <summary>The meters that something was counted in.</summary>
    public static Dictionary<string, long> Counts(Usage usage) => ByMeter(meter => usage[meter], meter => usage[meter] != 0);

    public static Dictionary<string, T> ByMeter<T>(Func<Meter, T> value, Func<Meter, bool> isShown) =>
        Enum.GetValues<Meter>().Where(isShown).ToDictionary(MeterNames.Of, value);
}
