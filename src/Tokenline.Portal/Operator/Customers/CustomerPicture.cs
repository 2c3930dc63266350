using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Portal.Calls;
using Tokenline.Portal.Payments;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Operator.Customers;

/// <summary>All that support looks at of one customer.</summary>
/// <param name="Days">Of the last 30 days.</param>
/// <param name="Payments">Null: not for the eyes of whoever asks.</param>
/// <param name="Entries">What staff and programs did to it, newest first, notes too.</param>
internal sealed record CustomerPicture(
    Customer Customer,
    AccountView View,
    IReadOnlyList<UsageDay> Days,
    IReadOnlyList<UsageRecord> Calls,
    IReadOnlyList<Subscription> Subscriptions,
    IReadOnlyList<ApiKey> Keys,
    IReadOnlyList<Member> Members,
    IReadOnlyList<PaymentLine>? Payments,
    IReadOnlyList<AuditEntry> Entries
)
{
    public const string NoteAction = "customer.note";

    public IEnumerable<AuditEntry> Notes => Entries.Where(entry => entry.Draft.Action == NoteAction);
}

internal sealed class CustomerPainter(
    IChargingAccounts accounts,
    IChargeHistory history,
    ISubscriptionStore subscriptions,
    Keys keys,
    Members members,
    CallFinder finder,
    PaymentList payments,
    AuditLog audit,
    OperatorClock clock
)
{
    private const int CallsShown = 20;
    private const int EntriesShown = 50;
    private const int ChartDays = 30;

    public async Task<CustomerPicture> PaintAsync(Customer customer, bool withPayments, CancellationToken cancellation) =>
        new(
            customer,
            await accounts.ViewAsync(customer.Account),
            await history.DaysAsync(customer.Account, clock.Today.AddDays(1 - ChartDays), clock.Today),
            (await finder.FindAsync(customer.Account, new CallFilter(), null, CallsShown)).Records,
            await subscriptions.ListAsync(customer.Id, cancellation),
            await keys.ListAsync(customer.Id, cancellation),
            await members.ListAsync(customer.Id, cancellation),
            withPayments ? (await payments.PageAsync(customer.Id, null, cancellation)).Lines : null,
            await audit.ListAsync(new AuditQuery { Customer = customer.Id }, null, EntriesShown, cancellation)
        );
}
