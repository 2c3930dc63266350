using Tokenline.Charging.Records;
using Tokenline.Management.Api;

namespace Tokenline.Management.Charges;

/// <summary>Sums of usage. What it was not asked to tell apart is absent.</summary>
/// <param name="Day">Of the operator's calendar, the day on which the calls began.</param>
/// <param name="Model">Model ID.</param>
/// <param name="Input">Input tokens, cached ones included.</param>
/// <param name="Retail">The value of the usage by currency, whoever paid it, before refunds.</param>
/// <param name="Uncollected">The part of it that no bucket could pay.</param>
/// <param name="Payments">What was paid, by unit, before refunds.</param>
public sealed record UsageDayBody(
    DateOnly? Day,
    string? Model,
    KeyId? Key,
    long Calls,
    long Input,
    long Output,
    IReadOnlyList<MoneyBody> Retail,
    IReadOnlyList<MoneyBody> Uncollected,
    IReadOnlyList<PaidInBody> Payments
)
{
    internal static UsageDayBody Of(DateOnly? day, string? model, KeyId? key, IReadOnlyList<UsageDay> lines)
    {
        return new(
            day,
            model,
            key,
            lines.Sum(line => line.Sums.Calls),
            lines.Sum(line => line.Sums.Input),
            lines.Sum(line => line.Sums.Output),
            ByCurrency(sums => sums.RetailNano),
            ByCurrency(sums => sums.UncollectedNano),
            [
                .. lines
                    .Where(line => line.Sums.Amount != 0)
                    .GroupBy(line => line.Of.Unit, StringComparer.Ordinal)
                    .OrderBy(unit => unit.Key, StringComparer.Ordinal)
                    .Select(unit => PaidInBody.Of(unit.First().Of, unit.Sum(line => line.Sums.Amount))),
            ]
        );

        List<MoneyBody> ByCurrency(Func<UsageSums, long> nano) =>
            [
                .. lines
                    .GroupBy(line => line.Of.Currency)
                    .Select(group => MoneyBody.Of(group.Sum(line => nano(line.Sums)), group.Key))
                    .Where(money => money.Amount != 0),
            ];
    }
}

/// <summary>What buckets of one unit paid.</summary>
/// <param name="Unit">A quota unit, or a currency.</param>
/// <param name="Amount">In whole units.</param>
public sealed record PaidInBody(string Unit, decimal Amount)
{
    internal static PaidInBody Of(UsageDayKey key, long amount) =>
        new(key.Unit, key.IsMoney ? (decimal)amount / Money.NanoPerUnit : Figures.Units(amount));
}
