using System.Globalization;
using System.Text;
using CsCheck;
using Tokenline.Gateway.Routing;
using Tokenline.Gateway.Routing.Figures;
using Tokenline.Gateway.Routing.Health;
using Tokenline.Gateway.Routing.Sticky;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Tests.Routing;

public sealed class HealthTests
{
    private static readonly DateTimeOffset at = new(2026, 11, 26, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Retries_are_a_share_of_calls_and_a_few_a_second()
    {
        var world = new RoutingWorld(new RoutingOptions { RetryPercent = 20, RetriesPerSecond = 1 });
        var budget = new RetryBudget(world.Options, world.Clock);
        for (var i = 0; i < 100; i++)
            budget.Called();

        var taken = Enumerable.Range(0, 100).Count(_ => budget.TryTake());

        Assert.Equal(20 + 10, taken);
    }

    [Fact]
    public void Retries_come_back_when_ten_seconds_are_over()
    {
        var world = new RoutingWorld(new RoutingOptions { RetryPercent = 0, RetriesPerSecond = 1 });
        var budget = new RetryBudget(world.Options, world.Clock);
        while (budget.TryTake()) { }

        world.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(budget.TryTake());
        world.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(budget.TryTake());
    }

    [Fact]
    public void Whatever_happens_retries_stay_within_the_budget_of_any_ten_seconds() =>
        Gen.Int[0, 3]
            .Array[1, 400]
            .Sample(steps =>
            {
                var world = new RoutingWorld(new RoutingOptions { RetryPercent = 20, RetriesPerSecond = 1 });
                var budget = new RetryBudget(world.Options, world.Clock);
                var calls = new List<long>();
                var retries = new List<long>();
                foreach (var step in steps)
                {
                    if (step == 0)
                        world.Time.Advance(TimeSpan.FromMilliseconds(700));
                    if (step == 1)
                    {
                        budget.Called();
                        calls.Add(world.Clock.Now);
                    }
                    if (step < 2 || !budget.TryTake())
                        continue;
                    retries.Add(world.Clock.Now);
                    // Slots are whole seconds, so a window holds at least nine of ten.
                    var recent = retries.Count(time => world.Clock.Now - time < 9000);
                    Assert.True(recent <= (calls.Count(time => world.Clock.Now - time <= 10_000) / 5) + 10);
                }
            });

    [Fact]
    public void A_slow_thinker_is_given_its_usual_time_and_more()
    {
        var bytes = new FirstBytes(new RoutingOptions());
        Assert.Null(bytes.Patience);

        for (var i = 0; i < 100; i++)
            bytes.Add(20_000 + (i * 100));

        Assert.InRange(bytes.Patience!.Value, 3 * 29_000, 3 * 45_000);
    }

    [Fact]
    public void A_quick_one_is_given_up_after_two_seconds()
    {
        var bytes = new FirstBytes(new RoutingOptions());
        for (var i = 0; i < 100; i++)
            bytes.Add(150);

        Assert.Equal(2000, bytes.Patience);
    }

    [Fact]
    public void One_that_has_become_slower_is_learnt_from_what_was_given_up()
    {
        var bytes = new FirstBytes(new RoutingOptions());
        for (var i = 0; i < 100; i++)
            bytes.Add(150);
        for (var i = 0; i < 20; i++)
            bytes.Add(2000);

        Assert.True(bytes.Patience > 4000);
    }

    [Theory]
    [InlineData("20ms", 20d)]
    [InlineData("1s", 1000d)]
    [InlineData("6m0s", 360_000d)]
    [InlineData("1h2m3.5s", 3_723_500d)]
    [InlineData("12", 12_000d)]
    [InlineData("0.5", 500d)]
    [InlineData("2026-11-26T08:00:30Z", 30_000d)]
    [InlineData("soon", null)]
    [InlineData("", null)]
    [InlineData("5x", null)]
    public void Resets_are_read_as_vendors_write_them(string text, double? milliseconds) =>
        Assert.Equal(milliseconds, Rest.Milliseconds(text, at));

    [Theory]
    [InlineData("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests", "6m0s", 300_000)] // no longer than five minutes
    [InlineData("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens", "900ms", 900)]
    [InlineData("anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset", "2026-11-26T08:00:30Z", 30_000)]
    public void Nothing_left_rests_until_the_reset(string remaining, string reset, string value, long milliseconds)
    {
        var rest = new Rest(new RoutingOptions());

        rest.Read(Headers($"{remaining}: 0\r\n{reset}: {value}\r\n"), 1000, at);

        Assert.Equal(1000 + milliseconds, rest.Until);
    }

    [Fact]
    public void What_is_left_does_not_rest_and_limits_are_learnt()
    {
        var rest = new Rest(new RoutingOptions());

        rest.Read(
            Headers("x-ratelimit-remaining-requests: 10\nX-RateLimit-Limit-Requests:500\nanthropic-ratelimit-tokens-limit: 80000 \r\n"),
            1000,
            at
        );

        Assert.Equal(0, rest.Until);
        Assert.Equal((500, 80_000), (rest.RequestsPerMinute, rest.TokensPerMinute));
    }

    private static VendorHeaders Headers(string lines) => new(Encoding.ASCII.GetBytes(lines));

    [Fact]
    public void Limits_without_a_time_rest_longer_each_time()
    {
        var rest = new Rest(new RoutingOptions());
        rest.Limited(0, null);
        Assert.Equal(1000, rest.Until);
        rest.Limited(10_000, null);
        Assert.Equal(12_000, rest.Until);
    }

    [Fact]
    public void Percentiles_are_within_a_class_of_the_truth() =>
        Gen.Long[1, 500_000]
            .Array[1, 200]
            .Sample(times =>
            {
                var histogram = new LatencyHistogram();
                foreach (var time in times)
                    histogram.Add(time);
                var sorted = times.Order().ToArray();
                var truth = sorted[((times.Length * 99) + 99) / 100 - 1];
                var told = histogram.Percentile(99);
                Assert.True(
                    told >= truth * 0.99 && told <= Math.Max(2, truth * 1.2),
                    string.Create(CultureInfo.InvariantCulture, $"{told} for {truth}")
                );
            });

    [Fact]
    public void A_window_forgets_what_is_older()
    {
        var window = new FigureWindow(30, 10_000);
        window.Ended(5_000, CallOutcome.Served);
        window.Ended(290_000, CallOutcome.VendorError);

        Assert.Equal(2, window.Sum(299_000).Tried);
        Assert.Equal(1, window.Sum(301_000).Tried);
        Assert.Equal(0, window.Sum(301_000).Availability);
        Assert.Null(window.Sum(900_000).Availability);
    }

    [Fact]
    public void Conversations_that_fall_on_one_place_are_never_mixed_up()
    {
        var conversations = new Conversations(places: 4);
        Gen.Select(Gen.ULong[1, 50], Gen.Int[1, 1000])
            .Array[1, 100]
            .Sample(
                served =>
                {
                    var last = new Dictionary<ulong, int>();
                    foreach (var (conversation, number) in served)
                    {
                        conversations.Served(conversation, number, 1000);
                        last[conversation] = number;
                    }
                    foreach (var (conversation, number) in last)
                        Assert.True(conversations.Find(conversation, 999) is not { } found || found == number);
                },
                threads: 1
            );
    }
}
