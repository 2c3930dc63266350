using System.Collections.Immutable;
using Tokenline.Commerce.Routing;

namespace Tokenline.Gateway.Routing.Policies;

/// <summary>The time until the answer is whole: until its first byte, and then its output at the tokens a second that were seen.</summary>
internal sealed class LowestLatency : RoutingPolicy
{
    public static readonly LowestLatency Instance = new();

    public override string Name => RoutingPolicies.LowestLatency;

    public override string Unit => "ms expected";

    public override double Tolerance => 0.1;

    public override bool LearnsByTrying => true;

    public override void Rank(in RoutingCall call, ImmutableArray<Seat> seats, ReadOnlySpan<byte> who, Span<double> scores)
    {
        for (var i = 0; i < who.Length; i++)
            scores[i] = seats[who[i]].Expected(call);
    }
}
