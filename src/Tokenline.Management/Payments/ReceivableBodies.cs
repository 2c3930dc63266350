using Tokenline.Commerce.Receivables;
using Tokenline.Management.Api;

namespace Tokenline.Management.Payments;

/// <param name="NetDays">So many days after it was issued, at the end of that day, it is due; 30 unless told.</param>
/// <param name="CreditLimit">What may be open at the most.</param>
/// <param name="PurchaseOrder">The customer's number for what names none of its own.</param>
/// <param name="NeedsPurchaseOrder">What has no number is not taken.</param>
public sealed record NewInvoiceTermsBody(
    MoneyBody? CreditLimit,
    int? NetDays = null,
    string? PurchaseOrder = null,
    bool NeedsPurchaseOrder = false
);

/// <param name="Open">The sum of what is open.</param>
/// <param name="Credit">What was given back and had been paid; the next receivables are paid with it.</param>
/// <param name="Ended">Nothing new is paid by invoice.</param>
public sealed record InvoiceTermsBody(
    PartyId Customer,
    int NetDays,
    MoneyBody CreditLimit,
    string? PurchaseOrder,
    bool NeedsPurchaseOrder,
    DateTimeOffset AgreedAt,
    bool Ended,
    MoneyBody Open,
    MoneyBody Credit
)
{
    internal static InvoiceTermsBody Of(InvoiceTerms terms) =>
        new(
            terms.Customer,
            terms.NetDays,
            MoneyBody.Of(terms.CreditLimit),
            terms.PurchaseOrder,
            terms.NeedsPurchaseOrder,
            terms.AgreedAt,
            terms.IsEnded,
            MoneyBody.Of(terms.Open),
            MoneyBody.Of(terms.Credit)
        );
}

/// <param name="Correlator">An order, or a payment of a subscription.</param>
/// <param name="Open">What is neither paid nor credited.</param>
/// <param name="DueAt">From then on it is overdue.</param>
public sealed record ReceivableBody(
    ReceivableId Id,
    PartyId Customer,
    ReceivableState State,
    string Correlator,
    string Description,
    string? PurchaseOrder,
    MoneyBody Amount,
    MoneyBody Open,
    DateTimeOffset IssuedAt,
    DateTimeOffset DueAt,
    DateTimeOffset? SettledAt
)
{
    internal static ReceivableBody Of(Receivable receivable, DateTimeOffset now) =>
        new(
            receivable.Id,
            receivable.Customer,
            receivable.StateAt(now),
            receivable.Correlator,
            receivable.Description,
            receivable.PurchaseOrder,
            MoneyBody.Of(receivable.Amount),
            MoneyBody.Of(receivable.Open),
            receivable.IssuedAt,
            receivable.DueAt,
            receivable.SettledAt
        );
}

/// <param name="Type"><c>issued</c>, <c>paid</c>, <c>credited</c>, <c>applied</c> (of the customer's credit) or <c>refused</c>.</param>
public sealed record ReceivableEntryBody(
    string Correlator,
    ReceivableEntryType Type,
    MoneyBody Amount,
    DateTimeOffset At,
    string? Reference,
    string? Reason
)
{
    internal static ReceivableEntryBody Of(ReceivableEntry entry) =>
        new(entry.Correlator, entry.Type, MoneyBody.Of(entry.Amount), entry.At, entry.Reference, entry.Reason);
}

public sealed record ReceivableDetailBody(ReceivableBody Receivable, IReadOnlyList<ReceivableEntryBody> Entries);

/// <param name="Reference">What proves it. Sent again it is the same payment.</param>
public sealed record ReceivedPaymentBody(MoneyBody? Amount, string? Reference);
