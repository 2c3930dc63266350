namespace Tokenline.Charging.Tariffs;

/// <summary>A positive fraction in its lowest terms: a multiplier of a price, such as 1/2 at night.</summary>
public readonly record struct Ratio
{
    public static readonly Ratio One = new(1, 1);

    public Ratio(long numerator, long denominator)
    {
        if (numerator < 0 || denominator <= 0)
            throw new ArgumentOutOfRangeException(nameof(numerator), "a multiplier is not negative");
        var (a, b) = (numerator, denominator);
        while (b != 0)
            (a, b) = (b, a % b);
        var divisor = Math.Max(1, a);
        (Numerator, Denominator) = (numerator / divisor, denominator / divisor);
    }

    public long Numerator { get; }
    public long Denominator { get; }

    public bool IsOne => Numerator == Denominator;

    public static Ratio operator *(Ratio a, Ratio b)
    {
        // Crosswise first, so that the products stay small.
        var (left, right) = (new Ratio(a.Numerator, b.Denominator), new Ratio(b.Numerator, a.Denominator));
        return new(checked(left.Numerator * right.Numerator), checked(left.Denominator * right.Denominator));
    }
}

/// <summary>What something costs, not rounded yet: nano of a currency, or micro-units of quota. Rounded once, where it is charged or held.</summary>
public readonly record struct ExactAmount(Int128 Numerator, Int128 Denominator)
{
    public static readonly ExactAmount Zero = new(0, 1);

    public bool IsZero => Numerator == 0;

    /// <summary>Half away from zero: what is settled.</summary>
    public long Rounded() => Rounding.HalfAwayFromZero(Numerator, Denominator);

    /// <summary>Up: what is held.</summary>
    public long RoundedUp() => Rounding.Up(Numerator, Denominator);
}
