using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>Notice, payment, grant; and what follows where a payment is refused: grace, restriction, suspension, end.</summary>
public static partial class SubscriptionMachine
{
    private static IEnumerable<Step> StepsOf(Subscription s, DuePeriod due)
    {
        if (!due.HasBegun)
            yield return new(due.Period.From, BeginPeriod);
        if (due.IsPaid)
            yield break;
        var graceEnds = due.Period.From.AddDays(due.Offering.Renewal.GraceDays);
        if (due is { IsGranted: false, IsGraceOver: false } && s.State != SubscriptionState.Suspended)
            yield return new(due.Period.From - GraceLead, GrantByGrace);
        if (due is { IsGranted: true, IsTakenBack: false })
            yield return new(graceEnds, Restrict);
        if (s.Asking is null && !s.Stops && s.State == SubscriptionState.Active)
            yield return new(due.TryAt, AskForPeriod, Asks: true);
        if (s.State == SubscriptionState.Active)
            yield return new(due.Period.From + SuspendAfter, SuspendUnpaid);
        var ends = due.Period.From + TerminateAfter;
        yield return new(ends < due.Period.To ? ends : due.Period.To, (one, facts) => End(one, facts, "it was not paid"));
    }

    private static bool IsNoticeDue(Subscription s, out DateTimeOffset at)
    {
        var days = TimeSpan.FromDays(s.Offering.Renewal.NoticeDays);
        at = s.Period.To - days;
        return days > TimeSpan.Zero && s.NoticedPeriod < s.Period.Number && s.Period.To - s.Period.From >= 2 * days;
    }

    private static Decision TellOfRenewal(Subscription s, Facts facts)
    {
        var told = s with { NoticedPeriod = s.Period.Number };
        if (facts.Now >= s.Period.To - Lead)
            return told; // too late to act upon
        var next = NextOf(s, facts.TimeZone);
        return new Decision
        {
            Next = told,
            Commands = [Tell(s, AccountEventType.SubscriptionRenewing, next.Price, next.Period.From, next.Period.To, next.Offering.Name)],
        };
    }

    private static Decision PrepareRenewal(Subscription s, Facts facts)
    {
        if (facts.IsAccountSuspended)
            return new Decision
            {
                Next = s with
                {
                    State = SubscriptionState.Suspended,
                    Cause = SuspensionCause.Operator,
                    SuspendedAt = facts.Now,
                    TakenBack = [],
                },
                Commands = [Tell(s, AccountEventType.SubscriptionSuspended, reason: "the account is suspended")],
            };
        return s with { Due = NextOf(s, facts.TimeZone) };
    }

    private static DuePeriod NextOf(Subscription s, string timeZone)
    {
        var offering = s.Change ?? s.Offering;
        var goesOn = IsAsLong(offering, s.Offering);
        var anchor = goesOn ? s.Anchor : new Anchor(s.Period.To, s.Period.Number + 1);
        var period = goesOn
            ? s.Period.Next(offering, anchor, timeZone)
            : Period.Starting(s.Period.Number + 1, offering, s.Period.To, timeZone);
        if (goesOn && s.Align is { } align && align.Period.From == s.Period.To)
            (period, anchor) = (align.Period, align.Anchor);
        var seats = s.NextSeats ?? s.Seats;
        return new DuePeriod(period, offering, anchor, period.Price(offering.For(seats).Price), period.From - Lead)
        {
            Seats = seats,
            SeatNumbers = SeatNumbers.Next(s, seats),
        };
    }

    private static Decision AskForPeriod(Subscription s, Facts facts)
    {
        var due = s.Due!;
        // A period that nobody asked for in time begins when it is asked for.
        if (s.Attempts == 0 && !due.IsGranted && facts.Now >= due.Period.From.AddDays(1))
        {
            var late = Period.Starting(due.Period.Number, due.Offering, facts.Now, facts.TimeZone);
            due = due with
            {
                Period = late,
                Anchor = new Anchor(facts.Now, late.Number),
                Price = late.Price(due.Offering.For(due.Seats).Price),
            };
            if (due.HasBegun)
                s = s with { Period = late, Anchor = due.Anchor };
        }
        return Ask(s with { Due = due }, PaymentKind.Period, due.Price, due.Period, facts, due.Offering, seats: due.Seats);
    }

