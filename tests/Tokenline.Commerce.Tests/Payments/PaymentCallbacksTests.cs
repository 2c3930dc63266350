using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Tests.Payments;

/// <summary>Everything that may arrive at the sink, against a carrier that says what is so.</summary>
public sealed class PaymentCallbacksTests
{
    private static readonly PhoneBillRequest asked = new("ord_1", "+8613800001111", Money.FromDecimal(9.9m, Currency.Cny), "Light");

    private readonly FakePhoneBill carrier = new();
    private readonly RaisedAlarms alarms = new();
    private readonly Told told = new();
    private readonly FakeTimeProvider time = new(World.Start);
    private readonly CommerceOptions options = new() { CarrierToken = "between the two of us" };

    [Fact]
    public async Task An_event_with_the_token_of_its_payment_is_looked_up_and_heard()
    {
        var (callbacks, payment) = await PaidAsync();
        Assert.Equal(CallbackVerdict.Taken, await TakeAsync(callbacks, Event("e1", payment)));
        var (request, heard) = Assert.Single(told.Heard);
        Assert.Equal((asked, PhoneBillState.Succeeded), (request, heard.State));
        Assert.Empty(alarms.Raised);
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "44")]
    public async Task The_same_event_again_does_nothing_and_another_id_is_heard()
    {
        var (callbacks, payment) = await PaidAsync();
        await TakeAsync(callbacks, Event("e1", payment));
        Assert.Equal(CallbackVerdict.SeenBefore, await TakeAsync(callbacks, Event("e1", payment)));
        Assert.Single(told.Heard);
        Assert.Equal(CallbackVerdict.Taken, await TakeAsync(callbacks, Event("e2", payment)));
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "44")]
    public async Task Forged_tokens_open_nothing()
    {
        var (callbacks, payment) = await PaidAsync();
        var (token, expiresAt) = new SinkTokens(options).New("ord_1", time.GetUtcNow());
        var (others, _) = new SinkTokens(options).New("ord_2", time.GetUtcNow());
        var (elsewhere, _) = new SinkTokens(new() { CarrierToken = "of another" }).New("ord_1", time.GetUtcNow());
        var longer = $"{(expiresAt + TimeSpan.FromDays(365)).ToUnixTimeSeconds()}{token[token.IndexOf('.', StringComparison.Ordinal)..]}";
        foreach (var forged in new[] { null, "", ".", "simulator", others, elsewhere, longer, token + "A", token[..^1] })
            Assert.Equal(CallbackVerdict.Unauthenticated, await callbacks.TakeAsync("ord_1", forged, Event("e1", payment), default));
        time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(CallbackVerdict.Unauthenticated, await callbacks.TakeAsync("ord_1", token, Event("e1", payment), default));
        Assert.Empty(told.Heard);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData(
        """{"specversion":"0.3","id":"e1","source":"s","type":"org.camaraproject.carrier-billing.v0.payment-completed","data":{"paymentId":"pay-1"}}"""
    )]
    [InlineData(
        """{"specversion":"1.0","source":"s","type":"org.camaraproject.carrier-billing.v0.payment-completed","data":{"paymentId":"pay-1"}}"""
    )]
    [InlineData("""{"specversion":"1.0","id":"e1","source":"s","type":"org.example.paid","data":{"paymentId":"pay-1"}}""")]
    [InlineData(
        """{"specversion":"1.0","id":"e1","source":"s","type":"org.camaraproject.carrier-billing.v0.payment-completed","data":{}}"""
    )]
    public async Task What_is_no_event_about_a_payment_is_refused(string body)
    {
        var (callbacks, _) = await PaidAsync();
        Assert.Equal(CallbackVerdict.Malformed, await TakeAsync(callbacks, Encoding.UTF8.GetBytes(body)));
        Assert.Equal(CallbackVerdict.Malformed, await TakeAsync(callbacks, new byte[PaymentEvent.BytesMax + 1]));
    }

    [Theory]
    [Trait("WhatOthersGotWrong", "44")]
    [InlineData("9.8", "CNY", "ord_1", "+8613800001111", "9.8 CNY instead of 9.9 CNY")]
    [InlineData("9.9", "USD", "ord_1", "+8613800001111", "9.9 USD instead of 9.9 CNY")]
    [InlineData("9.9", "CNY", "ord_2", "+8613800001111", "correlator ord_2 instead of ord_1")]
    [InlineData("9.9", "CNY", "ord_1", "+8613800002222", "another phone number")]
    [InlineData("9.9", "CNY", null, "+8613800001111", "not whole")]
    public async Task An_event_about_another_payment_than_was_asked_for_is_refused_and_somebody_is_told(
        string amount,
        string currency,
        string? correlator,
        string number,
        string words
    )
    {
        var callbacks = Open(
            new("pay-1", PhoneBillState.Succeeded, correlator, number, Money.FromDecimal(decimal.Parse(amount), new Currency(currency)))
        );
        Assert.Equal(CallbackVerdict.Contradicted, await TakeAsync(callbacks, Event("e1", "pay-1")));
        var raised = Assert.Single(alarms.Raised);
        Assert.Contains(words, raised.Words, StringComparison.Ordinal);
        Assert.DoesNotContain(number, raised.Words, StringComparison.Ordinal);
        Assert.Empty(told.Heard);
    }

    [Fact]
    public async Task An_event_that_the_carrier_itself_does_not_confirm_is_refused()
    {
        var (callbacks, _) = await PaidAsync();
        Assert.Equal(CallbackVerdict.Contradicted, await TakeAsync(callbacks, Event("e1", "pay-unknown")));
        var denied = Open(new("pay-1", PhoneBillState.Denied, "ord_1", asked.PhoneNumber, asked.Amount));
        Assert.Equal(CallbackVerdict.Contradicted, await TakeAsync(denied, Event("e1", "pay-1")));
        Assert.Equal(CallbackVerdict.Taken, await TakeAsync(denied, Event("e2", "pay-1", "payment-denied")));
        Assert.Equal(PhoneBillState.Denied, Assert.Single(told.Heard).Payment.State);
    }

    [Fact]
    public async Task A_late_event_about_an_earlier_state_hears_what_is_so_now()
    {
        var (callbacks, payment) = await PaidAsync();
        Assert.Equal(CallbackVerdict.Taken, await TakeAsync(callbacks, Event("e1", payment, "payment-reserved")));
        Assert.Equal(PhoneBillState.Succeeded, Assert.Single(told.Heard).Payment.State);
    }

    [Fact]
    public async Task What_cannot_be_looked_up_or_is_not_decided_may_come_again()
    {
        var (callbacks, payment) = await PaidAsync();
        carrier.IsDown = true;
        Assert.Equal(CallbackVerdict.Later, await TakeAsync(callbacks, Event("e1", payment)));
        carrier.IsDown = false;
        Assert.Equal(CallbackVerdict.Taken, await TakeAsync(callbacks, Event("e1", payment)));

        var open = Open(new("pay-1", PhoneBillState.Processing, "ord_1", asked.PhoneNumber, asked.Amount));
        Assert.Equal(CallbackVerdict.Later, await TakeAsync(open, Event("e9", "pay-1")));
    }

    [Fact]
    public async Task A_correlator_that_nothing_was_asked_under_is_unknown()
    {
        var (callbacks, payment) = await PaidAsync();
        var (token, _) = new SinkTokens(options).New("ord_9", time.GetUtcNow());
        Assert.Equal(CallbackVerdict.Unknown, await callbacks.TakeAsync("ord_9", token, Event("e1", payment), default));
    }

    private async Task<(PaymentCallbacks Callbacks, string Payment)> PaidAsync()
    {
        var paid = await carrier.ChargeAsync(asked.Correlator, asked.PhoneNumber, asked.Amount, asked.Description, default);
        return (new(carrier, [new Asked()], [told], alarms, options, time), paid.Reference!);
    }

    private PaymentCallbacks Open(PhoneBillPayment payment)
    {
        var other = new FakePhoneBill();
        other.Have(payment);
        return new(other, [new Asked()], [told], alarms, options, time);
    }

    private Task<CallbackVerdict> TakeAsync(PaymentCallbacks callbacks, byte[] body) =>
        callbacks.TakeAsync("ord_1", new SinkTokens(options).New("ord_1", time.GetUtcNow()).Token, body, default);

    private static byte[] Event(string id, string payment, string type = "payment-completed") =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                specversion = "1.0",
                id,
                source = "urn:carrier",
                type = $"org.camaraproject.carrier-billing.v0.{type}",
                time = "2026-09-01T00:00:00Z",
                data = new
                {
                    paymentId = payment,
                    status = "succeeded",
                    description = "Payment",
                },
            }
        );

    private sealed class Asked : IAskedPayments
    {
        public Task<PhoneBillRequest?> FindAsync(string correlator, CancellationToken cancellation) =>
            Task.FromResult(correlator == asked.Correlator ? asked : null);
    }

    private sealed class Told : IPaymentNews
    {
        public List<(PhoneBillRequest Asked, PhoneBillPayment Payment)> Heard { get; } = [];

        public Task HearAsync(PhoneBillRequest asked, PhoneBillPayment payment, CancellationToken cancellation)
        {
            Heard.Add((asked, payment));
            return Task.CompletedTask;
        }
    }
}
