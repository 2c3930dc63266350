using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Tests.Catalog;

/// <summary>Draft, published, retired; who may order, when, how often, and for how much.</summary>
public sealed class OfferingLifeTests : IAsyncLifetime
{
    private static readonly GrantSheet tenMillion = new(10_000_000, new QuotaUnit("general-token"));
    private static readonly OfferingSheet light = new("Light", "For persons", OfferingKind.Plan, [tenMillion], 9.9m, Months: 1);

    private World world = null!;

    private static CancellationToken None => CancellationToken.None;
    private Offerings Offerings => world.Get<Offerings>();
    private ICatalogStore Catalog => world.Get<ICatalogStore>();

    public async ValueTask InitializeAsync() => world = await World.SeededAsync();

    public async ValueTask DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task A_draft_is_not_sold_until_it_is_published_and_what_is_retired_is_not_sold_any_more()
    {
        var customer = await world.NewCustomerAsync();
        (await Offerings.PutDraftAsync("new", light, None)).Required();
        Assert.Equal("not for sale yet", await WhyNotAsync(customer, "new", Problems.OfferingUnavailable));
        Assert.Empty(await Catalog.OfferingVersionsAsync("new", None));

        Assert.Equal((OfferingState.Published, 1), StateOf((await Offerings.PublishAsync("new", None)).Required()));
        var sold = await world.OrderAsync(customer, "new", "o-1");
        Assert.Equal(Problems.WrongState, (await Offerings.PublishAsync("new", None)).Refused!.Problem);

        Assert.Equal(OfferingState.Retired, (await Offerings.RetireAsync("new", None)).Required().State);
        Assert.Equal(OfferingState.Retired, (await Offerings.RetireAsync("new", None)).Required().State);
        Assert.Equal("not sold any more", await WhyNotAsync(customer, "new", Problems.OfferingUnavailable));
        Assert.Equal(Problems.WrongState, (await Offerings.PutAsync("new", light, None)).Refused!.Problem);
        Assert.Equal(sold.Id, (await world.OrderAsync(customer, "new", "o-1")).Id); // what was ordered is answered all the same
    }

    [Fact]
    public async Task A_change_is_the_next_version_the_same_again_is_none_and_every_version_stays()
    {
        var first = (await Offerings.PutAsync("new", light, None)).Required();
        var same = (await Offerings.PutAsync("new", light, None)).Required();
        (await Offerings.PutDraftAsync("new", light with { Price = 12 }, None)).Required();
        var customer = await world.NewCustomerAsync();
        var before = await world.OrderAsync(customer, "new");
        var second = (await Offerings.PublishAsync("new", None)).Required();
        var third = (await Offerings.PutAsync("new", light with { Price = 13, Renewal = new(Automatic: true) }, None)).Required();
        var after = await world.OrderAsync(customer, "new");

        Assert.Equal([1, 1, 2, 3], new[] { first, same, second, third }.Select(one => one.Version));
        Assert.Equal([9.9m, 12, 13], (await Catalog.OfferingVersionsAsync("new", None)).Select(version => version.Price.ToDecimal()));
        Assert.Equal([(1, 9.9m), (3, 13m)], new[] { before, after }.Select(order => (order.Offering.Version, order.Price.ToDecimal())));
        var read = (await world.Get<IOrderStore>().FindAsync(after.Id, None))!.Offering;
        Assert.Equal((third.Renewal, third.Version), (read.Renewal, read.Version));
        Assert.Null((await Catalog.FindOfferingListingAsync("new", None))!.Draft);
        Assert.Equal(2, (await Catalog.FindOfferingListingAsync("new", None))!.Sold);
    }

    [Fact]
    public async Task It_is_sold_from_an_instant_on_and_until_another()
    {
        var customer = await world.NewCustomerAsync();
        await PutAsync(new SaleTerms(From: World.Start.AddDays(1), To: World.Start.AddDays(2)));
        Assert.StartsWith(
            "is sold from 2026-09-02",
            await WhyNotAsync(customer, "new", Problems.OfferingUnavailable),
            StringComparison.Ordinal
        );
        world.Time.Advance(TimeSpan.FromDays(1));
        await world.OrderAsync(customer, "new");
        world.Time.Advance(TimeSpan.FromDays(1));
        Assert.StartsWith(
            "was sold until 2026-09-03",
            await WhyNotAsync(customer, "new", Problems.OfferingUnavailable),
            StringComparison.Ordinal
        );
    }

    [Theory]
    // allowed       group      region   channel   the reason, or none
    [InlineData("groups", null, null, null, "is for the groups student.")]
    [InlineData("groups", "adult", null, null, "is for the groups student.")]
    [InlineData("groups", "student", null, null, null)]
    [InlineData("regions", "student", "north", null, "is for the regions south, east.")]
    [InlineData("regions", null, "east", null, null)]
    [InlineData("channels", null, null, null, "is sold through shop.")]
    [InlineData("channels", null, null, "web", "is sold through shop.")]
    [InlineData("channels", null, null, "shop", null)]
    [InlineData("requires", null, null, null, "is for those who have one of: token-pack.")]
    public async Task Group_region_channel_and_what_is_held_decide(
        string rule,
        string? group,
        string? region,
        string? channel,
        string? reason
    )
    {
        await PutAsync(
            new SaleTerms(
                Groups: rule == "groups" ? ["student"] : null,
                Regions: rule == "regions" ? ["south", "east"] : null,
                Channels: rule == "channels" ? ["shop"] : null,
                Requires: rule == "requires" ? ["token-pack"] : null
            )
        );
        var customer = (await world.Customers.CreateAsync("+8613900000001", "Somebody", group, region, None)).Required();
        var asked = world.Carrier.Asked.Count;

        var placed = await world.Ordering.PlaceAsync(new OrderRequest(customer.Id, "new", Channel: channel), None);

        Assert.Equal(reason is null ? null : Problems.NotEligible, placed.Refused?.Problem);
        Assert.Equal(reason, placed.Refused?.Message["Light ".Length..]);
        Assert.Equal(reason is null ? asked + 1 : asked, world.Carrier.Asked.Count);
    }

