using System.Collections.Immutable;
using Tokenline.Commerce.Routing;

namespace Tokenline.Gateway.Routing.Policies;

/// <summary>What the operator owes for this call by the contract in force at this second, its context tier and its output as estimated. Without a contract: not known.</summary>
internal sealed class LeastCost : RoutingPolicy
{
    public static readonly LeastCost Instance = new();

    public override string Name => RoutingPolicies.LeastCost;

    public override string Unit => "cost of the call";

    public override void Rank(in RoutingCall call, ImmutableArray<Seat> seats, ReadOnlySpan<byte> who, Span<double> scores)
    {
        for (var i = 0; i < who.Length; i++)
            scores[i] = seats[who[i]].Cost(call);
    }
}
