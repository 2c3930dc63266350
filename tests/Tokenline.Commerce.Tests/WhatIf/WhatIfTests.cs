using System.Text.Json;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.WhatIf;

namespace Tokenline.Commerce.Tests.WhatIf;

/// <summary>September of three subscribers: one with a plan that lasts, one whose plan does not and who pays beyond it, one who refused to.</summary>
public sealed class WhatIfTests
{
    private const string Model = "deepseek-v4-flash";

    [Fact]
    public async Task A_draft_equal_to_what_was_in_force_comes_to_exactly_what_was_charged()
    {
        await using var world = await SeptemberAsync();

        var report = await TryAsync(world, plan => plan, sheet => sheet);

        Assert.Equal(report.Was, report.Would);
        Assert.Equal((report.Subscribers, report.Subscribers, report.Subscribers), (report.Tried, report.Same, Zero(report)));
        Assert.Equal(3 * 9_900_000_000L, (long)report.Was.FeesNano); // three times 9.90
        Assert.True(report.Was.UsageNano > 0, "somebody paid beyond a plan");
        Assert.True(report.Calls > 20);
        Assert.Equal((0, 0, 0), (report.Refused, report.Cut, report.NotDone));
        Assert.Empty(report.Most);
    }

    [Fact]
    public async Task A_dearer_plan_costs_each_holder_the_difference_and_nobody_else_anything()
    {
        await using var world = await SeptemberAsync();

        var report = await TryAsync(world, plan => plan with { Price = new Money(12_900_000_000, Currency.Cny) });

        Assert.Equal(9_000_000_000, (long)(report.Would.RevenueNano - report.Was.RevenueNano));
        Assert.Equal(new WhatIfGroup(3, 9_000_000_000), report.Lose);
        Assert.Equal(default, report.Gain);
        Assert.Equal(report.Was.UsageNano, report.Would.UsageNano);
        Assert.All(report.Most, one => Assert.Equal(3_000_000_000, (long)one.ChangeNano));
    }

    [Fact]
    public async Task A_smaller_plan_is_used_up_earlier_who_pays_beyond_it_pays_more_and_who_does_not_is_refused()
    {
        await using var world = await SeptemberAsync();

        var report = await TryAsync(world, plan => plan with { Grants = [plan.Grants[0] with { Amount = plan.Grants[0].Amount / 4 }] });

        Assert.Equal(report.Was.FeesNano, report.Would.FeesNano);
        Assert.True(report.Would.UsageNano > report.Was.UsageNano);
        Assert.Equal(1, report.Lose.Subscribers);
        Assert.True(report.Refused > 0);
        Assert.Equal(1, report.Refusing);
        Assert.Equal(report.Lose.Nano - report.Gain.Nano, report.Would.RevenueNano - report.Was.RevenueNano);
    }

    [Fact]
    public async Task A_larger_plan_saves_what_was_paid_beyond_it_and_the_vendor_is_owed_the_same()
    {
        await using var world = await SeptemberAsync();

        var report = await TryAsync(world, plan => plan with { Grants = [plan.Grants[0] with { Amount = plan.Grants[0].Amount * 10 }] });

        Assert.Equal(0, (long)report.Would.UsageNano);
        Assert.Equal(new WhatIfGroup(1, report.Was.UsageNano), report.Gain);
        Assert.Equal(report.Was.CostNano, report.Would.CostNano);
    }

    [Fact]
    public async Task Another_price_of_a_model_changes_what_is_paid_beyond_plans_and_what_plans_last_for()
    {
        await using var world = await SeptemberAsync();

        var report = await TryAsync(
            world,
            null,
            sheet =>
                sheet with
                {
                    Tiers =
                    [
                        .. sheet.Tiers.Select(tier =>
                            tier with
                            {
                                Price = tier.Price.ToDictionary(rate => rate.Key, rate => rate.Value * 2),
                            }
                        ),
                    ],
                }
        );

        Assert.Equal(report.Was.UsageNano * 2, report.Would.UsageNano);
        Assert.Equal(report.Was.FeesNano, report.Would.FeesNano);
    }

    [Fact]
    public async Task A_sample_is_a_part_of_the_subscribers_and_says_how_far_it_may_be_off()
    {
        await using var world = await SeptemberAsync();
        for (var i = 0; i < 70; i++)
        {
            var customer = await world.NewCustomerAsync($"+86137000001{i:00}");
            if (i % 2 == 0)
                await world.OrderAsync(customer, "plan-light");
        }
        world.Time.Advance(TimeSpan.FromDays(40));
        var plan = (await world.Get<ICatalogStore>().FindOfferingAsync("plan-light", CancellationToken.None))!;
        var dearer = plan with { Price = new Money(19_900_000_000, Currency.Cny) };

        var whole = await RunAsync(world, Request(world, dearer));
        var sample = await RunAsync(world, Request(world, dearer) with { Sample = 40 });

        Assert.False(whole.IsSample);
        Assert.Equal(0, (long)whole.Revenue.ErrorNano);
        Assert.True(sample.IsSample);
        Assert.InRange(sample.Tried, 20, 60);
        Assert.Equal(whole.Subscribers, sample.Subscribers);
        Assert.InRange(
            whole.Revenue.Nano,
            sample.Revenue.Nano - (2 * sample.Revenue.ErrorNano),
            sample.Revenue.Nano + (2 * sample.Revenue.ErrorNano)
        );
        Assert.Equal(sample.Tried, sample.Bands.Sum(band => band.Subscribers));
    }

