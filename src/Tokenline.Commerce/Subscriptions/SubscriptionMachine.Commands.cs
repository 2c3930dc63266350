using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>What customers and the operator do: stop, keep, cancel, upgrade, change, pause, suspend, resume, pay.</summary>
public static partial class SubscriptionMachine
{
    private static Decision StopRenewal(Subscription s, Facts facts)
    {
        if (s.State != SubscriptionState.Active)
            return Wrong(s, "only what is active is stopped; to end it at once, cancel it now.");
        if (!s.Offering.Renewal.IsAutomatic)
            return Wrong(s, $"it is not renewed, and ends by itself at {s.Period.To:u}.");
        var next = s with
        {
            State = SubscriptionState.PendingTerminate,
            Stops = true,
            Pauses = false,
            Change = null,
            NextSeats = null,
            Align = null,
        };
        if (s.Due is not { HasBegun: false } due)
            return next;
        next = next with { Due = null };
        if (due is { IsGranted: false, IsPaid: false })
            return next;
        // The next period was paid, or granted by grace, and has not begun: it never does.
        if (facts.Held is not { } held)
            return Decision.HeldIsNeeded;
        return new Decision
        {
            Next = next with { Rounds = s.Rounds + 1 },
            Commands = SubscriptionGrants.TakeBackAhead(s, due.Period, held, "cancelled before it began"),
            Payments = due.IsPaid ? [Owe(s, "ahead", due.Price, due.Period, facts.Now, "cancelled before it began")] : [],
        };
    }

    private static Decision Keep(Subscription s)
    {
        if (s is { State: SubscriptionState.Active, Pauses: true })
            return s with { Pauses = false };
        if (s is { State: SubscriptionState.Active, Align: not null, Due: null })
            return s with { Align = null };
        if (s.State != SubscriptionState.PendingTerminate || s.Closing is not null)
            return Wrong(s, "there is no cancellation to take back.");
        return s with { State = SubscriptionState.Active, Stops = false };
    }

    private static Decision CancelNow(Subscription s, Facts facts)
    {
        if (s.State == SubscriptionState.Terminated || s.Closing is not null)
            return Wrong(s, "it is ended already.");
        if (s.Asking is not null)
            return InProgress(s);
        if (facts.Held is not { } held)
            return Decision.HeldIsNeeded;
        var first = s.Period.Number == 0 && s.State != SubscriptionState.Suspended;
        var refunds = first && facts.Now < s.Period.From.AddDays(s.Offering.Renewal.CoolingOffDays);
        return new Decision
        {
            Next = s with
            {
                State = SubscriptionState.PendingTerminate,
                Stops = true,
                Due = null,
                Change = null,
                NextSeats = null,
                Cause = null,
                Closing = new Closing(facts.Now, facts.Now, refunds),
            },
            Commands =
            [
                .. SubscriptionGrants.TakeBack(s, held, "cancelled", facts.Now).Commands,
                .. refunds && s.Bonus is { } bonus ? [SubscriptionGrants.Void(s, bonus, "taken back")] : Array.Empty<AccountCommand>(),
            ],
            Payments = s.Due is { IsPaid: true, HasBegun: false } due
                ? [Owe(s, "ahead", due.Price, due.Period, facts.Now, "cancelled before it began")]
                : [],
        };
    }

    /// <summary>Counts what was left once no call holds any of it, and refunds that.</summary>
    private static Decision Close(Subscription s, Facts facts)
    {
        if (facts.Held is not { } held)
            return Decision.HeldIsNeeded;
        var closing = s.Closing!;
        if (facts.Now < closing.Since + closingMax)
        {
            var again = s with { Closing = closing with { LookAt = facts.Now + soon } };
            var (commands, buckets) = SubscriptionGrants.TakeBack(s, held, "cancelled", facts.Now);
            if (buckets.Count > 0)
                return new Decision { Next = again, Commands = commands };
            if (held.Buckets.Any(bucket => bucket.Reserved > 0))
                return again;
        }
        var ended = End(s, facts, "cancelled");
        if (!closing.Refunds)
            return ended;
        var (part, whole) = UnusedShare.Of(s, held, closing.Since);
        var refund = Proration.Price(s.Paid, part, whole);
        return refund.Nano == 0
            ? ended
            : ended with
            {
                Payments =
                [
                    .. ended.Payments,
                    Owe(s, "unused", refund, s.Period, facts.Now, "taken back within the cooling-off time: what was unused"),
                ],
            };
    }

    /// <summary>What an upgrade would cost at this instant; or why there is none.</summary>
    public static Outcome<UpgradePrice> PriceOf(Subscription s, ProductOffering target, Facts facts)
    {
        var (amount, not) = AmountOf(s, target, facts);
        return not is null ? new UpgradePrice(target.Id, amount) : not;
    }

