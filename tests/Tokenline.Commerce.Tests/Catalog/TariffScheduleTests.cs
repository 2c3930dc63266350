using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Tests.PriceSheets;

namespace Tokenline.Commerce.Tests.Catalog;

public sealed class TariffScheduleTests
{
    private static readonly TimeSpan day = TimeSpan.FromDays(1);

    [Fact]
    public async Task A_scheduled_price_waits_for_its_time_and_a_price_at_once_meanwhile_does_not_move_it()
    {
        await using var world = await World.SeededAsync();
        await PublishAsync(world, "glm-5", "5", from: World.Start + (7 * day));

        Assert.Equal(4, InputPrice(world, "glm-5", World.Start));
        Assert.Equal(5, InputPrice(world, "glm-5", World.Start + (7 * day)));

        world.Time.Advance(day);
        await PublishAsync(world, "glm-5", "4.5");
        await PublishAsync(world, "kimi-k2.6", "7");

        Assert.Equal(4.5m, InputPrice(world, "glm-5", world.Time.GetUtcNow()));
        Assert.Equal(4.5m, InputPrice(world, "glm-5", World.Start + (7 * day) - TimeSpan.FromTicks(1)));
        Assert.Equal(5, InputPrice(world, "glm-5", World.Start + (7 * day)));
        Assert.Equal(7, InputPrice(world, "kimi-k2.6", World.Start + (8 * day))); // the scheduled version leaves others alone
    }

    [Fact]
    public async Task After_a_promotion_the_former_price_is_in_force_again_also_after_a_restart()
    {
        await using var world = await World.SeededAsync();
        var promotion = await PublishAsync(world, "glm-5", "1", from: World.Start + day, until: World.Start + (3 * day));

        await using var next = await World.OpenAsync(world.Folder);
        foreach (var there in new[] { world, next })
        {
            Assert.Equal(4, InputPrice(there, "glm-5", World.Start));
            Assert.Equal(1, InputPrice(there, "glm-5", World.Start + day));
            Assert.Equal(1, InputPrice(there, "glm-5", World.Start + (3 * day) - TimeSpan.FromTicks(1)));
            Assert.Equal(4, InputPrice(there, "glm-5", World.Start + (3 * day)));
        }
        Assert.Equal(TariffState.Scheduled, promotion.StateAt(World.Start));
        Assert.Equal(TariffState.Started, promotion.StateAt(World.Start + day));
        Assert.Equal(TariffState.Ended, promotion.StateAt(World.Start + (3 * day)));
    }

    [Fact]
    public async Task A_scheduled_version_can_be_cancelled_and_its_number_is_not_used_again()
    {
        await using var world = await World.SeededAsync();
        var editing = world.Get<CatalogEditing>();
        var scheduled = await PublishAsync(world, "glm-5", "5", from: World.Start + day);

        var cancelled = (await editing.CancelAsync(scheduled.Version, CancellationToken.None)).Required();

        Assert.Equal(World.Start, cancelled.CancelledAt);
        Assert.Equal(4, InputPrice(world, "glm-5", World.Start + (2 * day)));
        Assert.Equal(Problems.Conflict, (await editing.CancelAsync(scheduled.Version, CancellationToken.None)).Refused!.Problem);

        await using var next = await World.OpenAsync(world.Folder);
        Assert.Equal(4, InputPrice(next, "glm-5", World.Start + (2 * day)));
        Assert.Equal(scheduled.Version + 1, (await PublishAsync(next, "glm-5", "6")).Version);
    }

    [Fact]
    public async Task What_has_started_or_starts_in_a_moment_is_not_cancelled()
    {
        await using var world = await World.SeededAsync();
        var editing = world.Get<CatalogEditing>();
        var soon = await PublishAsync(world, "glm-5", "5", from: World.Start + TimeSpan.FromSeconds(9));

        Assert.Contains("starts within 10 seconds", (await editing.CancelAsync(soon.Version, CancellationToken.None)).Refused!.Message);
        world.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Contains("has started", (await editing.CancelAsync(soon.Version, CancellationToken.None)).Refused!.Message);
        Assert.Equal(Problems.NotFound, (await editing.CancelAsync(99, CancellationToken.None)).Refused!.Problem);
        Assert.Equal(5, InputPrice(world, "glm-5", world.Time.GetUtcNow()));
    }

