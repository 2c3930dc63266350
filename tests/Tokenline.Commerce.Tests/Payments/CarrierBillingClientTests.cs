using System.Net;
using Tokenline.Commerce.Payments;
using Tokenline.Simulators;

namespace Tokenline.Commerce.Tests.Payments;

public sealed class CarrierBillingClientTests
{
    private static readonly Money price = Money.FromDecimal(9.9m, Currency.Cny);

    [Fact]
    public async Task The_carrier_simulator_charges_once_per_correlator_and_refuses_with_its_words()
    {
        await using var simulator = await SimulatorServer.StartAsync("http://127.0.0.1:0");
        using var http = CarrierBillingClient.NewHttpClient();
        var client = new CarrierBillingClient(http, new CommerceOptions { CarrierBaseUrl = new Uri(simulator.Address, "/carrier") });

        var paid = await client.ChargeAsync("ord_1", "+8613800000000", price, "Light", CancellationToken.None);
        var again = await client.ChargeAsync("ord_1", "+8613800000000", price, "Light", CancellationToken.None);
        var tooMuch = await client.ChargeAsync("ord_2", "+8613800000001", price, "Light", CancellationToken.None);
        var barred = await client.ChargeAsync("ord_3", "+8613800000002", price, "Light", CancellationToken.None);
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            client.ChargeAsync("ord_4", "+8613800000003", price, "Light", CancellationToken.None)
        );
        var second = await client.ChargeAsync("ord_4", "+8613800000003", price, "Light", CancellationToken.None);

        Assert.True(paid.Accepted);
        Assert.Equal(paid, again);
        Assert.False(tooMuch.Accepted);
        Assert.False(barred.Accepted);
        Assert.NotEmpty(barred.Reason!);
        Assert.True(second.Accepted);
    }

    [Theory]
    [Trait("WhatOthersGotWrong", "44")]
    [InlineData(201, """{"paymentId":"p1","paymentStatus":"succeeded"}""", true)]
    [InlineData(201, """{"paymentId":"p1","paymentStatus":"denied"}""", false)]
    [InlineData(201, """{"paymentId":"p1","paymentStatus":"processing"}""", null)]
    [InlineData(201, "not json", null)]
    [InlineData(403, """{"code":"CARRIER_BILLING.PAYMENT_DENIED","message":"barred"}""", false)]
    [InlineData(422, """{"code":"CARRIER_BILLING.USER_AMOUNT_THRESHOLD_OVERPASSED","message":"too much"}""", false)]
    [InlineData(403, """{"code":"PERMISSION_DENIED","message":"token"}""", null)]
    [InlineData(401, """{"code":"UNAUTHENTICATED"}""", null)]
    [InlineData(400, """{"code":"INVALID_ARGUMENT","message":"amount"}""", false)]
    [InlineData(404, "<html>", null)]
    [InlineData(409, """{"code":"ALREADY_EXISTS","message":"other content"}""", false)]
    [InlineData(429, """{"code":"TOO_MANY_REQUESTS"}""", null)]
    [InlineData(500, """{"code":"INTERNAL"}""", null)]
    [InlineData(302, "", null)]
    public async Task Only_a_certain_no_is_a_refusal(int status, string body, bool? accepted)
    {
        using var http = new HttpClient(new Scripted((HttpStatusCode)status, body));
        var client = new CarrierBillingClient(http, new CommerceOptions());

        if (accepted is null)
            await Assert.ThrowsAsync<HttpRequestException>(Charge);
        else
            Assert.Equal(accepted, (await Charge()).Accepted);

        Task<PhoneBillOutcome> Charge() => client.ChargeAsync("ord_1", "+8613800000000", price, "Light", CancellationToken.None);
    }

    [Fact]
    public async Task A_carrier_that_never_answers_is_a_question_that_stays_open()
    {
        using var http = new HttpClient(new Silent()) { Timeout = TimeSpan.FromMilliseconds(20) };
        var client = new CarrierBillingClient(http, new CommerceOptions());

        await Assert.ThrowsAsync<HttpRequestException>(() =>
            client.ChargeAsync("ord_1", "+8613800000000", price, "Light", CancellationToken.None)
        );
    }

    private sealed class Scripted(HttpStatusCode status, string body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body) });
    }

    private sealed class Silent : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return new HttpResponseMessage();
        }
    }
}
