using Tokenline.Billing.Facts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Tests.Subscriptions;

namespace Tokenline.Commerce.Tests.Storage;

public sealed class SqliteSalesFeedTests : SalesFeedContract
{
    private protected override bool IsShared => false;
}

public sealed class PostgresSalesFeedTests : SalesFeedContract
{
    private protected override bool IsShared => true;
}

/// <summary>What the books are told of payments, on whichever database.</summary>
public abstract class SalesFeedContract : Databases
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_plan_is_a_sale_of_its_first_period_and_then_of_each_that_is_paid_and_what_is_given_back_is_told_twice()
    {
        await Get<ICatalogStore>()
            .AddOfferingsAsync([Shop.Plan("basic", 9.9m, 10_000_000, new RenewalTerms(true)) with { TaxPercent = 6m }], None);
        var customer = await world.NewCustomerAsync();
        var order = (await world.Ordering.PlaceAsync(new OrderRequest(customer.Id, "basic", null, "branch-7"), None)).Required();
        var store = Get<ISubscriptionStore>();
        var subscription = (await store.FindAsync(order.Product!.Value, None))!;
        var renewal = new SubscriptionPayment(
            "second",
            subscription.Id,
            PaymentKind.Period,
            1,
            new Money(9_900_000_000, Currency.Cny),
            subscription.Period.To,
            subscription.Period.To.AddMonths(1),
            PaymentState.Paid,
            World.Start.AddDays(27),
            World.Start.AddDays(28),
            "pay-2"
        );
        var refund = renewal with
        {
            Correlator = "back",
            Kind = PaymentKind.Refund,
            Amount = new Money(4_000_000_000, Currency.Cny),
            State = PaymentState.Owed,
            AskedAt = World.Start.AddDays(29),
            EndedAt = null,
        };
        var asked = renewal with { Correlator = "third", State = PaymentState.Asked, EndedAt = null };
        Assert.True(
            await store.SaveAsync(
                new Decision { Next = subscription with { Offering = subscription.Offering }, Payments = [renewal, refund, asked] },
                World.Start.AddDays(28)
            )
        );

        var sales = await SalesAsync(World.Start, World.Start.AddDays(40));
        Assert.Equal([order.Id.ToString(), "second", "back"], sales.Select(sale => sale.Id));
        Assert.Equal([SaleKind.Order, SaleKind.Period, SaleKind.Refund], sales.Select(sale => sale.Kind));
        Assert.All(
            sales,
            sale => Assert.Equal((customer.Id, customer.Account, subscription.Id), (sale.Customer, sale.Account, sale.Product))
        );
        Assert.All(
            sales,
            sale => Assert.Equal(("branch-7", 6m, "basic", false), (sale.Channel, sale.TaxPercent, sale.Offering, sale.IsMoney))
        );
        // The order paid for its own period, however long the plan has lasted since.
        Assert.Equal((subscription.Period.From, subscription.Period.To), (sales[0].From, sales[0].To!.Value));
        Assert.Equal((renewal.From, renewal.To, renewal.EndedAt), (sales[1].From, sales[1].To!.Value, sales[1].At));
        Assert.Equal((9.9m, 9.9m, 4m), (sales[0].Gross.ToDecimal(), sales[1].Gross.ToDecimal(), sales[2].Gross.ToDecimal()));

        await store.EndRefundAsync(refund with { State = PaymentState.Returned, EndedAt = World.Start.AddDays(35), Reference = "r" });
        Assert.Equal(
            [("back/returned/PhoneBill", SaleKind.Returned)],
            (await SalesAsync(World.Start.AddDays(30), World.Start.AddDays(40))).Select(sale => (sale.Id, sale.Kind))
        );
        Assert.Empty(await SalesAsync(World.Start.AddDays(36), World.Start.AddDays(40)));
    }

    [Fact]
    public async Task What_costs_nothing_or_was_not_paid_is_no_sale_and_money_that_is_bought_is_a_wallet()
    {
        var money = new OfferedGrant(null, 100_000_000_000) { Currency = Currency.Cny, Type = Charging.Accounts.BucketType.Wallet };
        await Get<ICatalogStore>()
            .AddOfferingsAsync(
                [
                    new("topup", "Top-up", "", OfferingKind.Pack, new Money(90_000_000_000, Currency.Cny), 12, [money]),
                    new("nothing", "Nothing", "", OfferingKind.Free, Money.Zero(Currency.Cny), 1, [money]),
                ],
                None
            );
        var customer = await world.NewCustomerAsync();
        await world.OrderAsync(customer, "nothing");
        world.Carrier.Refusal = "no";
        await world.OrderAsync(customer, "topup");
        world.Carrier.Refusal = null;
        var order = await world.OrderAsync(customer, "topup");

        var sale = Assert.Single(await SalesAsync(World.Start, World.Start.AddDays(1)));
        Assert.Equal((order.Id.ToString(), true), (sale.Id, sale.IsMoney));
        Assert.NotNull(sale.To);
    }

    [Fact]
    public async Task What_a_commitment_came_to_is_told_of_its_own_period_until_a_bill_was_named_for_it()
    {
        await Get<ICatalogStore>()
            .AddOfferingsAsync([Shop.Plan("basic", 9.9m, 10_000_000, new RenewalTerms(true)) with { TaxPercent = 6m }], None);
        var customer = await world.NewCustomerAsync();
        var order = (await world.Ordering.PlaceAsync(new OrderRequest(customer.Id, "basic", null, "branch-7"), None)).Required();
        var store = Get<ISubscriptionStore>();
        var subscription = (await store.FindAsync(order.Product!.Value, None))!;
        var to = subscription.Period.To;
        var line = new SubscriptionPayment(
            "beyond-0",
            subscription.Id,
            PaymentKind.Beyond,
            0,
            new Money(42_000_000_000, Currency.Cny),
            subscription.Period.From,
            to,
            PaymentState.Accrued,
            to.AddHours(1)
        );
        Assert.True(await store.SaveAsync(new Decision { Next = subscription, Payments = [line] }, to.AddHours(1)));

        // Of the month that it is for, although it was counted after its end; and long after, as no bill has it.
        foreach (var (from, until) in new[] { (World.Start, to), (to.AddDays(60), to.AddDays(90)) })
        {
            var told = Assert.Single(await SalesAsync(from, until), sale => sale.IsAccrued);
            Assert.Equal(
                ("beyond-0", SaleKind.Beyond, customer.Account, "branch-7", 6m),
                (told.Id, told.Kind, told.Account, told.Channel, told.TaxPercent)
            );
            Assert.Equal((to.AddTicks(-1), line.From, to), (told.At, told.From, told.To!.Value));
        }

        var accruals = Get<IAccruals>();
        Assert.Equal(["beyond-0"], (await accruals.OpenAsync(0, 10, None)).Select(one => one.Id));
        await accruals.BilledAsync("beyond-0", "2026-09/acc", to.AddDays(1), None);
        await accruals.BilledAsync("beyond-0", "2026-10/acc", to.AddDays(2), None);
        Assert.Empty(await accruals.OpenAsync(0, 10, None));
        var billed = (await store.FindPaymentAsync("beyond-0", None))!;
        Assert.Equal((PaymentState.Billed, "2026-09/acc"), (billed.State, billed.Reference));
        Assert.DoesNotContain(await SalesAsync(to.AddDays(60), to.AddDays(90)), sale => sale.IsAccrued);
    }

    private async Task<List<Sale>> SalesAsync(DateTimeOffset from, DateTimeOffset until)
    {
        var sales = new List<Sale>();
        await foreach (var sale in Get<ISalesFeed>().ReadAsync(from, until, None))
            sales.Add(sale);
        return sales;
    }
}
