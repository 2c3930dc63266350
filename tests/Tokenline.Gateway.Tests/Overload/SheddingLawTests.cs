using Microsoft.Extensions.Time.Testing;
using Tokenline.Gateway.Overload;

namespace Tokenline.Gateway.Tests.Overload;

/// <summary>The law against a server that is a queue: a call takes one unit of work, a refusal a small part of it, and both are known only when they are looked at.</summary>
public sealed class SheddingLawTests
{
    private const double Target = 0.1;
    private const double Often = 0.05; // a measurement, in seconds
    private const double Step = 0.002;
    private const double RefusalCost = 0.15;

    private readonly SheddingLaw law = new(TimeSpan.FromSeconds(Target));
    private readonly Random random = new(1);
    private readonly FakeTimeProvider time = new();
    private readonly Lag lag;
    private double ahead; // of what is in the queue too, to see how long that takes
    private double now;
    private double next = Often;
    private double queue; // calls, as seconds of their work
    private double served;

    public SheddingLawTests() => lag = new Lag(time);

    [Theory]
    [InlineData(1.3, 1.3)]
    [InlineData(3, 1.3)]
    [InlineData(5, 1.6)]
    public void More_than_a_server_can_do_waits_about_as_long_as_the_target_and_almost_all_that_it_can_do_is_done(
        double load,
        double targets
    )
    {
        var first = Run(load, seconds: 5);
        var mean = Run(load, seconds: 20, out _);

        Assert.InRange(first, 0, 2);
        Assert.InRange(mean, 0, targets * Target);
        var possible = 20 * (1 - (load * RefusalCost)) / (1 - RefusalCost); // what the cost of refusing the others leaves
        Assert.InRange(served, 0.9 * possible, 1.05 * possible);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.7)]
    public void What_a_server_can_do_is_never_refused(double load)
    {
        for (var measured = 0; measured < 1000; measured++)
        {
            Run(load, Often);
            Assert.Equal(0, law.Share);
        }
    }

    [Fact]
    public void When_the_load_is_over_all_are_let_in_again_within_two_seconds()
    {
        Run(3, seconds: 10);
        Assert.True(law.Share > 0.3);

        Run(0.5, seconds: 2);

        Assert.Equal(0, law.Share);
    }

    [Fact]
    public void A_pause_of_a_fifth_of_a_second_is_nobodys_fault()
    {
        Run(0.5, seconds: 1);
        law.Observe(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(0.2));
        law.Observe(TimeSpan.FromSeconds(0.02), TimeSpan.FromSeconds(Often));

        Assert.Equal(0, law.Share);
    }

    [Fact]
    public void Some_are_served_however_many_come()
    {
        Run(50, seconds: 30);

        Assert.InRange(law.Share, 0.9, 0.95);
    }

    /// <summary>The longest that anything waited.</summary>
    private double Run(double load, double seconds)
    {
        Run(load, seconds, out var longest);
        return longest;
    }

    /// <summary>What calls waited on average.</summary>
    private double Run(double load, double seconds, out double longest)
    {
        var (sum, steps) = (0.0, 0);
        (served, longest) = (0, 0);
        for (var end = now + seconds; now < end - 1e-9; now += Step)
        {
            queue += load * Step * (0.5 + random.NextDouble());
            var cost = 1 - law.Share + (law.Share * RefusalCost);
            var done = Math.Min(queue, Step / cost);
            queue -= done;
            served += done * (1 - law.Share);
            time.Advance(TimeSpan.FromSeconds(Step));
            var before = ahead;
            ahead -= done;
            if (before > 0 && ahead <= 0)
                lag.Hear();
            if (now >= next)
                Measure();
            (sum, steps) = (sum + (queue * cost), steps + 1);
            longest = Math.Max(longest, queue * cost);
        }
        return sum / steps;
    }

    private void Measure()
    {
        law.Observe(lag.Read(), TimeSpan.FromSeconds(Often));
        if (lag.TrySend())
            ahead = queue + Step;
        next += Often;
    }
}
