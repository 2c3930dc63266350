using System.Globalization;
using System.Text.Json.Serialization;
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

    /// <summary>Nothing is asked for by itself any more: the attempts are used up.</summary>
    [JsonStringEnumMemberName("exhausted")]
    Exhausted = 4,

    [JsonStringEnumMemberName("collected")]
    Collected = 5,

    /// <summary>Nothing was open any more: it was paid or credited otherwise.</summary>
    [JsonStringEnumMemberName("ended")]
    Ended = 6,

    /// <summary>It was sent, and its customer pays it.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting = 7,
}

/// <summary>What an overdue bill has come to, step by step.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DunningStage>))]
public enum DunningStage
{
    [JsonStringEnumMemberName("none")]
    None = 0,

    /// <summary>Its day is over, and the customer was told; grace runs.</summary>
    [JsonStringEnumMemberName("reminded")]
    Reminded = 1,

    /// <summary>Nothing is on credit any more.</summary>
    [JsonStringEnumMemberName("restricted")]
    Restricted = 2,

    [JsonStringEnumMemberName("suspended")]
    Suspended = 3,

    /// <summary>Plans are not renewed either.</summary>
    [JsonStringEnumMemberName("terminated")]
    Terminated = 4,
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

/// <summary>How a bill is collected, with every attempt, and what came of it where it is not paid.</summary>
/// <param name="Since">It was sent, or first asked for.</param>
/// <param name="TryAt">When it is asked for again; null: not by itself.</param>
/// <param name="NextAt">When something is to be done again; null: at once, or – where it is closed – nothing.</param>
/// <param name="Method">That its customer had chosen when it was sent.</param>
/// <param name="Plans">That are not renewed because of it, until it is paid.</param>
public sealed record BillCollection(
    string Bill,
    PartyId Payer,
    Currency Currency,
    CollectionState State,
    IReadOnlyList<CollectionAttempt> Attempts,
    string? PurchaseOrder,
    DateTimeOffset Since,
    DateTimeOffset? TryAt = null,
    DateTimeOffset? NextAt = null,
    PaymentMethod? Method = null,
    DunningStage Stage = DunningStage.None,
    IReadOnlyList<ProductId>? Plans = null
)
{
    private const string Prefix = "bill-";
    private const int PeriodLength = 7;

    [JsonIgnore]
    public bool IsOpen => State is not (CollectionState.Collected or CollectionState.Ended);

    /// <summary>The account is suspended because of it, until it is paid.</summary>
    [JsonIgnore]
    public bool HasSuspended => Stage >= DunningStage.Suspended;

    [JsonIgnore]
    public CollectionAttempt Last => Attempts[^1];

    /// <summary>Null: it was not asked for yet.</summary>
    [JsonIgnore]
    public PaymentMethod? LastMethod => Attempts is [.., var last] ? last.Method : null;

    /// <summary>Of an attempt, from 1 on: such as <c>bill-2026-11-acc_…-1</c>.</summary>
    public string CorrelatorOf(int attempt) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Bill.Replace('/', '-')}-{attempt}");

    /// <summary>The bill that a correlator is of; null: it is of something else.</summary>
    public static string? BillOf(string correlator)
    {
        var last = correlator.LastIndexOf('-');
        var account = Prefix.Length + PeriodLength + 1;
        return correlator.StartsWith(Prefix, StringComparison.Ordinal) && last > account
            ? $"{correlator[Prefix.Length..(account - 1)]}/{correlator[account..last]}"
            : null;
    }
}

/// <summary>What the carrier has paid of a bill, by the day on which we heard of it.</summary>
public sealed record CarrierBillPayment(
    string Correlator,
    string? Reference,
    long Nano,
    Currency Currency,
    DateTimeOffset AskedAt,
    DateTimeOffset At
);
