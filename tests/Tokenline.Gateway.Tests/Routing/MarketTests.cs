using System.Globalization;

namespace Tokenline.Gateway.Tests.Routing;

/// <summary>Each policy in the same market. Its regret against the best possible in hindsight is printed, and held.</summary>
public sealed class MarketTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("priority", null)]
    [InlineData("least-cost", null)]
    [InlineData("lowest-latency", null)]
    [InlineData("quality-first", null)]
    [InlineData("balanced", null)]
    [InlineData("lowest-energy", null)]
    [InlineData("least-busy", null)]
    [InlineData("sticky", "least-cost")]
    public void No_client_sees_an_error_and_what_the_policy_looks_for_is_near_the_best(string policy, string? then)
    {
        var market = new Market(policy, then);

        market.Run();

        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{policy}: served {market.Served}, errors {market.Errors} ({market.FirstError ?? "none"}), retries {market.Retries}; regret: cost {market.Cost.Value:P1}, latency {market.Milliseconds.Value:P1}, energy {market.Joules.Value:P1}, quality {market.Quality.Value:P1}; stayed {market.StayedShare:P1}"
            )
        );
        Assert.Equal(0, market.Errors);
        Assert.Equal(30_000, market.Served);
        Assert.True(market.RetriesOverBudget <= 0, $"{market.RetriesOverBudget} retries over budget");
        switch (policy)
        {
            case "least-cost":
                Assert.InRange(market.Cost.Value, 0, 0.05);
                break;
            case "lowest-latency":
                Assert.InRange(market.Milliseconds.Value, 0, 0.2);
                break;
            case "quality-first":
                Assert.InRange(market.Quality.Value, 0, 0.1);
                break;
            case "lowest-energy":
                Assert.InRange(market.Joules.Value, 0, 0.15);
                break;
            case "balanced":
                Assert.InRange(market.Cost.Value + market.Milliseconds.Value + market.Quality.Value, 0, 3);
                break;
            case "sticky":
                Assert.InRange(market.StayedShare, 0.98, 1);
                break;
        }
    }
}
