using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Tests.Subscriptions;

/// <summary>Lives of plans that grant to each seat, that raise a limit, and that are brought to one end with another. See <see cref="SubscriptionStory"/> for how to read the tables.</summary>
public sealed class ProductStories
{
    // In September a seat is half a month on the 16th. Ann spends her own five million first, and then the pool.
    [Fact]
    public Task A_team_whose_seats_have_tokens_of_their_own() =>
        SubscriptionStory.TellAsync(
            """
            when             | what                   | state              | paid   | back | left       | ends             | seats    | accrued
            2026-09-01 10:30 | order team-own 2       | active             | 60.00  | 0.00 | 14,000,000 | 2026-10-01 10:30 | 0/2      | 0.00
            2026-09-01 10:40 | join ann               | active             | 60.00  | 0.00 | 14,000,000 | 2026-10-01 10:30 | 0/2      | 0.00
            2026-09-01 10:41 | assign ann             | active             | 60.00  | 0.00 | 14,000,000 | 2026-10-01 10:30 | 1/2      | 0.00
            2026-09-02 10:00 | use 5,000,000 by ann   | active             | 60.00  | 0.00 | 9,000,000  | 2026-10-01 10:30 | 1/2      | 0.00
            2026-09-03 10:00 | use 4,100,000 by ann   | insufficient_quota | 60.00  | 0.00 | 5,000,000  | 2026-10-01 10:30 | 1/2      | 0.00
            2026-09-04 10:00 | join bob               | active             | 60.00  | 0.00 | 5,000,000  | 2026-10-01 10:30 | 1/2      | 0.00
            2026-09-04 10:01 | assign bob             | active             | 60.00  | 0.00 | 5,000,000  | 2026-10-01 10:30 | 2/2      | 0.00
            2026-09-05 10:00 | use 2,000,000 by bob   | active             | 60.00  | 0.00 | 3,000,000  | 2026-10-01 10:30 | 2/2      | 0.00
            2026-09-06 10:00 | free bob               | active             | 60.00  | 0.00 | 3,000,000  | 2026-10-01 10:30 | 1/2      | 0.00
            2026-09-06 10:01 | use 100,000 by bob     | permission_denied  | 60.00  | 0.00 | 3,000,000  | 2026-10-01 10:30 | 1/2      | 0.00
            2026-09-06 10:02 | use 100,000 by ann     | insufficient_quota | 60.00  | 0.00 | 3,000,000  | 2026-10-01 10:30 | 1/2      | 0.00
            2026-09-07 10:00 | join cai               | active             | 60.00  | 0.00 | 3,000,000  | 2026-10-01 10:30 | 1/2      | 0.00
            2026-09-07 10:01 | assign cai             | active             | 60.00  | 0.00 | 3,000,000  | 2026-10-01 10:30 | 2/2      | 0.00
            2026-09-08 10:00 | use 3,000,000 by cai   | active             | 60.00  | 0.00 | 0          | 2026-10-01 10:30 | 2/2      | 0.00
            2026-09-16 10:30 | seats 3                | active             | 75.00  | 0.00 | 3,500,000  | 2026-10-01 10:30 | 2/3      | 0.00
            2026-09-16 10:31 | assign bob             | active             | 75.00  | 0.00 | 3,500,000  | 2026-10-01 10:30 | 3/3      | 0.00
            2026-09-16 10:32 | use 2,500,000 by bob   | active             | 75.00  | 0.00 | 1,000,000  | 2026-10-01 10:30 | 3/3      | 0.00
            2026-09-16 10:33 | use 1,000,000 by ann   | active             | 75.00  | 0.00 | 0          | 2026-10-01 10:30 | 3/3      | 0.00
            2026-09-20 10:00 | free ann               | active             | 75.00  | 0.00 | 0          | 2026-10-01 10:30 | 2/3      | 0.00
            2026-09-20 10:01 | seats 2                | active             | 75.00  | 0.00 | 0          | 2026-10-01 10:30 | 2/3 then 2 | 0.00
            2026-10-01 10:30 |                        | active             | 135.00 | 0.00 | 14,000,000 | 2026-11-01 10:30 | 2/2      | 0.00
            2026-10-02 10:00 | use 5,000,000 by bob   | active             | 135.00 | 0.00 | 9,000,000  | 2026-11-01 10:30 | 2/2      | 0.00
            2026-10-02 10:01 | use 9,000,000 by cai   | active             | 135.00 | 0.00 | 0          | 2026-11-01 10:30 | 2/2      | 0.00
            """,
            type: CustomerType.Organization
        );

