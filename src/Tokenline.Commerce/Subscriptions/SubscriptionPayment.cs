using System.Text.Json.Serialization;
using Tokenline.Commerce.Payments;

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
)
{
    /// <summary>How it was paid; of a refund: each part goes back the way that its payment came.</summary>
    public PaymentMethod Method { get; init; } = PaymentMethod.PhoneBill;
}
