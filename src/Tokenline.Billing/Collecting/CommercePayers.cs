using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Receivables;

namespace Tokenline.Billing.Collecting;

public sealed class CommercePayers(ICustomerStore store, Customers customers, IReceivableStore receivables) : IBillPayers
{
    public Task<Customer?> FindAsync(PartyId payer, CancellationToken cancellation) => store.FindAsync(payer, cancellation);

    public Task<Customer?> OfAsync(AccountId account, CancellationToken cancellation) => store.FindByAccountAsync(account, cancellation);

    public async Task SuspendAsync(PartyId payer, bool isSuspended, string reason, CancellationToken cancellation)
    {
        if (await store.FindAsync(payer, cancellation) is { } customer && customer.Suspended != isSuspended)
            (await customers.SetStandingAsync(payer, isSuspended, reason, cancellation)).Required();
    }

    public async Task<(long OpenNano, DateTimeOffset DueAt)?> InvoiceAsync(string reference, CancellationToken cancellation) =>
        ReceivableId.TryParse(reference, out var id) && await receivables.FindAsync(id, cancellation) is { } invoice
            ? (invoice.Open.Nano, invoice.DueAt)
            : null;
}
