using Tokenline.Commerce.Quality;

namespace Tokenline.Commerce.Tests.Storage;

public sealed class SqliteQualityStoreTests : QualityStoreContract
{
    private protected override bool IsShared => false;
}

public sealed class PostgresQualityStoreTests : QualityStoreContract
{
    private protected override bool IsShared => true;
}

/// <summary>The days of deployments, on whichever database.</summary>
public abstract class QualityStoreContract : Databases
{
    private static readonly DateOnly day = new(2026, 9, 1);

    private static CancellationToken None => CancellationToken.None;

    private IQualityStore Store => Get<IQualityStore>();

    [Fact]
    public async Task What_is_added_by_many_at_once_is_there_to_the_last_attempt()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Store.AddAsync([Day("glm-5@zhipu", day), Day("glm-5@east", day)], None)));
        await Store.AddAsync([Day("glm-5@zhipu", day.AddDays(1))], None);

        var days = await Store.DaysAsync(new(day, day), None);

        Assert.Equal(["glm-5@east", "glm-5@zhipu"], days.Select(each => each.Deployment));
        Assert.All(
            days,
            each =>
            {
                Assert.Equal(
                    (24, 8, 16),
                    (each.Tally[AttemptEnding.Served], each.Tally[AttemptEnding.VendorError], each.Tally[AttemptEnding.Limited])
                );
                Assert.Equal(0.75, each.Tally.Availability);
                Assert.Equal(16, each.Tally.FirstTokens.Count);
                Assert.Equal((2400, 50.0), (each.Tally.OutputTokens, each.Tally.TokensPerSecond));
                Assert.Equal(0.5, each.Tally.JoulesPerToken!.Value, 9);
            }
        );
    }

    [Fact]
    public async Task Days_are_found_by_vendor_and_model_in_their_order()
    {
        await Store.AddAsync([Day("glm-5@zhipu", day.AddDays(2)), Day("glm-5@zhipu", day), Day("glm-5@east", day)], None);

        Assert.Equal(
            [day, day.AddDays(2)],
            (await Store.DaysAsync(new(day, day.AddDays(9), Vendor: "zhipu"), None)).Select(each => each.Day)
        );
        Assert.Equal(3, (await Store.DaysAsync(new(day, day.AddDays(9), Model: "glm-5"), None)).Count);
        Assert.Empty(await Store.DaysAsync(new(day.AddDays(1), day.AddDays(1)), None));
        Assert.Empty(await Store.DaysAsync(new(day, day, Vendor: "nobody"), None));
    }

    private static QualityDay Day(string deployment, DateOnly on)
    {
        var tally = new QualityTally
        {
            [AttemptEnding.Served] = 3,
            [AttemptEnding.VendorError] = 1,
            [AttemptEnding.Limited] = 2,
            EnergyTokens = 300,
            Joules = 150,
        };
        tally.FirstTokens.Add(400);
        tally.FirstTokens.Add(800);
        tally.Wrote(200, 4000);
        tally.Wrote(100, 0); // a plain answer: its tokens count, and say nothing of the speed
        return new(deployment, "glm-5", deployment.Split('@')[1], on, tally);
    }
}
