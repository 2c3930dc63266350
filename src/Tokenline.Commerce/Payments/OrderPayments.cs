using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Payments;

/// <summary>
/// What orders ask of the carrier, and what they do when it calls back: they ask again. At most one round at a time; what is heard meanwhile is one more.
/// </summary>
public sealed class OrderPayments(IOrderStore orders, ICustomerStore customers, Ordering ordering)
    : IAskedPayments,
        IPaymentNews,
        IDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private int waiting;

    public async Task<PhoneBillRequest?> FindAsync(string correlator, CancellationToken cancellation)
    {
        if (
            !OrderId.TryParse(correlator, out var id)
            || await orders.FindAsync(id, cancellation) is not { State: not OrderState.Acknowledged } order
            || order.Price.Nano == 0
            || await customers.FindAsync(order.Customer, cancellation) is not { } buyer
        )
            return null;
        return new(order.Id.ToString(), buyer.PhoneNumber, order.Price, order.Offering.Name);
    }

    public async Task HearAsync(PhoneBillRequest asked, PhoneBillPayment payment, CancellationToken cancellation)
    {
        if (
            !OrderId.TryParse(asked.Correlator, out var id)
            || await orders.FindAsync(id, cancellation) is not { State: OrderState.InProgress }
            || Interlocked.Exchange(ref waiting, 1) == 1
        )
            return;
        await turn.WaitAsync(CancellationToken.None); // whoever told us may go: what is known is acted on
        try
        {
            Volatile.Write(ref waiting, 0);
            await ordering.ResumeAsync(CancellationToken.None);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();
}
