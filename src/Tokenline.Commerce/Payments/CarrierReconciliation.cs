using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Payments;

/// <summary>A payment or a refund as it is in our own books.</summary>
/// <param name="Correlator">Under which the carrier was asked.</param>
/// <param name="Reference">The carrier's id, as it was answered.</param>
/// <param name="AskedAt">When the carrier was first asked.</param>
/// <param name="State">In our words.</param>
/// <param name="HasMoved">Whether the money has moved, for all that we know.</param>
public sealed record BookedPayment(
    SettlementKind Kind,
    string Correlator,
    string? Reference,
    Money Amount,
    DateTimeOffset AskedAt,
    string State,
    bool HasMoved
);

[JsonConverter(typeof(JsonStringEnumConverter<CarrierDifference>))]
public enum CarrierDifference
{
    /// <summary>In our books, and in no line.</summary>
    [JsonStringEnumMemberName("missingAtCarrier")]
    MissingAtCarrier = 1,

    /// <summary>A line, and nothing in our books that was paid.</summary>
    [JsonStringEnumMemberName("missingHere")]
    MissingHere = 2,

    /// <summary>Another amount, or another currency.</summary>
    [JsonStringEnumMemberName("amountDiffers")]
    AmountDiffers = 3,

    /// <summary>A line about what another line was about.</summary>
    [JsonStringEnumMemberName("duplicate")]
    Duplicate = 4,

    /// <summary>The same correlator, and another payment than the one that we were told of.</summary>
    [JsonStringEnumMemberName("referenceDiffers")]
    ReferenceDiffers = 5,
}

/// <param name="Line">Of the file; null where no line is at fault.</param>
/// <param name="Ours">The amount in our books.</param>
/// <param name="Theirs">The amount in the file.</param>
/// <param name="Note">What helps to find out.</param>
public sealed record CarrierFinding(
    CarrierDifference Difference,
    SettlementKind Kind,
    int? Line,
    string? Correlator,
    string? Reference,
    Money? Ours,
    Money? Theirs,
    string? Note = null
);

/// <param name="Lines">Payments and refunds in the file.</param>
/// <param name="Matched">Of those, the ones that our books have too, to the last nano-unit.</param>
/// <param name="Findings">At most so many as were asked for, in the order they were found.</param>
/// <param name="Differences">All of them.</param>
public sealed record CarrierComparison(int Lines, int Matched, IReadOnlyList<CarrierFinding> Findings, int Differences)
{
    public bool IsClean => Differences == 0;
}

/// <summary>
/// Compares our payments of a day with the carrier's file of it. Pure: first every line with what our books have under its correlator, whenever that was; then everything that our books have of the day.
/// Holds a mark of each line, not the lines.
/// </summary>
public sealed class CarrierReconciliation(int findingsMax = CarrierReconciliation.FindingsMax)
{
    public const int FindingsMax = 1000;

    private readonly HashSet<UInt128> ids = [];
    private readonly HashSet<UInt128> correlators = [];
    private readonly List<CarrierFinding> findings = [];
    private int lines,
        matched,
        differences;

    public CarrierComparison Result => new(lines, matched, [.. findings], differences);

    /// <summary>The whole comparison of what fits into memory.</summary>
    public static CarrierComparison Compare(
        IReadOnlyCollection<BookedPayment> ours,
        IEnumerable<SettlementLine> lines,
        DateTimeOffset dayBegins
    )
    {
        var known = ours.ToDictionary(payment => (payment.Kind, payment.Correlator));
        var reconciliation = new CarrierReconciliation();
        foreach (var line in lines)
            reconciliation.Take(line, line.Correlator is { } correlator ? known.GetValueOrDefault((line.Kind, correlator)) : null);
        foreach (var payment in ours.Where(payment => payment.HasMoved))
            reconciliation.Expect(payment, dayBegins);
        return reconciliation.Result;
    }

    /// <param name="line">The next one of the file.</param>
    /// <param name="ours">What our books have under its correlator; null: nothing.</param>
    public void Take(SettlementLine line, BookedPayment? ours)
    {
        lines++;
        var isNew = ids.Add(Mark(line.Kind, line.Id));
        if (line.Correlator is { } correlator)
            isNew &= correlators.Add(Mark(line.Kind, correlator));
        if (!isNew)
            Find(CarrierDifference.Duplicate, line, ours);
        else if (ours is null)
            Find(CarrierDifference.MissingHere, line, ours, line.Correlator is null ? "it has no correlator" : null);
        else if (!ours.HasMoved)
            Find(CarrierDifference.MissingHere, line, ours, $"here it is {ours.State}");
        else if (ours.Amount != line.Amount)
            Find(CarrierDifference.AmountDiffers, line, ours);
        else if (ours.Reference is { } reference && reference != line.Id)
            Find(CarrierDifference.ReferenceDiffers, line, ours, $"here it is {reference}");
        else
            matched++;
    }

    /// <summary>After the last line: something that our books have of the day.</summary>
    /// <param name="dayBegins">What was asked before may have been booked on the day before.</param>
    public void Expect(BookedPayment ours, DateTimeOffset dayBegins)
    {
        if (correlators.Contains(Mark(ours.Kind, ours.Correlator)))
            return;
        Add(
            new(
                CarrierDifference.MissingAtCarrier,
                ours.Kind,
                null,
                ours.Correlator,
                ours.Reference,
                ours.Amount,
                null,
                ours.AskedAt < dayBegins ? "it was asked for on an earlier day: look in that day's file" : null
            )
        );
    }

    private void Find(CarrierDifference difference, SettlementLine line, BookedPayment? ours, string? note = null) =>
        Add(new(difference, line.Kind, line.Line, line.Correlator, line.Id, ours?.Amount, line.Amount, note));

    private void Add(CarrierFinding finding)
    {
        differences++;
        if (findings.Count < findingsMax)
            findings.Add(finding);
    }

    /// <summary>Sixteen bytes for any text, so that half a million lines take a few megabytes.</summary>
    private static UInt128 Mark(SettlementKind kind, string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{text}"), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
