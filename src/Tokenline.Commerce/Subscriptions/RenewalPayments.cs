using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>What subscriptions ask of the carrier beside their first period, which an order pays, and what they do when it calls back: they ask again, and are told what is so.</summary>
public sealed class RenewalPayments(ISubscriptionStore store, ICustomerStore customers, Subscribing subscribing)
    : IAskedPayments,
        IPaymentNews
{
    public async Task<PhoneBillRequest?> FindAsync(string correlator, CancellationToken cancellation)
    {
        if (
            OrderId.TryParse(correlator, out _)
            || await store.FindPaymentAsync(correlator, cancellation)
                is not { Kind: not PaymentKind.Refund, Method: PaymentMethod.PhoneBill } line
            || await store.FindAsync(line.Subscription, cancellation) is not { } subscription
            || await customers.FindAsync(subscription.Customer, cancellation) is not { } payer
        )
            return null;
        return new(correlator, payer.PhoneNumber, line.Amount, subscription.Offering.Name);
    }

    public async Task HearAsync(PhoneBillRequest asked, PhoneBillPayment payment, CancellationToken cancellation)
    {
        if (payment.IsDecided && await store.FindPaymentAsync(asked.Correlator, cancellation) is { State: PaymentState.Asked } line)
            await subscribing.AskNowAsync(line.Subscription, asked.Correlator);
    }
}
