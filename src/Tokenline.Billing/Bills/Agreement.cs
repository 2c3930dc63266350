using System.Text.Json.Serialization;
using Tokenline.Commerce;

namespace Tokenline.Billing.Bills;

[JsonConverter(typeof(JsonStringEnumConverter<TierReach>))]
public enum TierReach
{
    /// <summary>The tier that a month ends in is for all of the month: what was charged before is trued up.</summary>
    [JsonStringEnumMemberName("whole")]
    Whole,

    /// <summary>Each tier is for what lies above its beginning.</summary>
    [JsonStringEnumMemberName("above")]
    Above,
}

/// <param name="From">Of the month's calls on credit, tax included.</param>
/// <param name="DiscountPercent">With at most four decimals.</param>
public sealed record VolumeTier(decimal From, decimal DiscountPercent);

/// <summary>What a customer on credit has promised and was promised, for whole periods.</summary>
/// <param name="Number">Counted from 1; of several for a period the highest is in force.</param>
/// <param name="Minimum">Per period, tax included, after discounts; null: none.</param>
public sealed record Agreement(
    AccountId Account,
    int Number,
    BillingPeriod From,
    BillingPeriod? Until,
    Currency Currency,
    decimal? Minimum,
    TierReach Reach,
    IReadOnlyList<VolumeTier> Tiers
)
{
    private const int TiersMax = 20;

    /// <summary>A hundred percent, in parts of which a share has four decimals.</summary>
    internal const long WholePercent = 1_000_000;

    public string Id => $"{Account}/{Number:000000}";

    public bool Covers(BillingPeriod period) => From <= period && !(Until < period);

    public Refused? WhatIsWrong()
    {
        if (Until < From)
            return Refused.Invalid("until", "An agreement ends with its first period or later.");
        if (Minimum is < 0 || !IsAmount(Minimum ?? 0))
            return Refused.Invalid("minimum", "An amount of the currency, with no more decimals than it has.");
        if (Tiers.Count > TiersMax)
            return Refused.Invalid("tiers", $"At most {TiersMax}.");
        for (var i = 0; i < Tiers.Count; i++)
        {
            if (!IsAmount(Tiers[i].From) || Tiers[i].From < 0 || (i > 0 && Tiers[i].From <= Tiers[i - 1].From))
                return Refused.Invalid($"tiers.{i}.from", "Tiers begin at rising amounts of the currency.");
            if (Tiers[i].DiscountPercent is < 0 or > 100 || Tiers[i].DiscountPercent != decimal.Round(Tiers[i].DiscountPercent, 4))
                return Refused.Invalid($"tiers.{i}.discountPercent", "0 to 100, with at most four decimals.");
        }
        return Minimum is null && Tiers.Count == 0 ? Refused.Invalid("minimum", "An agreement has a minimum, or tiers, or both.") : null;
    }

    /// <summary>What comes off the month's calls, in whole minor units.</summary>
    public long DiscountOn(long nano)
    {
        Int128 discount = 0; // in nano × parts of WholePercent
        for (var i = 0; i < Tiers.Count; i++)
        {
            var begins = NanoOf(Tiers[i].From);
            var ends = i + 1 < Tiers.Count ? NanoOf(Tiers[i + 1].From) : long.MaxValue;
            if (nano < begins || nano <= 0)
                break;
            var parts = PartsOf(Tiers[i].DiscountPercent);
            discount = Reach == TierReach.Whole ? (Int128)nano * parts : discount + ((Int128)(Math.Min(nano, ends) - begins) * parts);
        }
        return MinorUnit.Share(discount, 1, WholePercent, Currency);
    }

    internal long? MinimumNano => Minimum is { } minimum ? NanoOf(minimum) : null;

    /// <summary>A percentage of four decimals in millionths of the whole.</summary>
    internal static long PartsOf(decimal percent) => decimal.ToInt64(percent * (WholePercent / 100));

    private long NanoOf(decimal amount) => Money.FromDecimal(amount, Currency).Nano;

    private bool IsAmount(decimal amount) =>
        amount <= long.MaxValue / Money.NanoPerUnit && amount == decimal.Round(amount, MinorUnit.Decimals(Currency));
}
