namespace Tokenline.Commerce.Catalog;

/// <summary>
/// Of a pool that is prepaid for each period and settled at its end: what was used beyond what was prepaid costs its tiers, and what a term falls short of the commitment is due at
/// the term's end.
/// </summary>
/// <param name="Amount">So much is paid in a term at the least, everything together.</param>
/// <param name="Periods">Of a term.</param>
/// <param name="BeyondMax">Micro-units that may be used beyond in a whole period.</param>
/// <param name="Tiers">What is used beyond costs, of each period by itself; from the cheapest bound up, the last without one.</param>
public sealed record CommitmentTerms(Money Amount, int Periods, long BeyondMax, IReadOnlyList<BeyondTier> Tiers)
{
    public const int PeriodsMax = 60;
    public const int TiersMax = 10;

    private const long UnitsPerPrice = 1_000_000;

    /// <summary>Each part by its own tier; rounded once, half away from zero to the hundredth.</summary>
    /// <param name="used">Micro-units.</param>
    public Money PriceOf(long used)
    {
        Int128 exact = 0; // nano of the price of a million units × micro-units
        long from = 0;
        foreach (var tier in Tiers)
        {
            var to = Math.Min(used, tier.UpTo ?? used);
            if (to > from)
                exact += (Int128)(to - from) * tier.Price.Nano;
            from = Math.Max(from, to);
        }
        var hundredths = Rounding.HalfAwayFromZero(exact, (Int128)UnitsPerPrice * QuotaUnit.Micro * TaxIncluded.NanoPerHundredth);
        return Amount with { Nano = hundredths * TaxIncluded.NanoPerHundredth };
    }
}

/// <param name="UpTo">Micro-units of a period that are used beyond; null: all that follows.</param>
/// <param name="Price">Of a million whole units.</param>
public sealed record BeyondTier(long? UpTo, Money Price);