    [Theory]
    [InlineData("to", -1, -2, null, null)]
    [InlineData("to", -1, 2, null, null)]
    [InlineData("from", -400, 0, null, null)]
    [InlineData("sample", -10, 0, null, 3)]
    [InlineData("insteadOf", -10, 0, "nobody-has-it", null)]
    public async Task What_cannot_be_tried_is_refused_by_its_field(string field, int from, int to, string? instead, int? sample)
    {
        await using var world = await World.SeededAsync();
        var plan = (await world.Get<ICatalogStore>().FindOfferingAsync("plan-light", CancellationToken.None))!;
        var now = world.Time.GetUtcNow();

        var asked = await world
            .Get<WhatIfDesk>()
            .AskAsync(new WhatIfRequest(now.AddDays(from), now.AddDays(to), null, plan, instead, sample), CancellationToken.None);

        Assert.Equal(field, asked.Refused?.Param);
    }

    [Fact]
    public async Task What_is_asked_for_is_tried_in_the_background_and_what_waits_can_be_cancelled()
    {
        await using var world = await SeptemberAsync();
        var desk = world.Get<WhatIfDesk>();
        var plan = (await world.Get<ICatalogStore>().FindOfferingAsync("plan-light", CancellationToken.None))!;
        var first = (await desk.AskAsync(Request(world, plan), CancellationToken.None)).Required();
        var second = (await desk.AskAsync(Request(world, plan), CancellationToken.None)).Required();
        await desk.CancelAsync(second.Id, CancellationToken.None);
        Assert.Equal(WhatIfState.Waiting, first.State);

        using var ending = new CancellationTokenSource();
        var work = desk.WorkAsync(ending.Token);
        first = (await Eventually.WhenAsync(() => desk.FindAsync(first.Id, CancellationToken.None), run => run!.EndedAt is not null))!;
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);

        second = (await desk.FindAsync(second.Id, CancellationToken.None))!;
        Assert.Equal((WhatIfState.Done, WhatIfState.Cancelled), (first.State, second.State));
        Assert.Equal(first.Of, first.Looked);
        Assert.NotNull(first.Report);
        Assert.Equal([second.Id, first.Id], (await desk.ListAsync(CancellationToken.None)).Select(run => run.Id));
    }

    private static long Zero(WhatIfReport report) => report.Bands.Single(band => band is { FromNano: 0, ToNano: 0 }).Subscribers;

    private static async Task<World> SeptemberAsync()
    {
        var world = await World.SeededAsync();
        var frugal = await world.NewCustomerAsync("+8613900000001");
        var beyond = await world.NewCustomerAsync("+8613900000002");
        var refusing = await world.NewCustomerAsync("+8613900000003");
        foreach (var customer in new[] { frugal, beyond, refusing })
            await world.OrderAsync(customer, "plan-light");
        await world.Customers.AllowPayAsYouGoAsync(beyond.Id, new Money(500_000_000_000, Currency.Cny), CancellationToken.None);
        await world.Get<Outbox.OutboxDispatcher>().DispatchAsync(CancellationToken.None);
        for (var day = 0; day < 10; day++)
        {
            world.Time.Advance(TimeSpan.FromDays(1));
            await world.CallAsync(frugal, Model, Usage.Of(1000, 500));
            await world.CallAsync(beyond, Model, Usage.Of(1_500_000, 200_000));
            await world.CallAsync(refusing, Model, Usage.Of(200_000, 20_000));
        }
        return world;
    }

    private static WhatIfRequest Request(World world, ProductOffering? plan, IReadOnlyDictionary<string, PriceSheet>? prices = null) =>
        new(World.Start.AddMinutes(-1), world.Time.GetUtcNow(), prices, plan);

    private static async Task<WhatIfReport> TryAsync(
        World world,
        Func<ProductOffering, ProductOffering>? change,
        Func<PriceSheet, PriceSheet>? price = null
    )
    {
        var plan = (await world.Get<ICatalogStore>().FindOfferingAsync("plan-light", CancellationToken.None))!;
        var sheet = Pricing.ToSheet(world.Get<TariffHolder>().Current.Find(Model, World.Start)!);
        sheet = JsonSerializer.Deserialize<PriceSheet>(JsonSerializer.Serialize(sheet, CommerceJson.Options), CommerceJson.Options)!;
        return await RunAsync(
            world,
            Request(world, change?.Invoke(plan), price is null ? null : new Dictionary<string, PriceSheet> { [Model] = price(sheet) })
        );
    }

    private static async Task<WhatIfReport> RunAsync(World world, WhatIfRequest request)
    {
        var study = world.Get<WhatIfStudy>();
        var draft = (await study.ReadAsync(request, CancellationToken.None)).Required();
        return await study.RunAsync(draft, (_, _) => ValueTask.CompletedTask, CancellationToken.None);
    }
}
