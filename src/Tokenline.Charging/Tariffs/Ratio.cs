using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tokenline.Charging.Tariffs;

/// <summary>A positive fraction in its lowest terms: a multiplier of a price, such as 1/2 at night.</summary>
public readonly record struct Ratio
{
    public static readonly Ratio One = new(1, 1);

    public Ratio(long numerator, long denominator)
    {
        if (numerator < 0 || denominator <= 0)
            throw new ArgumentOutOfRangeException(nameof(numerator), "a multiplier is not negative");
        var divisor = Math.Max(1, GreatestDivisor(numerator, denominator));
        (Numerator, Denominator) = (numerator / divisor, denominator / divisor);
    }

    public long Numerator { get; }
    public long Denominator { get; }

    public bool IsOne => Numerator == Denominator;

    public static Ratio operator *(Ratio a, Ratio b)
    {
        if (a.IsOne)
            return b;
        if (b.IsOne)
            return a;
        // Crosswise first, so that the products stay small.
        var (left, right) = (new Ratio(a.Numerator, b.Denominator), new Ratio(b.Numerator, a.Denominator));
        return new(checked(left.Numerator * right.Numerator), checked(left.Denominator * right.Denominator));
    }

    /// <summary>A decimal such as <c>0.8</c>, or a fraction such as <c>2/3</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Ratio ratio)
    {
        ratio = default;
        var parts = (text ?? "").Split('/');
        if (parts.Length == 2)
        {
            if (!TryWhole(parts[0], out var numerator) || !TryWhole(parts[1], out var denominator) || denominator == 0)
                return false;
            ratio = new(numerator, denominator);
            return true;
        }
        if (
            !decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            || amount > 1_000_000_000m
        )
            return false;
        var scale = 1L;
        for (; amount != decimal.Truncate(amount); amount *= 10, scale *= 10)
        {
            if (scale >= 1_000_000_000)
                return false;
        }
        ratio = new(decimal.ToInt64(amount), scale);
        return true;
    }

    /// <summary>As a decimal where it is one, otherwise as a fraction.</summary>
    public override string ToString()
    {
        var rest = Denominator;
        while (rest % 2 == 0 && rest > 0)
            rest /= 2;
        while (rest % 5 == 0 && rest > 0)
            rest /= 5;
        return rest == 1
            ? ((decimal)Numerator / Denominator).ToString("0.############################", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");
    }

    internal static long GreatestDivisor(long a, long b)
    {
        while (b != 0)
            (a, b) = (b, a % b);
        return a;
    }

    private static bool TryWhole(string text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
