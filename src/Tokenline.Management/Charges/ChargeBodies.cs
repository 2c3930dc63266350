using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using Tokenline.Management.Api;

namespace Tokenline.Management.Charges;

/// <summary>The record that a settled call left.</summary>
/// <param name="Model">The Model ID that was asked for, and that sets the price.</param>
/// <param name="AnsweredModel">The model that the vendor says has answered.</param>
/// <param name="Usage">Meter → count. Meters are disjoint, but for <c>reasoning</c>, which is a part of <c>output</c>.</param>
/// <param name="Basis"><c>Vendor</c>: the vendor's figures. <c>Estimated</c>: counted here. <c>Recovered</c>: by the rule after a crash.</param>
/// <param name="Check">Why a person should look at the vendor's figures.</param>
/// <param name="Retail">The value of the usage, whoever paid it.</param>
/// <param name="Uncollected">The part that no bucket could pay.</param>
/// <param name="Attempts">Each request to a vendor.</param>
/// <param name="VendorUsage">The vendor's usage object, verbatim.</param>
public sealed record UsageBody(
    ChargeId Charge,
    AccountId Account,
    KeyId Key,
    string Model,
    string? AnsweredModel,
    string Vendor,
    string Deployment,
    int TariffVersion,
    DateTimeOffset StartedAt,
    DateTimeOffset EndedAt,
    bool Stream,
    IReadOnlyDictionary<string, long> Usage,
    UsageBasis Basis,
    CallEnding Ending,
    string? Check,
    IReadOnlyList<PaymentBody> Payments,
    MoneyBody Retail,
    MoneyBody Uncollected,
    IReadOnlyList<AttemptBody> Attempts,
    string? VendorUsage
)
{
    internal static UsageBody Of(UsageRecord record) =>
        new(
            record.Charge,
            record.Account,
            record.Key,
            record.Model,
            record.AnsweredModel,
            record.Vendor,
            record.Deployment,
            record.TariffVersion,
            record.StartedAt,
            record.EndedAt,
            record.Stream,
            Figures.Counts(record.Usage),
            record.Basis,
            record.Ending,
            record.Check,
            [.. record.Payments.Select(payment => PaymentBody.Of(payment))],
            MoneyBody.Of(record.RetailNano, record.Currency),
            MoneyBody.Of(record.UncollectedNano, record.Currency),
            AttemptBody.Of(record.Attempts),
            record.VendorUsage
        );
}

/// <param name="Unit">A quota unit, or a currency.</param>
/// <param name="Amount">In whole units.</param>
/// <param name="Worth">On receipts: the part of the retail value that this payment covered.</param>
public sealed record PaymentBody(BucketId Bucket, string Name, string Unit, decimal Amount, MoneyBody? Worth)
{
    internal static PaymentBody Of(Payment payment, MoneyBody? worth = null) =>
        new(
            payment.Bucket,
            payment.Name,
            payment.Unit,
            payment.IsMoney ? (decimal)payment.Amount / Money.NanoPerUnit : Figures.Units(payment.Amount),
            worth
        );
}

/// <param name="Outcome">What became of it.</param>
public sealed record AttemptBody(
    string Vendor,
    string Deployment,
    DateTimeOffset At,
    string Outcome,
    IReadOnlyDictionary<string, long>? Usage
)
{
    internal static IReadOnlyList<AttemptBody> Of(VendorAttempt[]? attempts) =>
        [
            .. (attempts ?? []).Select(attempt => new AttemptBody(
                attempt.Vendor,
                attempt.Deployment,
                attempt.At,
                attempt.Outcome,
                attempt.Usage is { } usage ? Figures.Counts(usage) : null
            )),
        ];
}

