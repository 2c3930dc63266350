using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>Two running subscriptions are brought to one end: the next period of one is what is left of the other's, and from then on both are counted from the same anchor.</summary>
public static partial class SubscriptionMachine
{
    /// <summary>What the period that ends with the other's would cost; or why there is none. Nothing that was paid for is cut.</summary>
    public static Outcome<EndWithPrice> PriceOf(Subscription s, Subscription other, Facts facts)
    {
        if (WhyNotTogether(s, other, facts) is { } not)
            return not;
        if (Together(s, other, facts) is not { } align)
            return Wrong(s, $"it ends together with {other.Offering.Name} already.");
        var price = (s.Change ?? s.Offering).For(s.NextSeats ?? s.Seats).Price;
        return new EndWithPrice(other.Id, align.Period, align.Period.Price(price), price);
    }

    private static Decision EndWith(Subscription s, EndWith together, Facts facts)
    {
        var priced = PriceOf(s, together.Other, facts);
        if (priced.Value is not { } price)
            return priced.Refused!;
        return price.Amount == together.ExpectedPrice
            ? s with
            {
                Align = Together(s, together.Other, facts),
            }
            : new Refused(
                Problems.PriceChanged,
                $"{s.Offering.Name} costs {price.Amount} from {price.Period.From:u} to {price.Period.To:u}, not {together.ExpectedPrice}.",
                "expectedPrice"
            );
    }

    /// <summary>Null: they end together already.</summary>
    private static Alignment? Together(Subscription s, Subscription other, Facts facts)
    {
        var (end, period) = (s.Period.To, other.Period);
        while (period.To <= end)
            period = period.Next(other.Change ?? other.Offering, other.Anchor, facts.TimeZone);
        if (period.From == end)
            return null;
        var number = s.Period.Number + 1;
        var (part, whole) = period.Left(end);
        // The other's anchor, by this one's numbers.
        var anchor = other.Anchor with
        {
            Number = other.Anchor.Number + number - period.Number,
        };
        return new(other.Id, new Period(number, end, period.To, (long)part, (long)whole), anchor);
    }

    private static Refused? WhyNotTogether(Subscription s, Subscription other, Facts facts)
    {
        if (other.Id == s.Id)
            return Refused.Invalid("with", "Another subscription of the customer's is expected.");
        if (s.Asking is not null)
            return InProgress(s);
        if (!s.Renews || s.Standing != Standing.Current)
            return Wrong(s, "only what is active, paid and renewed is brought to another end.");
        if (s.Term is not null || other.Term is not null)
            return Wrong(s, "what is committed to for a term keeps its end, and nothing is brought to it.");
        if (s.Due is { } due)
            return Wrong(s, $"its next period is being paid; ask after {due.Period.From:u}.");
        if (facts.Now >= s.Period.To)
            return Wrong(s, "its period is over.");
        if (!other.Renews || other.Standing != Standing.Current || other.Align is not null || facts.Now >= other.Period.To)
            return Wrong(other, "only with what is active, paid, renewed and keeps its own end another one ends.") with { Param = "with" };
        var next = s.Change ?? s.Offering;
        foreach (var one in new[] { s.Offering, next, other.Offering, other.Change ?? other.Offering })
        {
            if (!IsAsLong(one, s.Offering))
                return Refused.Invalid("with", $"{s.Offering.Name} cannot end with {other.Offering.Name}: its periods are others.");
        }
        return next.IsDivisible
            ? null
            : Refused.Invalid("with", $"{next.Name} is filled again every week or month, and has no part of a period.");
    }

    private static bool IsAsLong(ProductOffering one, ProductOffering other) =>
        (one.Months, one.Days, one.Renewal.Billing) == (other.Months, other.Days, other.Renewal.Billing);
}
