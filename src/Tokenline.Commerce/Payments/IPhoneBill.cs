namespace Tokenline.Commerce.Payments;

/// <summary>Puts a charge on a subscriber's phone bill. The demo's is the carrier simulator; an operator's is its own billing gateway.</summary>
public interface IPhoneBill
{
    /// <summary>Charges once per <paramref name="correlator"/>: repeated with the same content it answers the same.</summary>
    /// <exception cref="HttpRequestException">The carrier could not be reached or did not answer: whether it charged is not known, so repeat it.</exception>
    Task<PhoneBillOutcome> ChargeAsync(
        string correlator,
        string phoneNumber,
        Money amount,
        string description,
        CancellationToken cancellation
    );
}

/// <param name="Reference">The carrier's own id of the payment, when accepted.</param>
/// <param name="Reason">The carrier's words, when refused.</param>
public sealed record PhoneBillOutcome(bool Accepted, string? Reference, string? Reason);
