using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Subscriptions;

[JsonConverter(typeof(JsonStringEnumConverter<PaymentState>))]
public enum PaymentState
{
    /// <summary>The end is not known yet.</summary>
    [JsonStringEnumMemberName("asked")]
    Asked = 1,

    [JsonStringEnumMemberName("paid")]
    Paid = 2,

    [JsonStringEnumMemberName("refused")]
    Refused = 3,

    /// <summary>A refund that was not paid out yet.</summary>
    [JsonStringEnumMemberName("owed")]
    Owed = 4,

    [JsonStringEnumMemberName("returned")]
    Returned = 5,

    /// <summary>Owed by the customer, for the next bill.</summary>
    [JsonStringEnumMemberName("accrued")]
    Accrued = 6,

    /// <summary>It was accrued, and is on the bill that the reference names.</summary>
    [JsonStringEnumMemberName("billed")]
    Billed = 7,
}

/// <summary>A line of what a subscription cost: asked for, or given back.</summary>
/// <param name="Correlator">Unique; under it the payment is made once.</param>
/// <param name="Period">Its number.</param>
/// <param name="From">Of the time that is paid for.</param>
/// <param name="Reference">The payment's id where it was made.</param>
/// <param name="Reason">Why it was refused, or is given back.</param>
public sealed record SubscriptionPayment(
    string Correlator,
    ProductId Subscription,
    PaymentKind Kind,
    int Period,
    Money Amount,
    DateTimeOffset From,
    DateTimeOffset To,
    PaymentState State,
    DateTimeOffset AskedAt,
    DateTimeOffset? EndedAt = null,
    string? Reference = null,
    string? Reason = null
);

/// <summary>How an attempt to pay or to give back ended.</summary>
public sealed record PaymentAnswer(bool Accepted, string? Reference, string? Reason);

/// <summary>Where the money of subscriptions comes from, and goes back to. The phone bill is one; a wallet or an invoice would be others.</summary>
public interface ISubscriptionPayments
{
    /// <summary>Refunds can be paid out. Where they cannot they are kept as owed.</summary>
    bool CanGiveBack { get; }

    /// <summary>Pays once per correlator: repeated with the same content it answers the same.</summary>
    /// <exception cref="HttpRequestException">Whether it was paid is not known, so repeat it.</exception>
    Task<PaymentAnswer> PayAsync(PartyId customer, string correlator, Money amount, string description, CancellationToken cancellation);

    /// <summary>Gives back once per correlator.</summary>
    /// <param name="from">What of the refund comes back from which payment: its whole amount.</param>
    /// <exception cref="HttpRequestException">Whether it was given back is not known, so repeat it.</exception>
    Task<PaymentAnswer> GiveBackAsync(
        PartyId customer,
        SubscriptionPayment refund,
        IReadOnlyList<RefundPart> from,
        CancellationToken cancellation
    );
}
