using NodaTime;

namespace Tokenline.Commerce.Payments;

/// <summary>What our books have of payments by phone bill. There may be several, each of its own correlators: orders are one.</summary>
public interface IBookedPayments
{
    /// <summary>What was asked of the carrier under these correlators, whenever and with whatever end.</summary>
    Task<IReadOnlyList<BookedPayment>> FindAsync(
        SettlementKind kind,
        IReadOnlyCollection<string> correlators,
        CancellationToken cancellation
    );

    /// <summary>What was paid from the one instant until before the other, by our clock.</summary>
    IAsyncEnumerable<BookedPayment> PaidAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellation);
}

/// <summary>Holds the carrier's file of a day against the books. Nothing is changed: what differs is for a person.</summary>
public sealed class CarrierReconciling(IEnumerable<IBookedPayments> books, CommerceOptions options)
{
    /// <summary>Bytes of a file that is taken.</summary>
    public const long FileBytesMax = 256L << 20;

    private const int LinesAtOnce = 500;

    /// <param name="day">In the operator's time zone.</param>
    /// <param name="file">The carrier's; read once, to its end.</param>
    /// <param name="cancellation">Stops.</param>
    public async Task<Outcome<CarrierComparison>> CompareAsync(DateOnly day, Stream file, CancellationToken cancellation)
    {
        using var reader = new SettlementReader(file, day);
        var reconciliation = new CarrierReconciliation();
        var lines = new List<SettlementLine>(LinesAtOnce);
        while (await reader.ReadAsync(cancellation) is { } line)
        {
            lines.Add(line);
            if (lines.Count == LinesAtOnce)
                await TakeAsync(reconciliation, lines, cancellation);
        }
        if (reader.Fault is { } fault)
            return Refused.Invalid("file", fault.ToString());
        await TakeAsync(reconciliation, lines, cancellation);

        var (from, until) = (Midnight(day), Midnight(day.AddDays(1)));
        foreach (var book in books)
        {
            await foreach (var payment in book.PaidAsync(from, until, cancellation))
                reconciliation.Expect(payment, from);
        }
        return reconciliation.Result;
    }

    private async Task TakeAsync(CarrierReconciliation reconciliation, List<SettlementLine> lines, CancellationToken cancellation)
    {
        var known = new Dictionary<(SettlementKind, string), BookedPayment>();
        foreach (var kind in lines.GroupBy(line => line.Kind))
        {
            var correlators = kind.Select(line => line.Correlator).OfType<string>().ToHashSet();
            foreach (var book in books)
            {
                foreach (var payment in await book.FindAsync(kind.Key, correlators, cancellation))
                    known[(payment.Kind, payment.Correlator)] = payment;
            }
        }
        foreach (var line in lines)
            reconciliation.Take(line, line.Correlator is { } correlator ? known.GetValueOrDefault((line.Kind, correlator)) : null);
        lines.Clear();
    }

    private DateTimeOffset Midnight(DateOnly day) =>
        DateTimeZoneProviders.Tzdb[options.TimeZone].AtStartOfDay(LocalDate.FromDateOnly(day)).ToDateTimeOffset();
}
