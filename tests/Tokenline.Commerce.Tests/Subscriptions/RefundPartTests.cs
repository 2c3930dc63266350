using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Tests.Subscriptions;

/// <summary>A refund goes back the way its payments came, and no payment gives back more than it was.</summary>
public sealed class RefundPartTests
{
    private static readonly DateTimeOffset at = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_newest_payments_before_it_give_back_first_and_never_more_than_is_left()
    {
        var first = Line("a", PaymentKind.Period, 10);
        var upgrade = Line("b", PaymentKind.Upgrade, 4);
        var refused = Line("c", PaymentKind.Period, 50) with { State = PaymentState.Refused };
        var early = Line("r1", PaymentKind.Refund, 6);
        var later = Line("d", PaymentKind.Period, 10);
        var late = Line("r2", PaymentKind.Refund, 15);
        SubscriptionPayment[] all = [first, upgrade, refused, early, later, late];

        Assert.Equal([("b", 4L), ("a", 2L)], Parts(early, all));
        Assert.Equal([("d", 10L), ("a", 5L)], Parts(late, all));
        Assert.Equal([("b", 4L), ("a", 2L)], Parts(early with { State = PaymentState.Returned }, all));
        Assert.Equal([("a", 3L)], Parts(Line("r3", PaymentKind.Refund, 9), [.. all, Line("r3", PaymentKind.Refund, 9)]));
        Assert.Equal(("r1", "r1.1", "r1"), (RefundPart.Correlator(early, 0), RefundPart.Correlator(early, 1), RefundPart.RefundOf("r1.1")));
    }

    [Fact]
    public async Task On_the_phone_bill_it_is_given_back_at_the_carrier_and_both_books_agree()
    {
        await using var world = await World.OpenAsync(seeded: true);
        await Shop.OpenAsync(world);
        var customer = await world.NewCustomerAsync();
        var id = (await world.OrderAsync(customer, "basic")).Product!.Value;
        (await world.Get<Subscribing>().DoAsync(id, new CancelNow(), CancellationToken.None)).Required();

        var report = await world.Get<SubscriptionUpkeep>().RoundAsync(CancellationToken.None);

        Assert.Empty(report.Trouble);
        var refund = Assert.Single(world.Carrier.Refunds);
        Assert.Equal((9.9m, "pay-1"), (refund.Amount.ToDecimal(), refund.Payment));
        var kept = (await world.Get<ISubscriptionStore>().PaymentsAsync(id, CancellationToken.None))[1];
        Assert.Equal((PaymentState.Returned, $"refund-{kept.Correlator}"), (kept.State, kept.Reference));
        var now = world.Time.GetUtcNow();
        var booked = new List<BookedPayment>();
        foreach (var book in world.Get<IEnumerable<IBookedPayments>>())
        {
            await foreach (var line in book.PaidAsync(now.AddHours(-1), now.AddHours(1), CancellationToken.None))
                booked.Add(line);
            Assert.Empty(await book.FindAsync(SettlementKind.Refund, ["none"], CancellationToken.None));
        }
        Assert.Equal(
            [(SettlementKind.Payment, "pay-1", 9.9m), (SettlementKind.Refund, kept.Reference, 9.9m)],
            booked.Select(line => (line.Kind, line.Reference, line.Amount.ToDecimal()))
        );
    }

    private static IEnumerable<(string, long)> Parts(SubscriptionPayment refund, IReadOnlyList<SubscriptionPayment> all) =>
        RefundPart.Of(refund, all).Select(part => (part.Payment.Correlator, part.Amount.Nano));

    private static SubscriptionPayment Line(string correlator, PaymentKind kind, long nano) =>
        new(
            correlator,
            new ProductId(1),
            kind,
            1,
            new Money(nano, Currency.Cny),
            at,
            at.AddMonths(1),
            kind == PaymentKind.Refund ? PaymentState.Owed : PaymentState.Paid,
            at,
            Reference: $"ref-{correlator}"
        );
}
