using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>
/// The life of a subscription as a pure function: subscription, command and facts → decision. No clock, no store, no carrier.
/// Each decision is stored whole before anything of it is done, so whatever stops in between is taken up by the next tick.
/// </summary>
public static partial class SubscriptionMachine
{
    /// <summary>So long before a period begins its payment is asked for.</summary>
    public static readonly TimeSpan Lead = TimeSpan.FromHours(6);

    /// <summary>So long before a period begins it is granted where it is not paid, if there is grace.</summary>
    public static readonly TimeSpan GraceLead = TimeSpan.FromMinutes(10);

    public static readonly TimeSpan RetryEvery = TimeSpan.FromDays(1);

    /// <summary>From the beginning of a period that is not paid.</summary>
    public static readonly TimeSpan SuspendAfter = TimeSpan.FromDays(10);

    public static readonly TimeSpan TerminateAfter = TimeSpan.FromDays(28);

    public static readonly TimeSpan RestMax = TimeSpan.FromDays(180);

    /// <summary>Calls that run when a subscription is closed are waited for so long.</summary>
    private static readonly TimeSpan closingMax = TimeSpan.FromHours(1);
    private static readonly TimeSpan soon = TimeSpan.FromMinutes(1);

    /// <summary>What a completed order of a plan leaves: its first period is paid, and is granted.</summary>
    /// <param name="anchor">Null: the beginning of the period.</param>
    public static Decision Begin(
        ProductId id,
        ProductOrder order,
        AccountId account,
        Period period,
        DateTimeOffset now,
        string timeZone,
        Anchor? anchor = null
    )
    {
        var begun = new Subscription(id, order.Customer, account, order.Offering, period, anchor ?? new Anchor(period.From, 0), now)
        {
            Paid = order.Price,
            Seats = order.Seats,
            Term = order.Offering.Commitment is null ? null : new Term(0, period.Number, period.From, Money.Zero(order.Price.Currency)),
            Method = order.Method,
            PurchaseOrder = order.PurchaseOrder,
            Bonus = order.Bonus is null ? null : order.BonusBucket,
        };
        var seats = SeatNumbers.WithHolders(begun, SeatNumbers.Of(begun), default);
        var (commands, refills) = SubscriptionGrants.Of(begun, order.Offering.For(order.Seats), period, seats, now, timeZone);
        var paid = new SubscriptionPayment(
            order.Id.ToString(),
            id,
            PaymentKind.Period,
            period.Number,
            order.Price,
            period.From,
            period.To,
            PaymentState.Paid,
            order.CreatedAt,
            now,
            order.PaymentReference
        )
        {
            Method = order.Method,
        };
        return new Decision
        {
            Next = begun with { Refills = refills },
            Commands = commands,
            Payments = [paid],
        };
    }

    /// <summary>What a customer or the operator wants is decided on the subscription as it is at this instant: what time has brought is done first.</summary>
    public static Decision Decide(Subscription subscription, SubscriptionCommand command, Facts facts) =>
        command switch
        {
            Tick _ => Tick(subscription, facts),
            Answered answered => Answer(subscription, answered, facts),
            FoundPaid found => FoundPaid(subscription, found, facts),
            _ when Steps(subscription).Any(step => !step.Asks && step.At <= facts.Now) => Decision.TimeIsAhead,
            StopRenewal _ => StopRenewal(subscription, facts),
            Keep _ => Keep(subscription),
            CancelNow _ => CancelNow(subscription, facts),
            Upgrade upgrade => Upgrade(subscription, upgrade, facts),
            ChangeAtEnd change => ChangeAtEnd(subscription, change),
            ChangeSeats change => ChangeSeats(subscription, change, facts),
            AssignSeat assign => Assign(subscription, assign, facts),
            FreeSeat free => Free(subscription, free),
            EndWith together => EndWith(subscription, together, facts),
            PayBy payBy => PayBy(subscription, payBy),
            Pause _ => Pause(subscription),
            Suspend suspend => Suspend(subscription, suspend, facts),
            Resume _ => Resume(subscription, facts),
            PayNow _ => PayNow(subscription, facts),
            FallDue due => FallDue(subscription, due),
            DebtPaid paid => DebtPaid(subscription, paid, facts),
            _ => throw new InvalidOperationException($"command {command.GetType().Name} is unknown"),
        };

    /// <summary>When time alone changes it next; null: never again.</summary>
    public static DateTimeOffset? DueAt(Subscription subscription)
    {
        DateTimeOffset? due = null;
        foreach (var step in Steps(subscription))
        {
            if (due is null || step.At < due)
                due = step.At;
        }
        return due;
    }

