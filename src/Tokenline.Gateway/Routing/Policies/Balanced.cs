using System.Collections.Immutable;
using Tokenline.Commerce.Routing;

namespace Tokenline.Gateway.Routing.Policies;

/// <summary>
/// Price, latency and quality together: how many times the cheapest it costs, how many times the fastest it takes, and how far it is below the best, each by its
/// weight. What is not known of a deployment counts as the worst that is known, so that not to say something is never an advantage.
/// </summary>
internal sealed class Balanced(BalanceWeights weights) : RoutingPolicy
{
    /// <summary>So many points of quality weigh as much as twice the price.</summary>
    private const double QualityPoints = 10;

    public override string Name => RoutingPolicies.Balanced;

    public override string Unit => "weighed; 0 is best in all";

    public override double Tolerance => 0.02;

    public override bool LearnsByTrying => weights.Latency > 0;

    public override void Rank(in RoutingCall call, ImmutableArray<Seat> seats, ReadOnlySpan<byte> who, Span<double> scores)
    {
        Span<double> costs = stackalloc double[who.Length];
        Span<double> times = stackalloc double[who.Length];
        Span<double> lacks = stackalloc double[who.Length];
        for (var i = 0; i < who.Length; i++)
        {
            var seat = seats[who[i]];
            costs[i] = weights.Price > 0 ? seat.Cost(call) : 0;
            times[i] = weights.Latency > 0 ? seat.Expected(call) : 0;
            lacks[i] = weights.Quality > 0 ? 100 - seat.Quality : 0;
        }
        ToTimesTheBest(costs);
        ToTimesTheBest(times);
        ToPoints(lacks);
        var sum = weights.Price + weights.Latency + weights.Quality;
        for (var i = 0; i < who.Length; i++)
            scores[i] = ((weights.Price * costs[i]) + (weights.Latency * times[i]) + (weights.Quality * lacks[i])) / sum;
    }

    /// <summary>0 is the best, 1 is twice the best.</summary>
    private static void ToTimesTheBest(Span<double> values)
    {
        var (best, worst) = Range(values);
        for (var i = 0; i < values.Length; i++)
        {
            var value = double.IsNaN(values[i]) ? worst : values[i];
            values[i] = best > 0 ? (value / best) - 1 : value - best;
        }
    }

    private static void ToPoints(Span<double> values)
    {
        var (best, worst) = Range(values);
        for (var i = 0; i < values.Length; i++)
            values[i] = ((double.IsNaN(values[i]) ? worst : values[i]) - best) / QualityPoints;
    }

    /// <summary>Of what is known; 0 where nothing is.</summary>
    private static (double Best, double Worst) Range(ReadOnlySpan<double> values)
    {
        var (best, worst) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values)
        {
            if (double.IsNaN(value))
                continue;
            best = Math.Min(best, value);
            worst = Math.Max(worst, value);
        }
        return worst >= best ? (best, worst) : (0, 0);
    }
}
