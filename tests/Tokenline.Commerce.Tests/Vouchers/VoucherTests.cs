using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Tests.Storage;
using Tokenline.Commerce.Tests.Subscriptions;
using Tokenline.Commerce.Vouchers;

namespace Tokenline.Commerce.Tests.Vouchers;

public sealed class SqliteVoucherTests : VoucherContract
{
    private protected override bool IsShared => false;
}

public sealed class PostgresVoucherTests : VoucherContract
{
    private protected override bool IsShared => true;
}

/// <summary>A voucher is used as often as it says, whoever asks at once, on whichever database.</summary>
public abstract class VoucherContract : Databases
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Used_by_two_at_once_one_wins()
    {
        await Shop.OpenAsync(world);
        await MakeAsync(new(VoucherType.Percent, "ONCE", Percent: 50));
        var buyers = new List<PartyId>();
        for (var i = 0; i < 6; i++)
            buyers.Add((await world.NewCustomerAsync($"+861390000040{i}")).Id);

        var placed = await Task.WhenAll(buyers.Select(buyer => Task.Run(() => PlaceAsync(buyer, "once"))));

        Assert.Equal(4.95m, Assert.Single(placed, one => one.Value is not null).Required().Price.ToDecimal());
        Assert.All(
            placed.Where(one => one.Value is null),
            one => Assert.Equal((Problems.VoucherRefused, "voucher"), (one.Refused!.Problem, one.Refused.Param))
        );
        Assert.Single(world.Carrier.Amounts);
        Assert.Equal(1, (await Get<IVoucherStore>().FindAsync("ONCE", None))!.Used);
    }

    [Fact]
    public async Task What_an_order_that_failed_had_used_is_free_again_and_a_customer_uses_it_as_often_as_it_says()
    {
        await Shop.OpenAsync(world);
        await MakeAsync(new(VoucherType.Amount, "five", Amount: Yuan(5), Uses: 0, PerCustomer: 2));
        var buyer = (await world.NewCustomerAsync()).Id;
        world.Carrier.Refusal = "barred";
        Assert.Equal(OrderState.Failed, (await PlaceAsync(buyer, "FIVE")).Required().State);
        Assert.Equal(0, (await Get<IVoucherStore>().FindAsync("FIVE", None))!.Used);
        world.Carrier.Refusal = null;

        var placed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => PlaceAsync(buyer, " five "))));

        Assert.Equal(2, placed.Count(one => one.Value?.State == OrderState.Completed));
        Assert.Equal([4.9m, 4.9m], world.Carrier.Amounts.Values.Select(amount => amount.ToDecimal()));
        Assert.Equal(2, (await Get<IVoucherStore>().FindAsync("FIVE", None))!.Used);
        var uses = await Get<IVoucherStore>().UsesAsync("FIVE", 10, None);
        Assert.Equal((3, 1), (uses.Count, uses.Count(use => use.GivenBackAt is not null)));
        var order = (await Get<IOrderStore>().ListAsync(buyer, null, 10, None))[0];
        Assert.Equal(("FIVE", 5m, 4.9m), (order.Voucher, order.Discount!.Value.ToDecimal(), order.Price.ToDecimal()));
    }

    [Fact]
    public async Task The_same_order_again_uses_its_voucher_once_and_another_price_than_was_shown_uses_none()
    {
        await Shop.OpenAsync(world);
        await MakeAsync(new(VoucherType.Percent, "ONCE", Percent: 10));
        var buyer = (await world.NewCustomerAsync()).Id;
        var shown = new OrderRequest(buyer, "basic", "shop-1", ExpectedPrice: Yuan(9.9m)) { Voucher = "once" };

        Assert.Equal(Problems.PriceChanged, (await world.Ordering.PlaceAsync(shown, None)).Refused!.Problem);
        var order = (await world.Ordering.PlaceAsync(shown with { ExpectedPrice = Yuan(8.91m) }, None)).Required();
        var again = (await world.Ordering.PlaceAsync(shown with { ExpectedPrice = Yuan(8.91m) }, None)).Required();

        Assert.Equal((order.Id, OrderState.Completed), (again.Id, order.State));
        Assert.Equal(1, (await Get<IVoucherStore>().FindAsync("ONCE", None))!.Used);
    }

    [Fact]
    public async Task A_free_period_costs_nothing_and_the_next_one_its_price()
    {
        await Shop.OpenAsync(world);
        await MakeAsync(new(VoucherType.FreePeriod, "TRYIT", Uses: 0));
        var buyer = await world.NewCustomerAsync();
        var order = (await PlaceAsync(buyer.Id, "TRYIT")).Required();
        Assert.Equal((OrderState.Completed, 0m, null), (order.State, order.Price.ToDecimal(), order.PaymentReference));
        Assert.Empty(world.Carrier.Asked);

        world.Time.Advance(TimeSpan.FromDays(30));
        await Get<SubscriptionUpkeep>().RoundAsync(None);

        Assert.Equal(9.9m, Assert.Single(world.Carrier.Asked).Amount.ToDecimal());
        Assert.Equal(2, (await world.BucketsAsync(buyer)).Count);
    }

    private async Task MakeAsync(VoucherSheet sheet) => (await Get<VoucherDesk>().MakeAsync(sheet, None)).Required();

    private Task<Outcome<ProductOrder>> PlaceAsync(PartyId buyer, string code) =>
        world.Ordering.PlaceAsync(new OrderRequest(buyer, "basic") { Voucher = code }, None);

    private static Money Yuan(decimal amount) => Money.FromDecimal(amount, Currency.Cny);
}

