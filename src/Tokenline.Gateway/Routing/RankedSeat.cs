using System.Globalization;

namespace Tokenline.Gateway.Routing;

/// <summary>A deployment as <see cref="Router.Explain"/> sees it.</summary>
/// <param name="Score">By the model's policy, the lowest is best; NaN: not known.</param>
/// <param name="Share">In percent of such calls.</param>
internal sealed record RankedSeat(Seat Seat, SeatVerdict Verdict, double Score, double Share)
{
    public string InWords(long now) =>
        Verdict switch
        {
            SeatVerdict.Fits => string.Create(
                CultureInfo.InvariantCulture,
                $"{(Score == Router.Stays ? "stays" : double.IsNaN(Score) ? "unknown" : Score.ToString("0.######", CultureInfo.InvariantCulture))} ({Share:0.#}%)"
            ),
            _ => WhyNot(now),
        };

    /// <summary>Why it gets no call, or none by choice.</summary>
    public string WhyNot(long now) =>
        Verdict switch
        {
            SeatVerdict.Fits => "",
            SeatVerdict.NotSpoken => "cannot be called in this protocol",
            SeatVerdict.Draining => "is being drained",
            SeatVerdict.CircuitOpen => string.Create(
                CultureInfo.InvariantCulture,
                $"circuit open for {Math.Max(0, Seat.Live.Circuit.OpenUntil - now)} ms after '{Seat.Live.Circuit.Reason}'"
            ),
            SeatVerdict.OnTrial => "circuit half open, another call tries",
            SeatVerdict.Resting => string.Create(
                CultureInfo.InvariantCulture,
                $"at its vendor's limit for {Math.Max(0, Seat.Live.RestsUntil - now)} ms"
            ),
            SeatVerdict.Ejected => $"passed over: {Seat.Live.EjectedBecause}",
            SeatVerdict.Overdue => "calls wait there, and nothing is heard for much longer than usual",
            SeatVerdict.AtItsLimit => "at the operator's limit for it",
            _ => "tried",
        };
}
