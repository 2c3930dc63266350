using System.Collections.Immutable;
using Tokenline.Commerce.Routing;

namespace Tokenline.Gateway.Routing.Policies;

/// <summary>The fewest joules for an output token, measured or estimated. What is unknown comes last.</summary>
internal sealed class LowestEnergy : RoutingPolicy
{
    public static readonly LowestEnergy Instance = new();

    public override string Name => RoutingPolicies.LowestEnergy;

    public override string Unit => "J per output token";

    public override void Rank(in RoutingCall call, ImmutableArray<Seat> seats, ReadOnlySpan<byte> who, Span<double> scores)
    {
        for (var i = 0; i < who.Length; i++)
            scores[i] = seats[who[i]].Joules;
    }
}
