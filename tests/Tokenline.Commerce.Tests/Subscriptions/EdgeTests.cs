using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Tests.Subscriptions;

/// <summary>Upkeep looks once a minute. What a customer does between the edge of a period and that look is decided as if it had looked.</summary>
public sealed class EdgeTests
{
    private static readonly TimeSpan month = TimeSpan.FromDays(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_period_that_has_begun_is_not_given_back_as_one_that_has_not(bool isNow)
    {
        await using var world = await OpenAsync();
        var life = await PlanLife.BeginAsync(world, "+8613900000301");
        await life.AdvanceAsync(month - TimeSpan.FromHours(1)); // the next one is paid
        world.Time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));
        await life.UseAsync(5);

        Assert.Null(await life.DoAsync(isNow ? new CancelNow() : new StopRenewal()));
        await life.AdvanceAsync(TimeSpan.FromHours(2));

        Assert.Equal(1, (await life.NowAsync()).Period.Number);
        Assert.DoesNotContain(await life.PaymentsAsync(), line => line.Kind == PaymentKind.Refund);
        await life.CheckAsync();
    }

    [Fact]
    public async Task Who_is_let_go_on_just_after_the_edge_has_what_was_paid_and_pays_no_second_time()
    {
        await using var world = await OpenAsync();
        var life = await PlanLife.BeginAsync(world, "+8613900000302");
        await life.AdvanceAsync(month - TimeSpan.FromHours(1));
        Assert.Null(await life.DoAsync(new Suspend("abuse")));
        world.Time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(5));

        Assert.Null(await life.DoAsync(new Resume()));
        await life.AdvanceAsync(TimeSpan.FromHours(2));

        var now = await life.NowAsync();
        Assert.Equal((SubscriptionState.Active, 1), (now.State, now.Period.Number));
        Assert.Equal(2, (await life.PaymentsAsync()).Count(line => line.State == PaymentState.Paid));
        Assert.Equal(10_000_000 * QuotaUnit.Micro, (await life.BucketsAsync()).Sum(bucket => bucket.Remaining));
        await life.CheckAsync();
    }

    [Fact]
    public async Task While_a_payment_is_asked_for_its_plan_stays_and_what_it_pays_for_is_what_was_asked()
    {
        await using var world = await OpenAsync();
        var life = await PlanLife.BeginAsync(world, "+8613900000303");
        world.Carrier.IsDown = true;
        await life.AdvanceAsync(month - TimeSpan.FromHours(1));
        Assert.Null(await life.DoAsync(new StopRenewal()));
        Assert.Null(await life.DoAsync(new Keep()));

        Assert.Equal(Problems.PaymentInProgress, (await life.ChangeAsync("plus-30", isNow: false))!.Problem);
        world.Carrier.IsDown = false;
        await life.AdvanceAsync(TimeSpan.FromHours(3));

        Assert.Equal("basic-30", (await life.NowAsync()).Offering.Id);
        Assert.Equal(
            [9.9m, 9.9m],
            (await life.PaymentsAsync()).Where(line => line.State == PaymentState.Paid).Select(line => line.Amount.ToDecimal())
        );
        await life.CheckAsync();
    }

    private static async Task<World> OpenAsync()
    {
        var world = await PlanLife.OpenWorldAsync();
        await Shop.OpenAsync(world);
        return world;
    }
}
