using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Routing;
using Tokenline.Gateway.Routing;
using Tokenline.Gateway.Routing.Figures;
using Tokenline.Gateway.Routing.Health;
using Tokenline.Testing;
using static Tokenline.Gateway.Tests.Routing.RoutingWorld;

namespace Tokenline.Gateway.Tests.Routing;

public sealed class RouterTests
{
    private readonly RoutingWorld world = new();

    [Fact]
    public void A_call_never_comes_to_the_same_deployment_twice()
    {
        var route = world.Route("priority", Deployment("a"), Deployment("b"), Deployment("c"));
        var state = new RouteState();

        var seen = new[] { world.Take(route, ref state), world.Take(route, ref state), world.Take(route, ref state) };

        Assert.Equal(3, seen.Select(seat => seat!.Deployment.Vendor).Distinct().Count());
        Assert.Null(world.Take(route, ref state));
    }

    [Fact]
    public void A_deployment_that_is_drained_gets_nothing()
    {
        var route = world.Route("priority", Deployment("a", 0, new DeploymentTraffic(State: DeploymentState.Draining)), Deployment("b"));

        Assert.Equal(1000, world.Count(route)["b"]);
        Assert.Contains("a is being drained", Router.WhyNone(route, world.Call(), default).Words, StringComparison.Ordinal);
    }

    [Fact]
    public void A_canary_gets_its_share_and_nothing_else_by_choice()
    {
        var route = world.Route("priority", Deployment("new", 0, new DeploymentTraffic(CanaryPercent: 5)), Deployment("old", 1));

        Assert.InRange(world.Count(route, 4000)["new"], 140, 270);
    }

    [Fact]
    public void A_canary_serves_where_nothing_else_can()
    {
        var route = world.Route("priority", Deployment("new", 0, new DeploymentTraffic(CanaryPercent: 5)), Deployment("old", 1));
        world.Fail(route.Seats[1], times: 5);

        Assert.Equal(100, world.Count(route, 100)["new"]);
    }

    [Fact]
    public void Without_weight_it_serves_only_where_nothing_else_can()
    {
        var route = world.Route("priority", Deployment("spare", 0, new DeploymentTraffic(Weight: 0)), Deployment("main", 1));
        Assert.Equal(1000, world.Count(route)["main"]);

        world.Fail(route.Seats[1], times: 5);

        Assert.Equal("spare", world.Next(route));
    }

    [Fact]
    public void A_vendor_that_hangs_takes_its_share_of_all_calls_and_not_the_others_place()
    {
        var crowded = new RoutingWorld(new RoutingOptions { RunningMax = 3 });
        var route = crowded.Route("priority", Deployment("hangs", 0), Deployment("other", 1));
        for (var i = 0; i < 3; i++)
            route.Seats[0].Live.Started(crowded.Clock.Now, stream: true);

        Assert.Equal("other", crowded.Next(route));
        for (var i = 0; i < 3; i++)
            route.Seats[1].Live.Started(crowded.Clock.Now, stream: true);
        var (words, retryAfter) = Router.WhyNone(route, crowded.Call(), default);
        Assert.Null(crowded.Next(route));
        Assert.Contains("hangs has as many calls as it may have at once", words, StringComparison.Ordinal);
        Assert.Equal(1000, retryAfter);
        route.Seats[0].Live.Stopped();
        Assert.Equal("hangs", crowded.Next(route));
    }

    [Fact]
    public void The_operators_limits_pass_a_call_on_and_are_told_when_all_are_full()
    {
        var one = new DeploymentRates(RequestsPerMinute: 1);
        var route = world.Route("priority", Deployment("a", 0, rates: one), Deployment("b", 1, rates: one));

        Assert.Equal("a", world.Next(route));
        Assert.Equal("b", world.Next(route));

        var state = new RouteState();
        Assert.Null(world.Take(route, ref state));
        var (words, retryAfter) = Router.WhyNone(route, world.Call(), state);
        Assert.Equal("a is at its limit; b is at its limit", words);
        Assert.InRange(retryAfter, 1, 61_000);
    }