    // An upgrade brings each seat half of the difference on the 16th of a September, and the pool too: 2 x (2 + 1) / 2.
    [Fact]
    public Task Seats_that_are_upgraded_suspended_and_resumed_keep_what_is_theirs() =>
        SubscriptionStory.TellAsync(
            """
            when             | what                   | state              | paid   | back | left       | ends             | seats | accrued
            2026-09-01 10:30 | order team-own 2       | active             | 60.00  | 0.00 | 14,000,000 | 2026-10-01 10:30 | 0/2   | 0.00
            2026-09-01 10:41 | assign 1 to 2          | active             | 60.00  | 0.00 | 14,000,000 | 2026-10-01 10:30 | 2/2   | 0.00
            2026-09-02 10:00 | use 1,000,000 by 1     | active             | 60.00  | 0.00 | 13,000,000 | 2026-10-01 10:30 | 2/2   | 0.00
            2026-09-16 10:30 | upgrade team-own-plus  | active             | 90.00  | 0.00 | 16,000,000 | 2026-10-01 10:30 | 2/2   | 0.00
            2026-09-17 10:00 | suspend                | suspended operator | 90.00  | 0.00 | 0          | 2026-10-01 10:30 | 2/2   | 0.00
            2026-09-17 10:01 | free 2                 | suspended operator | 90.00  | 0.00 | 0          | 2026-10-01 10:30 | 1/2   | 0.00
            2026-09-17 10:02 | join 3                 | suspended operator | 90.00  | 0.00 | 0          | 2026-10-01 10:30 | 1/2   | 0.00
            2026-09-17 10:03 | assign 3               | suspended operator | 90.00  | 0.00 | 0          | 2026-10-01 10:30 | 2/2   | 0.00
            2026-09-18 10:00 | resume                 | active             | 90.00  | 0.00 | 16,000,000 | 2026-10-01 10:30 | 2/2   | 0.00
            2026-09-18 10:01 | use 5,500,000 by 3     | active             | 90.00  | 0.00 | 10,500,000 | 2026-10-01 10:30 | 2/2   | 0.00
            2026-09-18 10:02 | use 10,500,000 by 1    | active             | 90.00  | 0.00 | 0          | 2026-10-01 10:30 | 2/2   | 0.00
            2026-09-18 10:03 | use 100,000 by 3       | insufficient_quota | 90.00  | 0.00 | 0          | 2026-10-01 10:30 | 2/2   | 0.00
            """,
            type: CustomerType.Organization
        );

    // The stub is 21 of the 31 days from 1 October to 1 November: 29.90 x 21 / 31 and 40 M x 21 / 31.
    [Fact]
    public Task Two_plans_that_run_are_brought_to_one_end() =>
        SubscriptionStory.TellAsync(
            """
            when             | what                | state         | paid   | back | left              | ends
            2026-09-01 10:30 | order basic         | active        | 9.90   | 0.00 | 10,000,000        | 2026-10-01 10:30
            2026-09-11 10:30 | order plus          | active        | 39.80  | 0.00 | 40,000,000        | 2026-10-11 10:30
            2026-09-12 09:00 | end with basic 29.90 | price_changed | 39.80 | 0.00 | 40,000,000        | 2026-10-11 10:30
            2026-09-12 09:01 | end with basic 20.25 | active       | 39.80  | 0.00 | 40,000,000        | 2026-10-11 10:30
            2026-09-12 09:02 | keep                | active        | 39.80  | 0.00 | 40,000,000        | 2026-10-11 10:30
            2026-09-12 09:03 | keep                | wrong_state   | 39.80  | 0.00 | 40,000,000        | 2026-10-11 10:30
            2026-09-13 09:00 | end with basic 20.25 | active       | 39.80  | 0.00 | 40,000,000        | 2026-10-11 10:30
            2026-10-11 10:30 |                     | active        | 69.95  | 0.00 | 27,096,774.193549 | 2026-11-01 10:30
            2026-10-12 09:00 | end with basic 29.90 | wrong_state  | 69.95  | 0.00 | 27,096,774.193549 | 2026-11-01 10:30
            2026-11-01 10:30 |                     | active        | 109.75 | 0.00 | 40,000,000        | 2026-12-01 10:30
            2026-12-01 10:30 |                     | active        | 149.55 | 0.00 | 40,000,000        | 2027-01-01 10:30
            """
        );

