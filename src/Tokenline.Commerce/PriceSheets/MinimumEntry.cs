namespace Tokenline.Commerce.PriceSheets;

/// <summary>The least that a call costs.</summary>
internal static class MinimumEntry
{
    public static Refused? Read(decimal? given, CardUnit unit, string at, out long minimum)
    {
        minimum = 0;
        return given is { } amount ? unit.ReadWhole(amount, at, out minimum) : null;
    }

    public static decimal? Show(long minimum, CardUnit unit) => minimum == 0 ? null : unit.ShowWhole(minimum);
}
