using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>Plans with a commitment: each period is counted once it is over, and each term when its last period is. What comes of it is owed on the next bill.</summary>
public static partial class SubscriptionMachine
{
    /// <summary>The present period is over: it is to be settled. Once for each period, and only where there is a commitment.</summary>
    private static Subscription ClosePeriod(Subscription s, DateTimeOffset at) =>
        s.Term is null || s.ClosedPeriod >= s.Period.Number
            ? s
            : s with
            {
                Open = [.. s.Open, new OpenPeriod(s.Period, s.Offering, s.Paid, at)],
                ClosedPeriod = s.Period.Number,
            };

    /// <summary>Counts what was used beyond what was prepaid, once no call holds any of it; and at the end of a term what it falls short of the commitment.</summary>
    private static Decision Settle(Subscription s, Facts facts)
    {
        if (facts.Held is not { } held)
            return Decision.HeldIsNeeded;
        var (period, offering, prepaid, lookAt) = s.Open[0];
        var since = lookAt < period.To ? lookAt : period.To;
        var isHeld = SubscriptionGrants.BeyondBuckets(s, period, held).Any(bucket => bucket.Reserved > 0);
        if (isHeld && facts.Now < since + closingMax)
            return s with { Open = [s.Open[0] with { LookAt = facts.Now + soon }, .. s.Open.Skip(1)] };
        var terms = offering.Commitment!;
        var beyond = terms.PriceOf(SubscriptionGrants.UsedBeyond(s, period, held));
        var term = s.Term! with { Spent = s.Term.Spent + prepaid + beyond };
        var left = s.Open.Skip(1).ToList();
        var lines = new List<SubscriptionPayment>();
        if (beyond.Nano > 0)
            lines.Add(Accrue(s, PaymentKind.Beyond, period, period.From, beyond, facts, "used beyond what was prepaid"));
        // What is ended before its term owes for all of it.
        var isTermOver = period.Number - term.First + 1 >= terms.Periods || (s.State == SubscriptionState.Terminated && left.Count == 0);
        if (isTermOver)
        {
            lines.AddRange(TrueUp(s, term, period, offering, facts));
            term = new Term(term.Number + 1, period.Number + 1, period.To, Money.Zero(terms.Amount.Currency));
        }
        return new Decision { Next = s with { Open = left, Term = term }, Payments = lines };
    }

    /// <summary>What a term that is over falls short of its commitment.</summary>
    private static SubscriptionPayment[] TrueUp(Subscription s, Term term, Period period, ProductOffering offering, Facts facts)
    {
        var amount = offering.Commitment!.Amount;
        return term.Spent.Nano >= amount.Nano
            ? []
            : [Accrue(s, PaymentKind.TrueUp, period, term.From, amount - term.Spent, facts, $"short of {amount} in the term")];
    }

    private static SubscriptionPayment Accrue(
        Subscription s,
        PaymentKind kind,
        Period period,
        DateTimeOffset from,
        Money amount,
        Facts facts,
        string reason
    ) =>
        new(
            $"{s.Id}-{period.Number}-{(kind == PaymentKind.Beyond ? "beyond" : "trueup")}",
            s.Id,
            kind,
            period.Number,
            amount,
            from,
            period.To,
            PaymentState.Accrued,
            facts.Now,
            Reason: reason
        );
}
