using System.Collections.Immutable;
using Tokenline.Commerce.Routing;
using Tokenline.Gateway.Routing.Sticky;

namespace Tokenline.Gateway.Routing.Policies;

/// <summary>
/// A conversation stays where it was as long as its prompt cache there is warm: cached input costs a tenth, and is read faster. What is new, or cannot stay,
/// goes by the policy behind.
/// </summary>
internal sealed class Sticky(RoutingPolicy behind, Conversations conversations) : RoutingPolicy
{
    public override string Name => $"{RoutingPolicies.Sticky}, then {behind.Name}";

    public override string Unit => behind.Unit;

    public override double Tolerance => behind.Tolerance;

    public override bool LearnsByTrying => behind.LearnsByTrying;

    public override void Rank(in RoutingCall call, ImmutableArray<Seat> seats, ReadOnlySpan<byte> who, Span<double> scores)
    {
        behind.Rank(call, seats, who, scores);
        if (call.Conversation == 0 || conversations.Find(call.Conversation, call.Now) is not { } number)
            return;
        for (var i = 0; i < who.Length; i++)
        {
            if (seats[who[i]].Live.Number == number)
                scores[i] = Router.Stays;
        }
    }
}
