using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Receivables;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>Tells subscriptions that an invoice of theirs is overdue, and that it is settled since. Told twice they know it.</summary>
public sealed class OverdueInvoices(IReceivableStore receivables, ISubscriptionStore store, Subscribing subscribing, TimeProvider time)
{
    private const int PageMax = 200;

    public async Task<ResumeReport> RoundAsync(CancellationToken cancellation)
    {
        var (told, mark) = (0, default(ReceivableId));
        var trouble = new Dictionary<string, Exception>();
        while (await receivables.ToTellAsync(mark, time.GetUtcNow(), PageMax, cancellation) is { Count: > 0 } page)
        {
            foreach (var receivable in page)
            {
                cancellation.ThrowIfCancellationRequested();
                mark = receivable.Id;
                try
                {
                    await TellAsync(receivable, cancellation);
                    told++;
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    trouble[receivable.Id.ToString()] = e;
                }
            }
        }
        return new(told, trouble);
    }

    private async Task TellAsync(Receivable receivable, CancellationToken cancellation)
    {
        var isOverdue = receivable.Open.Nano > 0;
        if (await store.FindPaymentAsync(receivable.Correlator, cancellation) is { } line)
            // A refusal is that it has ended: nobody is left to be told.
            await subscribing.DoAsync(
                line.Subscription,
                isOverdue ? new FallDue(receivable.Correlator, receivable.DueAt) : new DebtPaid(receivable.Correlator),
                cancellation
            );
        await receivables.ToldAsync(receivable.Id, isOverdue);
    }
}
