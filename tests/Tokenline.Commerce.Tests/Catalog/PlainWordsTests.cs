using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Tests.Catalog;

public sealed class PlainWordsTests
{
    [Fact]
    public async Task Everything_that_the_demo_sells_is_said_in_both_languages()
    {
        await using var world = await World.SeededAsync();
        var words = world.Get<PlainWords>();

        foreach (var offering in await world.Get<ICatalogStore>().OfferingsAsync(CancellationToken.None))
        {
            var worth = words.Of(offering);
            if (offering.Kind == OfferingKind.PayAsYouGo)
                Assert.Null(worth);
            else
                Assert.All([worth!.Zh, worth.En], said => Assert.Matches("[0-9]", said));
        }
    }

    [Theory]
    [InlineData("plan-light", "about 1,900 pages of text or 1,200 photos explained")]
    [InlineData("plan-premium", "about 15,000 pages of text or 9,800 photos explained")]
    [InlineData("points-pack", "about 110 pages of text or 49 photos explained")]
    [InlineData("coding-lite", "about 18,000 calls")]
    [InlineData("agent-20k", "about 23,000 pages of text or 9,800 photos explained")]
    [InlineData("throughput-100k", "100,000 tokens a minute, guaranteed")]
    public async Task The_words_of_the_demos_offerings(string id, string en)
    {
        await using var world = await World.SeededAsync();
        var offering = (await world.Get<ICatalogStore>().FindOfferingAsync(id, CancellationToken.None))!;

        Assert.Equal(en, world.Get<PlainWords>().Of(offering)!.En);
    }

    [Fact]
    public async Task They_follow_the_weights_in_force()
    {
        await using var world = await World.SeededAsync();
        var unit = new QuotaUnit("general-token");
        // glm-5: four general tokens for a token in, and its published weight for one out.
        var offering = Of(new OfferedGrant(unit, 10_000_000 * QuotaUnit.Micro, ["glm-5"]));
        var card = world.Get<TariffHolder>().Current.Find("glm-5", World.Start)!;
        var page = card.CardIn(unit)!
            .Amount(Usage.Of(1000, 250), card.Context(World.Start, Charging.Tariffs.CallTraits.Plain, 0), MeterSet.All)
            .Rounded();

        var worth = world.Get<PlainWords>().Of(offering)!;

        var exact = 10_000_000 * QuotaUnit.Micro / page;
        Assert.InRange(exact - worth.Grants[0]!.Pages!.Value, 0, exact / 10);
        Assert.Equal("glm-5", worth.Grants[0]!.Model);
        Assert.StartsWith($"about {worth.Grants[0]!.Pages:N0} pages of text", worth.En, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_granted_again_says_how_often_and_several_grants_follow_each_other()
    {
        await using var world = await World.SeededAsync();
        var grant = new OfferedGrant(new QuotaUnit("request"), 100 * QuotaUnit.Micro) { Refill = new OfferedRefill(LimitWindow.Week) };
        var guaranteed = new OfferedGrant(new QuotaUnit("token"), 1)
        {
            Type = BucketType.Throughput,
            Limits = [new Limit("minute", LimitWindow.Rolling, Measure.Tokens, 5000, 60)],
        };

        var worth = world.Get<PlainWords>().Of(Of(grant, guaranteed))!;

        Assert.Equal("every week about 100 calls; 5,000 tokens a minute, guaranteed", worth.En);
        Assert.Equal("每周约 100 次调用；每分钟保证 5,000 个 token", worth.Zh);
    }

    private static ProductOffering Of(params OfferedGrant[] grants) =>
        new("made-up", "Made up", "", OfferingKind.Plan, new Money(1, Currency.Cny), 1, grants);
}
