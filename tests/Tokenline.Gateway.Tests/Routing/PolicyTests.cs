using Tokenline.Commerce.Routing;
using Tokenline.Gateway.Routing;
using static Tokenline.Gateway.Tests.Routing.RoutingWorld;

namespace Tokenline.Gateway.Tests.Routing;

public sealed class PolicyTests
{
    private readonly RoutingWorld world = new();

    [Fact]
    public void The_lowest_priority_goes_first_and_those_alike_share_by_weight()
    {
        var route = world.Route(
            "priority",
            Deployment("a", 1, new DeploymentTraffic(Weight: 300)),
            Deployment("b", 1, new DeploymentTraffic(Weight: 100)),
            Deployment("c", 2)
        );

        var counts = world.Count(route);

        Assert.Equal(["a", "b"], counts.Keys.Order());
        Assert.InRange(counts["a"], 700, 800);
    }

    [Fact]
    public void The_cheapest_by_contract_goes_first_and_moves_when_a_price_changes()
    {
        var route = world.Route("least-cost", Deployment("dear", 1), Deployment("cheap", 2), Deployment("unknown", 0));
        world.Owe("dear", 2, 8);
        world.Owe("cheap", 1, 4);
        Assert.Equal("cheap", world.Next(route));

        world.Owe("cheap", 3, 12);

        Assert.Equal("dear", world.Next(route));
    }

    [Fact]
    public void A_price_that_changes_at_midnight_moves_calls_at_midnight()
    {
        var route = world.Route("least-cost", Deployment("a"), Deployment("b"));
        world.Owe("a", 1, 4);
        world.Owe("b", 2, 8);
        world.Owe("a", 5, 20, from: new DateTimeOffset(2026, 11, 27, 0, 0, 0, TimeSpan.Zero));
        world.Time.SetUtcNow(new DateTimeOffset(2026, 11, 26, 23, 59, 59, TimeSpan.Zero));
        Assert.Equal("a", world.Next(route));

        world.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("b", world.Next(route));
    }

    [Fact]
    public void What_the_call_is_like_decides_which_is_cheapest()
    {
        var route = world.Route("least-cost", Deployment("cheap-input"), Deployment("cheap-output"));
        world.Owe("cheap-input", 1, 20);
        world.Owe("cheap-output", 10, 2);
        var (reads, writes) = (new RouteState(), new RouteState());

        Assert.Equal("cheap-input", world.Router.Take(route, world.Call(100_000, 10), 0, ref reads, out _)!.Deployment.Vendor);
        Assert.Equal("cheap-output", world.Router.Take(route, world.Call(10, 5000), 0, ref writes, out _)!.Deployment.Vendor);
    }

    [Fact]
    public void The_fastest_counts_its_first_token_and_its_speed()
    {
        var route = world.Route("lowest-latency", Deployment("quick-start"), Deployment("quick-flow"));
        world.Serve(route.Seats[0], firstByte: 100, tokens: 500, milliseconds: 20_000, times: 10); // 20.1 s for 500 tokens
        world.Serve(route.Seats[1], firstByte: 900, tokens: 500, milliseconds: 4_000, times: 10); // 4.9 s
        var (shortAnswer, longAnswer) = (new RouteState(), new RouteState());

        Assert.Equal("quick-start", world.Router.Take(route, world.Call(output: 10), 0, ref shortAnswer, out _)!.Deployment.Vendor);
        Assert.Equal("quick-flow", world.Router.Take(route, world.Call(output: 500), 0, ref longAnswer, out _)!.Deployment.Vendor);
    }

    [Fact]
    public void What_was_not_measured_for_long_gets_a_call_now_and_then()
    {
        var route = world.Route("lowest-latency", Deployment("fast"), Deployment("slow"));
        world.Serve(route.Seats[0], firstByte: 100, times: 10);
        world.Serve(route.Seats[1], firstByte: 5000, times: 10);
        Assert.Equal(1000, world.Count(route)["fast"]);

        world.Time.Advance(TimeSpan.FromSeconds(30));
        world.Serve(route.Seats[0], firstByte: 100);

        Assert.InRange(world.Count(route).GetValueOrDefault("slow"), 1, 100);
    }

