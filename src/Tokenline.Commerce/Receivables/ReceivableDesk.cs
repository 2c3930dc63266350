using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Receivables;

/// <summary>Terms of customers who pay later, and the payments that staff write down. What is bought so goes through <see cref="Payments.InvoiceMethod"/>.</summary>
public sealed class ReceivableDesk(IReceivableStore store, ICustomerStore customers, CommerceOptions options, TimeProvider time)
{
    private const int ReferenceLengthMax = 64;
    private static readonly decimal limitMax = 1_000_000_000m;

    public async Task<Outcome<InvoiceTerms>> TermsAsync(PartyId customer, CancellationToken cancellation) =>
        await store.FindTermsAsync(customer, cancellation) is { } terms ? terms
        : await customers.FindAsync(customer, cancellation) is null ? Refused.NotFound("customer", customer.ToString())
        : new Refused(Problems.NotFound, "This customer has no terms to pay by invoice.");

    public async Task<Outcome<InvoiceTerms>> AgreeAsync(
        PartyId customer,
        int netDays,
        Money creditLimit,
        string? purchaseOrder,
        bool needsPurchaseOrder,
        CancellationToken cancellation
    )
    {
        if (netDays is < 0 or > InvoiceTerms.NetDaysMax)
            return Refused.Invalid("netDays", $"0 to {InvoiceTerms.NetDaysMax} days.");
        if (creditLimit.Currency != options.Currency)
            return Refused.Invalid("creditLimit.currency", $"This operator sells in {options.Currency}.");
        if (creditLimit.Nano <= 0 || creditLimit.ToDecimal() > limitMax)
            return Refused.Invalid("creditLimit.amount", $"More than 0 and at most {limitMax} {options.Currency}.");
        if (OrderRequest.WhatIsWrongWithPurchaseOrder(purchaseOrder) is { } wrong)
            return wrong;
        if (await customers.FindAsync(customer, cancellation) is null)
            return Refused.NotFound("customer", customer.ToString());
        var terms = new InvoiceTerms(customer, netDays, creditLimit, purchaseOrder, needsPurchaseOrder, time.GetUtcNow());
        await store.PutTermsAsync(terms, cancellation);
        return await TermsAsync(customer, cancellation);
    }

    /// <summary>Nothing new is paid by invoice; what was issued stays owed.</summary>
    public async Task<Outcome<InvoiceTerms>> EndAsync(PartyId customer, CancellationToken cancellation)
    {
        var found = await TermsAsync(customer, cancellation);
        if (found.Value is not { } terms)
            return found;
        await store.PutTermsAsync(terms with { IsEnded = true, AgreedAt = time.GetUtcNow() }, cancellation);
        return await TermsAsync(customer, cancellation);
    }

    public async Task<Outcome<Receivable>> FindAsync(ReceivableId id, CancellationToken cancellation) =>
        await store.FindAsync(id, cancellation) is { } found ? found : Refused.NotFound("receivable", id.ToString());

    /// <summary>The customer has paid, whole or in part. The same reference is the same payment.</summary>
    public async Task<Outcome<Receivable>> RecordPaymentAsync(
        ReceivableId id,
        Money amount,
        string? reference,
        CancellationToken cancellation
    )
    {
        if (reference is not { Length: > 0 and <= ReferenceLengthMax } || reference.Any(c => c is < '!' or > '~'))
            return Refused.Invalid("reference", $"What proves it, in 1 to {ReferenceLengthMax} printable ASCII characters without spaces.");
        var found = await FindAsync(id, cancellation);
        if (found.Value is not { } receivable)
            return found;
        if (amount.Currency != receivable.Amount.Currency)
            return Refused.Invalid("amount.currency", $"It is owed in {receivable.Amount.Currency}.");
        if (amount.Nano <= 0)
            return Refused.Invalid("amount.amount", "More than nothing is paid.");
        var made = await store.PayAsync(id, $"{id}-{reference}", amount, reference, time.GetUtcNow());
        if (made is null)
            return Refused.Invalid(
                "amount.amount",
                $"Of {receivable.Amount} {(await FindAsync(id, cancellation)).Required().Open} is open."
            );
        return made.Entry.Amount == amount
            ? made.Receivable!
            : new Refused(Problems.IdempotencyConflict, $"This reference was a payment of {made.Entry.Amount}.", "reference");
    }
}
