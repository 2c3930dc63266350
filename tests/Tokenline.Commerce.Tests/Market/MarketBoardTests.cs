using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Market;
using Tokenline.Commerce.Quality;

namespace Tokenline.Commerce.Tests.Market;

/// <summary>What the market says, against figures that were put in.</summary>
public sealed class MarketBoardTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task What_was_not_measured_is_unknown_and_comes_last_whichever_way_is_sorted()
    {
        await using var world = await World.SeededAsync();
        await world.Get<IQualityStore>().AddAsync([Day("glm-5", "zhipu", 900, 99, 1), Day("kimi-k2.6", "moonshot", 400, 90, 10)], None);

        var view = await world.Get<MarketBoard>().ReadAsync(None);
        Assert.Equal(22, view.Entries.Count);
        var first = new MarketQuery(Sort: "first-token").Of(view.Entries);
        Assert.Equal(["kimi-k2.6", "glm-5"], first.Take(2).Select(entry => entry.Model.Id));
        Assert.All(first.Skip(2), entry => Assert.Null(entry.Measured));
        var available = new MarketQuery(Sort: "availability").Of(view.Entries);
        Assert.Equal(["glm-5", "kimi-k2.6"], available.Take(2).Select(entry => entry.Model.Id));
        Assert.Equal(0.99, available[0].Measured!.Availability!.Value, 9);

        var energy = new MarketQuery(Sort: "energy").Of(view.Entries);
        Assert.All(energy.SkipWhile(entry => entry.JoulesPerToken is not null), entry => Assert.Null(entry.JoulesPerToken));
        Assert.Contains(energy, entry => entry.JoulesPerToken is null);
    }

    [Fact]
    public async Task Energy_is_that_of_the_calls_where_there_were_any_and_else_the_catalogues()
    {
        await using var world = await World.SeededAsync();
        var day = Day("glm-5", "zhipu", 900, 10, 0);
        (day.Tally.EnergyTokens, day.Tally.Joules) = (1000, 250);
        await world.Get<IQualityStore>().AddAsync([day], None);

        var entries = (await world.Get<MarketBoard>().ReadAsync(None)).Entries.ToDictionary(entry => entry.Model.Id);
        Assert.Equal((0.25, true), (entries["glm-5"].JoulesPerToken, entries["glm-5"].IsEnergyOfCalls));
        Assert.Equal((0.6063, false), (entries["kimi-k2.6"].JoulesPerToken, entries["kimi-k2.6"].IsEnergyOfCalls));
        Assert.Equal(((3 * 4m) + 18) / 4, entries["glm-5"].Blended);
        Assert.Equal(83m / 7.5m, entries["glm-5"].QualityPerPrice);
        Assert.Equal(83 / 0.25, entries["glm-5"].QualityPerJoule!.Value, 9);
    }

    [Fact]
    public async Task Filters_take_what_they_say_and_ignore_what_nobody_knows()
    {
        await using var world = await World.SeededAsync();
        var entries = (await world.Get<MarketBoard>().ReadAsync(None)).Entries;

        Assert.All(MarketQuery.Read(null, "openai", null, null, null).Of(entries), entry => Assert.Equal("openai", entry.Model.OwnedBy));
        Assert.Equal(
            ["glm-4.7", "glm-5"],
            MarketQuery.Read("GLM", null, null, null, "nonsense").Of(entries).Select(entry => entry.Model.Id)
        );
        Assert.Equal(entries.Count, MarketQuery.Read("", "", "", "telepathy", null).Of(entries).Count);
        Assert.All(
            MarketQuery.Read(null, null, "light", "documents", null).Of(entries),
            entry => Assert.Equal("light", entry.Model.Profile.Class)
        );
    }

    [Fact]
    public async Task Prices_are_all_that_were_in_force_and_none_that_are_to_come()
    {
        await using var world = await World.SeededAsync();
        var editing = world.Get<CatalogEditing>();
        var sheet = (await world.Get<ICatalogStore>().LoadAsync(None)).Models.Single(model => model.Id == "qwen3.5-plus").Prices;
        PriceSheet Cut(decimal factor) =>
            sheet with
            {
                Tiers =
                [
                    .. sheet.Tiers.Select(tier =>
                        tier with
                        {
                            Price = tier.Price.ToDictionary(price => price.Key, price => price.Value * factor),
                        }
                    ),
                ],
            };
        world.Time.Advance(TimeSpan.FromDays(3));
        (await editing.PublishAsync([("qwen3.5-plus", Cut(0.5m))], Schedule.AtOnce, "cut", None)).Required();
        var later = world.Time.GetUtcNow().AddDays(5);
        (await editing.PublishAsync([("qwen3.5-plus", Cut(2))], new Schedule(later), "rise", None)).Required();

        var board = world.Get<MarketBoard>();
        Assert.Equal([0.8m, 0.4m], board.Prices("qwen3.5-plus").Select(point => point.Input));
        world.Time.Advance(TimeSpan.FromDays(6));
        Assert.Equal([4.8m, 2.4m, 9.6m], board.Prices("qwen3.5-plus").Select(point => point.Output));
        Assert.Equal(later, board.Prices("qwen3.5-plus")[^1].From);
        Assert.Empty(board.Prices("no-such-model"));
    }

    [Fact]
    public void A_median_is_of_three_others_at_the_least_and_leaves_the_own_out()
    {
        QualityDay[] days =
        [
            Day("m", "own", 10, 100, 0),
            Day("m", "a", 200, 100, 0),
            Day("m", "b", 400, 90, 10),
            Day("m", "c", 800, 50, 50),
        ];

        Assert.Null(MarketMedian.Of(days[..3], "own", _ => true));
        Assert.Null(MarketMedian.Of(days, "own", model => model == "other"));
        var median = MarketMedian.Of(days, "own", _ => true)!;
        Assert.Equal((3, 0.9), (median.Vendors, median.Availability!.Value));
        Assert.InRange(median.FirstTokenMilliseconds!.Value, 400, 400 * 1.19);
    }

    /// <summary>Of the day that the world begins with; its deployments are the model's at the vendor.</summary>
    private static QualityDay Day(string model, string vendor, long firstToken, int served, int failed)
    {
        var tally = new QualityTally { [AttemptEnding.Served] = served, [AttemptEnding.VendorError] = failed };
        tally.FirstTokens.Add(firstToken);
        return new($"{model}@{vendor}", model, vendor, new DateOnly(2026, 9, 1), tally);
    }
}