    [Fact]
    public void The_best_quality_goes_first_and_an_unknown_one_last()
    {
        var route = world.Route("quality-first", Deployment("unknown", 0), WithQuality("good", 70), WithQuality("best", 90.5m));

        Assert.Equal(1000, world.Count(route)["best"]);
        Assert.Equal(["best", "good", "unknown"], Order(route));
    }

    [Fact]
    public void The_fewest_joules_go_first_and_unknown_ones_last()
    {
        var route = world.Route("lowest-energy", Deployment("unknown", 0), WithEnergy("thirsty", 2.4m), WithEnergy("frugal", 0.05m));

        Assert.Equal(["frugal", "thirsty", "unknown"], Order(route));
    }

    [Fact]
    public void The_least_busy_for_its_weight_goes_first()
    {
        var route = world.Route("least-busy", Deployment("small", 0, new DeploymentTraffic(Weight: 10)), Deployment("large"));
        for (var i = 0; i < 5; i++)
            route.Seats[1].Live.Started(world.Clock.Now, stream: true);
        route.Seats[0].Live.Started(world.Clock.Now, stream: true); // 1 for a weight of 10 is 10 for 100

        Assert.Equal("large", world.Next(route));

        for (var i = 0; i < 6; i++)
            route.Seats[1].Live.Started(world.Clock.Now, stream: true);
        Assert.Equal("small", world.Next(route));
    }

    [Fact]
    public void Balanced_weighs_price_latency_and_quality()
    {
        var deployments = new[] { WithQuality("cheap", 60), WithQuality("good", 90) };
        world.Owe("cheap", 1, 4);
        world.Owe("good", 2, 8);

        var even = world.Route(new RoutingRule("balanced") { Balance = new BalanceWeights(1, 0, 1) }, deployments);
        var thrifty = world.Route(new RoutingRule("balanced") { Balance = new BalanceWeights(10, 0, 1) }, deployments);

        Assert.Equal("good", world.Next(even)); // 30 points more for twice the price
        Assert.Equal("cheap", world.Next(thrifty));
    }

    [Fact]
    public void In_balanced_not_to_say_something_is_no_advantage()
    {
        var route = world.Route(
            new RoutingRule("balanced") { Balance = new BalanceWeights(1, 0, 0) },
            Deployment("silent"),
            Deployment("honest"),
            Deployment("dear")
        );
        world.Owe("honest", 1, 4);
        world.Owe("dear", 2, 8);

        Assert.Equal("honest", world.Next(route));
    }

    [Fact]
    public void A_conversation_stays_while_its_cache_is_warm()
    {
        var route = world.Route(new RoutingRule("sticky") { Then = "least-cost" }, Deployment("a"), Deployment("b"));
        world.Owe("a", 1, 4);
        world.Owe("b", 2, 8);
        world.Conversations.Served(42, route.Seats[1].Live.Number, world.Clock.Now + 300_000);

        Assert.Equal("b", world.Next(route, conversation: 42));
        Assert.Equal("a", world.Next(route, conversation: 43));
        Assert.Equal("a", world.Next(route));

        world.Time.Advance(TimeSpan.FromSeconds(301));
        Assert.Equal("a", world.Next(route, conversation: 42));
    }

    [Fact]
    public void A_conversation_leaves_a_deployment_that_is_out_of_service()
    {
        var route = world.Route(new RoutingRule("sticky") { Then = "least-cost" }, Deployment("a"), Deployment("b"));
        world.Owe("a", 1, 4);
        world.Conversations.Served(42, route.Seats[1].Live.Number, world.Clock.Now + 300_000);
        world.Fail(route.Seats[1], times: 5);

        Assert.Equal("a", world.Next(route, conversation: 42));
    }

    [Fact]
    public void Every_policy_that_can_be_entered_is_there_by_its_name()
    {
        foreach (var name in RoutingPolicies.All)
            Assert.StartsWith(name, RoutingPolicy.Of(new RoutingRule(name), world.Conversations).Name, StringComparison.Ordinal);
    }

    /// <summary>In which order one call would go round.</summary>
    private string[] Order(ModelRoute route)
    {
        var state = new RouteState();
        var order = new List<string>();
        while (world.Take(route, ref state) is { } seat)
            order.Add(seat.Deployment.Vendor);
        return [.. order];
    }
}
