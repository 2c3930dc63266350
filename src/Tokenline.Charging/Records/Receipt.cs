using System.Collections.Immutable;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Records;

/// <summary>
/// A usage record explained: every meter times its rate, and who paid. It adds up:
/// Σ lines in money, and what a minimum added, rounded once are the retail value, and
/// retail value = Σ worth of the payments + what was free + uncollected.
/// </summary>
public sealed record Receipt
{
    public required UsageRecord Record { get; init; }

    /// <summary>In money, and in each unit that paid for a part of it.</summary>
    public required Rating Rating { get; init; }

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
        return new Receipt { Record = record, Rating = Rating.Of(record.Usage, tariff, context, [.. units]) };
    }
}
