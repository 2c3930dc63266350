using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Receivables;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Billing.Collecting;

/// <summary>The payers that commerce has.</summary>
public sealed class CommercePayers(
    ICustomerStore store,
    Customers customers,
    IReceivableStore receivables,
    ISubscriptionStore plans,
    Subscribing subscribing,
    BillNotices notices
) : IBillPayers
{
    public Task<Customer?> FindAsync(PartyId payer, CancellationToken cancellation) => store.FindAsync(payer, cancellation);

    public Task<Customer?> OfAsync(AccountId account, CancellationToken cancellation) => store.FindByAccountAsync(account, cancellation);

    public async Task<(long OpenNano, DateTimeOffset DueAt)?> InvoiceAsync(string reference, CancellationToken cancellation) =>
        ReceivableId.TryParse(reference, out var id) && await receivables.FindAsync(id, cancellation) is { } invoice
            ? (invoice.Open.Nano, invoice.DueAt)
            : null;

    public async Task SetArrearsAsync(PartyId payer, Arrears arrears, string reason, CancellationToken cancellation) =>
        (await customers.SetArrearsAsync(payer, arrears, reason, cancellation)).Required();

    public async Task TellAsync(PartyId payer, BillNotice notice, CancellationToken cancellation)
    {
        if (await store.FindAsync(payer, cancellation) is { } customer)
            await notices.TellAsync(customer.Account, notice);
    }

    public async Task<IReadOnlyList<ProductId>> RenewedPlansAsync(PartyId payer, CancellationToken cancellation) =>
        [
            .. (await plans.ListAsync(payer, cancellation))
                .Where(plan => plan is { State: SubscriptionState.Active, Offering.Renewal.IsAutomatic: true })
                .Select(plan => plan.Id),
        ];

    public async Task RenewPlanAsync(ProductId plan, bool isRenewed, CancellationToken cancellation) =>
        // A refusal is that the customer, or time, has decided otherwise.
        await subscribing.DoAsync(plan, isRenewed ? new Keep() : new StopRenewal(), cancellation);
}
