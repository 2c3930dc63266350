using System.Collections.Immutable;
using System.Globalization;

namespace Tokenline.Gateway.Routing.Health;

/// <summary>
/// Deployments that do much worse than their siblings of the same model, over a minute: they fail three times as often, or take four times as long to begin.
/// At most half of them are passed over at a time: if most are bad, it is not they who are.
/// </summary>
internal static class Outliers
{
    private const int TriedMin = 20;
    private const double FailuresMin = 0.1;
    private const double FailuresTimes = 3;
    private const double SlownessTimes = 4;
    private const double SlownessMin = 1000; // ms more than the others

    public static void Eject(ImmutableArray<Seat> seats, long now)
    {
        if (seats.Length < 2)
            return;
        var known = seats.Select(seat => (seat.Live, Sum: seat.Live.SumOfMinute(now))).Where(seat => seat.Sum.Tried >= TriedMin).ToList();
        if (known.Count < 2)
            return;
        var ejected = seats.Count(seat => seat.Live.EjectedUntil > now);
        foreach (var (live, sum) in known)
        {
            if (live.EjectedUntil > now || (ejected + 1) * 2 > seats.Length)
                continue;
            var others = known.Where(other => other.Live != live).ToList();
            var (failures, usual) = (1 - sum.Availability ?? 0, Median(others.Select(other => 1 - other.Sum.Availability ?? 0)));
            var (slow, usualSlow) = (
                sum.FirstByteMilliseconds(50) ?? 0,
                Median(others.Select(other => other.Sum.FirstByteMilliseconds(50) ?? 0))
            );
            if (failures > Math.Max(FailuresMin, usual * FailuresTimes))
                live.Eject(now, string.Create(CultureInfo.InvariantCulture, $"{failures:P0} of its calls fail, of the others' {usual:P0}"));
            else if (usualSlow > 0 && slow > usualSlow * SlownessTimes && slow > usualSlow + SlownessMin)
                live.Eject(
                    now,
                    string.Create(CultureInfo.InvariantCulture, $"it begins after {slow:0} ms, the others after {usualSlow:0} ms")
                );
            else
                continue;
            ejected++;
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
