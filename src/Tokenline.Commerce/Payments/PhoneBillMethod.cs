using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Payments;

/// <summary>On the bill of the payer's line.</summary>
public sealed class PhoneBillMethod(IPhoneBill phoneBill, ICustomerStore customers) : IPaymentMethod
{
    public PaymentMethod Method => PaymentMethod.PhoneBill;

    /// <summary>Only the carrier knows, and it says so when it is asked to charge.</summary>
    public Task<Refused?> WhyNotAsync(PartyId payer, Money amount, string? purchaseOrder, CancellationToken cancellation) =>
        Task.FromResult<Refused?>(null);

    public async Task<PaymentAnswer> PayAsync(PaymentRequest request, CancellationToken cancellation)
    {
        var payer =
            await customers.FindAsync(request.Payer, cancellation)
            ?? throw new InvalidOperationException($"there is no customer {request.Payer}");
        var outcome = request.Reservation is { } reserved
            ? await phoneBill.ConfirmAsync(
                reserved,
                new(request.Correlator, payer.PhoneNumber, request.Amount, request.Description),
                cancellation
            )
            : await phoneBill.ChargeAsync(request.Correlator, payer.PhoneNumber, request.Amount, request.Description, cancellation);
        return new(outcome.Accepted, outcome.Reference, outcome.Reason);
    }

    public async Task<PaymentAnswer> GiveBackAsync(PaymentReturn back, CancellationToken cancellation)
    {
        var payment = back.Reference ?? throw new InvalidOperationException($"payment {back.Payment} has no reference of the carrier");
        var outcome = await phoneBill.RefundAsync(new(back.Correlator, payment, back.Amount, back.Reason), cancellation);
        return new(outcome.Accepted, outcome.Reference, outcome.Reason);
    }
}