    [Fact]
    public void A_deployment_rests_as_long_as_its_vendor_says()
    {
        var route = world.Route("priority", Deployment("a", 0), Deployment("b", 1));
        world.Fail(route.Seats[0], CallOutcome.Limited, retryAfter: TimeSpan.FromSeconds(7));
        Assert.Equal("b", world.Next(route));

        world.Time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.Equal("b", world.Next(route));
        world.Time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal("a", world.Next(route));
    }

    [Fact]
    public void An_open_circuit_lets_one_trial_through_and_closes_when_it_is_served()
    {
        var route = world.Route("priority", Deployment("a", 0), Deployment("b", 1));
        var sick = route.Seats[0];
        world.Fail(sick, times: 5);
        Assert.Equal("b", world.Next(route));

        world.Time.Advance(TimeSpan.FromSeconds(1.3)); // a second, and up to a fifth more
        Assert.Equal("a", world.Next(route)); // the trial
        Assert.Equal("b", world.Next(route)); // and nobody else meanwhile

        world.Serve(sick);
        Assert.Equal("a", world.Next(route));
    }

    [Fact]
    public void A_trial_that_fails_keeps_the_circuit_open_for_longer()
    {
        var route = world.Route("priority", Deployment("a", 0), Deployment("b", 1));
        var sick = route.Seats[0];
        world.Fail(sick, times: 5);
        world.Time.Advance(TimeSpan.FromSeconds(1.3));
        Assert.Equal("a", world.Next(route));
        world.Fail(sick);

        world.Time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal("b", world.Next(route));
        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("a", world.Next(route));
    }

    [Fact]
    public void A_trial_that_begins_to_answer_closes_the_circuit_however_long_its_answer_is()
    {
        var route = world.Route("priority", Deployment("a", 0), Deployment("b", 1));
        var sick = route.Seats[0];
        world.Fail(sick, times: 5);
        world.Time.Advance(TimeSpan.FromSeconds(1.3));
        Assert.Equal("a", world.Next(route));
        sick.Live.Started(world.Clock.Now, stream: true);

        sick.Live.Heard(world.Clock.Now, stream: true);

        Assert.Equal("a", world.Next(route));
        Assert.Equal("a", world.Next(route));
    }

    [Fact]
    public void What_was_sent_before_a_circuit_opened_does_not_close_it()
    {
        var route = world.Route("priority", Deployment("a", 0), Deployment("b", 1));
        route.Seats[0].Live.Started(world.Clock.Now, stream: true);
        world.Fail(route.Seats[0], times: 5);

        route.Seats[0].Live.Heard(world.Clock.Now, stream: true);

        Assert.Equal("b", world.Next(route));
    }

    [Fact]
    public void A_minority_of_failures_opens_no_circuit()
    {
        var route = world.Route("priority", Deployment("a", 0), Deployment("b", 1));
        for (var i = 0; i < 100; i++)
        {
            world.Serve(route.Seats[0]);
            world.Serve(route.Seats[0]);
            world.Fail(route.Seats[0]);
        }

        Assert.Equal("a", world.Next(route));
    }

    [Fact]
    public void What_is_not_its_fault_opens_no_circuit()
    {
        var route = world.Route("priority", Deployment("a", 0), Deployment("b", 1));
        world.Fail(route.Seats[0], CallOutcome.NotItsFault, times: 1000);

        Assert.Equal("a", world.Next(route));
    }

    [Fact]
    public void Nothing_that_listens_opens_a_circuit_at_the_second_call_and_a_probe_ends_it()
    {
        var route = world.Route("priority", Deployment("a", 0), Deployment("b", 1));
        var gone = route.Seats[0].Live;
        world.Fail(route.Seats[0], CallOutcome.ConnectFailed, times: 2);
        Assert.Equal(CircuitState.Open, gone.Circuit.StateAt(world.Clock.Now));

        gone.Probed(world.Clock.Now, answers: true, "probe");

        Assert.Equal("a", world.Next(route));
    }

