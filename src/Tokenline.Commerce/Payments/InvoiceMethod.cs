using NodaTime;
using Tokenline.Commerce.Receivables;

namespace Tokenline.Commerce.Payments;

/// <summary>Later, within agreed terms: what is paid so becomes a receivable. What was refused under a correlator stays refused.</summary>
public sealed class InvoiceMethod(IReceivableStore store, IdSource ids, CommerceOptions options, TimeProvider time) : IPaymentMethod
{
    public PaymentMethod Method => PaymentMethod.Invoice;

    public async Task<Refused?> WhyNotAsync(PartyId payer, Money amount, string? purchaseOrder, CancellationToken cancellation)
    {
        if (await store.FindTermsAsync(payer, cancellation) is not { IsEnded: false } terms)
            return new Refused(Problems.NotEligible, "This customer has no terms to pay by invoice.", "paymentMethod");
        if (terms.NeedsPurchaseOrder && purchaseOrder is null && terms.PurchaseOrder is null)
            return Refused.Invalid("purchaseOrder", "This customer's invoices need a purchase order number.");
        var room = terms.CreditLimit - terms.Open + terms.Credit;
        return amount.Nano > room.Nano
            ? new Refused(
                Problems.PaymentRefused,
                $"Of the credit limit {terms.CreditLimit} {(room.Nano > 0 ? room : Money.Zero(room.Currency))} is left, and {amount} is to be paid.",
                "paymentMethod"
            )
            : null;
    }

    public async Task<PaymentAnswer> PayAsync(PaymentRequest request, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var terms = await store.FindTermsAsync(request.Payer, cancellation);
        var wanted = new Receivable(
            ids.Next<ReceivableKind>(),
            request.Payer,
            request.Correlator,
            request.Amount,
            request.Amount,
            request.Description,
            request.PurchaseOrder ?? terms?.PurchaseOrder,
            now,
            EndOfDay(now, terms?.NetDays ?? 0)
        );
        var made = await store.IssueAsync(wanted, now);
        return Answer(made, request.Amount, request.Correlator);
    }

    public async Task<PaymentAnswer> GiveBackAsync(PaymentReturn back, CancellationToken cancellation) =>
        Answer(
            await store.CreditAsync(back.Payment, back.Correlator, back.Amount, back.Reason, time.GetUtcNow()),
            back.Amount,
            back.Correlator
        );

    private static PaymentAnswer Answer(ReceivableOutcome made, Money wanted, string correlator) =>
        made.Entry.Amount != wanted
            ? throw new InvalidOperationException($"{correlator} was of {made.Entry.Amount} before, and not of {wanted}")
        : made.Entry.Type == ReceivableEntryType.Refused ? new(false, null, made.Entry.Reason)
        : new(true, made.Receivable!.Id.ToString(), null);

    /// <summary>The first instant after the last day.</summary>
    private DateTimeOffset EndOfDay(DateTimeOffset now, int days)
    {
        var zone = DateTimeZoneProviders.Tzdb[options.TimeZone];
        var date = Instant.FromDateTimeOffset(now).InZone(zone).Date.PlusDays(days + 1);
        return zone.AtStartOfDay(date).ToDateTimeOffset().ToUniversalTime();
    }
}
