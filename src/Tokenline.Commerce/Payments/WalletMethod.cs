using Tokenline.Commerce.Wallets;

namespace Tokenline.Commerce.Payments;

/// <summary>Out of the payer's wallet, and back into it. What was refused under a correlator stays refused, whatever is put in later.</summary>
public sealed class WalletMethod(IWalletStore store, TimeProvider time) : IPaymentMethod
{
    public PaymentMethod Method => PaymentMethod.Wallet;

    public async Task<Refused?> WhyNotAsync(PartyId payer, Money amount, string? purchaseOrder, CancellationToken cancellation)
    {
        var balance = (await store.FindAsync(payer, cancellation))?.Balance ?? Money.Zero(amount.Currency);
        return balance.Nano < amount.Nano
            ? new Refused(Problems.PaymentRefused, $"The wallet holds {balance}, and {amount} is to be paid.", "paymentMethod")
            : null;
    }

    public Task<PaymentAnswer> PayAsync(PaymentRequest request, CancellationToken cancellation) =>
        MoveAsync(
            new(
                request.Payer,
                request.Correlator,
                MovementType.Payment,
                new Money(-request.Amount.Nano, request.Amount.Currency),
                request.Description,
                time.GetUtcNow()
            )
        );

    public Task<PaymentAnswer> GiveBackAsync(PaymentReturn back, CancellationToken cancellation) =>
        MoveAsync(new(back.Payer, back.Correlator, MovementType.Refund, back.Amount, back.Reason, time.GetUtcNow(), Of: back.Payment));

    private async Task<PaymentAnswer> MoveAsync(WantedMovement wanted)
    {
        var made = await store.MoveAsync(wanted);
        if (!made.Is(wanted))
            throw new InvalidOperationException($"{wanted.Correlator} moved {made.Asked} before, and not {wanted.Amount}");
        return made.Type == MovementType.Refused ? new(false, null, made.Reason) : new(true, made.Id.ToString(), null);
    }
}
