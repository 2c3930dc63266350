using NodaTime;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>A time that is paid once and granted once.</summary>
/// <param name="Number">Counted from 0 over the whole life of a subscription.</param>
/// <param name="Part">Of <paramref name="Whole"/> ticks so many are in it: less where it is what was left of a month.</param>
public readonly record struct Period(int Number, DateTimeOffset From, DateTimeOffset To, long Part, long Whole)
{
    /// <summary>The first one of what is ordered at this instant.</summary>
    public static Period First(ProductOffering offering, DateTimeOffset at, string timeZone) => Starting(0, offering, at, timeZone);

    /// <summary>The first one of what is ordered at this instant to end together with another period: what is left of that.</summary>
    public static Period EndingWith(Period other, DateTimeOffset at)
    {
        var (part, whole) = other.Left(at);
        return new(0, at, other.To, (long)part, (long)whole);
    }

    /// <summary>A period that begins where no other ended.</summary>
    public static Period Starting(int number, ProductOffering offering, DateTimeOffset at, string timeZone)
    {
        if (offering.Renewal.Billing == BillingCycle.Calendar && offering.Months is { } months)
        {
            var zone = DateTimeZoneProviders.Tzdb[timeZone];
            var month = Instant.FromDateTimeOffset(at).InZone(zone).Date.With(DateAdjusters.StartOfMonth);
            var (whole, to) = (Begins(month, zone), Begins(month.PlusMonths(months), zone));
            return new(number, at, to, (to - at).Ticks, (to - whole).Ticks);
        }
        return Full(number, at, End(offering, at, 1, timeZone));
    }

    /// <summary>The one after it. Counted from the anchor, not from the period before, so the 31st comes back after a short month.</summary>
    public Period Next(ProductOffering offering, Anchor anchor, string timeZone)
    {
        if (offering.Renewal.Billing == BillingCycle.Calendar)
            return Starting(Number + 1, offering, To, timeZone);
        return Full(Number + 1, To, End(offering, anchor.At, Number + 2 - anchor.Number, timeZone));
    }

    /// <summary>How much of a whole period is left.</summary>
    public (Int128 Part, Int128 Whole) Left(DateTimeOffset now) =>
        Part == Whole ? ((To - now).Ticks, (To - From).Ticks) : (Math.Min((To - now).Ticks, Whole), Whole);

    /// <summary>The part of a price that is for this period: half away from zero to the hundredth.</summary>
    public Money Price(Money price) => Proration.Price(price, Part, Whole);

    private static Period Full(int number, DateTimeOffset from, DateTimeOffset to) => new(number, from, to, 1, 1);

    private static DateTimeOffset End(ProductOffering offering, DateTimeOffset anchor, int count, string timeZone) =>
        offering.Months is { } months
            ? PlanMonth.End(anchor, months * count, timeZone)
            : anchor.AddDays(offering.Days!.Value * (long)count);

    private static DateTimeOffset Begins(LocalDate date, DateTimeZone zone) => zone.AtStartOfDay(date).ToInstant().ToDateTimeOffset();
}

/// <summary>Periods by anniversary are counted from here.</summary>
/// <param name="Number">Of the period that began then.</param>
public readonly record struct Anchor(DateTimeOffset At, int Number);

/// <summary>Shares of prices and of quota.</summary>
public static class Proration
{
    /// <summary>price × part ÷ whole, half away from zero to the hundredth, in which a phone bill counts. A whole price stays as it is.</summary>
    public static Money Price(Money price, Int128 part, Int128 whole) =>
        part == whole
            ? price
            : price with
            {
                Nano = Rounding.MulDiv(price.Nano, part, whole * TaxIncluded.NanoPerHundredth) * TaxIncluded.NanoPerHundredth,
            };

    /// <summary>amount × part ÷ whole, up: the fraction of a micro-unit is the customer's.</summary>
    public static long Quota(long amount, Int128 part, Int128 whole) => Rounding.MulDivUp(amount, part, whole);
}
