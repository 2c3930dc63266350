using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Management.Api;

namespace Tokenline.Management.Subscriptions;

/// <param name="Cause">Why it is suspended.</param>
/// <param name="Standing">How the present period stands: <c>current</c>, <c>grace</c> or <c>restricted</c>.</param>
/// <param name="Renews">A period follows without being ordered.</param>
/// <param name="Price">Of a whole period, all seats together.</param>
/// <param name="Next">What the next period is of, where it is another offering.</param>
/// <param name="Seats">Of a plan by the seat.</param>
/// <param name="Term">Of a plan with a commitment.</param>
/// <param name="Due">The period that is to be paid, from six hours before it begins.</param>
/// <param name="Asking">A payment whose end is not known yet; it is asked for again.</param>
/// <param name="PaymentMethod">How renewals and upgrades are paid.</param>
/// <param name="CoolingOffUntil">Cancelled now and before this, what is unused is refunded.</param>
public sealed record SubscriptionBody(
    ProductId Id,
    PartyId Customer,
    string Offering,
    int OfferingVersion,
    string Name,
    SubscriptionState State,
    SuspensionCause? Cause,
    Standing Standing,
    PeriodBody Period,
    MoneyBody Price,
    bool Renews,
    bool Pauses,
    string? Next,
    SeatsBody? Seats,
    TermBody? Term,
    DueBody? Due,
    AskingBody? Asking,
    DateTimeOffset? CoolingOffUntil,
    PaymentMethod PaymentMethod,
    string? PurchaseOrder,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt,
    string? EndReason
)
{
    /// <summary>The next period ends together with another subscription's; absent: it is as long as any.</summary>
    public EndsWithBody? EndsWith { get; init; }

    internal static SubscriptionBody Of(Subscription subscription)
    {
        var coolingOff = subscription.Offering.Renewal.CoolingOffDays;
        var isCooling = subscription.Period.Number == 0 && coolingOff > 0 && subscription.State != SubscriptionState.Terminated;
        return new(
            subscription.Id,
            subscription.Customer,
            subscription.Offering.Id,
            subscription.Offering.Version,
            subscription.Offering.Name,
            subscription.State,
            subscription.Cause,
            subscription.Standing,
            PeriodBody.Of(subscription.Period),
            MoneyBody.Of(subscription.Offering.For(subscription.Seats).Price),
            subscription.Renews,
            subscription.Pauses,
            subscription.Change?.Id,
            subscription.Seats is { } seats ? new SeatsBody(seats, subscription.NextSeats, subscription.Assigned) : null,
            TermBody.Of(subscription),
            subscription.Due is { } due ? DueBody.Of(due) : null,
            subscription.Asking is { } asking ? AskingBody.Of(asking) : null,
            isCooling ? subscription.Period.From.AddDays(coolingOff) : null,
            subscription.Method,
            subscription.PurchaseOrder,
            subscription.CreatedAt,
            subscription.EndedAt,
            subscription.EndReason
        )
        {
            EndsWith = subscription.Align is { } align ? new(align.With, PeriodBody.Of(align.Period)) : null,
        };
    }
}

/// <param name="With">The other subscription, prd_….</param>
/// <param name="Period">The next one.</param>
public sealed record EndsWithBody(ProductId With, PeriodBody Period);

/// <param name="With">A subscription of the same customer's, prd_…, of the same periods.</param>
/// <param name="ExpectedPrice">The customer's yes: the price that was shown.</param>
public sealed record EndWithBody(string? With, MoneyBody? ExpectedPrice);

/// <param name="Period">The next one, that ends with the other's.</param>
/// <param name="Amount">To be paid for it, when it is renewed.</param>
/// <param name="FullPrice">Of a whole period.</param>
public sealed record EndWithPriceBody(ProductId With, PeriodBody Period, MoneyBody Amount, MoneyBody FullPrice);

/// <param name="Count">Of the present period.</param>
/// <param name="Next">From the next period on, where they become fewer.</param>
/// <param name="Assigned">The members who have one.</param>
public sealed record SeatsBody(int Count, int? Next, IReadOnlyList<MembershipId> Assigned);

/// <summary>In which a commitment is to be met.</summary>
/// <param name="Number">Counted from 0.</param>
/// <param name="Period">The number of its period that runs, from 1.</param>
/// <param name="Periods">That it has.</param>
/// <param name="Spent">What its settled periods have come to.</param>
public sealed record TermBody(int Number, DateTimeOffset From, int Period, int Periods, MoneyBody Committed, MoneyBody Spent)
{
    internal static TermBody? Of(Subscription subscription) =>
        subscription is { Term: { } term, Offering.Commitment: { } terms }
            ? new(
                term.Number,
                term.From,
                Math.Max(1, subscription.Period.Number - term.First + 1),
                terms.Periods,
                MoneyBody.Of(terms.Amount),
                MoneyBody.Of(term.Spent)
            )
            : null;
}