/// <summary>
/// A usage record explained. It adds up: the lines' <c>money</c> sums to <c>exact</c>, which rounded once is <c>retail</c>;
/// <c>retail</c> = Σ <c>worth</c> of the payments + <c>free</c> + <c>uncollected</c>; the lines' <c>amount</c> in a unit sums to <c>quotas</c>.
/// </summary>
/// <param name="Tier">The tier of the price, from 1, that the call's whole input fell into.</param>
/// <param name="TierUpToInput">Tokens of input that this tier reaches up to; absent for the last.</param>
/// <param name="Exact">Before rounding, in units of the currency.</param>
/// <param name="Rounding">Retail − exact.</param>
/// <param name="Quotas">What the whole call costs in each unit that paid for a part of it.</param>
/// <param name="Free">Value that nobody had to pay, because the call costs nothing in a unit the customer holds.</param>
public sealed record ReceiptBody(
    ChargeId Charge,
    string Model,
    int TariffVersion,
    DateTimeOffset StartedAt,
    UsageBasis Basis,
    CallEnding Ending,
    int Tier,
    long? TierUpToInput,
    IReadOnlyList<ReceiptLineBody> Lines,
    decimal Exact,
    decimal Rounding,
    MoneyBody Retail,
    IReadOnlyList<QuotaBody> Quotas,
    IReadOnlyList<PaymentBody> Payments,
    MoneyBody Free,
    MoneyBody Uncollected
) : ChargeStateBody
{
    internal static ReceiptBody Of(Receipt receipt)
    {
        var record = receipt.Record;
        var currency = record.Currency;
        var exact = Figures.Exact(receipt.ExactNano);
        var retail = MoneyBody.Of(record.RetailNano, currency);
        return new(
            record.Charge,
            record.Model,
            record.TariffVersion,
            record.StartedAt,
            record.Basis,
            record.Ending,
            receipt.Tier + 1,
            receipt.TierUpToInput,
            [.. receipt.Lines.Select(line => ReceiptLineBody.Of(line, currency))],
            exact,
            retail.Amount - exact,
            retail,
            [.. receipt.Quotas.Select(quota => new QuotaBody(quota.Unit, Figures.Units(quota.AmountMicro)))],
            [.. record.Payments.Select(payment => PaymentBody.Of(payment, MoneyBody.Of(payment.WorthNano, currency)))],
            MoneyBody.Of(record.FreeNano, currency),
            MoneyBody.Of(record.UncollectedNano, currency)
        );
    }
}

/// <param name="Amount">In whole units.</param>
public sealed record QuotaBody(QuotaUnit Unit, decimal Amount);

/// <param name="Price">For a million of the meter.</param>
/// <param name="Money">Quantity × price, exact.</param>
/// <param name="Weights">The same in each quota unit: on a receipt those that paid, of a rating all that may pay.</param>
public sealed record ReceiptLineBody(string Meter, long Quantity, MoneyBody Price, decimal Money, IReadOnlyList<ReceiptWeightBody> Weights)
{
    internal static ReceiptLineBody Of(RatedLine line, Currency currency) =>
        new(
            MeterNames.Of(line.Meter),
            line.Quantity,
            MoneyBody.Of(line.PriceNano, currency),
            Figures.Exact(line.MoneyExact),
            [
                .. line.Weights.Select(weight => new ReceiptWeightBody(
                    weight.Unit,
                    Figures.Units(weight.WeightMicro),
                    Figures.Units(weight.AmountMicro)
                )),
            ]
        );
}

/// <param name="Weight">Quota for one of the meter.</param>
/// <param name="Amount">Quantity × weight, exact.</param>
public sealed record ReceiptWeightBody(QuotaUnit Unit, decimal Weight, decimal Amount);

/// <summary>A call to be rated, which need not have happened.</summary>
public sealed record NewRatingBody
{
    public string? Model { get; init; }

    /// <summary>Meter → count, as in a usage record: <c>reasoning</c> is a part of <c>output</c>, the others are disjoint.</summary>
    public IReadOnlyDictionary<string, long>? Usage { get; init; }

    /// <summary>When the call starts, RFC 3339 with its offset; now, unless told.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>What such a call would be charged. It adds up as a receipt does; nothing is held or charged.</summary>
/// <param name="TariffVersion">The version in force at that time.</param>
/// <param name="Tier">The tier of the price, from 1, that the whole input falls into.</param>
/// <param name="Exact">Before rounding, in units of the currency.</param>
/// <param name="Quotas">What it costs in each unit that may pay for this model.</param>
public sealed record RatingBody(
    string Model,
    DateTimeOffset At,
    int TariffVersion,
    int Tier,
    long? TierUpToInput,
    IReadOnlyList<ReceiptLineBody> Lines,
    decimal Exact,
    decimal Rounding,
    MoneyBody Retail,
    IReadOnlyList<QuotaBody> Quotas
)
{
    internal static RatingBody Of(ModelTariff tariff, DateTimeOffset at, Rating rating)
    {
        var exact = Figures.Exact(rating.ExactNano);
        var retail = MoneyBody.Of(rating.RetailNano, tariff.Currency);
        return new(
            tariff.Model,
            at,
            tariff.Version,
            rating.Tier + 1,
            rating.TierUpToInput,
            [.. rating.Lines.Select(line => ReceiptLineBody.Of(line, tariff.Currency))],
            exact,
            retail.Amount - exact,
            retail,
            [.. rating.Quotas.Select(quota => new QuotaBody(quota.Unit, Figures.Units(quota.AmountMicro)))]
        );
    }
}
