using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Tests.Payments;

public sealed class PhoneBillRefundTests
{
    [Fact]
    public async Task A_correlator_gives_back_once_and_never_more_than_was_paid()
    {
        await using var desk = await CarrierBench.OpenAsync();
        var payment = await PayAsync(desk, "+8613800001111");
        var part = await desk.Bill.RefundAsync(Refund("rfd_1", payment, 4m), CancellationToken.None);
        Assert.True(part.Accepted);
        Assert.Equal(part, await desk.Bill.RefundAsync(Refund("rfd_1", payment, 4m), CancellationToken.None));
        Assert.False((await desk.Bill.RefundAsync(Refund("rfd_2", payment, 6m), CancellationToken.None)).Accepted);
        Assert.True((await desk.Bill.RefundAsync(Refund("rfd_3", payment, 5.9m), CancellationToken.None)).Accepted);
        Assert.False((await desk.Bill.RefundAsync(Refund("rfd_4", payment, 0.001m), CancellationToken.None)).Accepted);
        Assert.Equal([4m, 5.9m], desk.Carrier.Entries.Where(entry => entry.IsRefund).Select(entry => entry.Amount.ToDecimal()));
    }

    [Fact]
    public async Task The_same_correlator_for_another_amount_is_somebody_elses_to_look_at()
    {
        await using var desk = await CarrierBench.OpenAsync();
        var payment = await PayAsync(desk, "+8613800001111");
        await desk.Bill.RefundAsync(Refund("rfd_1", payment, 4m), CancellationToken.None);
        await Assert.ThrowsAsync<HttpRequestException>(() => desk.Bill.RefundAsync(Refund("rfd_1", payment, 5m), CancellationToken.None));
        Assert.Contains("4 CNY instead of 5 CNY", Assert.Single(desk.Alarms.Raised).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_carrier_that_refuses_to_repeat_itself_is_asked_for_the_refund()
    {
        await using var desk = await CarrierBench.OpenAsync();
        var payment = await PayAsync(desk, "+8613800009912");
        var first = await desk.Bill.RefundAsync(Refund("rfd_1", payment, 4m), CancellationToken.None);
        Assert.Equal(first, await desk.Bill.RefundAsync(Refund("rfd_1", payment, 4m), CancellationToken.None));
        Assert.Equal(2, desk.Carrier.Entries.Count);
    }

    [Fact]
    public async Task A_refund_that_is_decided_later_is_open_until_it_is_and_a_denied_one_is_refused()
    {
        await using var desk = await CarrierBench.OpenAsync();
        var payment = await PayAsync(desk, "+8613800009914");
        await Assert.ThrowsAsync<HttpRequestException>(() => desk.Bill.RefundAsync(Refund("rfd_1", payment, 4m), CancellationToken.None));
        desk.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.True((await desk.Bill.RefundAsync(Refund("rfd_1", payment, 4m), CancellationToken.None)).Accepted);

        var denied = await desk.Bill.RefundAsync(
            Refund("rfd_2", await PayAsync(desk, "+8613800009913", "ord_2"), 4m),
            CancellationToken.None
        );
        Assert.False(denied.Accepted);
        Assert.NotEmpty(denied.Reason!);
        Assert.False((await desk.Bill.RefundAsync(Refund("rfd_3", "pay-unknown", 4m), CancellationToken.None)).Accepted);
    }

    private static async Task<string> PayAsync(CarrierBench desk, string number, string correlator = "ord_1") =>
        (
            await desk.Bill.ChargeAsync(correlator, number, Money.FromDecimal(9.9m, Currency.Cny), "Light", CancellationToken.None)
        ).Reference!;

    private static PhoneBillRefund Refund(string correlator, string payment, decimal amount) =>
        new(correlator, payment, Money.FromDecimal(amount, Currency.Cny), "sold by mistake");
}
