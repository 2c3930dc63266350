using System.Net;
using System.Text.Json.Nodes;
using static Tokenline.Simulators.Tests.Carrier.CarrierDesk;

namespace Tokenline.Simulators.Tests.Carrier;

public sealed class CarrierRefundTests
{
    [Fact]
    public async Task Parts_are_given_back_until_nothing_is_left()
    {
        await using var desk = await OpenAsync();
        var paid = await desk.MadeAsync(Payments, Payment("c1", 80m));
        var path = Refunds(paid);
        Assert.Equal(80m, await RemainingAsync(desk, paid));
        var first = await desk.MadeAsync(path, Refund("r1", 20m));
        Assert.Equal(("partial", "succeeded"), (first["type"]!.ToString(), first["refundStatus"]!.ToString()));
        Assert.Equal(60m, await RemainingAsync(desk, paid));
        Assert.Equal(first.ToJsonString(), (await desk.MadeAsync(path, Refund("r1", 20m))).ToJsonString());
        Assert.Equal(60m, await RemainingAsync(desk, paid));
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "CARRIER_BILLING_REFUND.UNAUTHORIZED_AMOUNT"),
            await desk.RefusedAsync(path, Refund("r2", 60.001m))
        );
        await desk.MadeAsync(path, Refund("r3", null));
        Assert.Equal(0m, await RemainingAsync(desk, paid));
        Assert.Equal(
            (HttpStatusCode.Forbidden, "CARRIER_BILLING_REFUND.PAYMENT_NOT_ELIGIBLE_FOR_REFUND"),
            await desk.RefusedAsync(path, Refund("r4", 0.001m))
        );
        Assert.Equal(["r3", "r1"], (await desk.GetAsync(path)).Body!.AsArray().Select(Correlator));
        Assert.Equal(first.ToJsonString(), (await desk.GetAsync($"{path}/{first["refundId"]}")).Body!.ToJsonString());
        Assert.Equal(HttpStatusCode.NotFound, (await desk.GetAsync($"{path}/refund-unknown")).Status);
    }

    [Fact]
    public async Task A_refund_that_is_being_decided_counts_and_one_that_is_denied_does_not()
    {
        await using var desk = await OpenAsync();
        var paid = await desk.MadeAsync(Payments, Payment("c1", 80m, "+8613800009914"));
        var first = await desk.MadeAsync(Refunds(paid), Refund("r1", 15m));
        Assert.Equal("processing", first["refundStatus"]!.ToString());
        Assert.Null(first["refundDate"]);
        Assert.Equal(65m, await RemainingAsync(desk, paid));
        desk.Time.Advance(TimeSpan.FromSeconds(2));
        var ended = (await desk.GetAsync($"{Refunds(paid)}/{first["refundId"]}")).Body!;
        Assert.Equal(("succeeded", 65m), (ended["refundStatus"]!.ToString(), await RemainingAsync(desk, paid)));

        var other = await desk.MadeAsync(Payments, Payment("c2", 80m, "+8613800009913"));
        Assert.Equal(
            (HttpStatusCode.Forbidden, "CARRIER_BILLING_REFUND.REFUND_DENIED"),
            await desk.RefusedAsync(Refunds(other), Refund("r2", 15m))
        );
        Assert.Equal(80m, await RemainingAsync(desk, other));
    }

    [Fact]
    public async Task Only_what_was_paid_is_given_back()
    {
        await using var desk = await OpenAsync();
        var reserved = await desk.MadeAsync(Payments + "/prepare", Payment("c1"));
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "CARRIER_BILLING_REFUND.INVALID_PAYMENT_STATUS"),
            await desk.RefusedAsync(Refunds(reserved), Refund("r1", null))
        );
        Assert.Equal(
            (HttpStatusCode.NotFound, "NOT_FOUND"),
            await desk.RefusedAsync("carrier-billing-refund/v0.3/payments/pay-unknown/refunds", Refund("r1", null))
        );
    }

    [Fact]
    public async Task Tax_and_items_are_those_of_the_payment()
    {
        await using var desk = await OpenAsync();
        object[] items =
        [
            new
            {
                id = "a",
                amount = 6m,
                currency = "CNY",
                description = "A",
            },
        ];
        var paid = await desk.MadeAsync(Payments, Payment("c1", 10m, details: items));
        Assert.Equal("a", paid["amountTransaction"]!["paymentAmount"]!["paymentDetails"]![0]!["id"]!.ToString());
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "CARRIER_BILLING_REFUND.TAXES_MANAGEMENT_MISMATCH"),
            await desk.RefusedAsync(Refunds(paid), Refund("r1", 1m, isTaxIncluded: false))
        );
        foreach (var (item, amount) in new[] { ("b", 1m), ("a", 6.001m) })
            Assert.Equal(
                (HttpStatusCode.UnprocessableEntity, "CARRIER_BILLING_REFUND.REFUND_DETAILS_MISMATCH"),
                await desk.RefusedAsync(Refunds(paid), Refund("r1", amount, details: Of(item, amount)))
            );
        await desk.MadeAsync(Refunds(paid), Refund("r1", 6m, details: Of("a", 6m)));

        static object[] Of(string paymentItemId, decimal amount) =>
            [
                new
                {
                    paymentItemId,
                    amount,
                    currency = "CNY",
                    description = "A",
                },
            ];
    }

    [Fact]
    public async Task A_correlator_is_one_refund()
    {
        await using var desk = await OpenAsync();
        var paid = await desk.MadeAsync(Payments, Payment("c1", 80m));
        var other = await desk.MadeAsync(Payments, Payment("c2", 80m));
        await desk.MadeAsync(Refunds(paid), Refund("r1", 20m));
        Assert.Equal((HttpStatusCode.Conflict, "ALREADY_EXISTS"), await desk.RefusedAsync(Refunds(paid), Refund("r1", 21m)));
        Assert.Equal((HttpStatusCode.Conflict, "ALREADY_EXISTS"), await desk.RefusedAsync(Refunds(other), Refund("r1", 20m)));
        await desk.MadeAsync(Refunds(paid), Refund(null, 1m));
        Assert.Equal((HttpStatusCode.Conflict, "ALREADY_EXISTS"), await desk.RefusedAsync(Refunds(paid), Refund(null, 1m)));
        Assert.Equal(59m, await RemainingAsync(desk, paid));
    }

    private static async Task<decimal> RemainingAsync(CarrierDesk desk, JsonNode payment) =>
        (await desk.GetAsync(Refunds(payment) + "/remaining-amount")).Body!["amount"]!.GetValue<decimal>();

    private static string Correlator(JsonNode? refund) => refund!["amountTransaction"]!["clientCorrelator"]!.ToString();
}
