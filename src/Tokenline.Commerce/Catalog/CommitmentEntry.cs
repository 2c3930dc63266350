using Tokenline.Charging.Accounts;

namespace Tokenline.Commerce.Catalog;

/// <summary>Reads a commitment. The first thing wrong is refused with its field.</summary>
internal static class CommitmentEntry
{
    private const decimal AmountMax = 100_000_000m;
    private const int PriceDecimals = 6;

    /// <summary>Null: it is right, and the offering has it.</summary>
    /// <param name="offering">Read already, without it.</param>
    public static Refused? Read(CommitmentSheet? sheet, ref ProductOffering offering)
    {
        if (sheet is null)
            return null;
        if ((WhyNotOf(offering) ?? WhatIsWrong(sheet, offering.Price)) is { } wrong)
            return wrong;
        var currency = offering.Price.Currency;
        if (Fine(sheet.BeyondMax ?? 0) is not { } most)
            return Refused.Invalid("commitment.beyondMax", "Nothing or more, with at most six decimals.");
        if (TiersOf(sheet, most, currency, out var tiers) is { } wrongTier)
            return wrongTier;
        offering = offering with
        {
            Commitment = new CommitmentTerms(Money.FromDecimal(sheet.Amount!.Value, currency), sheet.Periods!.Value, most, tiers),
        };
        return null;
    }

    /// <summary>The sheet that would be read as it.</summary>
    public static CommitmentSheet? Show(ProductOffering offering) =>
        offering.Commitment is not { } terms
            ? null
            : new(
                terms.Amount.ToDecimal(),
                terms.Periods,
                terms.BeyondMax == 0 ? null : Whole(terms.BeyondMax),
                terms.Tiers.Count == 0
                    ? null
                    : [.. terms.Tiers.Select(tier => new BeyondTierSheet(tier.UpTo is { } to ? Whole(to) : null, tier.Price.ToDecimal()))]
            );

    private static Refused? WhyNotOf(ProductOffering offering)
    {
        if (offering.Kind != OfferingKind.Plan || offering.Seats is not null || offering.MembersMax is not null)
            return Refused.Invalid("commitment", "A plan is committed to, and neither sold by the seat nor with a membersMax.");
        if (!offering.Renewal.IsAutomatic || offering.Renewal.CoolingOffDays > 0)
            return Refused.Invalid("renewal", "What is committed to is renewed by itself, and not taken back within a cooling-off time.");
        return
            offering.Grants
                is [{ Unit: not null, Refill: null, Limits: null or { Length: 0 } }]
                    and not [{ Type: BucketType.Throughput or BucketType.Capacity }]
            ? null
            : Refused.Invalid("grants", "What is committed to is one pool of a quota unit, neither refilled nor limited by windows.");
    }

    private static Refused? WhatIsWrong(CommitmentSheet sheet, Money price)
    {
        if (sheet.Amount is not { } amount || amount < price.ToDecimal() || amount > AmountMax || amount != decimal.Round(amount, 2))
            return Refused.Invalid(
                "commitment.amount",
                $"At least the price of a period, at most {AmountMax:N0}, with at most two decimals."
            );
        return sheet.Periods is >= 1 and <= CommitmentTerms.PeriodsMax
            ? null
            : Refused.Invalid("commitment.periods", $"A term has 1 to {CommitmentTerms.PeriodsMax} periods.");
    }

    private static Refused? TiersOf(CommitmentSheet sheet, long most, Currency currency, out IReadOnlyList<BeyondTier> tiers)
    {
        tiers = [];
        var sheets = sheet.Tiers ?? [];
        if (most > 0 != sheets.Count > 0 || sheets.Count > CommitmentTerms.TiersMax)
            return Refused.Invalid(
                "commitment.tiers",
                $"What may be used beyond has 1 to {CommitmentTerms.TiersMax} tiers; where nothing may, there is none."
            );
        var read = new List<BeyondTier>();
        for (var i = 0; i < sheets.Count; i++)
        {
            var (where, isLast) = ($"commitment.tiers[{i}]", i == sheets.Count - 1);
            if (sheets[i]?.Price is not { } price || price < 0 || price > AmountMax || price != decimal.Round(price, PriceDecimals))
                return Refused.Invalid($"{where}.price", $"A price of a million units, with at most {PriceDecimals} decimals.");
            long? upTo = null;
            if (sheets[i]!.UpTo is { } bound)
            {
                upTo = Fine(bound);
                if (upTo is null || upTo <= (read.Count == 0 ? 0 : read[^1].UpTo))
                    return Refused.Invalid($"{where}.upTo", "Bounds rise from tier to tier.");
            }
            if (upTo is null != isLast)
                return Refused.Invalid($"{where}.upTo", "Every tier but the last has a bound.");
            read.Add(new BeyondTier(upTo, Money.FromDecimal(price, currency)));
        }
        tiers = read;
        return null;
    }

    private static decimal Whole(long micro) => (decimal)micro / QuotaUnit.Micro;

    private static long? Fine(decimal amount) =>
        amount >= 0 && amount <= long.MaxValue / QuotaUnit.Micro && amount * QuotaUnit.Micro == decimal.Truncate(amount * QuotaUnit.Micro)
            ? decimal.ToInt64(amount * QuotaUnit.Micro)
            : null;
}
