namespace Tokenline.Commerce.Subscriptions;

/// <summary>Periods that were paid by an invoice whose day is over: grace, restriction, suspension and end, as where a payment is refused, counted from that day.</summary>
public static partial class SubscriptionMachine
{
    private static IEnumerable<Step> StepsOf(Subscription s, Debt debt)
    {
        if (s.State is SubscriptionState.Active or SubscriptionState.PendingTerminate)
        {
            if (!debt.IsTakenBack)
                yield return new(debt.Since.AddDays(s.Offering.Renewal.GraceDays), RestrictForDebt);
            yield return new(debt.Since + SuspendAfter, SuspendForDebt);
        }
        yield return new(debt.Since + TerminateAfter, (one, facts) => End(one, facts, "its invoice was not paid"));
    }

    private static Decision FallDue(Subscription s, FallDue due)
    {
        if (s.State == SubscriptionState.Terminated || s.Closing is not null)
            return Wrong(s, "it is ended.");
        if (s.Debt is not { } debt)
            return s with { Debt = new Debt([due.Correlator], due.At) };
        return debt.Correlators.Contains(due.Correlator)
            ? new Decision()
            : s with
            {
                Debt = debt with { Correlators = [.. debt.Correlators, due.Correlator], Since = due.At < debt.Since ? due.At : debt.Since },
            };
    }

    private static Decision DebtPaid(Subscription s, DebtPaid paid, Facts facts)
    {
        if (s.Debt is not { } debt || !debt.Correlators.Contains(paid.Correlator))
            return new Decision();
        var left = debt.Correlators.Where(correlator => correlator != paid.Correlator).ToList();
        if (left.Count > 0)
            return s with { Debt = debt with { Correlators = left } };
        var free = s with { Debt = null };
        var isUnpaidBeside = s.Due is { HasBegun: true };
        if (s is { State: SubscriptionState.Suspended, Cause: SuspensionCause.Unpaid } && !isUnpaidBeside)
            free =
                facts.Now < s.Period.To
                    ? free with
                    {
                        State = StateAfterRest(s),
                        Cause = null,
                        SuspendedAt = null,
                    }
                    // Its period went by meanwhile: the customer says when the next begins.
                    : free with
                    {
                        Cause = SuspensionCause.Paused,
                        TakenBack = [],
                    };
        var isGivenAgain =
            debt.IsTakenBack && s.Cause != SuspensionCause.Operator && facts.Now < s.Period.To && s.Due is not { IsTakenBack: true };
        if (!isGivenAgain || s.State == SubscriptionState.Terminated)
            return free;
        if (facts.Held is not { } held)
            return Decision.HeldIsNeeded;
        var (commands, again) = SubscriptionGrants.GiveAgain(s, held, facts.Now);
        return new Decision { Next = free with { TakenBack = [], Restored = [.. s.Restored, .. again] }, Commands = commands };
    }

    private static Decision RestrictForDebt(Subscription s, Facts facts)
    {
        if (facts.Held is not { } held)
            return Decision.HeldIsNeeded;
        var (commands, buckets) = SubscriptionGrants.TakeBack(s, held, "its invoice is overdue", facts.Now);
        return new Decision
        {
            Next = s with { Debt = s.Debt! with { IsTakenBack = true }, TakenBack = [.. s.TakenBack.Union(buckets)] },
            Commands = commands,
        };
    }

    private static Decision SuspendForDebt(Subscription s, Facts facts) =>
        new()
        {
            Next = s with { State = SubscriptionState.Suspended, Cause = SuspensionCause.Unpaid, SuspendedAt = facts.Now },
            Commands = [Tell(s, Charging.Accounts.AccountEventType.SubscriptionSuspended, reason: "its invoice is overdue")],
        };
}
