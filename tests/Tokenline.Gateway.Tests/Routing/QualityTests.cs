using Tokenline.Commerce.Quality;
using Tokenline.Gateway.Routing;
using Tokenline.Gateway.Routing.Figures;

namespace Tokenline.Gateway.Tests.Routing;

/// <summary>What a deployment's attempts leave to be kept.</summary>
public sealed class QualityTests
{
    private readonly LiveDeployment live = new("m@v", new Uri("http://127.0.0.1:9"), 1, new RoutingOptions(), new Random(1));

    [Fact]
    public void Each_attempt_is_counted_once_by_how_it_ended_and_taken_once()
    {
        live.Served(0, new AttemptTimes(Stream: true, Began: 400, Ended: 2400), 100);
        live.Served(0, new AttemptTimes(Stream: false, Began: 900, Ended: 950), 50);
        live.Failed(0, new AttemptTimes(true, null, 30), CallOutcome.VendorError, "status 500");
        live.Failed(0, new AttemptTimes(true, null, 30), CallOutcome.Limited, "status 429");
        live.Failed(0, new AttemptTimes(true, null, 30), CallOutcome.NotItsFault, "");

        var taken = live.TakeQuality()!;

        Assert.Equal((2L, 1L, 1L), (taken[AttemptEnding.Served], taken[AttemptEnding.VendorError], taken[AttemptEnding.Limited]));
        Assert.Equal(3, taken.Tried); // without the limit, and without what says nothing of it
        Assert.Equal(1, taken.FirstTokens.Count); // of streams alone
        Assert.Equal((150L, 100L, 2000L), (taken.OutputTokens, taken.StreamedTokens, taken.StreamedMilliseconds));
        Assert.Null(live.TakeQuality());
    }

    [Fact]
    public void What_could_not_be_kept_is_there_the_next_time_with_what_came_since()
    {
        live.Served(0, new AttemptTimes(true, 400, 1400), 10);
        var taken = live.TakeQuality()!;
        live.Served(0, new AttemptTimes(true, 800, 1800), 20);
        live.GiveBack(taken);

        var again = live.TakeQuality()!;
        Assert.Equal((2L, 30L, 2L), (again[AttemptEnding.Served], again.OutputTokens, again.FirstTokens.Count));
    }
}