    [Fact]
    public async Task A_plan_ends_only_with_one_of_the_same_customer_and_the_same_periods_that_goes_on()
    {
        await using var story = await SubscriptionStory.BeginAsync();
        var (world, cancel) = (story.World, TestContext.Current.CancellationToken);
        var stranger = await world.NewCustomerAsync("+8613900000002");
        var theirs = (await world.OrderAsync(stranger, "basic")).Product!.Value;
        var ids = new Dictionary<string, ProductId>();
        foreach (var offering in new[] { "plus", "basic", "yearly", "monthly", "basic-30", "once", "refilled", "strict" })
            ids[offering] = (await world.OrderAsync(story.Customer, offering)).Product!.Value;
        world.Time.Advance(TimeSpan.FromHours(1));
        var later = (await world.OrderAsync(story.Customer, "basic")).Product!.Value;
        var subscribing = world.Get<Subscribing>();
        await subscribing.DoAsync(ids["strict"], new StopRenewal(), cancel);

        Assert.Equal((Problems.NotFound, "with"), await RefusedAsync(later, theirs));
        Assert.Equal((Problems.InvalidRequest, "with"), await RefusedAsync(later, later));
        foreach (var other in new[] { "yearly", "monthly", "basic-30" })
            Assert.Equal((Problems.InvalidRequest, "with"), await RefusedAsync(later, ids[other]));
        foreach (var other in new[] { "once", "strict" })
            Assert.Equal((Problems.WrongState, "with"), await RefusedAsync(later, ids[other]));
        Assert.Equal((Problems.InvalidRequest, "with"), await RefusedAsync(ids["refilled"], later));
        Assert.Equal((Problems.WrongState, null), await RefusedAsync(ids["basic"], ids["plus"])); // they end together already
        Assert.Equal((Problems.WrongState, null), await RefusedAsync(ids["strict"], later));
        Assert.NotNull((await subscribing.EndWithPriceAsync(later, ids["plus"], cancel)).Value);

        async Task<(Problem, string?)> RefusedAsync(ProductId one, ProductId other)
        {
            var asked = await subscribing.EndWithPriceAsync(one, other, cancel);
            var done = await subscribing.EndWithAsync(one, other, Money.Zero(Currency.Cny), cancel);
            Assert.Equal(asked.Refused, done.Refused);
            return (done.Refused!.Problem, done.Refused.Param);
        }
    }

    [Fact]
    public async Task Calls_at_once_are_sold_to_accounts_that_have_a_limit_stack_are_upgraded_and_end_with_their_subscription()
    {
        await using var story = await SubscriptionStory.BeginAsync();
        var (world, cancel) = (story.World, TestContext.Current.CancellationToken);
        var refused = (await world.Ordering.PlaceAsync(story.Customer.Id, "calls-2", null, cancel)).Refused!;
        Assert.Equal((Problems.NotEligible, "offering"), (refused.Problem, refused.Param));
        Assert.Equal(
            Problems.NotEligible,
            (await world.Ordering.QuoteAsync(story.Customer.Id, "calls-2", null, cancel)).Required().WhyNot!.Problem
        );
        Assert.Null(await story.DoAsync("limit calls 3"));
        Assert.Equal(0, await RaisedAsync());

        Assert.Null(await story.DoAsync("order calls-2"));
        Assert.Equal(2, await RaisedAsync());
        Assert.Null(await story.DoAsync("order calls-2"));
        Assert.Equal(4, await RaisedAsync());
        await story.AdvanceAsync(World.Start.AddDays(15));
        Assert.Null(await story.DoAsync("upgrade calls-6")); // whole at once, for half of the difference
        Assert.Equal(8, await RaisedAsync());
        await story.AdvanceAsync(World.Start.AddDays(31));
        Assert.Equal(8, await RaisedAsync());
        Assert.Null(await story.DoAsync("cancel"));
        Assert.Equal(2, await RaisedAsync());
        Assert.Equal(10m + 10m + 5m + 10m + 20m, world.Carrier.Amounts.Values.Sum(amount => amount.ToDecimal()));

        async Task<long> RaisedAsync() =>
            Assert.Single((await world.Accounts.ViewAsync(story.Customer.Account)).Allotments[0].Limits).Raised;
    }

    // Taken back on the second of thirty days: capacity is not used up, so what is unused is time.
    [Fact]
    public async Task Calls_at_once_that_are_taken_back_in_time_are_paid_back_by_the_time_that_was_not_used()
    {
        await using var story = await SubscriptionStory.BeginAsync();
        Assert.Null(await story.DoAsync("limit calls 3"));
        Assert.Null(await story.DoAsync("order calls-2"));
        await story.AdvanceAsync(World.Start.AddDays(3));

        Assert.Null(await story.DoAsync("cancel"));

        var lines = await story.World.Get<ISubscriptionStore>().PaymentsAsync((await story.NewestAsync()).Id, CancellationToken.None);
        Assert.Equal(9m, Assert.Single(lines, line => line.Kind == PaymentKind.Refund).Amount.ToDecimal());
    }
}