    /// <summary>Writes down what is asked before it is asked.</summary>
    private static Decision Ask(
        Subscription s,
        PaymentKind kind,
        Money amount,
        Period period,
        Facts facts,
        ProductOffering? target = null,
        bool isFresh = false,
        int? seats = null
    )
    {
        var attempt = s.Attempts + 1;
        var correlator = kind switch
        {
            PaymentKind.Upgrade => $"{s.Id}-{period.Number}-u{s.Version}",
            PaymentKind.Seats => $"{s.Id}-{period.Number}-s{s.Version}",
            _ => $"{s.Id}-{period.Number}-{attempt}",
        };
        var asking = new Asking(kind, correlator, amount, period, facts.Now, facts.Now + soon, 1, target, isFresh, seats)
        {
            Method = s.Method,
        };
        var next = s with { Asking = asking, Attempts = kind == PaymentKind.Period ? attempt : s.Attempts };
        return amount.Nano == 0
            ? Answer(next, new Answered(correlator, new PaymentAnswer(true, null, null)), facts)
            : new Decision
            {
                Next = next,
                Payments = [LineOf(s, asking)],
                Ask = asking,
            };
    }

    /// <summary>The same again, a minute after the first time and then less often.</summary>
    private static Decision AskAgain(Subscription s, Facts facts)
    {
        var asking = s.Asking!;
        var wait = TimeSpan.FromMinutes(Math.Min(60, 1 << Math.Min(asking.Tries, 6)));
        asking = asking with { AskAt = facts.Now + wait, Tries = asking.Tries + 1 };
        return new Decision { Next = s with { Asking = asking }, Ask = asking };
    }

    private static Decision Answer(Subscription s, Answered answered, Facts facts)
    {
        if (s.Asking is not { } asking || asking.Correlator != answered.Correlator)
            return new Decision(); // another one wrote it down
        var answer = answered.Answer;
        var line = LineOf(s, asking) with
        {
            State = answer.Accepted ? PaymentState.Paid : PaymentState.Refused,
            EndedAt = facts.Now,
            Reference = answer.Reference,
            Reason = answer.Reason,
            LookAt =
                !answer.Accepted && asking is { Tries: > 1, Method: PaymentMethod.PhoneBill } ? facts.Now + PaymentSearch.LookEvery : null,
        };
        var known = s with { Asking = null };
        var decision = (asking.Kind, asking.IsFresh, answer.Accepted) switch
        {
            (PaymentKind.Upgrade, _, true) => Upgraded(known, asking, facts),
            (PaymentKind.Upgrade, _, false) => known,
            (PaymentKind.Seats, _, true) => Seated(known, asking, facts),
            (PaymentKind.Seats, _, false) => known,
            (_, true, true) => Resumed(known, asking, facts),
            (_, true, false) => known,
            (_, false, true) => Paid(known, asking, facts),
            (_, false, false) => Refuse(known, answer.Reason, facts),
        };
        return decision.NeedsHeld ? decision : decision with { Payments = [line, .. decision.Payments] };
    }

    /// <summary>It counts where it is still wanted; otherwise it goes back.</summary>
    private static Decision FoundPaid(Subscription s, FoundPaid found, Facts facts)
    {
        var line = found.Line with
        {
            State = PaymentState.Paid,
            EndedAt = facts.Now,
            Reference = found.Reference,
            Reason = null,
            LookAt = null,
        };
        var isWanted =
            s is { Asking: null, Due: { IsPaid: false } due }
            && line.Kind == PaymentKind.Period
            && (due.Period.Number, due.Price) == (line.Period, line.Amount);
        var decision = isWanted
            ? Paid(s, new Asking(line.Kind, line.Correlator, line.Amount, s.Due!.Period, line.AskedAt, facts.Now, 1), facts)
            : new Decision
            {
                Next = s,
                Payments =
                [
                    line with
                    {
                        Correlator = $"{line.Correlator}-late",
                        Kind = PaymentKind.Refund,
                        State = PaymentState.Owed,
                        EndedAt = null,
                        Reference = null,
                        AskedAt = facts.Now,
                        Reason = "paid after it was refused",
                    },
                ],
            };
        return decision.NeedsHeld ? decision : decision with { Payments = [line, .. decision.Payments] };
    }

    private static SubscriptionPayment LineOf(Subscription s, Asking asking) =>
        new(
            asking.Correlator,
            s.Id,
            asking.Kind,
            asking.Period.Number,
            asking.Amount,
            asking.Kind == PaymentKind.Period ? asking.Period.From : asking.Since,
            asking.Period.To,
            PaymentState.Asked,
            asking.Since
        )
        {
            Method = asking.Method,
        };

