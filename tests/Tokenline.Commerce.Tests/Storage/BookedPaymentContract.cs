using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Tests.Storage;

public sealed class SqliteBookedPaymentTests : BookedPaymentContract
{
    private protected override bool IsShared => false;
}

public sealed class PostgresBookedPaymentTests : BookedPaymentContract
{
    private protected override bool IsShared => true;
}

/// <summary>What the books say of payments, on whichever database.</summary>
public abstract class BookedPaymentContract : Databases
{
    private static readonly OfferedGrant grant = new(new QuotaUnit("general-token"), 1_000_000);

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_days_payments_are_the_orders_that_were_paid_and_completed_in_it()
    {
        await OfferAsync();
        var customer = await world.NewCustomerAsync();
        var early = await world.OrderAsync(customer, "made-up");
        world.Time.Advance(TimeSpan.FromHours(1));
        var (from, until) = (world.Time.GetUtcNow(), world.Time.GetUtcNow().AddHours(1));
        var first = await world.OrderAsync(customer, "made-up");
        await world.OrderAsync(customer, "nothing");
        world.Carrier.Refusal = "no";
        await world.OrderAsync(customer, "made-up");
        world.Carrier.Refusal = null;
        world.Time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        var last = await world.OrderAsync(customer, "made-up");
        world.Time.Advance(TimeSpan.FromTicks(1));
        var late = await world.OrderAsync(customer, "made-up");

        Assert.Equal([first.Id.ToString(), last.Id.ToString()], await PaidAsync(from, until));
        Assert.Equal([early.Id.ToString()], await PaidAsync(from.AddHours(-1), from));
        Assert.Equal([late.Id.ToString()], await PaidAsync(until, until.AddTicks(1)));
    }

    [Fact]
    public async Task Orders_are_found_by_their_correlators_however_they_ended()
    {
        await OfferAsync();
        var customer = await world.NewCustomerAsync();
        var paid = await world.OrderAsync(customer, "made-up");
        world.Carrier.Refusal = "no";
        var failed = await world.OrderAsync(customer, "made-up");
        world.Carrier.IsDown = true;
        var open = await world.OrderAsync(customer, "made-up");

        var found = await Get<IEnumerable<IBookedPayments>>()
            .First()
            .FindAsync(
                SettlementKind.Payment,
                [paid.Id.ToString(), failed.Id.ToString(), open.Id.ToString(), "ord_0000000000000", "no order", ""],
                None
            );

        Assert.Equal(
            [
                new(SettlementKind.Payment, paid.Id.ToString(), "pay-1", paid.Offering.Price, paid.CreatedAt, "completed", true),
                new(SettlementKind.Payment, failed.Id.ToString(), null, failed.Offering.Price, failed.CreatedAt, "failed", false),
                new(SettlementKind.Payment, open.Id.ToString(), null, open.Offering.Price, open.CreatedAt, "in progress", false),
            ],
            found.OrderBy(payment => payment.Correlator, StringComparer.Ordinal)
        );
        Assert.Empty(await Get<IEnumerable<IBookedPayments>>().First().FindAsync(SettlementKind.Refund, [paid.Id.ToString()], None));
        Assert.Empty(await Get<IEnumerable<IBookedPayments>>().First().FindAsync(SettlementKind.Payment, [], None));
    }

    private async Task OfferAsync()
    {
        await world.OfferAsync(grant, 1);
        await Get<ICatalogStore>()
            .AddOfferingsAsync([new("nothing", "Nothing", "", OfferingKind.Free, Money.Zero(Currency.Cny), 1, [grant])], None);
    }

    private async Task<List<string>> PaidAsync(DateTimeOffset from, DateTimeOffset until)
    {
        var paid = new List<string>();
        await foreach (var payment in Get<IEnumerable<IBookedPayments>>().First().PaidAsync(from, until, None))
            paid.Add(payment.Correlator);
        return paid;
    }
}
