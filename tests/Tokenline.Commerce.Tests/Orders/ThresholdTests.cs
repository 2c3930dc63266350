using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Tests.Parties;
using Tokenline.Commerce.Tests.Payments;
using Tokenline.Commerce.Tests.Subscriptions;
using Tokenline.Commerce.Vouchers;
using Tokenline.Commerce.Wallets;
using Tokenline.Simulators.Carrier;

namespace Tokenline.Commerce.Tests.Orders;

/// <summary>
/// Thirty seats at 19.80 are 594 yuan, and the simulated carrier takes 500 of one payment and of a month. What it refuses moves nothing, however the order was confirmed;
/// another way to pay, fewer seats or a carrier that takes more sell it.
/// </summary>
public sealed partial class ThresholdTests
{
    private const int Seats = 30;
    private static CancellationToken None => CancellationToken.None;

    [Theory]
    [InlineData(OrderConfirmation.None)]
    [InlineData(OrderConfirmation.Reservation)]
    [InlineData(OrderConfirmation.OneTimePassword)]
    public async Task More_than_the_carrier_takes_is_refused_in_its_words_and_nothing_is_paid_granted_or_used_up(
        OrderConfirmation confirmation
    )
    {
        await using var bench = await CarrierBench.OpenAsync();
        await using var world = await OpenAsync(bench);
        var company = await People.CustomerAsync(world, CustomerType.Organization, "+8613900001234");
        var voucher = (
            await world.Get<VoucherDesk>().MakeAsync(new VoucherSheet(VoucherType.Percent, Code: "ONE-PERCENT", Percent: 1), None)
        )
            .Required()
            .Vouchers[0];
        var confirming = world.Get<Confirming>();
        var asked = new OrderRequest(company.Id, "seats-30", Seats: Seats) { Confirmation = confirmation, Voucher = voucher.Code };

        var placed = await confirming.PlaceAsync(asked, None);
        if (confirmation == OrderConfirmation.OneTimePassword)
        {
            Assert.Equal((OrderState.Pending, 588.06m), (placed.Required().State, placed.Required().Price.ToDecimal()));
            placed = await confirming.ConfirmAsync(placed.Required().Id, CodeOf(bench, company.PhoneNumber), None);
        }

        var order = (await world.Get<IOrderStore>().ListAsync(company.Id, null, 10, None))[0];
        Assert.Equal(OrderState.Failed, order.State);
        Assert.Contains("at the most", order.Reason!, StringComparison.Ordinal);
        Assert.Empty(await world.Get<ISubscriptionStore>().ListAsync(company.Id, None));
        Assert.Empty(await world.BucketsAsync(company));
        Assert.DoesNotContain(bench.Carrier.Entries, entry => entry.Status is CarrierStatus.Succeeded or CarrierStatus.Reserved);
        Assert.Equal(0, (await world.Get<IVoucherStore>().FindAsync(voucher.Code, None))!.Used);
    }

    [Fact]
    public async Task The_month_counts_too_and_begins_afresh_and_another_way_to_pay_has_no_such_threshold()
    {
        await using var bench = await CarrierBench.OpenAsync();
        await using var world = await OpenAsync(bench);
        var company = await People.CustomerAsync(world, CustomerType.Organization, "+8613900001234");

        Assert.Equal(OrderState.Completed, (await BuyAsync(15)).State); // 297
        Assert.Equal(OrderState.Failed, (await BuyAsync(15)).State); // 594 in a month
        Assert.Equal(OrderState.Completed, (await BuyAsync(10)).State); // 495
        (await world.Get<WalletDesk>().RecordAsync(company.Id, Money.FromDecimal(600m, Currency.Cny), "transfer-1", None)).Required();
        Assert.Equal(OrderState.Completed, (await BuyAsync(Seats, PaymentMethod.Wallet)).State);
        bench.Time.Advance(TimeSpan.FromDays(31));
        Assert.Equal(OrderState.Completed, (await BuyAsync(15)).State);

        async Task<ProductOrder> BuyAsync(int seats, PaymentMethod method = PaymentMethod.PhoneBill) =>
            (await world.Ordering.PlaceAsync(new(company.Id, "seats-30", Seats: seats, Method: method), None)).Required();
    }

    [Fact]
    public async Task The_demos_carrier_takes_a_team_of_thirty_and_an_upgrade_above_its_threshold_leaves_the_plan_as_it_was()
    {
        await using var bench = await CarrierBench.OpenAsync(CarrierSimulatorOptions.Demo);
        await using var world = await OpenAsync(bench);
        var company = await People.CustomerAsync(world, CustomerType.Organization, "+8613900001234");
        var order = (await world.Ordering.PlaceAsync(new(company.Id, "seats-30", Seats: Seats), None)).Required();
        Assert.Equal((OrderState.Completed, 594m), (order.State, order.Price.ToDecimal()));
        var id = order.Product!.Value;
        var before = await world.Get<ISubscriptionStore>().FindAsync(id, None);

        var refused = await world.Get<Subscribing>().ChangeSeatsAsync(id, 200, null, None); // 3,366 more

        Assert.Equal(Problems.PaymentRefused, refused.Refused!.Problem);
        var after = (await world.Get<ISubscriptionStore>().FindAsync(id, None))!;
        Assert.Equal((Seats, null, before!.Paid), (after.Seats, after.Asking, after.Paid));
        Assert.Single(await world.BucketsAsync(company));
        Assert.Equal(
            594m,
            bench.Carrier.Entries.Where(entry => entry.Status == CarrierStatus.Succeeded).Sum(entry => entry.Amount.ToDecimal())
        );
    }

    private static async Task<World> OpenAsync(CarrierBench bench)
    {
        var world = await World.OpenAsync(
            seeded: true,
            register: services => services.AddSingleton<IPhoneBill>(bench.Bill).AddSingleton<IOneTimePasswords>(bench.Passwords)
        );
        await world
            .Get<ICatalogStore>()
            .AddOfferingsAsync([Shop.Team("seats-30", 19.8m, 3_000_000) with { Seats = new SeatTerms(1, 500) }], None);
        return world;
    }

    private static string CodeOf(CarrierBench bench, string number) =>
        Code().Match(bench.Carrier.Messages.All.Last(message => message.PhoneNumber == number).Text).Value;

    [GeneratedRegex(@"(?<!\d)\d{6}(?!\d)")]
    private static partial Regex Code();
}
