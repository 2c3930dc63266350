using System.Collections.Immutable;
using Tokenline.Commerce.Calling;
using Tokenline.Commerce.Routing;
using Tokenline.Gateway.Routing.Policies;

namespace Tokenline.Gateway.Routing;

/// <summary>How deployments that could all serve a call are ranked. A file each, and a line in <see cref="Of"/>.</summary>
internal abstract class RoutingPolicy
{
    public abstract string Name { get; }

    /// <summary>What its scores count, for those who ask why.</summary>
    public abstract string Unit { get; }

    /// <summary>Scores within this share of the best are as good: traffic is divided among them by weight, and does not run to one and back.</summary>
    public virtual double Tolerance => 0;

    /// <summary>It ranks by what was measured, so now and then one that has not been measured for long gets a call.</summary>
    public virtual bool LearnsByTrying => false;

    /// <summary>A score for each seat in <paramref name="who"/>, in its order: the lowest is best, NaN is not known and comes after all that are.</summary>
    public abstract void Rank(in RoutingCall call, ImmutableArray<Seat> seats, ReadOnlySpan<byte> who, Span<double> scores);

    /// <summary>What a caller's preference comes to among deployments of one model; null: nothing, the operator's rule holds. What is cheap for the caller is the model's price, whoever serves it.</summary>
    public static RoutingPolicy? Of(RoutingRule rule, CallPreference prefers, Sticky.Conversations conversations)
    {
        var policy = prefers switch
        {
            CallPreference.Fastest => RoutingPolicies.LowestLatency,
            CallPreference.Best => RoutingPolicies.QualityFirst,
            CallPreference.Greenest => RoutingPolicies.LowestEnergy,
            _ => null,
        };
        // A warm prompt cache is worth more than a preference: it is the caller's own input that is cheaper.
        return policy is null ? null
            : rule.Policy == RoutingPolicies.Sticky ? Of(rule with { Then = policy }, conversations)
            : Of(new RoutingRule(policy), conversations);
    }

    public static RoutingPolicy Of(RoutingRule rule, Sticky.Conversations conversations) =>
        rule.Policy switch
        {
            RoutingPolicies.LeastCost => LeastCost.Instance,
            RoutingPolicies.LowestLatency => LowestLatency.Instance,
            RoutingPolicies.QualityFirst => QualityFirst.Instance,
            RoutingPolicies.Balanced => new Balanced(rule.Balance),
            RoutingPolicies.LowestEnergy => LowestEnergy.Instance,
            RoutingPolicies.LeastBusy => LeastBusy.Instance,
            RoutingPolicies.Sticky => new Policies.Sticky(
                Of(new RoutingRule(rule.Then ?? RoutingPolicies.Priority) { Balance = rule.Balance }, conversations),
                conversations
            ),
            _ => Priority.Instance,
        };
}
