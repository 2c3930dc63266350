using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Tests.Subscriptions;
using Tokenline.Commerce.Wallets;

namespace Tokenline.Commerce.Tests.Payments;

/// <summary>The carrier says no after a question that it had not answered, and makes the payment after all.</summary>
public sealed class PaymentSearchTests
{
    private static CancellationToken None => CancellationToken.None;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_order_that_failed_and_is_paid_after_all_is_given_back_once(bool isTold)
    {
        await using var world = await World.SeededAsync();
        var buyer = await world.NewCustomerAsync();
        var order = await FailInDoubtAsync(world, () => world.OrderAsync(buyer, "plan-light"));
        var payment = new PhoneBillPayment("pay-late", PhoneBillState.Succeeded, order.Id.ToString(), buyer.PhoneNumber, order.Price);
        world.Carrier.Have(payment);

        if (isTold)
            await HearAsync(world, payment);
        else
        {
            Assert.Equal(0, (await world.Get<PaymentSearch>().RoundAsync(None)).Ended); // not yet
            world.Time.Advance(TimeSpan.FromHours(1));
            Assert.Equal(1, (await world.Get<PaymentSearch>().RoundAsync(None)).Ended);
        }
        await HearAsync(world, payment);
        world.Time.Advance(TimeSpan.FromHours(1));
        await world.Get<PaymentSearch>().RoundAsync(None);

        var refund = Assert.Single(world.Carrier.Refunds);
        Assert.Equal(("pay-late", 9.9m), (refund.Payment, refund.Amount.ToDecimal()));
        var ended = (await world.Get<IOrderStore>().FindAsync(order.Id, None))!;
        Assert.Equal((OrderState.Failed, "pay-late", null), (ended.State, ended.PaymentReference, ended.LookAt));
        Assert.Empty(await world.BucketsAsync(buyer));
        var books = world.Get<IEnumerable<IBookedPayments>>().ToList();
        var booked = new List<BookedPayment>();
        foreach (var book in books)
        {
            booked.AddRange(await book.FindAsync(SettlementKind.Payment, [order.Id.ToString()], None));
            booked.AddRange(await book.FindAsync(SettlementKind.Refund, [refund.Correlator], None));
        }
        Assert.Equal([("pay-late", true), (ended.ReturnReference, true)], booked.Select(line => (line.Reference, line.HasMoved)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_top_up_that_failed_and_is_paid_after_all_counts_once(bool isTold)
    {
        await using var world = await World.SeededAsync();
        var buyer = await world.NewCustomerAsync();
        var (desk, store) = (world.Get<WalletDesk>(), world.Get<IWalletStore>());
        var amount = new Money(50 * Money.NanoPerUnit, Currency.Cny);
        world.Carrier.IsDown = true;
        var waiting = (await desk.TopUpAsync(buyer.Id, amount, "t-1", None)).Required();
        (world.Carrier.IsDown, world.Carrier.Refusal) = (false, "not now");
        await desk.ResumeAsync(None);
        var failed = (await store.FindTopUpAsync(waiting.Id, None))!;
        Assert.Equal((TopUpState.Failed, world.Time.GetUtcNow().AddHours(1)), (failed.State, failed.LookAt!.Value));
        var payment = new PhoneBillPayment("pay-late", PhoneBillState.Succeeded, waiting.Id.ToString(), buyer.PhoneNumber, amount);
        world.Carrier.Have(payment);

        if (isTold)
            await HearAsync(world, payment);
        else
        {
            world.Time.Advance(TimeSpan.FromHours(1));
            Assert.Equal(1, (await world.Get<PaymentSearch>().RoundAsync(None)).Ended);
        }
        await HearAsync(world, payment);

        var counted = (await store.FindTopUpAsync(waiting.Id, None))!;
        Assert.Equal((TopUpState.Completed, "pay-late", null, null), (counted.State, counted.Reference, counted.Reason, counted.LookAt));
        Assert.Equal(amount, (await store.FindAsync(buyer.Id, None))!.Balance);
        Assert.Single(await store.StatementAsync(buyer.Id, null, 10, None));
    }

    [Fact]
    public async Task What_the_carrier_never_made_is_looked_for_a_day_long_and_no_more()
    {
        await using var world = await World.SeededAsync();
        var buyer = await world.NewCustomerAsync();
        var order = await FailInDoubtAsync(world, () => world.OrderAsync(buyer, "plan-light"));

        for (var hour = 0; hour < 25; hour++)
        {
            Assert.NotNull((await world.Get<IOrderStore>().FindAsync(order.Id, None))!.LookAt);
            world.Time.Advance(TimeSpan.FromHours(1));
            await world.Get<PaymentSearch>().RoundAsync(None);
            if (hour == 23)
                break;
        }

        Assert.Null((await world.Get<IOrderStore>().FindAsync(order.Id, None))!.LookAt);
        Assert.Empty(world.Carrier.Refunds);
    }

    [Fact]
    public async Task A_no_that_answers_the_first_question_is_believed()
    {
        await using var world = await World.SeededAsync();
        world.Carrier.Refusal = "barred";

        Assert.Null((await world.OrderAsync(await world.NewCustomerAsync(), "plan-light")).LookAt);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_renewal_that_is_paid_after_all_counts_where_it_is_still_wanted_and_else_goes_back(bool isPaidMeanwhile)
    {
        await using var world = await World.OpenAsync();
        await Shop.OpenAsync(world);
        var buyer = await world.NewCustomerAsync();
        var id = (await world.OrderAsync(buyer, "basic")).Product!.Value;
        var (store, upkeep) = (world.Get<ISubscriptionStore>(), world.Get<SubscriptionUpkeep>());
        world.Time.Advance(TimeSpan.FromDays(30) - SubscriptionMachine.Lead);
        world.Carrier.IsDown = true;
        await upkeep.RoundAsync(None);
        (world.Carrier.IsDown, world.Carrier.Refusal) = (false, "not now");
        world.Time.Advance(TimeSpan.FromMinutes(2));
        await upkeep.RoundAsync(None);
        var line = (await store.PaymentsAsync(id, None))[1];
        Assert.Equal((PaymentState.Refused, world.Time.GetUtcNow().AddHours(1)), (line.State, line.LookAt!.Value));
        world.Carrier.Refusal = null;
        if (isPaidMeanwhile)
        {
            world.Time.Advance(TimeSpan.FromDays(1));
            await upkeep.RoundAsync(None);
        }
        world.Carrier.Have(new("pay-late", PhoneBillState.Succeeded, line.Correlator, buyer.PhoneNumber, line.Amount));

        world.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, (await world.Get<PaymentSearch>().RoundAsync(None)).Ended);
        await upkeep.RoundAsync(None);

        var lines = await store.PaymentsAsync(id, None);
        Assert.Equal(("pay-late", null), (lines[1].Reference, lines[1].LookAt));
        Assert.Equal(isPaidMeanwhile ? 9.9m : 0m, world.Carrier.Refunds.Sum(refund => refund.Amount.ToDecimal()));
        Assert.Equal(isPaidMeanwhile ? 4 : 2, lines.Count);
        var plan = (await store.FindAsync(id, None))!;
        Assert.True(plan.Due is null or { IsPaid: true });
        Assert.Equal(2, (await world.BucketsAsync(buyer)).Count);
    }

    /// <summary>The first question has no answer, the second a no.</summary>
    private static async Task<ProductOrder> FailInDoubtAsync(World world, Func<Task<ProductOrder>> order)
    {
        world.Carrier.IsDown = true;
        var waiting = await order();
        (world.Carrier.IsDown, world.Carrier.Refusal) = (false, "not now");
        await world.Ordering.ResumeAsync(None);
        world.Carrier.Refusal = null;
        var failed = (await world.Get<IOrderStore>().FindAsync(waiting.Id, None))!;
        Assert.Equal((OrderState.Failed, world.Time.GetUtcNow().AddHours(1)), (failed.State, failed.LookAt!.Value));
        return failed;
    }

    private static async Task HearAsync(World world, PhoneBillPayment payment)
    {
        foreach (var book in world.Get<IEnumerable<IAskedPayments>>())
        {
            if (await book.FindAsync(payment.Correlator!, None) is not { } asked)
                continue;
            foreach (var listener in world.Get<IEnumerable<IPaymentNews>>())
                await listener.HearAsync(asked, payment, None);
        }
    }
}
