using System.Collections.Immutable;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Records;

/// <summary>
/// A usage record explained: every meter times its rate, and who paid. It adds up:
/// Σ lines in money = <see cref="ExactNano"/>, which rounded once is the retail value, and
/// retail value = Σ worth of the payments + what was free + uncollected.
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
        var context = tariff.Context(record.StartedAt, record.Traits ?? CallTraits.Plain, record.VolumeBefore);
        var rating = Rating.Of(record.Usage, tariff, context, [.. units]);
        return new Receipt
        {
            Record = record,
            Tier = rating.Tier,
            TierUpToInput = rating.TierUpToInput,
            Lines = rating.Lines,
            Quotas = rating.Quotas,
            ExactNano = rating.ExactNano,
        };
    }
}
