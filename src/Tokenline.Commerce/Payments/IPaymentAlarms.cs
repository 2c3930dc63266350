namespace Tokenline.Commerce.Payments;

/// <summary>Told where the carrier contradicts what it was asked, or somebody speaks in its name: a person has to look, for money may have moved that the books do not know.</summary>
public interface IPaymentAlarms
{
    /// <param name="correlator">Of the payment or the refund.</param>
    /// <param name="words">What is wrong, without secrets and phone numbers.</param>
    void Raise(string correlator, string words);
}
