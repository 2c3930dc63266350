using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Tests.Subscriptions;

namespace Tokenline.Commerce.Tests.Storage;

public sealed class SqliteSubscriptionStoreTests : SubscriptionStoreContract
{
    private protected override bool IsShared => false;
}

public sealed class PostgresSubscriptionStoreTests : SubscriptionStoreContract
{
    private protected override bool IsShared => true;
}

/// <summary>What the store of subscriptions promises, on whichever database.</summary>
public abstract class SubscriptionStoreContract : Databases
{
    private static CancellationToken None => CancellationToken.None;
    private ISubscriptionStore Store => Get<ISubscriptionStore>();

    [Fact]
    public async Task A_subscription_comes_back_as_it_was_decided_with_its_product_its_payments_and_what_is_owed()
    {
        var subscription = await BuyAsync("+8613900000001");
        var changed = subscription with
        {
            Change = Shop.Plan("plus", 29.9m, 40_000_000, new RenewalTerms(true, Billing: BillingCycle.Calendar)),
            Asking = new Asking(PaymentKind.Upgrade, "name", new Money(1, Currency.Cny), subscription.Period, World.Start, World.Start, 2),
            TakenBack = [new BucketId(7)],
            NoticedPeriod = 3,
        };

        Assert.True(await Store.SaveAsync(changed, World.Start));

        var read = (await Store.FindAsync(subscription.Id, None))!;
        Assert.Equal(1, read.Version);
        Assert.Equal((changed.Period, changed.Anchor, changed.Asking), (read.Period, read.Anchor, read.Asking));
        Assert.Equal((changed.Change.Renewal, changed.Change.Price), (read.Change!.Renewal, read.Change.Price));
        Assert.Equal([new BucketId(7)], read.TakenBack);
        Assert.Equal(3, read.NoticedPeriod);
        Assert.Equal(subscription.Offering.Grants, read.Offering.Grants);
        var line = Assert.Single(await Store.PaymentsAsync(subscription.Id, None));
        Assert.Equal((PaymentState.Paid, 9.9m, 0), (line.State, line.Amount.ToDecimal(), line.Period));
        Assert.Equal(subscription.Period.To, Assert.Single(await Get<IOrderStore>().ProductsAsync(read.Customer, None)).ExpiresAt);
        Assert.Equal(["basic"], await Get<IOrderStore>().HeldOfferingsAsync(read.Customer, World.Start.AddDays(99), None));
        await RefundAsync(read);
    }

    /// <summary>A refund is owed until it is given back, once.</summary>
    private async Task RefundAsync(Subscription subscription)
    {
        var refund = LineOf(subscription, "back") with { Kind = PaymentKind.Refund, State = PaymentState.Owed };
        await Store.SaveAsync(new Decision { Next = subscription, Payments = [refund] }, World.Start);

        var owed = Assert.Single(await Store.OwedAsync(0, 10, None));
        Assert.Equal((subscription.Customer, refund), (owed.Customer, owed.Refund));
        await Store.EndRefundAsync(refund with { State = PaymentState.Returned, EndedAt = World.Start, Reference = "r-1" });
        await Store.EndRefundAsync(refund with { State = PaymentState.Returned, EndedAt = World.Start, Reference = "r-2" });

        Assert.Empty(await Store.OwedAsync(0, 10, None));
        Assert.Equal("r-1", (await Store.PaymentsAsync(subscription.Id, None))[1].Reference);
    }

    [Fact]
    public async Task Of_many_decisions_on_one_version_one_is_made_with_all_that_belongs_to_it()
    {
        var subscription = await BuyAsync("+8613900000001");
        var made = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(i =>
                    Store.SaveAsync(
                        new Decision
                        {
                            Next = subscription with { NoticedPeriod = i },
                            Payments = [LineOf(subscription, $"{i}")],
                            Commands = [new Charging.Accounts.SetStanding(new CommandId(i + 1), false, "test")],
                        },
                        World.Start
                    )
                )
        );

        Assert.Single(made, one => one);
        var won = Array.IndexOf(made, true);
        Assert.Equal((won, 1), ((await Store.FindAsync(subscription.Id, None))!.NoticedPeriod, (await world.PendingAsync()).Count));
        Assert.Equal($"{won}", (await Store.PaymentsAsync(subscription.Id, None))[1].Correlator);
        Assert.True(await Store.HasPendingCommandsAsync(subscription.Account, None));
    }

    [Fact]
    public async Task What_is_due_comes_in_pages_by_its_instant_and_what_is_never_due_does_not_come()
    {
        var all = new List<Subscription>();
        for (var i = 0; i < 5; i++)
            all.Add(await BuyAsync($"+861390000000{i}"));
        await Store.SaveAsync(all[2] with { State = SubscriptionState.Terminated, EndedAt = World.Start }, World.Start);
        await Store.SaveAsync(all[4] with { NoticedPeriod = 0 }, World.Start); // next due with the payment, not with the notice

        var until = World.Start.AddDays(30);
        var first = await Store.DueAsync(new(DateTimeOffset.MinValue, default), until, 2, None);
        var second = await Store.DueAsync(new(first[1].DueAt, first[1].Id), until, 2, None);
        var third = await Store.DueAsync(new(second[1].DueAt, second[1].Id), until, 2, None);

        Assert.Equal([all[0].Id, all[1].Id, all[3].Id, all[4].Id], first.Concat(second).Concat(third).Select(due => due.Id));
        Assert.Equal((World.Start.AddDays(25), World.Start.AddDays(30) - SubscriptionMachine.Lead), (first[0].DueAt, second[1].DueAt));
        Assert.Empty(await Store.DueAsync(new(DateTimeOffset.MinValue, default), World.Start, 2, None));
    }

    [Fact]
    public async Task A_renewal_that_many_carry_on_at_once_is_asked_for_and_granted_once()
    {
        var subscription = await BuyAsync("+8613900000001");
        world.Time.SetUtcNow(subscription.Period.To.AddMinutes(1));
        var upkeep = Get<SubscriptionUpkeep>();

        var reports = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => upkeep.RoundAsync(None))));

        Assert.All(reports, report => Assert.Empty(report.Trouble));
        Assert.Single(world.Carrier.Asked, ask => ask.Correlator == $"{subscription.Id}-1-1");
        Assert.Equal(2, (await Store.PaymentsAsync(subscription.Id, None)).Count);
        var renewed = (await Store.FindAsync(subscription.Id, None))!;
        Assert.Equal((1, Standing.Current, SubscriptionState.Active), (renewed.Period.Number, renewed.Standing, renewed.State));
        Assert.Equal(2, (await world.Accounts.ViewAsync(subscription.Account)).Buckets.Count);
    }

    private static SubscriptionPayment LineOf(Subscription subscription, string name) =>
        new(
            name,
            subscription.Id,
            PaymentKind.Period,
            1,
            new Money(1, Currency.Cny),
            World.Start,
            World.Start.AddDays(1),
            PaymentState.Asked,
            World.Start
        );

    private async Task<Subscription> BuyAsync(string phoneNumber)
    {
        if (await Get<ICatalogStore>().FindOfferingAsync("basic", None) is null)
            await Shop.OpenAsync(world);
        var customer = await world.NewCustomerAsync(phoneNumber);
        var order = await world.OrderAsync(customer, "basic");
        return (await Store.FindAsync(order.Product!.Value, None))!;
    }
}
