using System.Collections.Immutable;
using Tokenline.Commerce.Routing;

namespace Tokenline.Gateway.Routing.Policies;

/// <summary>The fewest calls at this moment for its weight.</summary>
internal sealed class LeastBusy : RoutingPolicy
{
    public static readonly LeastBusy Instance = new();

    public override string Name => RoutingPolicies.LeastBusy;

    public override string Unit => "running calls for a weight of 100";

    public override void Rank(in RoutingCall call, ImmutableArray<Seat> seats, ReadOnlySpan<byte> who, Span<double> scores)
    {
        for (var i = 0; i < who.Length; i++)
        {
            var seat = seats[who[i]];
            scores[i] = seat.Live.Running * (double)DeploymentTraffic.WeightDefault / Math.Max(1, seat.Weight);
        }
    }
}