public sealed class VoucherTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task What_a_voucher_grants_is_a_bonus_and_goes_back_with_the_money()
    {
        await using var world = await World.SeededAsync();
        await Shop.OpenAsync(world);
        var unit = new QuotaUnit("general-token");
        var sheet = new VoucherSheet(VoucherType.Grant, "MORE", GrantUnit: unit, GrantAmount: 1_000_000, GrantDays: 10);
        (await world.Get<VoucherDesk>().MakeAsync(sheet, None)).Required();
        var buyer = await world.NewCustomerAsync();

        var order = (await world.Ordering.PlaceAsync(new OrderRequest(buyer.Id, "basic") { Voucher = "MORE" }, None)).Required();

        Assert.Equal((9.9m, 0m), (order.Price.ToDecimal(), order.Discount!.Value.ToDecimal()));
        var bonus = Assert.Single(await world.BucketsAsync(buyer), bucket => bucket.Grant.Type == BucketType.Bonus);
        Assert.Equal((1_000_000 * QuotaUnit.Micro, World.Start.AddDays(10)), (bonus.Remaining, bonus.Grant.ExpiresAt!.Value));
        (await world.Get<Subscribing>().DoAsync(order.Product!.Value, new CancelNow(), None)).Required();
        Assert.All(await world.BucketsAsync(buyer), bucket => Assert.Equal(0, bucket.Remaining));
        await world.Get<SubscriptionUpkeep>().RoundAsync(None);
        Assert.Equal(9.9m, Assert.Single(world.Carrier.Refunds).Amount.ToDecimal());
    }

    [Theory]
    [InlineData("early", "is good from")]
    [InlineData("late", "was good until")]
    [InlineData("other", "is good for plus")]
    [InlineData("ended", "is not good any more")]
    [InlineData("packless", "is good for plans")]
    [InlineData("nothing", "There is no such voucher.")]
    public async Task What_does_not_fit_is_refused_with_the_reason_and_nothing_is_stored(string code, string words)
    {
        await using var world = await World.SeededAsync();
        await Shop.OpenAsync(world);
        var desk = world.Get<VoucherDesk>();
        (await desk.MakeAsync(new(VoucherType.Percent, "early", Percent: 10, From: World.Start.AddDays(1)), None)).Required();
        (await desk.MakeAsync(new(VoucherType.Percent, "late", Percent: 10, To: World.Start.AddDays(1)), None)).Required();
        (await desk.MakeAsync(new(VoucherType.Percent, "other", Percent: 10, Offerings: ["plus"]), None)).Required();
        (await desk.MakeAsync(new(VoucherType.Percent, "ended", Percent: 10), None)).Required();
        (await desk.MakeAsync(new(VoucherType.FreePeriod, "packless"), None)).Required();
        (await desk.EndAsync("ended", None)).Required();
        if (code == "late")
            world.Time.Advance(TimeSpan.FromDays(1));
        var buyer = await world.NewCustomerAsync();
        var offering = code == "packless" ? "token-pack" : "basic";

        var refused = (await world.Ordering.PlaceAsync(new OrderRequest(buyer.Id, offering) { Voucher = code }, None)).Refused!;

        Assert.Equal((Problems.VoucherRefused, "voucher"), (refused.Problem, refused.Param));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        Assert.Empty(await world.Get<IOrderStore>().ListAsync(buyer.Id, null, 10, None));
    }

    [Theory]
    [InlineData("type")]
    [InlineData("code")]
    [InlineData("percent")]
    [InlineData("amount")]
    [InlineData("amount.currency")]
    [InlineData("grant.unit")]
    [InlineData("grant.amount")]
    [InlineData("grant.days")]
    [InlineData("uses")]
    [InlineData("count")]
    [InlineData("to")]
    [InlineData("offerings[0]")]
    public async Task A_voucher_that_cannot_be_is_refused_by_its_field(string param)
    {
        await using var world = await World.SeededAsync();
        var good = new VoucherSheet(VoucherType.Percent, "GOOD", Percent: 10);
        var grant = new VoucherSheet(VoucherType.Grant, GrantUnit: new QuotaUnit("general-token"), GrantAmount: 1, GrantDays: 1);
        var sheet = param switch
        {
            "type" => good with { Type = null },
            "code" => good with { Code = "a b" },
            "percent" => good with { Percent = 100.01m },
            "amount" => good with { Type = VoucherType.Amount },
            "amount.currency" => good with { Type = VoucherType.Amount, Amount = new Money(1, new Currency("USD")) },
            "grant.unit" => grant with { GrantUnit = new QuotaUnit("nobody") },
            "grant.amount" => grant with { GrantAmount = 0.0000001m },
            "grant.days" => grant with { GrantDays = 0 },
            "uses" => good with { Uses = -1 },
            "count" => good with { Count = 2 },
            "to" => good with { To = World.Start },
            _ => good with { Offerings = ["none"] },
        };

        Assert.Equal(param, (await world.Get<VoucherDesk>().MakeAsync(sheet, None)).Refused!.Param);
    }

    [Fact]
    public async Task Many_codes_are_made_up_at_once_and_one_that_is_there_is_made_by_nobody_else()
    {
        await using var world = await World.SeededAsync();
        var desk = world.Get<VoucherDesk>();

        var made = (await desk.MakeAsync(new(VoucherType.Percent, Count: 200, Percent: 10), None)).Required().Vouchers;

        Assert.Equal(200, made.Select(voucher => voucher.Code).Distinct().Count());
        Assert.All(made, voucher => Assert.Matches("^[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}$", voucher.Code));
        Assert.Equal(Problems.Conflict, (await desk.MakeAsync(new(VoucherType.Percent, made[0].Code, Percent: 10), None)).Refused!.Problem);
    }

    [Theory]
    [InlineData("20", "9.90", "1.98")]
    [InlineData("33.33", "9.90", "3.30")]
    [InlineData("100", "9.90", "9.90")]
    [InlineData("0.01", "0.10", "0")]
    public void A_percentage_is_rounded_half_away_from_zero_to_the_hundredth(string percent, string price, string discount)
    {
        var voucher = new Voucher("C", VoucherType.Percent, decimal.Parse(percent), null, null, 1, 1, null, null, null, null, World.Start);

        Assert.Equal(decimal.Parse(discount), voucher.Discount(Money.FromDecimal(decimal.Parse(price), Currency.Cny)).ToDecimal());
    }

    [Fact]
    public async Task A_bundle_is_one_order_whose_parts_are_products_with_their_reference_and_end_with_it()
    {
        await using var world = await World.SeededAsync();
        var bundle = Shop.Plan("bundle", 99m, 10_000_000, new RenewalTerms(true, CoolingOffDays: 7)) with
        {
            Components = [new OfferedComponent("line", "Broadband 300 M", "broadband"), new("box", "Router", "device", false)],
        };
        await world.Get<ICatalogStore>().PutOfferingAsync(bundle, None);
        var buyer = await world.NewCustomerAsync();
        var request = new OrderRequest(buyer.Id, "bundle");

        Assert.Equal("references.line", (await world.Ordering.PlaceAsync(request, None)).Refused!.Param);
        var unknown = request with
        {
            References = new Dictionary<string, string> { ["line"] = "BB-1", ["other"] = "x" },
        };
        Assert.Equal("references.other", (await world.Ordering.PlaceAsync(unknown, None)).Refused!.Param);
        var order = (
            await world.Ordering.PlaceAsync(request with { References = new Dictionary<string, string> { ["line"] = "BB-1" } }, None)
        ).Required();

        var products = await world.Get<IOrderStore>().ProductsAsync(buyer.Id, None);
        var parts = products.Where(product => product.Kind == OfferingKind.External).ToDictionary(product => product.Name);
        Assert.Equal(("BB-1", order.Product), (parts["Broadband 300 M"].Reference, parts["Broadband 300 M"].Bundle));
        Assert.Null(parts["Router"].Reference);
        Assert.Equal(99m, Assert.Single(world.Carrier.Asked, ask => ask.PhoneNumber == buyer.PhoneNumber).Amount.ToDecimal());
        (await world.Get<Subscribing>().DoAsync(order.Product!.Value, new CancelNow(), None)).Required();
        products = await world.Get<IOrderStore>().ProductsAsync(buyer.Id, None);
        Assert.All(products, product => Assert.Equal(ProductState.Expired, product.StateAt(World.Start)));
        Assert.Equal("BB-1", (await world.Get<IOrderStore>().FindAsync(order.Id, None))!.References["line"]);
    }
}
