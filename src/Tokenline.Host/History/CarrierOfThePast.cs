using Tokenline.Commerce;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Payments;
using Tokenline.Simulators.Carrier;

namespace Tokenline.Host.History;

/// <summary>The carrier simulator's own book, asked without a network. Nobody gets a text message of a day that is over.</summary>
internal sealed class CarrierOfThePast(CarrierCounter counter) : IPhoneBill, ISmsSender, IOneTimePasswords
{
    private const string Never = "nothing of the past is reserved or confirmed by code";

    public Task<PhoneBillOutcome> ChargeAsync(
        string correlator,
        string phoneNumber,
        Money amount,
        string description,
        CancellationToken cancellation
    ) => Task.FromResult(Said(counter.Pay(correlator, phoneNumber, amount, description)));

    public Task<PhoneBillOutcome> RefundAsync(PhoneBillRefund refund, CancellationToken cancellation) =>
        Task.FromResult(Said(counter.Refund(refund.Correlator, refund.Payment, refund.Amount, refund.Reason)));

    public Task<PhoneBillPayment?> FindAsync(string correlator, DateTimeOffset askedAt, CancellationToken cancellation) =>
        Task.FromResult(Shown(counter.Find(correlator)));

    public Task<PhoneBillPayment?> ShowAsync(string reference, CancellationToken cancellation) =>
        Task.FromResult(Shown(counter.Show(reference)));

    public Task<PhoneBillOutcome> ReserveAsync(PhoneBillRequest request, CancellationToken cancellation) =>
        throw new NotSupportedException(Never);

    public Task<PasswordCheck> ValidateAsync(string reference, string authorizationId, string code, CancellationToken cancellation) =>
        throw new NotSupportedException(Never);

    public Task<PhoneBillOutcome> ConfirmAsync(string reference, PhoneBillRequest request, CancellationToken cancellation) =>
        throw new NotSupportedException(Never);

    public Task<PhoneBillOutcome> CancelAsync(string reference, PhoneBillRequest request, CancellationToken cancellation) =>
        throw new NotSupportedException(Never);

    public Task<DeliveryOutcome> SendAsync(string correlator, string phoneNumber, string text, CancellationToken cancellation) =>
        Task.FromResult(DeliveryOutcome.Delivered);

    public Task<Outcome<OneTimePassword>> SendAsync(string phoneNumber, string message, CancellationToken cancellation) =>
        throw new NotSupportedException(Never);

    public Task<PasswordCheck> CheckAsync(string id, string code, CancellationToken cancellation) => throw new NotSupportedException(Never);

    private static PhoneBillOutcome Said(CounterAnswer answer) => new(answer.Reference is not null, answer.Reference, answer.Reason);

    private static PhoneBillPayment? Shown(CarrierEntry? entry) =>
        entry is null
            ? null
            : new(
                entry.Id,
                entry.Status == CarrierStatus.Succeeded ? PhoneBillState.Succeeded : PhoneBillState.Denied,
                entry.ClientCorrelator,
                entry.PhoneNumber,
                entry.Amount,
                entry.PaidAt
            );
}