    [Fact]
    public async Task What_excludes_another_is_not_to_be_had_beside_it_whichever_came_first_until_it_ends()
    {
        await PutAsync(new SaleTerms(Excludes: ["plan-standard"]));
        var one = await world.NewCustomerAsync();
        var two = await world.NewCustomerAsync("+8613900000002");
        await world.OrderAsync(one, "new");
        await world.OrderAsync(two, "plan-standard");

        Assert.Equal("is not to be had beside Light.", (await PlaceAsync(one, "plan-standard")).Refused!.Message["Standard ".Length..]);
        Assert.Equal("is not to be had beside Standard.", (await PlaceAsync(two, "new")).Refused!.Message["Light ".Length..]);

        world.Time.Advance(TimeSpan.FromDays(31));
        await world.Get<SubscriptionUpkeep>().RoundAsync(None);
        await world.OrderAsync(one, "plan-standard");
    }

    [Fact]
    public async Task So_many_times_for_each_customer_also_of_many_orders_at_once_and_a_failed_one_does_not_count()
    {
        await PutAsync(new SaleTerms(PerCustomer: 3));
        var customer = await world.NewCustomerAsync();
        world.Carrier.Refusal = "barred";
        Assert.Equal(OrderState.Failed, (await world.OrderAsync(customer, "new")).State);
        world.Carrier.Refusal = null;

        var placed = new List<Outcome<ProductOrder>>();
        for (var i = 0; i < 5; i++)
            placed.Add(await PlaceAsync(customer, "new"));

        Assert.Equal(3, placed.Count(order => order.Value is { State: OrderState.Completed }));
        Assert.All(placed.Where(order => order.Refused is not null), order => Assert.Equal(Problems.Conflict, order.Refused!.Problem));
        Assert.Equal(OrderState.Completed, (await world.OrderAsync(await world.NewCustomerAsync("+8613900000002"), "new")).State);
    }

    [Fact]
    public async Task The_last_piece_goes_to_one_and_comes_back_when_the_carrier_refuses()
    {
        await PutAsync(new SaleTerms(Stock: 1));
        var one = await world.NewCustomerAsync();
        var two = await world.NewCustomerAsync("+8613900000002");
        world.Carrier.Refusal = "barred";
        await world.OrderAsync(one, "new");
        world.Carrier.Refusal = null;

        await world.OrderAsync(two, "new");

        Assert.Equal("is sold out.", await WhyNotAsync(one, "new", Problems.OutOfStock));
        await PutAsync(new SaleTerms(Stock: 2));
        await world.OrderAsync(one, "new");
        Assert.Equal(Problems.OutOfStock, (await PlaceAsync(one, "new")).Refused!.Problem);
    }

    [Fact]
    public async Task The_first_order_has_the_first_price_and_the_price_that_was_shown_is_the_price_that_is_paid()
    {
        (await Offerings.PutAsync("new", light with { FirstPrice = 1 }, None)).Required();
        var customer = await world.NewCustomerAsync();

        var wrong = await world.Ordering.PlaceAsync(new OrderRequest(customer.Id, "new", ExpectedPrice: Cny(9.9m)), None);
        Assert.Equal((Problems.PriceChanged, "expectedPrice"), (wrong.Refused!.Problem, wrong.Refused.Param));
        var first = (await world.Ordering.PlaceAsync(new OrderRequest(customer.Id, "new", ExpectedPrice: Cny(1)), None)).Required();
        var stale = await world.Ordering.PlaceAsync(new OrderRequest(customer.Id, "new", ExpectedPrice: Cny(1)), None);
        var second = await world.OrderAsync(customer, "new");

        Assert.Equal((1m, 9.9m), (first.Price.ToDecimal(), second.Price.ToDecimal()));
        Assert.Equal(Problems.PriceChanged, stale.Refused!.Problem);
        Assert.Equal(
            [1m, 9.9m],
            world.Carrier.Asked.Where(ask => ask.PhoneNumber == customer.PhoneNumber).Select(ask => ask.Amount.ToDecimal())
        );
        Assert.Equal(first.Price, (await world.Get<IOrderStore>().FindAsync(first.Id, None))!.Price);
    }

    private static (OfferingState, int) StateOf(ProductOffering offering) => (offering.State, offering.Version);

    private static Money Cny(decimal amount) => Money.FromDecimal(amount, Currency.Cny);

    private async Task PutAsync(SaleTerms sale) => (await Offerings.PutAsync("new", light with { Sale = sale }, None)).Required();

    private Task<Outcome<ProductOrder>> PlaceAsync(Customer customer, string offering) =>
        world.Ordering.PlaceAsync(customer.Id, offering, null, None);

    /// <summary>The words of the refusal after the offering's name; nothing was asked of the carrier.</summary>
    private async Task<string> WhyNotAsync(Customer customer, string offering, Problem problem)
    {
        var asked = world.Carrier.Asked.Count;
        var refusal = (await PlaceAsync(customer, offering)).Refused!;
        Assert.Equal((problem, asked), (refusal.Problem, world.Carrier.Asked.Count));
        return refusal
            .Message["Light ".Length..]
            .Replace("is not for sale yet.", "not for sale yet", StringComparison.Ordinal)
            .Replace("is not sold any more.", "not sold any more", StringComparison.Ordinal);
    }
}
