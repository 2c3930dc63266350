using Tokenline.Charging.Records;
using Tokenline.Management.Api;

namespace Tokenline.Management.Charges;

/// <summary>A run in the list of an account's runs.</summary>
/// <param name="Run">The run id that its calls carried.</param>
/// <param name="Retail">The value of its usage by currency, whoever paid it.</param>
/// <param name="LastAt">When its last call ended.</param>
public sealed record RunLineBody(string Run, long Calls, IReadOnlyList<MoneyBody> Retail, DateTimeOffset LastAt)
{
    internal static RunLineBody Of(RunLine line) => new(line.Run, line.Calls, [.. line.Retail.Select(MoneyBody.Of)], line.LastAt);
}

/// <summary>The itemised account of a run. Its totals are those of all its records, not only of the page that is shown.</summary>
/// <param name="Usage">Meter → count, all calls together.</param>
/// <param name="Retail">The value of the usage by currency, whoever paid it.</param>
/// <param name="Uncollected">The part of it that no bucket could pay.</param>
/// <param name="GivenBack">The part of it that refunds took back.</param>
/// <param name="FirstAt">When the first call started.</param>
/// <param name="LastAt">When the last call ended.</param>
/// <param name="Items">Its usage records, those that started last first.</param>
/// <param name="Next">Give it back as <c>before</c> for the older ones; absent when there are none.</param>
public sealed record RunBody(
    string Run,
    long Calls,
    IReadOnlyDictionary<string, long> Usage,
    IReadOnlyList<MoneyBody> Retail,
    IReadOnlyList<MoneyBody> Uncollected,
    IReadOnlyList<MoneyBody> GivenBack,
    IReadOnlyList<PaidBody> Payments,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt,
    IReadOnlyList<UsageBody> Items,
    string? Next
)
{
    internal static RunBody Of(RunTotals totals, Page<UsageBody> page) =>
        new(
            totals.Run,
            totals.Calls,
            Figures.ByMeter(meter => totals.Usage[meter], meter => totals.Usage[meter] != 0),
            [.. totals.Retail.Select(MoneyBody.Of)],
            [.. totals.Uncollected.Select(MoneyBody.Of)],
            [.. totals.GivenBack.Select(MoneyBody.Of)],
            [.. totals.Payments.Select(PaidBody.Of)],
            totals.FirstAt,
            totals.LastAt,
            page.Items,
            page.Next
        );
}

/// <summary>What all buckets of one unit paid.</summary>
/// <param name="Unit">A quota unit, or a currency.</param>
/// <param name="Amount">In whole units.</param>
/// <param name="GivenBack">What of it refunds gave back.</param>
public sealed record PaidBody(string Unit, decimal Amount, decimal GivenBack)
{
    internal static PaidBody Of(PaidTotal paid)
    {
        return new(paid.Unit, InUnits(paid.Amount), InUnits(paid.GivenBack));

        decimal InUnits(long amount) => paid.IsMoney ? (decimal)amount / Money.NanoPerUnit : Figures.Units(amount);
    }
}
