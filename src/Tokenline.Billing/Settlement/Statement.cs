using System.Text.Json.Serialization;

namespace Tokenline.Billing.Settlement;

[JsonConverter(typeof(JsonStringEnumConverter<StatementState>))]
public enum StatementState
{
    /// <summary>The other side may confirm or dispute it.</summary>
    [JsonStringEnumMemberName("issued")]
    Issued = 1,

    [JsonStringEnumMemberName("disputed")]
    Disputed = 2,

    [JsonStringEnumMemberName("confirmed")]
    Confirmed = 3,

    /// <summary>Paid out, or its balance was carried to the next.</summary>
    [JsonStringEnumMemberName("paid")]
    Paid = 4,
}

[JsonConverter(typeof(JsonStringEnumConverter<PayeeKind>))]
public enum PayeeKind
{
    [JsonStringEnumMemberName("vendor")]
    Vendor = 1,

    [JsonStringEnumMemberName("channel")]
    Channel = 2,

    /// <summary>What no call of any vendor earned: it is divided between channels and operator.</summary>
    [JsonStringEnumMemberName("operator")]
    Operator = 3,
}

/// <summary>One model's month, in whole minor units of the operator's currency. Gross = vendor + platform + computing + channel + operator.</summary>
/// <param name="BaseNano">The gross before it was rounded.</param>
/// <param name="CostNano">Wholesale: what the price sheet came to, in <paramref name="CostCurrency"/>, exact.</param>
/// <param name="OwnNano">Wholesale: the same in whole minor units of that currency.</param>
/// <param name="Tokens">That the operator's own deployments served.</param>
public sealed record StatementLine(
    string Model,
    long Calls,
    long BaseNano,
    long GrossNano,
    long VendorNano,
    long PlatformNano,
    long ComputingNano,
    long ChannelNano,
    long OperatorNano,
    Currency? CostCurrency = null,
    long CostNano = 0,
    long OwnNano = 0,
    long Tokens = 0,
    IReadOnlyList<ChannelPart>? Channels = null
)
{
    [JsonIgnore]
    public bool AddsUp => GrossNano == VendorNano + PlatformNano + ComputingNano + ChannelNano + OperatorNano;
}

/// <summary>What a channel gets of a line, for what it sold.</summary>
/// <param name="BaseNano">That its customers earned, exact.</param>
public sealed record ChannelPart(string Channel, long BaseNano, long Nano);

/// <param name="Nano">In the currency of the statement; less than nothing takes off.</param>
public sealed record StatementAdjustment(string Id, long Nano, string Reason, DateTimeOffset At);

/// <summary>The paper of one vendor or channel for one period.</summary>
/// <param name="Payee">Whose; of the operator's own it is empty.</param>
/// <param name="Currency">That it is paid in.</param>
/// <param name="DueNano">Of this period.</param>
/// <param name="CarriedNano">What earlier statements left: less than nothing.</param>
/// <param name="Terms">The number of the terms; 0: there were none.</param>
/// <param name="Rate">Of the payee's currency, in the operator's.</param>
public sealed record Statement(
    string Id,
    BillingPeriod Period,
    PayeeKind Kind,
    string Payee,
    Currency Currency,
    int Terms,
    decimal? Rate,
    IReadOnlyList<StatementLine> Lines,
    long DueNano,
    long CarriedNano,
    DateTimeOffset At
)
{
    public StatementState State { get; init; } = StatementState.Issued;
    public IReadOnlyList<StatementAdjustment> Adjustments { get; init; } = [];
    public string? Dispute { get; init; }

    /// <summary>What was paid out; 0 where the balance was carried on.</summary>
    public long PaidNano { get; init; }

    /// <summary>The vendor's account that it was paid to, masked.</summary>
    public string? PaidTo { get; init; }

    [JsonIgnore]
    public long BalanceNano => DueNano + CarriedNano + Adjustments.Sum(adjustment => adjustment.Nano);

    public static string IdOf(BillingPeriod period, PayeeKind kind, string payee, Currency currency) =>
        $"{period}/{BillingJson.Write(kind).Trim('"')}/{payee}/{currency}";

    /// <summary>Whose statements follow each other, and so carry what is left.</summary>
    public static string GroupOf(PayeeKind kind, string payee, Currency currency) =>
        $"{BillingJson.Write(kind).Trim('"')}/{payee}/{currency}";
}
