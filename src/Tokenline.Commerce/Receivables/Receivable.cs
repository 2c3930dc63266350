using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Receivables;

[JsonConverter(typeof(JsonStringEnumConverter<ReceivableState>))]
public enum ReceivableState
{
    [JsonStringEnumMemberName("open")]
    Open = 1,

    /// <summary>Open, and its day is over.</summary>
    [JsonStringEnumMemberName("overdue")]
    Overdue = 2,

    /// <summary>Paid or credited, whole.</summary>
    [JsonStringEnumMemberName("settled")]
    Settled = 3,
}

/// <summary>What a customer owes for one order, renewal or upgrade.</summary>
/// <param name="Correlator">Of the payment that it stands for.</param>
/// <param name="Open">What is neither paid nor credited.</param>
/// <param name="PurchaseOrder">The customer's own number.</param>
/// <param name="DueAt">From then on it is overdue.</param>
/// <param name="SettledAt">When nothing was open any more.</param>
public sealed record Receivable(
    ReceivableId Id,
    PartyId Customer,
    string Correlator,
    Money Amount,
    Money Open,
    string Description,
    string? PurchaseOrder,
    DateTimeOffset IssuedAt,
    DateTimeOffset DueAt,
    DateTimeOffset? SettledAt = null
)
{
    public ReceivableState StateAt(DateTimeOffset now) =>
        Open.Nano == 0 ? ReceivableState.Settled
        : DueAt <= now ? ReceivableState.Overdue
        : ReceivableState.Open;
}

[JsonConverter(typeof(JsonStringEnumConverter<ReceivableEntryType>))]
public enum ReceivableEntryType
{
    [JsonStringEnumMemberName("issued")]
    Issued = 1,

    /// <summary>The customer paid.</summary>
    [JsonStringEnumMemberName("paid")]
    Paid = 2,

    /// <summary>Something was given back: less is owed. What of it had been paid is kept as the customer's credit.</summary>
    [JsonStringEnumMemberName("credited")]
    Credited = 3,

    /// <summary>Credit of the customer's went into it.</summary>
    [JsonStringEnumMemberName("applied")]
    Applied = 4,

    /// <summary>It was asked for and not made. It is kept, so that what was once refused is refused for ever under its name.</summary>
    [JsonStringEnumMemberName("refused")]
    Refused = 5,
}

/// <summary>A fact: what happened to a receivable. Never changed; books are kept of these.</summary>
/// <param name="Number">In the order of writing.</param>
/// <param name="Correlator">Unique; under it, it happened once.</param>
/// <param name="Receivable">Null where none came of it.</param>
/// <param name="Amount">Above zero.</param>
/// <param name="Reference">What proves a payment elsewhere.</param>
/// <param name="Reason">Why it was refused or credited.</param>
public sealed record ReceivableEntry(
    long Number,
    string Correlator,
    ReceivableId? Receivable,
    PartyId Customer,
    ReceivableEntryType Type,
    Money Amount,
    DateTimeOffset At,
    string? Reference,
    string? Reason
);