    [Fact]
    public void One_that_fails_more_than_its_siblings_is_passed_over_and_serves_where_nothing_else_can()
    {
        var route = world.Route("priority", Deployment("a", 0), Deployment("b", 1), Deployment("c", 2));
        for (var i = 0; i < 40; i++)
        {
            world.Serve(route.Seats[0]);
            world.Serve(route.Seats[1]);
            world.Serve(route.Seats[2]);
            if (i % 3 == 0)
                world.Fail(route.Seats[0]);
        }
        Outliers.Eject(route.Seats, world.Clock.Now);
        Assert.Equal("b", world.Next(route));

        world.Fail(route.Seats[1], times: 40);
        world.Fail(route.Seats[2], times: 40);
        Assert.Equal("a", world.Next(route));
    }

    [Fact]
    public void At_most_half_are_passed_over()
    {
        var route = world.Route("priority", Deployment("a"), Deployment("b"));
        foreach (var seat in route.Seats)
        {
            world.Serve(seat, times: 20);
            world.Fail(seat, times: 6);
        }
        world.Serve(route.Seats[1], times: 200);
        Outliers.Eject(route.Seats, world.Clock.Now);
        Outliers.Eject(route.Seats, world.Clock.Now);

        Assert.True(route.Seats.Count(seat => seat.Live.EjectedUntil > world.Clock.Now) <= 1);
    }

    [Fact]
    public void What_was_seen_of_a_deployment_outlives_a_change_of_the_catalogue_but_not_of_its_address()
    {
        var before = world.Route("priority", Deployment("a"), Deployment("b"));
        world.Fail(before.Seats[0], times: 5);

        var after = world.Route("least-busy", Deployment("a"), Deployment("b"));
        Assert.Same(before.Seats[0].Live, after.Seats[0].Live);

        var moved = world.Route("least-busy", Deployment("a") with { BaseUrl = new Uri("http://elsewhere.example/v1") }, Deployment("b"));
        Assert.Equal(CircuitState.Closed, moved.Seats[0].Live.Circuit.StateAt(world.Clock.Now));
    }

    [Fact]
    public void Shares_are_explained_as_they_fall()
    {
        var route = world.Route(
            "priority",
            Deployment("canary", 0, new DeploymentTraffic(CanaryPercent: 10)),
            Deployment("a", 1, new DeploymentTraffic(Weight: 200)),
            Deployment("b", 1, new DeploymentTraffic(Weight: 100)),
            Deployment("c", 2)
        );

        var seats = Router.Explain(route, world.Call());

        Assert.Equal([10, 60, 30, 0], seats.Select(seat => Math.Round(seat.Share, 6)));
    }

    [Theory]
    [InlineData("priority")]
    [InlineData("least-cost")]
    [InlineData("lowest-latency")]
    [InlineData("quality-first")]
    [InlineData("balanced")]
    [InlineData("lowest-energy")]
    [InlineData("least-busy")]
    [InlineData("sticky")]
    public void Choosing_among_twenty_allocates_nothing(string policy)
    {
        var deployments = Enumerable.Range(0, 20).Select(i => WithQuality($"v{i}", 50 + i)).ToArray();
        foreach (var deployment in deployments)
            world.Owe(deployment.Vendor, 1, 4);
        var route = world.Route(policy, deployments);
        foreach (var seat in route.Seats)
            world.Serve(seat, times: 3);
        world.Count(route, 50);
        var call = world.Call(conversation: 7);

        var least = Allocations.Least(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                var state = new RouteState();
                world.Router.Take(route, call, 1500, ref state, out _);
            }
        });
        Assert.Equal(0, least);
    }
}
