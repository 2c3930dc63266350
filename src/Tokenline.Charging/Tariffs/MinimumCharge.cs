using System.Numerics;

namespace Tokenline.Charging.Tariffs;

/// <summary>
/// A call that used anything costs at least so much, after every multiplier. Of some of its meters, it is the part that they have in the whole price;
/// in a call whose meters all cost nothing, the part that they have in what was counted. The parts of all meters make the minimum, exactly.
/// </summary>
internal static class MinimumCharge
{
    /// <param name="whole">Of all meters.</param>
    /// <param name="part">Of the meters in question, with the same denominator.</param>
    public static Fraction<T> Apply<T>(long minimum, Fraction<T> whole, Fraction<T> part, in Usage usage, MeterSet meters)
        where T : IBinaryInteger<T>
    {
        var least = T.CreateChecked(minimum);
        if (minimum == 0 || whole.Numerator >= checked(least * whole.Denominator))
            return part;
        if (!T.IsZero(whole.Numerator))
            return new(checked(least * part.Numerator), whole.Numerator);
        var (counted, all) = (Count(usage, meters), Count(usage, MeterSet.All));
        return all == 0 ? new(T.Zero, T.One) : new(checked(least * T.CreateChecked(counted)), T.CreateChecked(all));
    }

    /// <summary>Reasoning is inside output, so it is not counted again.</summary>
    private static Int128 Count(in Usage usage, MeterSet meters)
    {
        Int128 sum = 0;
        for (var meter = 0; meter < Usage.MeterCount; meter++)
        {
            if ((Meter)meter != Meter.Reasoning && meters.Has((Meter)meter))
                sum += usage[(Meter)meter];
        }
        return sum;
    }
}
