using Tokenline.Commerce.Figures;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Tests.Storage;

public sealed class SqliteFiguresTests : FiguresContract
{
    private protected override bool IsShared => false;
}

public sealed class PostgresFiguresTests : FiguresContract
{
    private protected override bool IsShared => true;
}

/// <summary>What consoles ask over all customers, on whichever database.</summary>
public abstract class FiguresContract : Databases
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Orders_that_were_paid_are_summed_by_their_hour()
    {
        await world.OfferAsync(new(new QuotaUnit("general-token"), 1_000_000, null), 1);
        var (first, second) = (await world.NewCustomerAsync("+8613900000031"), await world.NewCustomerAsync("+8613900000032"));
        await world.OrderAsync(first, "made-up");
        await world.OrderAsync(second, "made-up");
        world.Time.Advance(TimeSpan.FromHours(2));
        await world.OrderAsync(second, "made-up", "another");

        var figures = await Get<IBusinessFigures>().OfAsync(World.Start.AddDays(-1), World.Start.AddDays(1), None);
        var hour = new DateTimeOffset(World.Start.Year, World.Start.Month, World.Start.Day, World.Start.Hour, 0, 0, TimeSpan.Zero);
        Assert.Equal((2, 2), (figures.Customers, figures.NewCustomers));
        Assert.Equal([new(hour, 2 * Money.NanoPerUnit, 2), new(hour.AddHours(2), Money.NanoPerUnit, 1)], figures.Sales);
        Assert.Equal(3, figures.Plans);
        var before = await Get<IBusinessFigures>().OfAsync(World.Start.AddDays(-2), World.Start.AddDays(-1), None);
        Assert.Equal((0, 0, 0), (before.Customers, before.NewCustomers, before.Sales.Count));
    }

    [Fact]
    public async Task Customers_are_found_by_parts_of_names_and_numbers_and_by_their_keys()
    {
        var zhang = (await world.Customers.CreateAsync("+8613900000041", "Zhang Wei 张伟", None)).Required();
        var li = (await world.Customers.CreateAsync("+8613900000042", "LI Na", None)).Required();
        var key = (await Get<Keys>().CreateAsync(li.Id, "laptop", null, null, None)).Required();
        await Get<Keys>().RevokeAsync(li.Id, key.Key.Id, None);
        var finder = Get<CustomerFinder>();

        Assert.Equal([li, zhang], (await finder.FindAsync("1390000004", 10, None)).Customers);
        Assert.Equal([li], (await finder.FindAsync("1390000004", 1, None)).Customers);
        Assert.Equal([zhang], (await finder.FindAsync("张伟", 10, None)).Customers);
        Assert.Equal([zhang], (await finder.FindAsync("zhang WEI", 10, None)).Customers);
        Assert.Equal([zhang], (await finder.FindAsync("139 0000 0041", 10, None)).Customers);
        foreach (
            var text in new[]
            {
                key.Text,
                key.Key.Id.ToString(),
                $"tl-…{key.Key.Last4}",
                $"…{key.Key.Last4}",
                li.Id.ToString(),
                li.Account.ToString(),
            }
        )
            Assert.Equal([li], (await finder.FindAsync(text, 10, None)).Customers);
        foreach (var text in new[] { "%", "_", "x", "tl-", "tl-nobody", "100%_", new string('a', 200), "chg_0000000000001" })
            Assert.Empty((await finder.FindAsync(text, 10, None)).Customers);
    }

    [Fact]
    public async Task What_could_not_be_delivered_is_found_and_sent_anew()
    {
        var customer = await world.NewCustomerAsync();
        var store = Get<INotificationStore>();
        var parked = new Delivery(0, 1, "lane", "sms", null, customer.Id, customer.Account, default, World.Start, World.Start)
        {
            State = DeliveryState.Parked,
            Attempts = 5,
            EndedAt = World.Start,
            LastFailure = "no answer",
        };
        await store.TakeAsync([parked, parked with { Position = 2, State = DeliveryState.Delivered }], 2, None);
        var search = Get<IDeliverySearch>();
        var found = Assert.Single(await search.ListAsync(DeliveryState.Parked, null, 10, None));
        Assert.Equal(2, (await search.ListAsync(null, null, 10, None)).Count);
        Assert.Equal(1, (await search.CountAsync(World.Start.AddMinutes(-1), None))[DeliveryState.Parked]);

        Assert.Equal(DeliveryState.Pending, (await Get<DeliveryDesk>().SendAgainAsync(found.Number, None)).Required().State);
        Assert.Equal(found.Number, Assert.Single(await store.DueAsync(World.Start, 10, None)).Number);
        Assert.Equal(Problems.WrongState, (await Get<DeliveryDesk>().SendAgainAsync(found.Number, None)).Refused!.Problem);
        Assert.Equal(Problems.NotFound, (await Get<DeliveryDesk>().SendAgainAsync(999, None)).Refused!.Problem);
    }
}
