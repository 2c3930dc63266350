using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Payments;

/// <summary>How something is paid. Each is a file beside its brothers, <c>XMethod.cs</c>, and a line here.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PaymentMethod>))]
public enum PaymentMethod
{
    /// <summary>On the bill of the customer's line: <see cref="PhoneBillMethod"/>.</summary>
    [JsonStringEnumMemberName("phoneBill")]
    PhoneBill = 1,

    /// <summary>Out of money that the customer has paid before: <see cref="WalletMethod"/>.</summary>
    [JsonStringEnumMemberName("wallet")]
    Wallet = 2,

    /// <summary>Later, within agreed terms: <see cref="InvoiceMethod"/>.</summary>
    [JsonStringEnumMemberName("invoice")]
    Invoice = 3,
}

/// <summary>What is to be paid.</summary>
/// <param name="Payer">Whose money.</param>
/// <param name="Correlator">Our name for it; under it, it is paid once.</param>
/// <param name="Description">What it is for, in words for the payer.</param>
/// <param name="PurchaseOrder">The payer's own number for it, where that is asked for.</param>
/// <param name="Reservation">The carrier's id of what was set aside for it before.</param>
public sealed record PaymentRequest(
    PartyId Payer,
    string Correlator,
    Money Amount,
    string Description,
    string? PurchaseOrder = null,
    string? Reservation = null
);

/// <summary>What is to be given back, whole or in part.</summary>
/// <param name="Correlator">Another one than the payment's; under it, it is given back once.</param>
/// <param name="Payment">The correlator of the payment.</param>
/// <param name="Reference">The payment's id where it was made.</param>
/// <param name="Amount">At most what is left of the payment.</param>
public sealed record PaymentReturn(PartyId Payer, string Correlator, string Payment, string? Reference, Money Amount, string Reason);

/// <summary>How an attempt to pay or to give back ended.</summary>
/// <param name="Reference">Its id where it was made.</param>
/// <param name="Reason">Why not, in words for the payer.</param>
public sealed record PaymentAnswer(bool Accepted, string? Reference, string? Reason);

/// <summary>Where money comes from, and goes back to.</summary>
public interface IPaymentMethod
{
    PaymentMethod Method { get; }

    /// <summary>Why this payer cannot pay so now, as far as can be known before anything is asked or stored; null: for no known reason.</summary>
    Task<Refused?> WhyNotAsync(PartyId payer, Money amount, string? purchaseOrder, CancellationToken cancellation);

    /// <summary>Pays once per correlator: repeated with the same content it answers the same.</summary>
    /// <exception cref="HttpRequestException">Whether it was paid is not known, so repeat it.</exception>
    Task<PaymentAnswer> PayAsync(PaymentRequest request, CancellationToken cancellation);

    /// <summary>Gives back once per correlator. More than is left of the payment is refused.</summary>
    /// <exception cref="HttpRequestException">Whether it was given back is not known, so repeat it.</exception>
    Task<PaymentAnswer> GiveBackAsync(PaymentReturn back, CancellationToken cancellation);
}

/// <summary>The methods that this operator takes.</summary>
public sealed class PaymentMethods(IEnumerable<IPaymentMethod> methods)
{
    private readonly Dictionary<PaymentMethod, IPaymentMethod> known = methods.ToDictionary(method => method.Method);

    public IPaymentMethod this[PaymentMethod method] =>
        known.GetValueOrDefault(method) ?? throw new InvalidOperationException($"nothing is paid by {method} here");
}
