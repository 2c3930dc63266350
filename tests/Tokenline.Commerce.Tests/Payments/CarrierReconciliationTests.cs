using CsCheck;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Tests.Payments;

public sealed class CarrierReconciliationTests
{
    private static readonly DateTimeOffset midnight = new(2026, 9, 1, 0, 0, 0, TimeSpan.FromHours(8));

    [Fact]
    public void Every_kind_of_difference_is_found_with_its_line()
    {
        BookedPayment[] ours =
        [
            Ours("ord_1", "p1", 9.9m),
            Ours("ord_2", "p2", 9.9m),
            Ours("ord_3", "p3", 9.9m),
            Ours("ord_4", "p4", 9.9m),
            Ours("ord_5", "p5", 9.9m),
            Ours("ord_6", "p6", 9.9m) with
            {
                AskedAt = midnight.AddMinutes(-1),
            },
            Ours("ord_7", null, 9.9m) with
            {
                State = "failed",
                HasMoved = false,
            },
        ];
        SettlementLine[] lines =
        [
            Theirs(2, "p1", "ord_1", 9.9m),
            Theirs(3, "p2", "ord_2", 19.8m),
            Theirs(4, "p9", "ord_3", 9.9m),
            Theirs(5, "p7", "ord_7", 9.9m),
            Theirs(6, "p8", "ord_8", 9.9m),
            Theirs(7, "p0", null, 9.9m),
            Theirs(8, "p1", "ord_1", 9.9m),
            Theirs(9, "p10", "ord_1", 9.9m),
            Theirs(10, "p4", "ord_4", 9.9m) with
            {
                Amount = Money.FromDecimal(9.9m, new Currency("USD")),
            },
        ];
        var found = CarrierReconciliation.Compare(ours, lines, midnight);
        Assert.Equal((9, 1, 10), (found.Lines, found.Matched, found.Differences));
        Assert.Equal(
            [
                "3 ord_2 AmountDiffers ",
                "4 ord_3 ReferenceDiffers here it is p3",
                "5 ord_7 MissingHere here it is failed",
                "6 ord_8 MissingHere ",
                "7  MissingHere it has no correlator",
                "8 ord_1 Duplicate ",
                "9 ord_1 Duplicate ",
                "10 ord_4 AmountDiffers ",
                " ord_5 MissingAtCarrier ",
                " ord_6 MissingAtCarrier it was asked for on an earlier day: look in that day's file",
            ],
            found.Findings.Select(f => $"{f.Line} {f.Correlator} {f.Difference} {f.Note}")
        );
    }

    [Fact]
    public void A_refund_is_not_the_payment_of_the_same_name()
    {
        var found = CarrierReconciliation.Compare(
            [Ours("one", "p1", 5m), Ours("one", "r1", 5m) with { Kind = SettlementKind.Refund }],
            [Theirs(2, "p1", "one", 5m), Theirs(3, "r1", "one", 5m) with { Kind = SettlementKind.Refund, Payment = "p1" }],
            midnight
        );
        Assert.True(found.IsClean);
        Assert.Equal(2, found.Matched);
    }

    [Fact]
    public void More_differences_than_are_kept_are_counted()
    {
        var reconciliation = new CarrierReconciliation(findingsMax: 3);
        for (var i = 0; i < 10; i++)
            reconciliation.Take(Theirs(i + 2, $"p{i}", $"ord_{i}", 1m), null);
        Assert.Equal(
            (3, 10, false),
            (reconciliation.Result.Findings.Count, reconciliation.Result.Differences, reconciliation.Result.IsClean)
        );
    }

    /// <summary>What was done to a payment on its way into the file.</summary>
    private enum Fate
    {
        Told,
        LeftOut,
        Doubled,
        Changed,
        Swapped,
        NotOurs,
    }

    private static readonly Gen<(Fate Fate, long Milli)[]> days = Gen.Select(Gen.Enum<Fate>(), Gen.Long[1, 1_000_000]).Array[0, 40];

    [Fact]
    public void Whatever_happens_to_each_payment_is_found_and_nothing_else_in_any_order() =>
        Gen.Select(days, Gen.Int)
            .Sample(
                (day, seed) =>
                {
                    var ours = new List<BookedPayment>();
                    var lines = new List<SettlementLine>();
                    var expected = new List<(CarrierDifference, string)>();
                    for (var i = 0; i < day.Length; i++)
                    {
                        var (fate, amount) = (day[i].Fate, day[i].Milli / 1000m);
                        var (correlator, id) = ($"ord_{i}", $"p{i}");
                        if (fate != Fate.NotOurs)
                            ours.Add(Ours(correlator, id, amount));
                        switch (fate)
                        {
                            case Fate.LeftOut:
                                expected.Add((CarrierDifference.MissingAtCarrier, correlator));
                                continue;
                            case Fate.Doubled:
                                expected.Add((CarrierDifference.Duplicate, correlator));
                                lines.Add(Theirs(0, id, correlator, amount));
                                break;
                            case Fate.Changed:
                                expected.Add((CarrierDifference.AmountDiffers, correlator));
                                amount += 0.001m;
                                break;
                            case Fate.Swapped:
                                expected.Add((CarrierDifference.ReferenceDiffers, correlator));
                                id = $"q{i}";
                                break;
                            case Fate.NotOurs:
                                expected.Add((CarrierDifference.MissingHere, correlator));
                                break;
                        }
                        lines.Add(Theirs(0, id, correlator, amount));
                    }
                    var shuffled = lines.ToArray();
                    new Random(seed).Shuffle(shuffled);
                    var found = CarrierReconciliation.Compare(ours, shuffled, midnight);
                    var matched = day.Count(one => one.Fate is Fate.Told or Fate.Doubled);
                    return found.Lines == lines.Count
                        && found.Matched == matched
                        && found.Differences == expected.Count
                        && found.IsClean == (expected.Count == 0)
                        && found.Findings.Select(f => (f.Difference, f.Correlator!)).Order().SequenceEqual(expected.Order());
                },
                iter: 500
            );

    [Fact]
    public void Every_line_and_every_payment_of_ours_is_matched_or_found() =>
        Gen.Select(
                Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9], Gen.Int[1, 3]).Array[0, 30],
                Gen.Select(Gen.Int[0, 9], Gen.Int[1, 3]).Array[0, 10]
            )
            .Sample(
                (theirs, booked) =>
                {
                    var ours = booked.DistinctBy(b => b.Item1).Select(b => Ours($"ord_{b.Item1}", $"p{b.Item1}", b.Item2)).ToList();
                    var lines = theirs.Select((t, i) => Theirs(i + 2, $"p{t.Item1}", $"ord_{t.Item2}", t.Item3)).ToList();
                    var found = CarrierReconciliation.Compare(ours, lines, midnight);
                    var ofLines = found.Findings.Count(f => f.Difference != CarrierDifference.MissingAtCarrier);
                    var named = lines.Select(line => line.Correlator).ToHashSet();
                    return found.Matched + ofLines == lines.Count
                        && found.Findings.Count - ofLines == ours.Count(payment => !named.Contains(payment.Correlator));
                },
                iter: 500
            );

    private static BookedPayment Ours(string correlator, string? reference, decimal amount) =>
        new(
            SettlementKind.Payment,
            correlator,
            reference,
            Money.FromDecimal(amount, Currency.Cny),
            midnight.AddHours(10),
            "completed",
            HasMoved: true
        );

    private static SettlementLine Theirs(int line, string id, string? correlator, decimal amount) =>
        new(line, SettlementKind.Payment, id, null, correlator, Money.FromDecimal(amount, Currency.Cny), midnight.AddHours(10));
}
