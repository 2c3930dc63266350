namespace Tokenline.Commerce.Payments;

/// <summary>
/// A subscriber's phone bill: charge at once, or reserve and then confirm or cancel; give back; look up. The demo's is the carrier simulator; an operator's is its own billing gateway.
/// Everything is asked under a correlator of ours and is done once per correlator: repeated with the same content it answers the same.
/// </summary>
/// <exception cref="HttpRequestException">
/// From every member: the carrier could not be reached, did not answer, has not decided yet, or contradicts what it was asked. What it did is not known, so ask again.
/// </exception>
public interface IPhoneBill
{
    /// <summary>Charges in one step.</summary>
    Task<PhoneBillOutcome> ChargeAsync(
        string correlator,
        string phoneNumber,
        Money amount,
        string description,
        CancellationToken cancellation
    );

    /// <summary>Sets the amount aside, for as long as the carrier keeps it. Accepted with a <see cref="PhoneBillOutcome.Validation"/>: a code has to be given before it can be confirmed.</summary>
    Task<PhoneBillOutcome> ReserveAsync(PhoneBillRequest request, CancellationToken cancellation);

    /// <summary>The code that the carrier sent to the number for a reservation.</summary>
    Task<PasswordCheck> ValidateAsync(string reference, string authorizationId, string code, CancellationToken cancellation);

    /// <summary>Charges what was reserved under this reference. Refused where the reservation has ended, or is of something else.</summary>
    Task<PhoneBillOutcome> ConfirmAsync(string reference, PhoneBillRequest request, CancellationToken cancellation);

    /// <summary>Lets go of what was reserved. Accepted: nothing is or will be charged. Refused: it was confirmed.</summary>
    Task<PhoneBillOutcome> CancelAsync(string reference, PhoneBillRequest request, CancellationToken cancellation);

    /// <summary>Gives back a part of a payment, or all of it. The outcome's reference is the refund's.</summary>
    Task<PhoneBillOutcome> RefundAsync(PhoneBillRefund refund, CancellationToken cancellation);

    /// <summary>The payment that was asked for under this correlator, at that time or later; null: there is none. For an answer that was lost.</summary>
    Task<PhoneBillPayment?> FindAsync(string correlator, DateTimeOffset askedAt, CancellationToken cancellation);

    /// <summary>The payment as it stands; null: the carrier knows none under this reference.</summary>
    Task<PhoneBillPayment?> ShowAsync(string reference, CancellationToken cancellation);
}

/// <param name="Reference">The carrier's own id of the payment or the refund, when accepted.</param>
/// <param name="Reason">The carrier's words, when refused.</param>
public sealed record PhoneBillOutcome(bool Accepted, string? Reference, string? Reason)
{
    /// <summary>What the subscriber still has to do.</summary>
    public PhoneBillValidation? Validation { get; init; }
}

/// <summary>What is asked of the carrier, and what its answers and events are compared with.</summary>
/// <param name="Correlator">Ours: an order's id, or the like.</param>
public sealed record PhoneBillRequest(string Correlator, string PhoneNumber, Money Amount, string Description);

/// <param name="Correlator">Ours, and another one than the payment's: one refund per correlator.</param>
/// <param name="Payment">The carrier's reference of the payment.</param>
/// <param name="Amount">At most what is left of the payment.</param>
public sealed record PhoneBillRefund(string Correlator, string Payment, Money Amount, string Reason);

/// <summary>A code went to the number, to be given under the authorization id; or the subscriber has to visit an address of the carrier's.</summary>
public sealed record PhoneBillValidation(string? AuthorizationId, string? Url);
