using System.Collections.Immutable;
using Tokenline.Commerce.Routing;

namespace Tokenline.Gateway.Routing.Policies;

/// <summary>The operator's own order; those of one priority share the traffic by weight.</summary>
internal sealed class Priority : RoutingPolicy
{
    public static readonly Priority Instance = new();

    public override string Name => RoutingPolicies.Priority;

    public override string Unit => "priority";

    public override void Rank(in RoutingCall call, ImmutableArray<Seat> seats, ReadOnlySpan<byte> who, Span<double> scores)
    {
        for (var i = 0; i < who.Length; i++)
            scores[i] = seats[who[i]].Deployment.Priority;
    }
}
