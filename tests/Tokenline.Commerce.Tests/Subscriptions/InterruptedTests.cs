using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Tests.Subscriptions;

/// <summary>Stopped after any step and started again, a subscription comes to the same end.</summary>
public sealed class InterruptedTests
{
    /// <summary>An upgrade, a renewal that is refused until it is taken back, the payment that gives it again, and a cancellation.</summary>
    private static async Task<string> LiveAsync(World world, PlanLife life)
    {
        await life.AdvanceAsync(TimeSpan.FromDays(10));
        await life.ChangeAsync("plus-30", isNow: true);
        await life.AdvanceAsync(TimeSpan.FromDays(19));
        world.Carrier.Refusal = "barred";
        await life.AdvanceAsync(TimeSpan.FromDays(2));
        await life.UseAsync(30);
        await life.AdvanceAsync(TimeSpan.FromDays(3));
        world.Carrier.Refusal = null;
        await life.AdvanceAsync(TimeSpan.FromDays(6));
        await life.DoAsync(new StopRenewal());
        await life.AdvanceAsync(TimeSpan.FromDays(5));
        await life.CheckAsync();
        var subscription = await life.NowAsync();
        var lines = (await life.PaymentsAsync()).Select(line => $"{line.Kind} {line.Period} {line.Amount} {line.State}");
        var left = (await life.BucketsAsync()).Sum(bucket => bucket.Remaining) / QuotaUnit.Micro;
        return $"{subscription.State} {subscription.Offering.Id} {subscription.Period.Number}, {left} left: {string.Join("; ", lines)}";
    }

    [Fact]
    public async Task Whichever_decision_it_is_stopped_after_it_comes_to_the_same_end()
    {
        await using var world = await PlanLife.OpenWorldAsync();
        await Shop.OpenAsync(world);
        var whole = await PlanLife.BeginAsync(world, "+8613900000100");
        var before = whole.Store.Saved;
        var expected = await LiveAsync(world, whole);
        var decisions = whole.Store.Saved - before;
        Assert.Equal(
            "PendingTerminate plus-30 1, 37000000 left: Period 0 9.9 CNY Paid; Upgrade 0 13.33 CNY Paid; Period 1 29.9 CNY Refused; "
                + "Period 1 29.9 CNY Refused; Period 1 29.9 CNY Refused; Period 1 29.9 CNY Refused; Period 1 29.9 CNY Refused; Period 1 29.9 CNY Paid",
            expected
        );
        Assert.InRange(decisions, 10, 40);

        for (var stop = 1; stop <= decisions; stop++)
        {
            var life = await PlanLife.BeginAsync(world, $"+86139000002{stop:00}");
            life.Store.EndsAfter = stop;
            var ended = await LiveAsync(world, life);
            life.Store.EndsAfter = null;
            Assert.Equal($"{stop}: {expected}", $"{stop}: {ended}");
        }
    }

    [Fact]
    public async Task A_payment_whose_answer_is_lost_is_asked_for_again_under_the_same_name_and_made_once()
    {
        await using var world = await PlanLife.OpenWorldAsync();
        await Shop.OpenAsync(world);
        var life = await PlanLife.BeginAsync(world, "+8613900000100");
        world.Carrier.LosesAnswers = true;
        await life.AdvanceAsync(TimeSpan.FromDays(30) - TimeSpan.FromHours(1));
        var asking = (await life.NowAsync()).Asking!;
        Assert.Equal(($"{(await life.NowAsync()).Id}-1-1", PaymentKind.Period), (asking.Correlator, asking.Kind));
        Assert.True(asking.Tries > 5);
        await life.AdvanceAsync(TimeSpan.FromHours(2)); // granted by grace meanwhile
        Assert.Equal(Standing.Grace, (await life.NowAsync()).Standing);
        await life.CheckAsync();

        world.Carrier.LosesAnswers = false;
        await life.AdvanceAsync(TimeSpan.FromHours(2));

        Assert.Equal((SubscriptionState.Active, Standing.Current), ((await life.NowAsync()).State, (await life.NowAsync()).Standing));
        Assert.Equal([PaymentState.Paid, PaymentState.Paid], (await life.PaymentsAsync()).Select(line => line.State));
        Assert.Single(world.Carrier.Amounts, amount => amount.Key == asking.Correlator);
        await life.CheckAsync();
    }

    [Fact]
    public async Task A_payment_that_is_answered_when_all_is_over_is_given_back()
    {
        await using var world = await PlanLife.OpenWorldAsync();
        await Shop.OpenAsync(world);
        var life = await PlanLife.BeginAsync(world, "+8613900000100");
        world.Carrier.LosesAnswers = true;
        await life.AdvanceAsync(TimeSpan.FromDays(70));
        Assert.Equal(SubscriptionState.Terminated, (await life.NowAsync()).State);
        Assert.NotNull((await life.NowAsync()).Asking);

        world.Carrier.LosesAnswers = false;
        await life.AdvanceAsync(TimeSpan.FromHours(2));

        var lines = await life.PaymentsAsync();
        Assert.Equal([PaymentState.Paid, PaymentState.Paid, PaymentState.Owed], lines.Select(line => line.State));
        Assert.Equal((lines[1].Amount, 1), (lines[2].Amount, lines[2].Period));
        Assert.Null((await life.NowAsync()).Asking);
        Assert.Null(SubscriptionMachine.DueAt(await life.NowAsync()));
        await life.CheckAsync();
    }

    [Fact]
    public async Task While_a_payment_is_not_known_nothing_else_is_paid_and_nothing_is_cancelled_at_once()
    {
        await using var world = await PlanLife.OpenWorldAsync();
        await Shop.OpenAsync(world);
        var life = await PlanLife.BeginAsync(world, "+8613900000100");
        await life.AdvanceAsync(TimeSpan.FromDays(1));
        world.Carrier.IsDown = true;
        Assert.Null(await life.ChangeAsync("plus-30", isNow: true));

        Assert.Equal(Problems.PaymentInProgress, (await life.ChangeAsync("plus-30", isNow: true))!.Problem);
        Assert.Equal(Problems.PaymentInProgress, (await life.DoAsync(new CancelNow()))!.Problem);
        Assert.Equal(Problems.PaymentInProgress, (await life.DoAsync(new Suspend("abuse")))!.Problem);

        world.Carrier.IsDown = false;
        await life.AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.Equal("plus-30", (await life.NowAsync()).Offering.Id);
        // 20 CNY and 30 M for 29 of 30 days, from when it was asked for
        Assert.Equal(19.33m, (await life.PaymentsAsync())[1].Amount.ToDecimal());
        Assert.Equal(39_000_000, (await life.BucketsAsync()).Sum(bucket => bucket.Remaining) / QuotaUnit.Micro);
        await life.CheckAsync();
    }
}
