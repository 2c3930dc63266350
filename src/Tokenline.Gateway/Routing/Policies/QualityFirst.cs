using System.Collections.Immutable;
using Tokenline.Commerce.Routing;

namespace Tokenline.Gateway.Routing.Policies;

/// <summary>The best score of quality; of those alike, the one that fails least. An unknown quality comes last.</summary>
internal sealed class QualityFirst : RoutingPolicy
{
    public static readonly QualityFirst Instance = new();

    public override string Name => RoutingPolicies.QualityFirst;

    public override string Unit => "100 - quality, then failures";

    public override void Rank(in RoutingCall call, ImmutableArray<Seat> seats, ReadOnlySpan<byte> who, Span<double> scores)
    {
        for (var i = 0; i < who.Length; i++)
        {
            var seat = seats[who[i]];
            scores[i] = 100 - seat.Quality + Failures(seat);
        }
    }

    /// <summary>In steps of 5 %, and less than the smallest difference of quality that counts.</summary>
    private static double Failures(Seat seat) => Math.Round(seat.Live.FailureShare * 20) * 1e-4;
}
