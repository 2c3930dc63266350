using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Management.Api;

namespace Tokenline.Management.Charges;

/// <summary>What is to be given back of a charge: <c>part</c> or <c>millionths</c>, not both.</summary>
public sealed record NewRefundBody
{
    /// <summary><c>whole</c> (all that is left of it), or a decimal fraction of the charge such as <c>"0.5"</c>, with at most six decimals.</summary>
    public string? Part { get; init; }

    /// <summary>The fraction in millionths, 1 to 1,000,000.</summary>
    public int? Millionths { get; init; }

    /// <summary>For the record, 1 to 200 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>An id of your own, <c>cmd_…</c>: sent again with the same content it is the same refund.</summary>
    public string? CommandId { get; init; }
}

/// <summary>A refund: a record of its own, that corrects a charge and never rewrites it.</summary>
/// <param name="Id">Of the command that asked for it.</param>
/// <param name="Part">The fraction of the charge.</param>
/// <param name="Retail">What it takes back of the charge's retail value.</param>
/// <param name="Parts">What each bucket that had paid got back.</param>
public sealed record RefundBody(
    CommandId Id,
    ChargeId Charge,
    DateTimeOffset At,
    decimal Part,
    MoneyBody Retail,
    IReadOnlyList<RefundedPartBody> Parts,
    string Reason
)
{
    internal static RefundBody Of(UsageRecord record, Adjustment adjustment)
    {
        var refund = adjustment.Refund;
        return new(
            refund.Command,
            refund.Charge,
            refund.At,
            Fraction(refund.Millionths),
            MoneyBody.Of(refund.RetailNano, record.Currency),
            [.. refund.Parts.Select((part, i) => RefundedPartBody.Of(record.Payments[i], part))],
            refund.Reason
        );
    }

    internal static decimal Fraction(int millionths) => millionths / (decimal)ChargingAccount.WholeMillionths;
}

/// <param name="Amount">In whole units of the bucket's unit or currency.</param>
/// <param name="RevivedIn">The bucket had ended: the amount is in this new one of the same scope.</param>
/// <param name="RevivedUntil">When that one ends.</param>
public sealed record RefundedPartBody(
    BucketId Bucket,
    string Name,
    string Unit,
    decimal Amount,
    BucketId? RevivedIn,
    DateTimeOffset? RevivedUntil
)
{
    internal static RefundedPartBody Of(Payment payment, RefundedPart part) =>
        new(
            part.Bucket,
            payment.Name,
            payment.Unit,
            payment.IsMoney ? (decimal)part.Amount / Money.NanoPerUnit : Figures.Units(part.Amount),
            part.Revived?.Bucket,
            part.Revived?.ExpiresAt
        );
}

/// <summary>What was given back of a charge so far.</summary>
/// <param name="Part">The fraction of the charge, all refunds together.</param>
/// <param name="Retail">Of its retail value.</param>
/// <param name="Items">Oldest first.</param>
public sealed record RefundsBody(ChargeId Charge, decimal Part, MoneyBody Retail, IReadOnlyList<RefundBody> Items)
{
    internal static RefundsBody Of(UsageRecord record, IReadOnlyList<Adjustment> adjustments) =>
        new(
            record.Charge,
            RefundBody.Fraction(adjustments.Sum(adjustment => adjustment.Refund.Millionths)),
            MoneyBody.Of(adjustments.Sum(adjustment => adjustment.Refund.RetailNano), record.Currency),
            [.. adjustments.Select(adjustment => RefundBody.Of(record, adjustment))]
        );
}