    [Theory]
    [InlineData(-1, null, "effectiveFrom", "is in the past")]
    [InlineData(5 * 366 * 86_400, null, "effectiveFrom", "within 5 years")]
    [InlineData(60, 60, "effectiveUntil", "not after the start")]
    [InlineData(null, -1, "effectiveUntil", "not after the start")]
    [InlineData(60, 30, "effectiveUntil", "not after the start")]
    public async Task A_time_that_cannot_be_is_refused_and_nothing_is_published(int? from, int? until, string param, string says)
    {
        await using var world = await World.SeededAsync();

        var refused = (
            await world
                .Get<CatalogEditing>()
                .PublishAsync([("glm-5", Price("5"))], new Schedule(At(from), At(until)), "", CancellationToken.None)
        ).Refused!;

        Assert.Equal(param, refused.Param);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.Single(await world.Get<ICatalogStore>().TariffsAsync(CancellationToken.None));
        Assert.Single(world.Get<TariffHolder>().Current.Versions);

        static DateTimeOffset? At(int? seconds) => seconds is { } s ? World.Start.AddSeconds(s) : null;
    }

    [Fact]
    public async Task Of_several_prices_all_are_published_or_none_and_the_field_says_whose_is_wrong()
    {
        await using var world = await World.SeededAsync();
        var wrong = Sheets.Read(
            """
            "tiers":[{"price":{"input":"0.000005","output":"8"}}]
            """
        );

        var refused = (
            await world
                .Get<CatalogEditing>()
                .PublishAsync([("kimi-k2.6", Price("7")), ("glm-5", wrong)], Schedule.AtOnce, "", CancellationToken.None)
        ).Refused!;

        Assert.Equal("models.glm-5.tiers[0].price.input", refused.Param);
        Assert.Equal(6.5m, InputPrice(world, "kimi-k2.6", World.Start));
        Assert.Equal(
            "models.none",
            (await world.Get<CatalogEditing>().PublishAsync([("none", Price("7"))], Schedule.AtOnce, "", CancellationToken.None))
                .Refused!
                .Param
        );
    }

    [Fact]
    public async Task Models_of_a_volume_group_count_the_same()
    {
        await using var world = await World.SeededAsync();
        var editing = world.Get<CatalogEditing>();
        (await editing.PutPriceAsync("glm-5", Counted("input", "output"), "", CancellationToken.None)).Required();

        var refused = (await editing.PutPriceAsync("glm-4.7", Counted("input"), "", CancellationToken.None)).Refused!;

        Assert.Equal("volume.group", refused.Param);
        Assert.Contains("glm-5 counts input, output by months of Asia/Shanghai", refused.Message, StringComparison.Ordinal);
        (await editing.PutPriceAsync("glm-4.7", Counted("output", "input"), "", CancellationToken.None)).Required();

        static PriceSheet Counted(params string[] meters) =>
            Sheets.Read(
                $$"""
                "volume":{"kind":"marginal","group":"glm","meters":["{{string.Join(
                    "\",\"",
                    meters
                )}}"],"tiers":[{"upTo":10,"factor":"1"},{"factor":"0.8"}]}
                """
            );
    }

    /// <summary>Its rate is that of the day it was made, and its end is not to be lost.</summary>
    [Fact]
    public async Task A_promotion_in_dollars_is_left_alone_by_a_changed_rate()
    {
        await using var world = await World.SeededAsync();
        await PublishAsync(world, "gpt-5.1", "1", until: World.Start + day, currency: "USD");

        await using var next = await World.OpenAsync(world.Folder, new CommerceOptions { UsdRate = 7.25m });
        next.Time.Advance(TimeSpan.FromHours(1));
        (await next.Get<UsdPrices>().PublishAsync(CancellationToken.None)).Required();

        Assert.Equal(6.7379m, InputPrice(next, "gpt-5.1", World.Start.AddHours(2)));
        Assert.Equal(1.25m * 6.7379m, InputPrice(next, "gpt-5.1", World.Start + day)); // and then it is told at the start
        next.Time.Advance(day);
        Assert.Contains((await next.Get<UsdPrices>().FindDriftAsync(CancellationToken.None)).Models, model => model.Id == "gpt-5.1");
    }

    private static async Task<TariffVersion> PublishAsync(
        World world,
        string model,
        string input,
        DateTimeOffset? from = null,
        DateTimeOffset? until = null,
        string currency = "CNY"
    ) =>
        (
            await world
                .Get<CatalogEditing>()
                .PublishAsync([(model, Price(input, currency))], new Schedule(from, until), "test", CancellationToken.None)
        ).Required();

    private static PriceSheet Price(string input, string currency = "CNY") =>
        Sheets.Read(
            $$$"""
            "currency":"{{{currency}}}","tiers":[{"price":{"input":"{{{input}}}","output":"20"}}]
            """
        );

    private static decimal InputPrice(World world, string model, DateTimeOffset at) =>
        (decimal)world.Get<TariffHolder>().Current.Find(model, at)!.Price.Table.Tiers[0][Meter.Input] / Money.NanoPerUnit;
}
