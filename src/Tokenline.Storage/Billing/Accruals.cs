using Tokenline.Billing.Facts;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Storage.Billing;

/// <summary>What subscriptions have accrued, in the management data.</summary>
internal sealed class Accruals(ISubscriptionStore subscriptions) : IAccruals
{
    public async Task<IReadOnlyList<(long Number, string Id)>> OpenAsync(long after, int limit, CancellationToken cancellation) =>
        [.. (await subscriptions.AccruedAsync(after, limit, cancellation)).Select(line => (line.Number, line.Line.Correlator))];

    public async Task BilledAsync(string id, string bill, DateTimeOffset at, CancellationToken cancellation)
    {
        if (await subscriptions.FindPaymentAsync(id, cancellation) is { State: PaymentState.Accrued } line)
            await subscriptions.BillAsync(line with { State = PaymentState.Billed, EndedAt = at, Reference = bill });
    }
}
