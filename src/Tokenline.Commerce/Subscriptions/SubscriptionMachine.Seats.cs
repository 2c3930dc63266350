using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>Plans by the seat: how many there are, who has one. All seats end with the period; there are never more members with a seat than seats, now or in the next period.</summary>
public static partial class SubscriptionMachine
{
    /// <summary>What so many seats would cost at this instant; or why there cannot be so many.</summary>
    public static Outcome<SeatPrice> PriceOf(Subscription s, int seats, Facts facts)
    {
        var (amount, not) = AmountOf(s, seats, facts);
        return not is not null ? not : new SeatPrice(seats, amount, (s.Change ?? s.Offering).For(seats).Price);
    }

    private static Decision ChangeSeats(Subscription s, ChangeSeats change, Facts facts)
    {
        var (amount, not) = AmountOf(s, change.Seats, facts);
        if (not is not null)
            return not;
        var isMore = change.Seats > s.Seats;
        var price = isMore ? amount : (s.Change ?? s.Offering).For(change.Seats).Price;
        // What is paid at once falls with the time that is left: less than was shown is nobody's complaint.
        if (change.ExpectedPrice is { } expected && (isMore ? price.Nano > expected.Nano : price != expected))
            return new Refused(Problems.PriceChanged, $"{change.Seats} seats cost {price}, not {expected}.", "expectedPrice");
        return isMore ? Ask(s, PaymentKind.Seats, amount, s.Period, facts, s.Offering, seats: change.Seats)
            : change.Seats == s.Seats ? s with { NextSeats = null }
            : s with { NextSeats = change.Seats };
    }

    private static (Money Amount, Refused? Not) AmountOf(Subscription s, int seats, Facts facts)
    {
        var nothing = Money.Zero(s.Offering.Price.Currency);
        if (WhyNotSeats(s, seats, facts) is { } not)
            return (nothing, not);
        if (seats <= s.Seats)
            return (nothing, null);
        var (part, whole) = s.Period.Left(facts.Now);
        return (Proration.Price(s.Offering.For(seats).Price - s.Offering.For(s.Seats).Price, part, whole), null);
    }

    private static Refused? WhyNotSeats(Subscription s, int seats, Facts facts)
    {
        if (s.Offering.Seats is not { } terms || s.Seats is not { } present)
            return Wrong(s, "it is not sold by the seat.");
        if (s.Asking is not null)
            return InProgress(s);
        if (s.State != SubscriptionState.Active || s.Standing != Standing.Current)
            return Wrong(s, "only what is active and paid is changed.");
        if (s.Due is { } due)
            return Wrong(s, $"its next period is being paid; change its seats after {due.Period.From:u}.");
        if (facts.Now >= s.Period.To)
            return Wrong(s, "its period is over.");
        if (terms.WhatIsWrongWith(s.Offering.Name, seats) is { } outside)
            return outside;
        if (s.Change is { Seats: { } next } change && next.WhatIsWrongWith(change.Name, seats) is { } later)
            return later;
        if (seats < s.Assigned.Count)
            return new Refused(
                Problems.SeatsInUse,
                $"{s.Offering.Name}: {s.Assigned.Count} members have a seat; take it from {s.Assigned.Count - seats} of them first.",
                "seats"
            );
        if (seats == present && s.NextSeats is null)
            return Wrong(s, $"it has {present} seats already.");
        return seats < present && !s.Renews ? Wrong(s, "fewer seats come with a next period, and none follows.") : null;
    }

    private static Decision Seated(Subscription s, Asking asking, Facts facts)
    {
        var isOpen = s.State is SubscriptionState.Active or SubscriptionState.PendingTerminate && s.Closing is null;
        if (!isOpen || s.Period != asking.Period || facts.Now >= s.Period.To)
            return TooLate(s, asking, facts);
        var before = SeatNumbers.Of(s);
        IReadOnlyList<int> added = [.. Enumerable.Range(0, asking.Seats!.Value).Except(before).Take(asking.Seats.Value - before.Count)];
        return new Decision
        {
            Next = s with { Seats = asking.Seats, NextSeats = null, SeatNumbers = [.. before, .. added], Paid = s.Paid + asking.Amount },
            Commands = SubscriptionGrants.OfMore(
                s,
                s.Offering.For(s.Seats),
                s.Offering.For(asking.Seats),
                asking,
                SeatNumbers.WithHolders(s, before, facts),
                SeatNumbers.WithHolders(s, added, facts),
                facts.TimeZone
            ),
        };
    }

    private static Decision Assign(Subscription s, AssignSeat assign, Facts facts)
    {
        if (WhyNoSeats(s) is { } not)
            return not;
        if (s.Assigned.Contains(assign.Member))
            return Wrong(s, "this member has a seat already.");
        var seats = Math.Min(s.Seats!.Value, s.NextSeats ?? s.Seats.Value);
        if (s.Assigned.Count < seats)
        {
            var (numbers, number) = (SeatNumbers.Of(s), SeatNumbers.Free(s));
            var held = numbers.Take(s.Assigned.Count);
            return new Decision
            {
                Next = s with
                {
                    Assigned = [.. s.Assigned, assign.Member],
                    SeatNumbers = [.. held, number, .. numbers.Skip(s.Assigned.Count).Where(other => other != number)],
                },
                Commands = Passed(s, number, SeatNumbers.NodeOf(assign.Member, facts)),
            };
        }
        var words = s.NextSeats is null ? $"all {seats} seats are taken." : $"all {seats} seats that stay after this period are taken.";
        return new Refused(Problems.NoSeatLeft, $"{s.Offering.Name}: {words}");
    }

    private static Decision Free(Subscription s, FreeSeat free)
    {
        if (WhyNoSeats(s) is { } not)
            return not;
        var at = s.Assigned.ToList().IndexOf(free.Member);
        if (at < 0)
            return Wrong(s, "this member has no seat.");
        var numbers = SeatNumbers.Of(s);
        return new Decision
        {
            Next = s with
            {
                Assigned = [.. s.Assigned.Where(member => member != free.Member)],
                SeatNumbers = [.. numbers.Where((_, i) => i != at), numbers[at]],
            },
            Commands = Passed(s, numbers[at], holder: null),
        };
    }

    /// <summary>What the seat has for itself is the new holder's, as much as is left.</summary>
    private static IReadOnlyList<AccountCommand> Passed(Subscription s, int number, AllotmentId? holder) =>
        SeatNumbers.HaveTheirOwn(s.Offering) || SeatNumbers.HaveTheirOwn(s.Due?.Offering)
            ? [new PassSeat(StableIds.Of<CommandKind>($"{s.Id}|{s.Version}|seat|{number}"), s.Id, number, holder)]
            : [];

    private static Refused? WhyNoSeats(Subscription s) =>
        s.Seats is null ? Wrong(s, "it is not sold by the seat.")
        : s.State == SubscriptionState.Terminated || s.Closing is not null ? Wrong(s, "it is ended already.")
        : null;
}