    /// <summary>Of all that is due the earliest is done; the next tick does the next. Nothing due: no decision.</summary>
    private static Decision Tick(Subscription subscription, Facts facts)
    {
        Step? first = null;
        foreach (var step in Steps(subscription))
        {
            if (step.At <= facts.Now && (first is null || step.At < first.Value.At) && !(step.Asks && facts.IsPayerSilent))
                first = step;
        }
        return first is { } due ? due.Act(subscription, facts) : new Decision();
    }

    /// <param name="Asks">It asks for a payment.</param>
    private readonly record struct Step(DateTimeOffset At, Func<Subscription, Facts, Decision> Act, bool Asks = false);

    /// <summary>What time brings, and when. Of steps at the same instant the first counts.</summary>
    private static IEnumerable<Step> Steps(Subscription s)
    {
        if (s.Asking is { } asking)
            yield return new(asking.AskAt, AskAgain, Asks: true);
        if (s.Open is [var open, ..])
            yield return new(open.LookAt, Settle);
        if (s.State == SubscriptionState.Terminated)
            yield break;
        if (s.Term is not null && s.ClosedPeriod < s.Period.Number)
            yield return new(s.Period.To, (one, _) => ClosePeriod(one, one.Period.To));
        if (s.Closing is { } closing)
        {
            yield return new(closing.LookAt, Close);
            yield break;
        }
        if (s.Debt is { } debt)
        {
            foreach (var step in StepsOf(s, debt))
                yield return step;
        }
        if (s.Due is { } due)
        {
            foreach (var step in StepsOf(s, due))
                yield return step;
        }
        else if (s.Renews)
        {
            if (IsNoticeDue(s, out var notice))
                yield return new(notice, TellOfRenewal);
            if (s.Asking is not { Kind: PaymentKind.Upgrade or PaymentKind.Seats }) // it may change what is renewed
                yield return new(s.Period.To - Lead, PrepareRenewal);
        }
        else if (s.State == SubscriptionState.Suspended && !s.Stops && s.Offering.Renewal.IsAutomatic)
        {
            yield return new(s.SuspendedAt!.Value + RestMax, (one, facts) => End(one, facts, "it rested for too long"));
        }
        else
        {
            yield return new(s.Period.To, s.Pauses ? Rest : (one, facts) => End(one, facts, s.Stops ? "cancelled" : "its time is over"));
        }
    }

    private static Decision Rest(Subscription s, Facts facts) =>
        new()
        {
            Next = s with { State = SubscriptionState.Suspended, Cause = SuspensionCause.Paused, SuspendedAt = facts.Now, Pauses = false },
            Commands = [Tell(s, AccountEventType.SubscriptionSuspended, reason: "paused")],
        };

    private static Decision End(Subscription s, Facts facts, string reason)
    {
        var closed = ClosePeriod(s, facts.Now);
        return new()
        {
            Next = closed with
            {
                State = SubscriptionState.Terminated,
                Cause = null,
                Due = null,
                Change = null,
                NextSeats = null,
                Assigned = [],
                SeatNumbers = [],
                Align = null,
                Closing = null,
                Pauses = false,
                Debt = null,
                EndedAt = facts.Now,
                EndReason = reason,
            },
            Commands = [Tell(s, AccountEventType.SubscriptionEnded, reason: reason)],
            // What is open yet ends its term itself.
            Payments =
                closed is { Term: { } term, Open: [] } && term.First <= s.Period.Number ? TrueUp(s, term, s.Period, s.Offering, facts) : [],
        };
    }

    private static Announce Tell(
        Subscription s,
        AccountEventType type,
        Money? amount = null,
        DateTimeOffset? from = null,
        DateTimeOffset? until = null,
        string? reason = null
    ) =>
        new(
            StableIds.Of<CommandKind>($"{s.Id}|{s.Version}|{type}"),
            new AccountEvent(
                type,
                s.Id.ToString(),
                s.Offering.Name,
                Amount: amount?.Nano,
                Unit: amount?.Currency.Code,
                Until: until,
                Reason: reason,
                From: from
            )
        );

    private static SubscriptionPayment Owe(Subscription s, string suffix, Money amount, Period period, DateTimeOffset now, string reason) =>
        new(
            $"{s.Id}-{s.Version}-{suffix}",
            s.Id,
            PaymentKind.Refund,
            period.Number,
            amount,
            period.From,
            period.To,
            PaymentState.Owed,
            now,
            Reason: reason
        );

    private static Refused Wrong(Subscription s, string message) => new(Problems.WrongState, $"{s.Offering.Name}: {message}");

    private static Refused InProgress(Subscription s) =>
        new(
            Problems.PaymentInProgress,
            $"{s.Offering.Name}: a payment of {s.Asking!.Amount} is being made, and its end is not known yet. Try again in a minute."
        );
}
