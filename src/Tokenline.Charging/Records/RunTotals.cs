using Tokenline.Charging.Journal;

namespace Tokenline.Charging.Records;

/// <summary>What the calls of one run came to, by their usage records and the refunds of them.</summary>
/// <param name="Retail">The value of the usage by currency, whoever paid it.</param>
/// <param name="Uncollected">The part of it that no bucket could pay.</param>
/// <param name="GivenBack">The part of it that refunds took back.</param>
/// <param name="FirstAt">When the first call started.</param>
/// <param name="LastAt">When the last call ended.</param>
public sealed record RunTotals(
    string Run,
    long Calls,
    Usage Usage,
    IReadOnlyList<Money> Retail,
    IReadOnlyList<Money> Uncollected,
    IReadOnlyList<Money> GivenBack,
    IReadOnlyList<PaidTotal> Payments,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt
)
{
    /// <summary>Null: there is no call of this run.</summary>
    /// <param name="refunds">Those of the run's charges, by charge.</param>
    public static RunTotals? Of(string run, IEnumerable<UsageRecord> records, ILookup<ChargeId, Refunded> refunds)
    {
        var usage = new Usage();
        var (calls, first, last) = (0L, DateTimeOffset.MaxValue, DateTimeOffset.MinValue);
        var (retail, uncollected, givenBack) = (new Sums<Currency>(), new Sums<Currency>(), new Sums<Currency>());
        var (paid, returned) = (new Sums<(string, bool)>(), new Sums<(string, bool)>());
        foreach (var record in records)
        {
            calls++;
            for (var meter = 0; meter < Usage.MeterCount; meter++)
                usage[(Meter)meter] = checked(usage[(Meter)meter] + record.Usage[(Meter)meter]);
            retail.Add(record.Currency, record.RetailNano);
            uncollected.Add(record.Currency, record.UncollectedNano);
            foreach (var payment in record.Payments)
                paid.Add((payment.Unit, payment.IsMoney), payment.Amount);
            foreach (var refund in refunds[record.Charge])
            {
                givenBack.Add(record.Currency, refund.RetailNano);
                for (var i = 0; i < refund.Parts.Length; i++) // its parts are in the order of the record's payments
                    returned.Add((record.Payments[i].Unit, record.Payments[i].IsMoney), refund.Parts[i].Amount);
            }
            first = record.StartedAt < first ? record.StartedAt : first;
            last = record.EndedAt > last ? record.EndedAt : last;
        }
        return calls == 0
            ? null
            : new(
                run,
                calls,
                usage,
                InMoney(retail),
                InMoney(uncollected),
                InMoney(givenBack),
                [.. paid.All.Select(sum => new PaidTotal(sum.Key.Item1, sum.Key.Item2, sum.Value, returned.Of(sum.Key)))],
                first,
                last
            );
    }

    private static Money[] InMoney(Sums<Currency> sums) => [.. sums.All.Select(sum => new Money(sum.Value, sum.Key))];

    private sealed class Sums<TKey>
        where TKey : notnull
    {
        private readonly Dictionary<TKey, long> sums = [];

        public IEnumerable<KeyValuePair<TKey, long>> All => sums;

        public long Of(TKey key) => sums.GetValueOrDefault(key);

        public void Add(TKey key, long amount) => sums[key] = checked(Of(key) + amount);
    }
}

/// <summary>What the buckets of one unit paid, in micro-units of quota or nano of money, and what of it came back.</summary>
public sealed record PaidTotal(string Unit, bool IsMoney, long Amount, long GivenBack);

/// <summary>A run in a list of runs.</summary>
/// <param name="LastCharge">Its newest call; lists of runs are in this order, newest first.</param>
/// <param name="LastAt">When its last call ended, to the millisecond.</param>
public sealed record RunLine(string Run, long Calls, IReadOnlyList<Money> Retail, ChargeId LastCharge, DateTimeOffset LastAt);
