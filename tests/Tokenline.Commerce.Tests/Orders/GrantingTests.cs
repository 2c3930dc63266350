using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Orders;

namespace Tokenline.Commerce.Tests.Orders;

/// <summary>What an offering promises is what the account gets.</summary>
public sealed class GrantingTests
{
    private static readonly QuotaUnit general = new("general-token");

    [Fact]
    public async Task A_coding_plan_is_a_bucket_of_requests_with_its_windows_and_nothing_spills_over()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();

        var order = await world.OrderAsync(customer, "coding-lite");

        var bucket = Assert.Single(await world.BucketsAsync(customer));
        Assert.Equal(
            ("request", 18_000L * QuotaUnit.Micro, BucketType.Plan, true, order.Product),
            (bucket.Grant.Unit!.Value.Name, bucket.Granted, bucket.Grant.Type, bucket.Grant.IsBlocker, bucket.Grant.Product)
        );
        Assert.Equal(World.Start.AddMonths(1), bucket.Grant.ExpiresAt);
        Assert.Equal(
            [
                new Limit("five-hours", LimitWindow.Rolling, Measure.Requests, 1200, 18_000),
                new Limit("week", LimitWindow.Week, Measure.Requests, 9000, TimeZone: "Asia/Shanghai"),
            ],
            bucket.Limits!.Select(view => view.Limit)
        );
    }

    [Fact]
    public async Task The_free_grant_is_had_once_lasts_thirty_days_and_asks_nothing_of_the_carrier()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        var other = await world.NewCustomerAsync("+8613900000002");
        var asked = world.Carrier.Asked.Count;

        var first = await world.OrderAsync(customer, "free-newcomer", "welcome");
        var again = await world.OrderAsync(customer, "free-newcomer", "welcome");
        var second = await world.Ordering.PlaceAsync(customer.Id, "free-newcomer", "welcome-2", CancellationToken.None);
        var unnamed = await world.Ordering.PlaceAsync(customer.Id, "free-newcomer", null, CancellationToken.None);
        var theirs = await world.OrderAsync(other, "free-newcomer");

        Assert.Equal(first.Id, again.Id);
        Assert.All([second, unnamed], o => Assert.Equal((Problems.Conflict, "offering"), (o.Refused!.Problem, o.Refused.Param)));
        Assert.Equal(OrderState.Completed, theirs.State);
        Assert.Equal(asked, world.Carrier.Asked.Count);
        var bucket = Assert.Single(await world.BucketsAsync(customer));
        Assert.Equal((BucketType.Bonus, World.Start.AddDays(30)), (bucket.Grant.Type, bucket.Grant.ExpiresAt!.Value));
        Assert.Equal(3000L * QuotaUnit.Micro, Assert.Single(bucket.Limits!).Limit.Max);
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "43")]
    public async Task Of_twenty_who_ask_at_once_for_what_is_had_once_one_gets_it()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();

        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => world.Ordering.PlaceAsync(customer.Id, "free-newcomer", $"o-{i}", CancellationToken.None))
        );

        Assert.Single(outcomes, outcome => outcome.Value is not null);
        Assert.Single(await world.BucketsAsync(customer));
    }

    [Fact]
    public async Task A_throughput_pack_comes_first_and_lets_the_rest_spill_over()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        await world.OrderAsync(customer, "plan-light");

        await world.OrderAsync(customer, "throughput-100k");

        var first = (await world.BucketsAsync(customer)).OrderBy(bucket => bucket.Grant.Priority).First().Grant;
        Assert.Equal((BucketType.Throughput, false), (first.Type, first.IsBlocker));
        Assert.Equal(["deepseek-v4-pro"], first.Models!);
        Assert.Equal(60, Assert.Single(first.Limits!).Seconds);
    }

    [Fact]
    public async Task What_is_granted_every_plan_month_begins_with_the_activation_rolls_over_and_ends_with_the_product()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        await world.OfferAsync(
            new OfferedGrant(general, 100L * QuotaUnit.Micro)
            {
                Type = BucketType.Pool,
                Refill = new OfferedRefill(LimitWindow.PlanMonth, new Rollover(1, 40L * QuotaUnit.Micro)),
                Limits = [new Limit("month", LimitWindow.PlanMonth, Measure.Requests, 10)],
            },
            months: 3
        );

        await world.OrderAsync(customer, "made-up");

        var refill = Assert.Single((await world.Accounts.ViewAsync(customer.Account)).Refills);
        Assert.Equal(
            (World.Start, World.Start.AddMonths(3), "Asia/Shanghai", 400),
            (refill.Terms.From, refill.Terms.Until!.Value, refill.Terms.TimeZone, refill.Terms.Priority)
        );
        Assert.Equal((World.Start, "Asia/Shanghai"), (refill.Terms.Limits![0].Anchor!.Value, refill.Terms.Limits[0].TimeZone));
        world.Time.Advance(World.Start.AddMonths(1) - World.Start);
        var second = (await world.BucketsAsync(customer)).Single(bucket => bucket.Remaining > 0);
        Assert.Equal((140L * QuotaUnit.Micro, World.Start.AddMonths(2)), (second.Remaining, second.Grant.ExpiresAt!.Value));
        world.Time.Advance(TimeSpan.FromDays(70));
        Assert.DoesNotContain(await world.BucketsAsync(customer), bucket => bucket.Remaining > 0);
    }

    [Fact]
    public async Task Money_meters_models_and_the_order_of_paying_survive_the_store_and_the_order()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        var grant = new OfferedGrant(null, 5 * Money.NanoPerUnit, ["glm-5"])
        {
            Currency = Currency.Cny,
            Type = BucketType.Wallet,
            Meters = MeterSet.Of(Meter.Output),
            Priority = 7,
        };
        await world.OfferAsync(grant, months: 1);

        await world.OrderAsync(customer, "made-up");

        var bucket = Assert.Single(await world.BucketsAsync(customer)).Grant;
        Assert.Equal(
            (Currency.Cny, BucketType.Wallet, MeterSet.Of(Meter.Output), 7, 5 * Money.NanoPerUnit),
            (bucket.Currency!.Value, bucket.Type, bucket.Meters!.Value, bucket.Priority, bucket.Amount)
        );
        Assert.Null(bucket.Unit);
        Assert.Equal(["glm-5"], bucket.Models!);
    }

    [Theory]
    [InlineData("plan", 0, null, null, 1, "months")]
    [InlineData("plan", 1, 1, 5, 1, "days")]
    [InlineData("free", 1, 1, null, 1, "price")]
    [InlineData("plan", 1, 1, null, 0, "grants")]
    [InlineData("payAsYouGo", 0, null, null, 1, "grants")]
    public void An_offering_that_contradicts_itself_says_where(string kind, int price, int? months, int? days, int grants, string param)
    {
        var offering = new ProductOffering(
            "x",
            "x",
            "x",
            Enum.Parse<OfferingKind>(kind, ignoreCase: true),
            new Money(price, Currency.Cny),
            months ?? (param == "months" ? 0 : null),
            [.. Enumerable.Repeat(new OfferedGrant(general, 1), grants)]
        )
        {
            Days = days,
        };

        Assert.StartsWith(param, offering.WhatIsWrong());
    }
}
