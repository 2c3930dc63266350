using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Payments;

/// <summary>What orders ask of the carrier, and what they do when it calls back: the order asks again, and is told what is so.</summary>
public sealed class OrderPayments(IOrderStore orders, ICustomerStore customers, Ordering ordering) : IAskedPayments, IPaymentNews
{
    public async Task<PhoneBillRequest?> FindAsync(string correlator, CancellationToken cancellation)
    {
        if (
            !OrderId.TryParse(correlator, out var id)
            || await orders.FindAsync(id, cancellation) is not { State: not OrderState.Acknowledged } order
            || order is not { Method: PaymentMethod.PhoneBill, Price.Nano: > 0 }
            || await customers.FindAsync(order.Customer, cancellation) is not { } buyer
        )
            return null;
        return new(order.Id.ToString(), buyer.PhoneNumber, order.Price, order.Offering.Name);
    }

    /// <summary>A payment that the carrier has decided is answered the same to all who ask, so it may be asked for beside others.</summary>
    public async Task HearAsync(PhoneBillRequest asked, PhoneBillPayment payment, CancellationToken cancellation)
    {
        if (OrderId.TryParse(asked.Correlator, out var id) && payment.IsDecided)
            await ordering.ResumeAsync(id); // whoever told us may go: what is known is acted on
    }
}
