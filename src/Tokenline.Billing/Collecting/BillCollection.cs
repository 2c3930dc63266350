using System.Text.Json.Serialization;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;

namespace Tokenline.Billing.Collecting;

/// <summary>How a customer's bills are paid without being asked for, by the customer's own leave.</summary>
/// <param name="Method">Null: each is paid by the customer.</param>
/// <param name="PurchaseOrder">Of invoices.</param>
public sealed record BillPaymentChoice(AccountId Account, PaymentMethod? Method, string? PurchaseOrder, DateTimeOffset At);

[JsonConverter(typeof(JsonStringEnumConverter<CollectionState>))]
public enum CollectionState
{
    /// <summary>The end of the last attempt is not known yet, or it is about to be made.</summary>
    [JsonStringEnumMemberName("asked")]
    Asked = 1,

    /// <summary>The last attempt was refused; another follows.</summary>
    [JsonStringEnumMemberName("refused")]
    Refused = 2,

    /// <summary>It is an invoice now, and waits for its payment.</summary>
    [JsonStringEnumMemberName("invoiced")]
    Invoiced = 3,

    /// <summary>Nothing follows by itself: the attempts are used up.</summary>
    [JsonStringEnumMemberName("exhausted")]
    Exhausted = 4,

    [JsonStringEnumMemberName("collected")]
    Collected = 5,

    /// <summary>Nothing was open any more: it was paid or credited otherwise.</summary>
    [JsonStringEnumMemberName("ended")]
    Ended = 6,
}

/// <summary>An attempt to have a bill paid.</summary>
/// <param name="Correlator">Unique; under it, it is paid once.</param>
/// <param name="IsRefused">Null: not known yet.</param>
/// <param name="Reference">Of the payment where it was made.</param>
public sealed record CollectionAttempt(
    string Correlator,
    PaymentMethod Method,
    long Nano,
    DateTimeOffset At,
    bool? IsRefused = null,
    string? Reference = null,
    string? Reason = null
);

/// <summary>How a bill is collected, with every attempt.</summary>
/// <param name="Since">It was first asked for: dunning counts from here, of an invoice from its day.</param>
/// <param name="NextAt">When something is to be done again; null: nothing.</param>
/// <param name="HasSuspended">The account is suspended because of it, until it is paid.</param>
public sealed record BillCollection(
    string Bill,
    PartyId Payer,
    Currency Currency,
    CollectionState State,
    IReadOnlyList<CollectionAttempt> Attempts,
    string? PurchaseOrder,
    DateTimeOffset Since,
    DateTimeOffset? NextAt,
    bool HasSuspended = false
)
{
    [JsonIgnore]
    public bool IsOpen => State is not (CollectionState.Collected or CollectionState.Ended);

    [JsonIgnore]
    public CollectionAttempt Last => Attempts[^1];
}

/// <summary>Who pays, and what happens to whoever does not: all that collecting asks of commerce.</summary>
public interface IBillPayers
{
    Task<Customer?> FindAsync(PartyId payer, CancellationToken cancellation);

    Task<Customer?> OfAsync(AccountId account, CancellationToken cancellation);

    /// <summary>Told again it changes nothing.</summary>
    Task SuspendAsync(PartyId payer, bool isSuspended, string reason, CancellationToken cancellation);

    /// <summary>Of an invoice what is open, and its day.</summary>
    /// <param name="reference">Its id, as the payment method answered it.</param>
    Task<(long OpenNano, DateTimeOffset DueAt)?> InvoiceAsync(string reference, CancellationToken cancellation);
}
