using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>On the customer's phone bill.</summary>
public sealed class PhoneBillPayments(IPhoneBill phoneBill, ICustomerStore customers) : ISubscriptionPayments
{
    public bool CanGiveBack => false;

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

    public Task<PaymentAnswer> GiveBackAsync(
        PartyId customer,
        string correlator,
        Money amount,
        string description,
        CancellationToken cancellation
    ) => throw new NotSupportedException("the phone bill gives nothing back yet");
}