    private static Decision Upgrade(Subscription s, Upgrade upgrade, Facts facts)
    {
        var (amount, not) = AmountOf(s, upgrade.Target, facts);
        if (not is not null)
            return not;
        // It falls with the time that is left: less than was shown is nobody's complaint.
        return upgrade.ExpectedPrice is { } expected && amount.Nano > expected.Nano
            ? new Refused(Problems.PriceChanged, $"{upgrade.Target.Name} costs {amount} more now, not {expected}.", "expectedPrice")
            : Ask(s, PaymentKind.Upgrade, amount, s.Period, facts, upgrade.Target);
    }

    private static (Money Amount, Refused? Not) AmountOf(Subscription s, ProductOffering target, Facts facts)
    {
        if (s.Asking is not null)
            return (default, InProgress(s));
        if (WhyNotChange(s, target) is { } not)
            return (default, not);
        if (s.Due is { } due)
            return (default, Wrong(s, $"its next period is being paid; upgrade it after {due.Period.From:u}."));
        if (facts.Now >= s.Period.To)
            return (default, Wrong(s, "its period is over."));
        if (UpgradeRules.WhyNot(s.Offering, target) is { } none)
            return (default, none);
        var (part, whole) = s.Period.Left(facts.Now);
        return (Proration.Price(target.For(s.Seats).Price - s.Offering.For(s.Seats).Price, part, whole), null);
    }

    private static Decision Upgraded(Subscription s, Asking asking, Facts facts)
    {
        var isOpen = s.State is SubscriptionState.Active or SubscriptionState.PendingTerminate && s.Closing is null;
        if (!isOpen || s.Period != asking.Period || facts.Now >= s.Period.To)
            return TooLate(s, asking, facts);
        return new Decision
        {
            Next = s with { Offering = asking.Target!, Change = null, Paid = s.Paid + asking.Amount },
            Commands = SubscriptionGrants.OfMore(
                s,
                s.Offering.For(s.Seats),
                asking.Target!.For(s.Seats),
                asking,
                SeatNumbers.WithHolders(s, SeatNumbers.Of(s), facts),
                added: [],
                facts.TimeZone
            ),
        };
    }

    private static Decision ChangeAtEnd(Subscription s, ChangeAtEnd change)
    {
        if (s.Asking is not null)
            return InProgress(s);
        if (s.Change is not null && (change.Target.Id, change.Target.Version) == (s.Offering.Id, s.Offering.Version))
            return s with { Change = null };
        if (WhyNotChange(s, change.Target) is { } not)
            return not;
        if (s.Due is { } due)
            return Wrong(s, $"its next period is being paid; change it after {due.Period.From:u}.");
        if (!change.Target.Renewal.IsAutomatic || !s.Offering.Renewal.IsAutomatic)
            return Wrong(s, "only what is renewed changes at the end of its period.");
        var price = change.Target.For(s.NextSeats ?? s.Seats).Price;
        return change.ExpectedPrice is { } expected && expected != price
            ? new Refused(Problems.PriceChanged, $"{change.Target.Name} costs {price}, not {expected}.", "expectedPrice")
            : s with
            {
                Change = change.Target,
                Align = IsAsLong(change.Target, s.Offering) && change.Target.IsDivisible ? s.Align : null,
            };
    }

    private static Refused? WhyNotChange(Subscription s, ProductOffering target)
    {
        if (s.State != SubscriptionState.Active || s.Standing != Standing.Current)
            return Wrong(s, "only what is active and paid is changed.");
        if (target.Kind != OfferingKind.Plan)
            return Refused.Invalid("offering", "A plan changes to a plan.");
        if (target.Id == s.Offering.Id && target.Version == s.Offering.Version)
            return Wrong(s, "it is that plan already.");
        if (target.Price.Currency != s.Offering.Price.Currency)
            return Refused.Invalid("offering", "It is sold in another currency.");
        if (s.Term is not null || target.Commitment is not null)
            return Wrong(s, "nothing is changed to or from what is committed to for a term.");
        if (target.Seats is null != s.Seats is null)
            return Refused.Invalid("offering", "A plan by the seat changes to a plan by the seat.");
        // Both of now and of the next period, where that has fewer.
        foreach (var seats in new[] { s.Seats, s.NextSeats })
        {
            if (seats is { } count && target.Seats!.WhatIsWrongWith(target.Name, count) is { } wrong)
                return wrong with { Param = "offering" };
        }
        return null;
    }

    private static Decision PayBy(Subscription s, PayBy payBy)
    {
        if (s.State == SubscriptionState.Terminated || s.Closing is not null)
            return Wrong(s, "it is ended.");
        return s.Asking is not null ? InProgress(s) : s with { Method = payBy.Method, PurchaseOrder = payBy.PurchaseOrder };
    }

