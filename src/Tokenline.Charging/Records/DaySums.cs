using System.Runtime.InteropServices;
using NodaTime;
using Tokenline.Charging.Limits;

namespace Tokenline.Charging.Records;

/// <summary>Adds up usage records by day. Journals write the sums of a batch with its records, so the two never say otherwise.</summary>
/// <param name="timeZone">Of the operator's calendar.</param>
public sealed class DaySums(string timeZone)
{
    private readonly DateTimeZone zone = CalendarPeriod.Zone(timeZone);
    private readonly Dictionary<UsageDayKey, UsageSums> sums = [];

    public IReadOnlyCollection<KeyValuePair<UsageDayKey, UsageSums>> All => sums;

    public int Count => sums.Count;

    public DateOnly DayOf(ChargeId charge) => Instant.FromDateTimeOffset(IdSource.At(charge)).InZone(zone).Date.ToDateOnly();

    /// <summary>The lowest id of a charge of this day.</summary>
    public ChargeId First(DateOnly day) =>
        IdSource.Lowest<ChargeKind>(zone.AtStartOfDay(LocalDate.FromDateOnly(day)).ToInstant().ToDateTimeOffset());

    public void Add(UsageRecord record) => Add(record, 1);

    /// <summary>It was added, and then was not written.</summary>
    public void Remove(UsageRecord record) => Add(record, -1);

    private void Add(UsageRecord record, int times)
    {
        var day = DayOf(record.Charge);
        var counts = new UsageSums(1, record.Usage.WholeInput, record.Usage[Meter.Output], record.RetailNano, record.UncollectedNano, 0);
        var payments = record.Payments;
        var most = 0;
        for (var i = 1; i < payments.Length; i++)
        {
            if (payments[i].WorthNano > payments[most].WorthNano)
                most = i;
        }
        if (payments.Length == 0)
            Add(record, day, "", counts, times);
        for (var i = 0; i < payments.Length; i++)
            Add(record, day, payments[i].Unit, (i == most ? counts : default) with { Amount = payments[i].Amount }, times);
    }

    public void Clear() => sums.Clear();

    private void Add(UsageRecord record, DateOnly day, string unit, UsageSums more, int times)
    {
        var key = new UsageDayKey(record.Account, day, record.Model, record.Key, record.Currency, unit);
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _);
        sum = times > 0 ? sum + more : sum - more;
    }
}
