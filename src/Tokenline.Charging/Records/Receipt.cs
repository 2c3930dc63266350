using System.Collections.Immutable;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Records;

/// <summary>
/// A usage record explained: every meter times its rate, and who paid. It adds up:
/// Σ lines in money = <see cref="ExactNano"/>, which rounded once is the retail value, and
/// retail value = Σ worth of the payments + <see cref="FreeNano"/> + uncollected.
/// </summary>
public sealed record Receipt
{
    public required UsageRecord Record { get; init; }

    /// <summary>Which tier of the price the call's whole input fell into, from 0.</summary>
    public required int Tier { get; init; }

    /// <summary>The input that this tier reaches up to; null when it is the last.</summary>
    public required long? TierUpToInput { get; init; }

    public required ImmutableArray<RatedLine> Lines { get; init; }

    /// <summary>What the whole call costs in each unit that paid for a part of it.</summary>
    public required ImmutableArray<RatedQuota> Quotas { get; init; }

    public required ImmutableArray<ReceiptPayment> Payments { get; init; }

    /// <summary>Retail value that nobody had to pay, because the call costs nothing in a unit that the customer holds.</summary>
    public required long FreeNano { get; init; }

    /// <summary>Retail value before rounding, in millionths of a nano.</summary>
    public required Int128 ExactNano { get; init; }

    /// <param name="record">The record of a settled charge.</param>
    /// <param name="tariff">Of the record's model and tariff version.</param>
    public static Receipt Explain(UsageRecord record, ModelTariff tariff)
    {
        if (tariff.Model != record.Model || tariff.Version != record.TariffVersion)
            throw new ArgumentException(
                $"the record of {record.Charge} was rated by version {record.TariffVersion} of {record.Model}",
                nameof(tariff)
            );
        var units = record.Payments.Where(payment => !payment.IsMoney).Select(payment => new QuotaUnit(payment.Unit)).Distinct();
        var rating = Rating.Of(record.Usage, tariff, [.. units]);
        var (payments, free) = Pay(record, tariff);
        return new Receipt
        {
            Record = record,
            Tier = rating.Tier,
            TierUpToInput = rating.TierUpToInput,
            Lines = rating.Lines,
            Quotas = rating.Quotas,
            ExactNano = rating.ExactNano,
            Payments = payments,
            FreeNano = free,
        };
    }

    /// <summary>Walks the payments as the account made them: each leaves a share of the call, and the worth of a payment is what the share went down by.</summary>
    private static (ImmutableArray<ReceiptPayment> Payments, long Free) Pay(UsageRecord record, ModelTariff tariff)
    {
        var payments = ImmutableArray.CreateBuilder<ReceiptPayment>(record.Payments.Length);
        Int128 left = 1;
        Int128 whole = 1;
        var unpaid = record.RetailNano;
        foreach (var payment in record.Payments)
        {
            var cost = payment.IsMoney ? record.RetailNano : Rating.WeightIn(tariff, new QuotaUnit(payment.Unit)).Amount(record.Usage);
            if (cost > 0)
            {
                var need = whole == cost ? left : Rounding.MulDiv(cost, left, whole);
                (left, whole) = (need - payment.Amount, cost);
            }
            else
            {
                left = 0;
            }
            var after = left == 0 ? 0 : Rounding.MulDiv(record.RetailNano, left, whole);
            payments.Add(new ReceiptPayment(payment, unpaid - after));
            unpaid = after;
        }
        return (payments.MoveToImmutable(), unpaid - record.UncollectedNano);
    }
}

/// <param name="WorthNano">The part of the retail value that this payment covered.</param>
public sealed record ReceiptPayment(Payment Payment, long WorthNano);