    private static Decision Pause(Subscription s)
    {
        if (!s.Renews || s.Standing != Standing.Current)
            return Wrong(s, "only what is active, paid and renewed is paused.");
        if (s.Term is not null)
            return Wrong(s, "what is committed to for a term is not paused.");
        return s.Due is { } due
            ? Wrong(s, $"its next period is being paid; pause it after {due.Period.From:u}.")
            : s with
            {
                Pauses = true,
                Change = null,
                Align = null,
            };
    }

    private static Decision Suspend(Subscription s, Suspend suspend, Facts facts)
    {
        if (s.State is SubscriptionState.Suspended or SubscriptionState.Terminated || s.Closing is not null)
            return Wrong(s, "only what is active is suspended.");
        if (s.Asking is not null)
            return InProgress(s);
        if (facts.Held is not { } held)
            return Decision.HeldIsNeeded;
        var (commands, buckets) = SubscriptionGrants.TakeBack(s, held, suspend.Reason, facts.Now);
        return new Decision
        {
            Next = s with
            {
                State = SubscriptionState.Suspended,
                Cause = SuspensionCause.Operator,
                SuspendedAt = facts.Now,
                TakenBack = [.. s.TakenBack.Union(buckets)],
                // What nobody has paid or got yet is asked for when it goes on.
                Due = s.Due is { HasBegun: false, IsPaid: false, IsGranted: false } ? null : s.Due,
            },
            Commands = [.. commands, Tell(s, AccountEventType.SubscriptionSuspended, reason: suspend.Reason)],
        };
    }

    private static Decision Resume(Subscription s, Facts facts)
    {
        if (s is { State: SubscriptionState.Active, Pauses: true })
            return s with { Pauses = false };
        if (s.State != SubscriptionState.Suspended || s.Cause == SuspensionCause.Unpaid)
            return Wrong(s, s.Cause == SuspensionCause.Unpaid ? "it is suspended for a debt: pay it." : "it is not suspended.");
        if (s.Asking is not null)
            return InProgress(s);
        var back = s with { State = StateAfterRest(s), Cause = null, SuspendedAt = null };
        if (facts.Now < s.Period.To)
        {
            // What is not paid stays taken back until it is.
            if (s.Due is { HasBegun: true, IsTakenBack: true } || s.Debt is { IsTakenBack: true })
                return back;
            if (facts.Held is not { } held)
                return Decision.HeldIsNeeded;
            var (commands, again) = SubscriptionGrants.GiveAgain(s, held, facts.Now);
            return new Decision { Next = back with { TakenBack = [], Restored = [.. s.Restored, .. again] }, Commands = commands };
        }
        if (s.Stops || !s.Offering.Renewal.IsAutomatic)
            return Wrong(s, "its period is over, and it is not renewed.");
        var (offering, seats) = (s.Change ?? s.Offering, s.NextSeats ?? s.Seats);
        var fresh = Period.Starting(s.Period.Number + 1, offering, facts.Now, facts.TimeZone);
        return Ask(s, PaymentKind.Period, fresh.Price(offering.For(seats).Price), fresh, facts, offering, isFresh: true, seats);
    }

    private static Decision Resumed(Subscription s, Asking asking, Facts facts)
    {
        var fresh = asking.Period;
        if (s.State != SubscriptionState.Suspended || facts.Now >= fresh.To)
            return TooLate(s, asking, facts);
        var offering = asking.Target ?? s.Offering;
        var numbers = SeatNumbers.Next(s, asking.Seats);
        var seats = SeatNumbers.WithHolders(s, numbers, facts);
        var (commands, refills) = SubscriptionGrants.Of(s, offering.For(asking.Seats), fresh, seats, facts.Now, facts.TimeZone);
        return new Decision
        {
            Next = ClosePeriod(s, facts.Now) with
            {
                State = SubscriptionState.Active,
                Offering = offering,
                Change = null,
                Seats = asking.Seats,
                NextSeats = null,
                SeatNumbers = numbers,
                Align = null,
                Cause = null,
                SuspendedAt = null,
                Period = fresh,
                Anchor = new Anchor(fresh.From, fresh.Number),
                Paid = asking.Amount,
                Attempts = 0,
                Refills = refills,
                TakenBack = [],
                Restored = [],
            },
            Commands = commands,
        };
    }

    private static Decision PayNow(Subscription s, Facts facts)
    {
        if (s.Due is not { HasBegun: true } due || s.Closing is not null || s.State == SubscriptionState.Terminated)
            return Wrong(s, s.Debt is null ? "there is nothing to pay." : "its invoice is overdue; it goes on when that is paid.");
        if (s.Asking is not null)
            return InProgress(s);
        if (s.Cause == SuspensionCause.Operator)
            return Wrong(s, "it is suspended by the operator.");
        return facts.Now >= due.Period.To
            ? Wrong(s, "what was to be paid is over.")
            : Ask(s, PaymentKind.Period, due.Price, due.Period, facts, seats: due.Seats);
    }
}
