using Microsoft.Extensions.DependencyInjection;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Tests.Subscriptions;

/// <summary>What upkeep does beside the life of one subscription: many at once, events of the carrier, plans from before there were subscriptions.</summary>
public sealed class UpkeepTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Renewals_wait_for_the_carrier_together_and_no_more_of_them_than_are_allowed()
    {
        var method = new SlowMethod();
        await using var world = await World.OpenAsync(register: services => services.AddSingleton(new PaymentMethods([method])));
        await Shop.OpenAsync(world);
        for (var i = 0; i < 40; i++)
            await world.OrderAsync(await world.NewCustomerAsync($"+86139000002{i:00}"), "basic");
        world.Time.Advance(TimeSpan.FromDays(30) - TimeSpan.FromHours(1));
        method.Waits = 16;

        var report = await world.Get<SubscriptionUpkeep>().RoundAsync(None);

        Assert.Empty(report.Trouble);
        Assert.Equal((80, 16), (method.Paid, method.Most));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_renewal_that_the_carrier_decides_later_ends_with_its_event(bool isPaid)
    {
        await using var world = await World.OpenAsync();
        await Shop.OpenAsync(world);
        var customer = await world.NewCustomerAsync();
        var id = (await world.OrderAsync(customer, "basic")).Product!.Value;
        world.Time.Advance(TimeSpan.FromDays(30) - TimeSpan.FromHours(1));
        world.Carrier.IsDown = true;
        await world.Get<SubscriptionUpkeep>().RoundAsync(None);
        var asking = (await world.Get<ISubscriptionStore>().FindAsync(id, None))!.Asking!;
        world.Carrier.IsDown = false;
        world.Carrier.Refusal = isPaid ? null : "the bill is not paid";

        var asked = Assert.Single(await AskedAsync(world, asking.Correlator));
        Assert.Equal((customer.PhoneNumber, asking.Amount), (asked.PhoneNumber, asked.Amount));
        var payment = new PhoneBillPayment(
            "pay-9",
            isPaid ? PhoneBillState.Succeeded : PhoneBillState.Denied,
            asked.Correlator,
            asked.PhoneNumber,
            asked.Amount
        );
        foreach (var listener in world.Get<IEnumerable<IPaymentNews>>())
        {
            await listener.HearAsync(asked, payment with { State = PhoneBillState.Processing }, None);
            await listener.HearAsync(asked, payment, None);
            await listener.HearAsync(asked, payment, None); // and late
        }

        var now = (await world.Get<ISubscriptionStore>().FindAsync(id, None))!;
        Assert.Equal((null, isPaid), (now.Asking, now.Due!.IsPaid));
        Assert.Equal(isPaid ? 2 : 1, (await world.BucketsAsync(customer)).Count);
        Assert.Empty(await AskedAsync(world, $"{id}-9-9"));
        Assert.Single(await AskedAsync(world, now.Id.ToString() + "-1-1"));
    }

    private static async Task<List<PhoneBillRequest>> AskedAsync(World world, string correlator)
    {
        var found = new List<PhoneBillRequest>();
        foreach (var book in world.Get<IEnumerable<IAskedPayments>>())
        {
            if (await book.FindAsync(correlator, None) is { } request)
                found.Add(request);
        }
        return found;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_plan_from_before_there_were_subscriptions_is_adopted_once_and_renewed_where_that_was_agreed(bool renews)
    {
        await using var world = await World.OpenAsync();
        var before = Shop.Plan("basic", 9.9m, 10_000_000, RenewalTerms.None);
        await world.Get<ICatalogStore>().PutOfferingAsync(before, None);
        var customer = await world.NewCustomerAsync();
        var order = await BoughtBeforeAsync(world, customer.Id, before);
        await world.Get<ICatalogStore>().PutOfferingAsync(before with { Renewal = new RenewalTerms(true), Price = Yuan(12) }, None);

        Assert.Equal([order.Product!.Value], await world.Get<Adopting>().AdoptAsync(customer.Id, renews, None));
        Assert.Empty(await world.Get<Adopting>().AdoptAsync(null, renews, None));

        var adopted = (await world.Get<ISubscriptionStore>().FindAsync(order.Product.Value, None))!;
        Assert.Equal((renews, Yuan(9.9m), World.Start.AddMonths(1)), (adopted.Renews, adopted.Paid, adopted.Period.To));
        world.Time.SetUtcNow(adopted.Period.To);
        Assert.Empty((await world.Get<SubscriptionUpkeep>().RoundAsync(None)).Trouble);
        adopted = (await world.Get<ISubscriptionStore>().FindAsync(order.Product.Value, None))!;
        Assert.Equal(
            (renews ? 1 : 0, renews ? SubscriptionState.Active : SubscriptionState.Terminated),
            (adopted.Period.Number, adopted.State)
        );
        Assert.Equal(renews ? [9.9m] : [], world.Carrier.Asked.Select(ask => ask.Amount.ToDecimal())); // what was bought keeps its price
    }

    /// <summary>As an earlier version left it: an order and its product, and no subscription.</summary>
    private static async Task<ProductOrder> BoughtBeforeAsync(World world, PartyId customer, ProductOffering offering)
    {
        var (orders, ids) = (world.Get<IOrderStore>(), world.Get<IdSource>());
        var order = new ProductOrder(ids.Next<OrderKind>(), customer, offering, null, OrderState.Acknowledged, World.Start);
        await orders.AddOrFindAsync(order, None);
        await orders.BeginAsync(order.Id);
        var product = ids.Next<ProductKind>();
        var completed = order with { State = OrderState.Completed, EndedAt = World.Start, PaymentReference = "pay-0", Product = product };
        var left = new Product(
            product,
            customer,
            order.Id,
            offering.Id,
            offering.Name,
            offering.Kind,
            World.Start,
            World.Start.AddMonths(1)
        );
        Assert.True(await orders.CompleteAsync(completed, [left], new AccountId(1), []));
        return completed;
    }

    private static Money Yuan(decimal amount) => Money.FromDecimal(amount, Currency.Cny);

    /// <summary>Answers when so many wait for it, or all have come.</summary>
    private sealed class SlowMethod : IPaymentMethod
    {
        private readonly Lock gate = new();
        private TaskCompletionSource full = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int waiting;

        public int Waits { get; set; }
        public int Paid { get; private set; }
        public int Most { get; private set; }
        public PaymentMethod Method => PaymentMethod.PhoneBill;

        public Task<Refused?> WhyNotAsync(PartyId payer, Money amount, string? purchaseOrder, CancellationToken cancellation) =>
            Task.FromResult<Refused?>(null);

        public async Task<PaymentAnswer> PayAsync(PaymentRequest request, CancellationToken cancellation)
        {
            Task turn;
            lock (gate)
            {
                Paid++;
                waiting++;
                Most = Waits == 0 ? 0 : Math.Max(Most, waiting);
                if (Waits == 0 || waiting == Waits || Paid == 80)
                {
                    full.SetResult();
                    full = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    waiting = 0;
                    return new(true, $"pay-{Paid}", null);
                }
                turn = full.Task;
            }
            await turn;
            return new(true, "pay", null);
        }

        public Task<PaymentAnswer> GiveBackAsync(PaymentReturn back, CancellationToken cancellation) =>
            Task.FromResult(new PaymentAnswer(true, "back", null));
    }
}
