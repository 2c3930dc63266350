using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Tests.Subscriptions;
using Tokenline.Commerce.Wallets;

namespace Tokenline.Commerce.Tests.Wallets;

public sealed class WalletTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task What_is_put_in_by_phone_bill_arrives_once_though_answers_are_lost()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        var desk = world.Get<WalletDesk>();
        world.Carrier.LosesAnswers = true;

        var waiting = (await desk.TopUpAsync(customer.Id, Yuan(50), "shop-1", None)).Required();
        Assert.Equal(TopUpState.InProgress, waiting.State);
        Assert.Equal(0, (await desk.FindAsync(customer.Id, None)).Required().Balance.Nano);
        Assert.Equal(waiting.Id, (await desk.TopUpAsync(customer.Id, Yuan(50), "shop-1", None)).Required().Id);
        world.Carrier.LosesAnswers = false;
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => desk.ResumeAsync(None))));

        Assert.Equal(Yuan(50), (await desk.FindAsync(customer.Id, None)).Required().Balance);
        var line = Assert.Single(await world.Get<IWalletStore>().StatementAsync(customer.Id, null, 10, None));
        Assert.Equal((waiting.Id.ToString(), MovementType.TopUp, "pay-1"), (line.Correlator, line.Type, line.Reference));
        Assert.Equal(Problems.IdempotencyConflict, (await desk.TopUpAsync(customer.Id, Yuan(51), "shop-1", None)).Refused!.Problem);
        Assert.Equal(0, (await desk.ResumeAsync(None)).Ended);
    }

    [Fact]
    public async Task What_the_carrier_refuses_puts_nothing_in()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        world.Carrier.Refusal = "the number is barred";

        var failed = (await world.Get<WalletDesk>().TopUpAsync(customer.Id, Yuan(50), null, None)).Required();

        Assert.Equal((TopUpState.Failed, "the number is barred"), (failed.State, failed.Reason));
        Assert.Empty(await world.Get<IWalletStore>().StatementAsync(customer.Id, null, 10, None));
    }

    [Fact]
    public async Task Recorded_money_and_what_is_paid_out_count_once_by_their_reference()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        var desk = world.Get<WalletDesk>();

        var first = (await desk.RecordAsync(customer.Id, Yuan(20), "bank-1", None)).Required();
        Assert.Equal(first, (await desk.RecordAsync(customer.Id, Yuan(20), "bank-1", None)).Required());
        Assert.Equal("reference", (await desk.RecordAsync(customer.Id, Yuan(21), "bank-1", None)).Refused!.Param);
        Assert.Equal("reference", (await desk.RecordAsync(customer.Id, Yuan(21), null, None)).Refused!.Param);
        var paidOut = (await desk.PayOutAsync(customer.Id, Yuan(5), "out-1", null, None)).Required();
        Assert.Equal(paidOut, (await desk.PayOutAsync(customer.Id, Yuan(5), "out-1", null, None)).Required());
        Assert.Equal(Problems.IdempotencyConflict, (await desk.PayOutAsync(customer.Id, Yuan(6), "out-1", null, None)).Refused!.Problem);
        Assert.Equal(Problems.PaymentRefused, (await desk.PayOutAsync(customer.Id, Yuan(15.01m), "out-2", null, None)).Refused!.Problem);

        Assert.Equal(Yuan(15), (await desk.FindAsync(customer.Id, None)).Required().Balance);
        Assert.DoesNotContain(world.Carrier.Asked, ask => ask.PhoneNumber == customer.PhoneNumber);
    }

    [Theory]
    [InlineData("0", "amount.amount")]
    [InlineData("-1", "amount.amount")]
    [InlineData("1.001", "amount.amount")]
    [InlineData("50000.01", "amount.amount")]
    public async Task An_amount_that_cannot_be_is_refused_before_anybody_is_asked(string amount, string param)
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        var desk = world.Get<WalletDesk>();

        Assert.Equal(param, (await desk.TopUpAsync(customer.Id, Yuan(decimal.Parse(amount)), null, None)).Refused!.Param);
        Assert.Equal(
            "amount.currency",
            (await desk.TopUpAsync(customer.Id, Money.FromDecimal(1, new Currency("USD")), null, None)).Refused!.Param
        );
        Assert.Equal(Problems.NotFound, (await desk.TopUpAsync(new PartyId(1), Yuan(1), null, None)).Refused!.Problem);
        Assert.DoesNotContain(world.Carrier.Asked, ask => ask.PhoneNumber == customer.PhoneNumber);
    }

    [Fact]
    public async Task A_wallet_holds_no_more_than_it_may_with_what_is_still_coming()
    {
        await using var world = await World.OpenAsync(options: new() { WalletMax = 100 }, seeded: true);
        var customer = await world.NewCustomerAsync();
        var desk = world.Get<WalletDesk>();
        (await desk.RecordAsync(customer.Id, Yuan(40), "a", None)).Required();
        world.Carrier.IsDown = true;
        (await desk.TopUpAsync(customer.Id, Yuan(50), null, None)).Required();

        Assert.Equal("amount.amount", (await desk.TopUpAsync(customer.Id, Yuan(10.01m), null, None)).Refused!.Param);
        Assert.Equal("amount.amount", (await desk.RecordAsync(customer.Id, Yuan(10.01m), "b", None)).Refused!.Param);
        Assert.Null((await desk.RecordAsync(customer.Id, Yuan(10), "b", None)).Refused);
    }

    [Fact]
    public async Task An_order_is_paid_from_the_wallet_and_without_enough_is_refused_before_it_is_stored()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        (await world.Get<WalletDesk>().RecordAsync(customer.Id, Yuan(10), "a", None)).Required();
        var request = new OrderRequest(customer.Id, "plan-light", Method: PaymentMethod.Wallet);

        var order = (await world.Ordering.PlaceAsync(request, None)).Required();
        var second = (await world.Ordering.PlaceAsync(request, None)).Refused!;

        Assert.Equal((OrderState.Completed, PaymentMethod.Wallet), (order.State, order.Method));
        Assert.StartsWith("mov_", order.PaymentReference, StringComparison.Ordinal);
        Assert.Equal((Problems.PaymentRefused, "paymentMethod"), (second.Problem, second.Param));
        Assert.Single(await world.Get<IOrderStore>().ListAsync(customer.Id, null, 10, None));
        Assert.Equal(Yuan(0.1m), (await world.Get<WalletDesk>().FindAsync(customer.Id, None)).Required().Balance);
        Assert.DoesNotContain(world.Carrier.Asked, ask => ask.PhoneNumber == customer.PhoneNumber);
        var subscription = (await world.Get<ISubscriptionStore>().FindAsync(order.Product!.Value, None))!;
        Assert.Equal(PaymentMethod.Wallet, subscription.Method);
    }

    [Fact]
    public async Task Two_orders_at_once_for_the_last_money_are_one_that_is_paid_and_one_that_is_not()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        (await world.Get<WalletDesk>().RecordAsync(customer.Id, Yuan(15), "a", None)).Required();
        var request = new OrderRequest(customer.Id, "plan-light", Method: PaymentMethod.Wallet);

        var placed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => world.Ordering.PlaceAsync(request, None))));

        Assert.Single(placed, one => one.Value?.State == OrderState.Completed);
        Assert.Single(await world.BucketsAsync(customer));
        Assert.Equal(Yuan(5.1m), (await world.Get<WalletDesk>().FindAsync(customer.Id, None)).Required().Balance);
    }

    [Fact]
    public async Task What_was_paid_by_two_methods_goes_back_the_way_that_each_part_came()
    {
        await using var world = await World.OpenAsync(seeded: true);
        await Shop.OpenAsync(world);
        var customer = await world.NewCustomerAsync();
        var id = (await world.OrderAsync(customer, "basic")).Product!.Value;
        (await world.Get<WalletDesk>().RecordAsync(customer.Id, Yuan(20), "a", None)).Required();
        var subscribing = world.Get<Subscribing>();
        (await subscribing.PayByAsync(id, PaymentMethod.Wallet, null, None)).Required();
        (await subscribing.UpgradeAsync(id, "plus", null, None)).Required();
        Assert.Equal(Yuan(0), (await world.Get<WalletDesk>().FindAsync(customer.Id, None)).Required().Balance);

        (await subscribing.DoAsync(id, new CancelNow(), None)).Required();
        Assert.Empty((await world.Get<SubscriptionUpkeep>().RoundAsync(None)).Trouble);

        Assert.Equal(Yuan(20), (await world.Get<WalletDesk>().FindAsync(customer.Id, None)).Required().Balance);
        Assert.Equal(Yuan(9.9m), Assert.Single(world.Carrier.Refunds).Amount);
        var books = new List<BookedPayment>();
        foreach (var book in world.Get<IEnumerable<IBookedPayments>>())
        {
            await foreach (var line in book.PaidAsync(World.Start, World.Start.AddHours(1), None))
                books.Add(line);
        }
        Assert.Equal(
            [(SettlementKind.Payment, 9.9m), (SettlementKind.Refund, 9.9m)],
            books.Select(line => (line.Kind, line.Amount.ToDecimal()))
        );
    }

    private static Money Yuan(decimal amount) => Money.FromDecimal(amount, Currency.Cny);
}
