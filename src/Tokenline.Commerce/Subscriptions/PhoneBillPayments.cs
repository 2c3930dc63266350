using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>On the customer's phone bill.</summary>
public sealed class PhoneBillPayments(IPhoneBill phoneBill, ICustomerStore customers) : ISubscriptionPayments
{
    public bool CanGiveBack => true;

    public async Task<PaymentAnswer> PayAsync(
        PartyId customer,
        string correlator,
        Money amount,
        string description,
        CancellationToken cancellation
    )
    {
        var payer =
            await customers.FindAsync(customer, cancellation) ?? throw new InvalidOperationException($"there is no customer {customer}");
        var outcome = await phoneBill.ChargeAsync(correlator, payer.PhoneNumber, amount, description, cancellation);
        return new(outcome.Accepted, outcome.Reference, outcome.Reason);
    }

    public async Task<PaymentAnswer> GiveBackAsync(
        PartyId customer,
        SubscriptionPayment refund,
        IReadOnlyList<RefundPart> from,
        CancellationToken cancellation
    )
    {
        var references = new List<string>();
        for (var i = 0; i < from.Count; i++)
        {
            var (payment, amount) = from[i];
            var reference =
                payment.Reference ?? throw new InvalidOperationException($"payment {payment.Correlator} has no reference of the carrier");
            var outcome = await phoneBill.RefundAsync(
                new(RefundPart.Correlator(refund, i), reference, amount, refund.Reason ?? "refund"),
                cancellation
            );
            if (!outcome.Accepted)
                return new(false, null, outcome.Reason);
            references.Add(outcome.Reference ?? "");
        }
        return new(true, string.Join(' ', references), null);
    }
}
