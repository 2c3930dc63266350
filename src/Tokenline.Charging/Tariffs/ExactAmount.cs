using System.Numerics;

namespace Tokenline.Charging.Tariffs;

/// <summary>
/// What something costs, not rounded yet: nano of a currency, or micro-units of quota. Rounded once, where it is charged or held.
/// An amount that no balance can hold is rounded to the largest that can be written, and nothing throws on the way.
/// </summary>
public readonly record struct ExactAmount(Int128 Numerator, Int128 Denominator)
{
    public static readonly ExactAmount Zero = new(0, 1);

    public bool IsZero => Numerator == 0;

    /// <summary>Half away from zero: what is settled.</summary>
    public long Rounded()
    {
        var (quotient, remainder) = Int128.DivRem(Numerator, Denominator);
        return Within(remainder >= Denominator - remainder ? quotient + 1 : quotient);
    }

    /// <summary>Up: what is held.</summary>
    public long RoundedUp()
    {
        var (quotient, remainder) = Int128.DivRem(Numerator, Denominator);
        return Within(remainder > 0 ? quotient + 1 : quotient);
    }

    internal static ExactAmount Of(Fraction<Int128> fraction) => new(fraction.Numerator, fraction.Denominator);

    /// <summary>
    /// In lowest terms. Where even these do not fit, in quarters: the whole part is exact, and none, less than half, half and more than half of the next
    /// are 0 to 3 of them, so that it rounds as the amount itself would.
    /// </summary>
    internal static ExactAmount Of(Fraction<BigInteger> fraction)
    {
        var divisor = BigInteger.GreatestCommonDivisor(fraction.Numerator, fraction.Denominator);
        var (numerator, denominator) = (fraction.Numerator / divisor, fraction.Denominator / divisor);
        if (numerator <= Int128.MaxValue && denominator <= Int128.MaxValue)
            return new((Int128)numerator, (Int128)denominator);
        var (whole, rest) = BigInteger.DivRem(numerator, denominator);
        var quarters = rest.IsZero ? 0 : 2 + (rest * 2).CompareTo(denominator);
        var amount = (whole * 4) + quarters;
        return new(amount <= Int128.MaxValue ? (Int128)amount : Int128.MaxValue, 4);
    }

    private static long Within(Int128 amount) => amount <= long.MaxValue ? (long)amount : long.MaxValue;
}

/// <summary>A fraction in 128 bits, checked, or in as many as it takes: the arithmetic of cards is written once for both.</summary>
internal readonly record struct Fraction<T>(T Numerator, T Denominator)
    where T : IBinaryInteger<T>
{
    public Fraction<T> Times(Ratio factor) =>
        factor.IsOne
            ? this
            : new(checked(Numerator * T.CreateChecked(factor.Numerator)), checked(Denominator * T.CreateChecked(factor.Denominator)));
}
