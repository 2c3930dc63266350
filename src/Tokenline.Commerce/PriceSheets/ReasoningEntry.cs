using System.Collections.Immutable;

namespace Tokenline.Commerce.PriceSheets;

/// <summary>Reasoning inside output, or apart: then it has a price in every tier, and otherwise in none.</summary>
internal static class ReasoningEntry
{
    private const string Inside = "inside";
    private const string Apart = "apart";

    public static Refused? Read(string? given, string at, out bool apart)
    {
        apart = given == Apart;
        return given is null or Inside or Apart
            ? null
            : Refused.Invalid(at, $"'{given}' is not known: reasoning is priced {Inside} output or {Apart}.");
    }

    public static Refused? WhatIsWrong(ImmutableArray<long> rates, MeterSet priced, bool apart, string at) =>
        apart && !priced.Has(Meter.Reasoning) ? Refused.Invalid($"{at}.reasoning", "Reasoning is priced apart, and has no price here.")
        : !apart && rates[(int)Meter.Reasoning] != 0
            ? Refused.Invalid(
                $"{at}.reasoning",
                $"Reasoning has a price, but it is inside output. Set reasoning to '{Apart}', or leave the price out."
            )
        : null;

    public static string? Show(bool apart) => apart ? Apart : null;
}
