using System.Net;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Tests.Payments;

public sealed class CarrierBillingClientTests
{
    private static readonly Money price = Money.FromDecimal(9.9m, Currency.Cny);

    [Fact]
    public async Task The_carrier_simulator_charges_once_per_correlator_and_refuses_with_its_words()
    {
        await using var desk = await CarrierBench.OpenAsync();
        var client = desk.Bill;

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
    [InlineData(201, """{"paymentStatus":"succeeded"}""", null)]
    [InlineData(201, "not json", null)]
    [InlineData(403, """{"code":"CARRIER_BILLING.PAYMENT_DENIED","message":"barred"}""", false)]
    [InlineData(422, """{"code":"CARRIER_BILLING.USER_AMOUNT_THRESHOLD_OVERPASSED","message":"too much"}""", false)]
    [InlineData(403, """{"code":"PERMISSION_DENIED","message":"token"}""", null)]
    [InlineData(401, """{"code":"UNAUTHENTICATED"}""", null)]
    [InlineData(400, """{"code":"INVALID_ARGUMENT","message":"amount"}""", false)]
    [InlineData(404, """{"code":"IDENTIFIER_NOT_FOUND","message":"not ours"}""", false)]
    [InlineData(404, "<html>", null)]
    [InlineData(409, """{"code":"ALREADY_EXISTS","message":"seen"}""", null)]
    [InlineData(400, """{"code":"INVALID_ARGUMENT","message":"clientCorrelator already exist on server"}""", null)]
    [InlineData(429, """{"code":"TOO_MANY_REQUESTS"}""", null)]
    [InlineData(500, """{"code":"INTERNAL"}""", null)]
    [InlineData(302, "", null)]
    public async Task Only_a_certain_no_is_a_refusal(int status, string body, bool? accepted)
    {
        // Asked for its payments, this carrier has none.
        using var http = new HttpClient(
            new Scripted(request => request.Method == HttpMethod.Get ? (HttpStatusCode.OK, "[]") : ((HttpStatusCode)status, body))
        );
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

    [Fact]
    public async Task A_carrier_that_refuses_to_repeat_itself_is_asked_for_the_payment()
    {
        await using var desk = await CarrierBench.OpenAsync();
        for (var i = 0; i < 60; i++) // the payment is on the second page
            await desk.Bill.ChargeAsync($"other-{i}", "+8613800001111", Money.FromDecimal(1, Currency.Cny), "x", CancellationToken.None);
        var first = await Charge("+8613800009912", price);
        for (var i = 60; i < 120; i++)
            await desk.Bill.ChargeAsync($"other-{i}", "+8613800001111", Money.FromDecimal(1, Currency.Cny), "x", CancellationToken.None);

        Assert.Equal(first, await Charge("+8613800009912", price));
        await Assert.ThrowsAsync<HttpRequestException>(() => Charge("+8613800009912", Money.FromDecimal(10m, Currency.Cny)));
        Assert.Contains("9.9 CNY instead of 10 CNY", Assert.Single(desk.Alarms.Raised).Words, StringComparison.Ordinal);

        Task<PhoneBillOutcome> Charge(string number, Money amount) =>
            desk.Bill.ChargeAsync("ord_1", number, amount, "Light", CancellationToken.None);
    }

    [Theory]
    [InlineData("+8613800009903", true)]
    [InlineData("+8613800009904", false)]
    public async Task A_payment_that_is_decided_later_is_open_until_it_is(string number, bool accepted)
    {
        await using var desk = await CarrierBench.OpenAsync();
        await Assert.ThrowsAsync<HttpRequestException>(Charge);
        desk.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(accepted, (await Charge()).Accepted);

        Task<PhoneBillOutcome> Charge() => desk.Bill.ChargeAsync("ord_1", number, price, "Light", CancellationToken.None);
    }

    [Theory]
    [InlineData("+8613800009908", "19.8 CNY instead of 9.9 CNY")]
    [InlineData("+8613800009909", "9.9 USD instead of 9.9 CNY")]
    public async Task A_payment_of_something_else_is_neither_taken_nor_given_up_and_somebody_is_told(string number, string words)
    {
        await using var desk = await CarrierBench.OpenAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            desk.Bill.ChargeAsync("ord_1", number, price, "Light", CancellationToken.None)
        );
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            desk.Bill.ChargeAsync("ord_1", number, price, "Light", CancellationToken.None)
        );
        Assert.All(
            desk.Alarms.Raised,
            raised =>
            {
                Assert.Equal("ord_1", raised.Correlator);
                Assert.Contains(words, raised.Words, StringComparison.Ordinal);
            }
        );
        Assert.Equal(2, desk.Alarms.Raised.Count);
    }

    [Fact]
    public async Task A_payment_whose_answer_was_lost_is_found_by_its_correlator()
    {
        await using var desk = await CarrierBench.OpenAsync();
        var askedAt = desk.Time.GetUtcNow();
        var paid = await desk.Bill.ChargeAsync("ord_1", "+8613800001111", price, "Light", CancellationToken.None);
        desk.Time.Advance(TimeSpan.FromDays(3));

        var found = (await desk.Bill.FindAsync("ord_1", askedAt, CancellationToken.None))!;
        Assert.Equal((paid.Reference, PhoneBillState.Succeeded, price), (found.Reference, found.State, found.Amount!.Value));
        Assert.Equal(askedAt, found.PaidAt);
        Assert.Equal(found, await desk.Bill.ShowAsync(found.Reference, CancellationToken.None));
        Assert.Null(await desk.Bill.FindAsync("ord_2", askedAt, CancellationToken.None));
        Assert.Null(await desk.Bill.FindAsync("ord_1", askedAt.AddDays(1), CancellationToken.None));
        Assert.Null(await desk.Bill.ShowAsync("pay-unknown", CancellationToken.None));
    }

    [Fact]
    public async Task A_list_without_an_end_is_no_proof_that_there_is_none()
    {
        var page = $"[{string.Join(',', Enumerable.Repeat("""{"paymentId":"p","amountTransaction":{"clientCorrelator":"other"}}""", 50))}]";
        var pages = 0;
        using var http = new HttpClient(
            new Scripted(_ =>
            {
                pages++;
                return (HttpStatusCode.OK, page);
            })
        );
        var client = new CarrierBillingClient(http, new CommerceOptions());
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            client.FindAsync("ord_1", new DateTimeOffset(2026, 9, 1, 0, 0, 0, TimeSpan.Zero), CancellationToken.None)
        );
        Assert.Equal(200, pages);
    }

    private sealed class Scripted(Func<HttpRequestMessage, (HttpStatusCode, string)> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var (status, body) = answer(request);
            return Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body) });
        }
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
