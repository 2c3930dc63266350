using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using Tokenline.Management.Api;

namespace Tokenline.Management.Charges;

/// <summary>The record that a settled call left.</summary>
/// <param name="Model">The Model ID that was asked for, and that sets the price.</param>
/// <param name="AnsweredModel">The model that the vendor says has answered.</param>
/// <param name="Usage">Meter → count. Meters are disjoint, but for <c>reasoning</c>, which is a part of <c>output</c>.</param>
/// <param name="Run">The run that the call belongs to.</param>
/// <param name="Basis"><c>Vendor</c>: the vendor's figures. <c>Estimated</c>: counted here. <c>Recovered</c>: by the rule after a crash.</param>
/// <param name="Check">Why a person should look at the vendor's figures.</param>
/// <param name="Retail">The value of the usage, whoever paid it.</param>
/// <param name="Uncollected">The part that no bucket could pay.</param>
/// <param name="Attempts">Each request to a vendor.</param>
/// <param name="VendorUsage">The vendor's usage object, verbatim.</param>
/// <param name="Wholesale">What the vendor is owed: the operator's, never shown to the customer. Absent without a contract.</param>
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
    string? VendorUsage,
    string? Run,
    WholesaleBody? Wholesale
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
            record.VendorUsage,
            record.Run,
            record.Wholesale is { } wholesale ? WholesaleBody.Of(wholesale) : null
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

/// <summary>What the operator owes the vendor for a call, by the contract in force when it started.</summary>
/// <param name="ContractVersion">Of the vendor that served.</param>
public sealed record WholesaleBody(int ContractVersion, MoneyBody Cost)
{
    internal static WholesaleBody Of(WholesaleCost cost) => new(cost.ContractVersion, MoneyBody.Of(cost.Nano, cost.Currency));
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
