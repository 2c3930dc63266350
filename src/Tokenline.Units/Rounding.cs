namespace Tokenline.Units;

/// <summary>The only places where a product is cut to an integer.</summary>
public static class Rounding
{
    /// <summary>a × b ÷ c, half away from zero: for what is settled.</summary>
    public static long MulDiv(Int128 a, Int128 b, Int128 c) => HalfAwayFromZero(checked(a * b), c);

    /// <summary>a × b ÷ c, up: for what is held.</summary>
    public static long MulDivUp(Int128 a, Int128 b, Int128 c) => Up(checked(a * b), c);

    /// <summary>n ÷ d for non-negative n and positive d, half away from zero.</summary>
    public static long HalfAwayFromZero(Int128 n, Int128 d)
    {
        Check(n, d);
        var (quotient, remainder) = Int128.DivRem(n, d);
        return checked((long)(remainder * 2 >= d ? quotient + 1 : quotient));
    }

    /// <summary>n ÷ d for non-negative n and positive d, up.</summary>
    public static long Up(Int128 n, Int128 d)
    {
        Check(n, d);
        var (quotient, remainder) = Int128.DivRem(n, d);
        return checked((long)(remainder > 0 ? quotient + 1 : quotient));
    }

    /// <summary>n ÷ d for non-negative n and positive d, down: for what can still be afforded.</summary>
    public static long Down(Int128 n, Int128 d)
    {
        Check(n, d);
        return checked((long)(n / d));
    }

    private static void Check(Int128 n, Int128 d)
    {
        if (n < 0 || d <= 0)
            throw new ArgumentOutOfRangeException(nameof(n), "amounts are non-negative and divisors positive");
    }
}
