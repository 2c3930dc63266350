using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Tokenline.Billing.Bills;

/// <summary>TMF678 states of a customer bill.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BillState>))]
public enum BillState
{
    [JsonStringEnumMemberName("new")]
    New = 1,

    /// <summary>There is a question about it: it is not due until that is answered.</summary>
    [JsonStringEnumMemberName("onHold")]
    OnHold = 2,

    /// <summary>It adds up, and may be sent.</summary>
    [JsonStringEnumMemberName("validated")]
    Validated = 3,

    [JsonStringEnumMemberName("sent")]
    Sent = 4,

    [JsonStringEnumMemberName("partiallyPaid")]
    PartiallyPaid = 5,

    /// <summary>Nothing is due any more.</summary>
    [JsonStringEnumMemberName("settled")]
    Settled = 6,
}

[JsonConverter(typeof(JsonStringEnumConverter<BillLineKind>))]
public enum BillLineKind
{
    /// <summary>Paid when it was ordered or renewed.</summary>
    [JsonStringEnumMemberName("purchase")]
    Purchase = 1,

    /// <summary>Given back for a purchase, apart from this bill.</summary>
    [JsonStringEnumMemberName("refund")]
    Refund = 2,

    /// <summary>Calls that quota paid for; costs nothing more.</summary>
    [JsonStringEnumMemberName("included")]
    Included = 3,

    /// <summary>Calls on credit: owed.</summary>
    [JsonStringEnumMemberName("usage")]
    Usage = 4,

    /// <summary>Given back for calls on credit.</summary>
    [JsonStringEnumMemberName("credit")]
    Credit = 5,

    [JsonStringEnumMemberName("volumeDiscount")]
    VolumeDiscount = 6,

    /// <summary>What is missing to the agreed minimum.</summary>
    [JsonStringEnumMemberName("minimum")]
    Minimum = 7,

    /// <summary>Used beyond what a commitment had prepaid.</summary>
    [JsonStringEnumMemberName("beyond")]
    Beyond = 8,

    /// <summary>What a term fell short of its commitment.</summary>
    [JsonStringEnumMemberName("trueUp")]
    TrueUp = 9,

    /// <summary>Calls on credit at retroactive tiers, brought to the tier that their month ended in.</summary>
    [JsonStringEnumMemberName("volumeTrueUp")]
    VolumeTrueUp = 10,
}

/// <param name="Name">Of the product, or of the bucket that paid.</param>
/// <param name="Key">The member's key.</param>
/// <param name="Allotment">The department, project or member.</param>
/// <param name="Quantity">What a bucket paid, in micro-units of <paramref name="Unit"/>.</param>
/// <param name="ExactNano">Before it was rounded.</param>
/// <param name="AmountNano">Whole minor units, tax included; of purchases what was paid, of included calls 0.</param>
/// <param name="TaxNano">Within the amount.</param>
/// <param name="EarnedNano">Of included calls: what they used up of a price that was paid before, net of tax.</param>
/// <param name="Cause">What was accrued: its id in the books of commerce.</param>
/// <param name="KeyName">As it was called when the bill was made.</param>
/// <param name="AllotmentName">The same, with what it lies under.</param>
public sealed record BillLine(
    BillLineKind Kind,
    string Name,
    string? Model = null,
    KeyId? Key = null,
    AllotmentId? Allotment = null,
    string? Unit = null,
    long Quantity = 0,
    long Calls = 0,
    long Input = 0,
    long Output = 0,
    long WorthNano = 0,
    long ExactNano = 0,
    long AmountNano = 0,
    long TaxNano = 0,
    long EarnedNano = 0,
    string? Cause = null,
    string? KeyName = null,
    string? AllotmentName = null
)
{
    /// <summary>It is to be paid with this bill.</summary>
    [JsonIgnore]
    public bool IsOwed => Kind is not (BillLineKind.Purchase or BillLineKind.Refund or BillLineKind.Included);
}

/// <summary>What a customer's period came to. It never changes; what is corrected is a credit note, or a line of a later bill.</summary>
/// <param name="Id">Of its account and period: made again it is the same.</param>
/// <param name="At">The end of its period.</param>
/// <param name="DueNano">Σ of the lines that are owed. Negative is carried by the receivable to the next.</param>
/// <param name="PurchasesNano">Paid apart from it.</param>
/// <param name="UncollectedNano">Retail value that nobody could pay; it is not owed.</param>
/// <param name="To">Whom it is made out to, as it was then.</param>
public sealed record Bill(
    string Id,
    BillingPeriod Period,
    AccountId Account,
    PartyId? Customer,
    Currency Currency,
    DateTimeOffset At,
    DateTimeOffset DueAt,
    IReadOnlyList<BillLine> Lines,
    long DueNano,
    long TaxNano,
    long PurchasesNano,
    long UncollectedNano,
    BilledTo? To = null
)
{
    public static string IdOf(AccountId account, BillingPeriod period) => $"{period}/{account}";

    /// <summary>Null: it adds up.</summary>
    public string? WhatIsWrong()
    {
        Int128 due = 0;
        Int128 tax = 0;
        foreach (var line in Lines.Where(line => line.IsOwed))
        {
            if (line.AmountNano % MinorUnit.Nano(Currency) != 0)
                return $"the line {line.Name} {line.Model} is not in whole minor units";
            due += line.AmountNano;
            tax += line.TaxNano;
        }
        return due == DueNano && tax == TaxNano
            ? null
            : $"its lines add up to {due} nano and {tax} of tax, it says {DueNano} and {TaxNano}";
    }

    /// <summary>Of all that it says: whoever edits a stored bill is found out.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(BillingJson.Write(this))));
}

/// <summary>A bill and how it stands.</summary>
/// <param name="Hash">Of the bill, as it was made.</param>
/// <param name="HeldFrom">The state that a dispute took it out of.</param>
public sealed record BillDocument(
    Bill Bill,
    string Hash,
    BillState State,
    long PaidNano = 0,
    long CreditedNano = 0,
    long WrittenOffNano = 0,
    BillState? HeldFrom = null
)
{
    [JsonIgnore]
    public long OpenNano => Bill.DueNano - PaidNano - CreditedNano - WrittenOffNano;

    public static BillDocument Of(Bill bill) =>
        bill.WhatIsWrong() is { } wrong
            ? throw new InvalidOperationException($"bill {bill.Id}: {wrong}")
            : new(bill, bill.Hash(), bill.DueNano == 0 ? BillState.Settled : BillState.Validated);
}
