using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Management.Api;

namespace Tokenline.Management.Subscriptions;

/// <param name="Cause">Why it is suspended.</param>
/// <param name="Standing">How the present period stands: <c>current</c>, <c>grace</c> or <c>restricted</c>.</param>
/// <param name="Renews">A period follows without being ordered.</param>
/// <param name="Next">What the next period is of, where it is another offering.</param>
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
            MoneyBody.Of(subscription.Offering.Price),
            subscription.Renews,
            subscription.Pauses,
            subscription.Change?.Id,
            subscription.Due is { } due ? DueBody.Of(due) : null,
            subscription.Asking is { } asking ? AskingBody.Of(asking) : null,
            isCooling ? subscription.Period.From.AddDays(coolingOff) : null,
            subscription.Method,
            subscription.PurchaseOrder,
            subscription.CreatedAt,
            subscription.EndedAt,
            subscription.EndReason
        );
    }
}

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

/// <param name="Kind"><c>period</c>, <c>upgrade</c> or <c>refund</c>.</param>
/// <param name="PaymentMethod">Absent of refunds, which go back the way that the payments came.</param>
/// <param name="State"><c>asked</c>: not known yet; <c>paid</c>, <c>refused</c>; of refunds <c>owed</c> until they are <c>returned</c>.</param>
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