/// <param name="Seats">As many as there shall be.</param>
/// <param name="ExpectedPrice">What the customer was shown: of more what is paid at once, of fewer the price of the next period.</param>
public sealed record ChangeSeatsBody(int? Seats, MoneyBody? ExpectedPrice = null);

/// <param name="Amount">To be paid at once; of fewer nothing.</param>
/// <param name="NextPrice">Of a whole period, from the next on.</param>
public sealed record SeatPriceBody(int Seats, MoneyBody Amount, MoneyBody NextPrice);

public sealed record PeriodBody(int Number, DateTimeOffset From, DateTimeOffset To)
{
    internal static PeriodBody Of(Period period) => new(period.Number, period.From, period.To);
}

/// <param name="TryAt">When its payment is tried next.</param>
/// <param name="Refusal">The words of the last refusal.</param>
public sealed record DueBody(
    PeriodBody Period,
    string Offering,
    MoneyBody Price,
    bool IsPaid,
    bool IsGranted,
    DateTimeOffset? TryAt,
    string? Refusal
)
{
    internal static DueBody Of(DuePeriod due) =>
        new(
            PeriodBody.Of(due.Period),
            due.Offering.Id,
            MoneyBody.Of(due.Price),
            due.IsPaid,
            due is { IsGranted: true, IsTakenBack: false },
            due.IsPaid ? null : due.TryAt,
            due.Refusal
        );
}

public sealed record AskingBody(PaymentKind Kind, string Correlator, MoneyBody Amount, DateTimeOffset Since)
{
    internal static AskingBody Of(Asking asking) => new(asking.Kind, asking.Correlator, MoneyBody.Of(asking.Amount), asking.Since);
}

/// <param name="Kind"><c>period</c>, <c>upgrade</c>, <c>seats</c> or <c>refund</c>; of a commitment <c>beyond</c> and <c>trueUp</c>.</param>
/// <param name="PaymentMethod">Absent of refunds, which go back the way that the payments came.</param>
/// <param name="State"><c>asked</c>: not known yet; <c>paid</c>, <c>refused</c>; of refunds <c>owed</c> until they are <c>returned</c>; of what is settled afterwards <c>accrued</c> until it is <c>billed</c>.</param>
public sealed record SubscriptionPaymentBody(
    string Correlator,
    PaymentKind Kind,
    PaymentMethod? PaymentMethod,
    int Period,
    MoneyBody Amount,
    DateTimeOffset From,
    DateTimeOffset To,
    PaymentState State,
    DateTimeOffset AskedAt,
    DateTimeOffset? EndedAt,
    string? Reference,
    string? Reason
)
{
    internal static SubscriptionPaymentBody Of(SubscriptionPayment payment) =>
        new(
            payment.Correlator,
            payment.Kind,
            payment.Kind == PaymentKind.Refund ? null : payment.Method,
            payment.Period,
            MoneyBody.Of(payment.Amount),
            payment.From,
            payment.To,
            payment.State,
            payment.AskedAt,
            payment.EndedAt,
            payment.Reference,
            payment.Reason
        );
}

/// <param name="When"><c>periodEnd</c>: it is not renewed. <c>now</c>: what is left is taken back.</param>
public sealed record CancelBody(string? When);

/// <param name="Offering">The plan that is wanted instead.</param>
/// <param name="When"><c>now</c>: an upgrade, for the difference. <c>periodEnd</c>: the next period is of it.</param>
/// <param name="ExpectedPrice">What the customer was shown: of an upgrade what is paid at once, else the price of a period.</param>
public sealed record ChangePlanBody(string? Offering, string? When, MoneyBody? ExpectedPrice = null);

public sealed record SuspendPlanBody(string? Reason = null)
{
    public SuspendPlanBody()
        : this(null as string) { }
}

/// <param name="Amount">To be paid at once, now. It falls with the time that is left.</param>
public sealed record UpgradePriceBody(string Offering, MoneyBody Amount);

/// <param name="PaymentMethod"><c>phoneBill</c>, <c>wallet</c> or <c>invoice</c>.</param>
/// <param name="PurchaseOrder">The buyer's own number, of what is paid by invoice.</param>
public sealed record PayByBody(PaymentMethod? PaymentMethod, string? PurchaseOrder = null);

/// <param name="Customer">Left out: everybody's.</param>
/// <param name="Renews">They are renewed as their offering is sold now, at the price they were bought at: the customers have agreed.</param>
public sealed record AdoptBody(string? Customer = null, bool Renews = false)
{
    public AdoptBody()
        : this(Customer: null) { }
}

/// <param name="Subscriptions">That are ones now.</param>
public sealed record AdoptedBody(int Adopted, IReadOnlyList<ProductId> Subscriptions);