    private static Decision Paid(Subscription s, Asking asking, Facts facts)
    {
        if (
            s.State == SubscriptionState.Terminated
            || s.Due is not { IsPaid: false } due
            || due.Period != asking.Period
            || due.Price != asking.Amount // another plan has taken the place of the one that was asked for
            || (asking.Target is { } target && (target.Id, target.Version) != (due.Offering.Id, due.Offering.Version))
            || facts.Now >= due.Period.To
        )
            return TooLate(s, asking, facts);
        IReadOnlyList<AccountCommand> commands = [];
        var next = s with { Due = due with { IsPaid = true } };
        if (!due.IsGranted)
        {
            (commands, var refills) = GrantsOf(s, due, facts);
            next = next with { Refills = refills, Due = next.Due with { IsGranted = true } };
        }
        else if (due.IsTakenBack && s.Cause != SuspensionCause.Operator)
        {
            if (facts.Held is not { } held)
                return Decision.HeldIsNeeded;
            (commands, var again) = SubscriptionGrants.GiveAgain(s, held, facts.Now);
            next = next with { TakenBack = [], Restored = [.. s.Restored, .. again] };
        }
        if (due.HasBegun)
            next = next with { Due = null, Paid = due.Price, Attempts = 0 };
        if (s is { State: SubscriptionState.Suspended, Cause: SuspensionCause.Unpaid })
            next = next with { State = StateAfterRest(s), Cause = null, SuspendedAt = null };
        return new Decision { Next = next, Commands = commands };
    }

    private static Decision TooLate(Subscription s, Asking asking, Facts facts) =>
        new()
        {
            Next = s,
            Payments =
                asking.Amount.Nano == 0 ? [] : [Owe(s, "late", asking.Amount, asking.Period, facts.Now, "what it was paid for was over")],
        };

    private static Decision Refuse(Subscription s, string? reason, Facts facts)
    {
        if (s.Due is not { IsPaid: false } due || s.State == SubscriptionState.Terminated)
            return s;
        var next = due with { TryAt = Later(due.TryAt, facts.Now), Refusal = reason };
        return new Decision
        {
            Next = s with { Due = next },
            Commands = due.Refusal is null
                ?
                [
                    Tell(
                        s,
                        AccountEventType.PaymentRefused,
                        due.Price,
                        next.TryAt,
                        due.Period.From.AddDays(due.Offering.Renewal.GraceDays),
                        reason
                    ),
                ]
                : [],
        };
    }

    /// <summary>At the same time of a later day.</summary>
    private static DateTimeOffset Later(DateTimeOffset at, DateTimeOffset now)
    {
        while (at <= now)
            at += RetryEvery;
        return at;
    }

    private static Decision BeginPeriod(Subscription s, Facts facts)
    {
        var due = s.Due!;
        return ClosePeriod(s, due.Period.From) with
        {
            Period = due.Period,
            Offering = due.Offering,
            Anchor = due.Anchor,
            Change = null,
            Seats = due.Seats,
            NextSeats = null,
            SeatNumbers = SeatNumbers.Of(s, due),
            Align = null,
            Paid = due.IsPaid ? due.Price : Money.Zero(due.Price.Currency),
            Due = due.IsPaid ? null : due with { HasBegun = true },
            Attempts = due.IsPaid ? 0 : s.Attempts,
            Restored = [],
        };
    }

    private static (IReadOnlyList<AccountCommand> Commands, RefillEpoch Refills) GrantsOf(Subscription s, DuePeriod due, Facts facts)
    {
        var seats = SeatNumbers.WithHolders(s, SeatNumbers.Of(s, due), facts);
        return SubscriptionGrants.Of(s, due.Offering.For(due.Seats), due.Period, seats, facts.Now, facts.TimeZone);
    }

    private static Decision GrantByGrace(Subscription s, Facts facts)
    {
        var due = s.Due!;
        var days = due.Offering.Renewal.GraceDays;
        if (days == 0 || facts.Now >= due.Period.From.AddDays(days) || s.Debt is { IsTakenBack: true })
            return s with { Due = due with { IsGraceOver = true } };
        var (commands, refills) = GrantsOf(s, due, facts);
        return new Decision { Next = s with { Refills = refills, Due = due with { IsGranted = true } }, Commands = commands };
    }

    private static Decision Restrict(Subscription s, Facts facts)
    {
        if (facts.Held is not { } held)
            return Decision.HeldIsNeeded;
        var (commands, buckets) = SubscriptionGrants.TakeBack(s, held, "not paid", facts.Now);
        return new Decision
        {
            Next = s with { Due = s.Due! with { IsTakenBack = true }, TakenBack = [.. s.TakenBack.Union(buckets)] },
            Commands = commands,
        };
    }

    private static Decision SuspendUnpaid(Subscription s, Facts facts) =>
        new()
        {
            Next = s with { State = SubscriptionState.Suspended, Cause = SuspensionCause.Unpaid, SuspendedAt = facts.Now },
            Commands = [Tell(s, AccountEventType.SubscriptionSuspended, s.Due!.Price, reason: s.Due.Refusal ?? "not paid")],
        };

    private static SubscriptionState StateAfterRest(Subscription s) =>
        s.Stops ? SubscriptionState.PendingTerminate : SubscriptionState.Active;
}
