using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tokenline.Simulators.Carrier;
using Tokenline.Units;

namespace Tokenline.Simulators.Tests.Carrier;

public sealed class CarrierTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_payment_is_answered_in_the_shape_of_the_api_and_can_be_read_back()
    {
        await using var carrier = await StartAsync();
        using var client = ClientOf(carrier);
        client.DefaultRequestHeaders.Add("x-correlator", "trace-1");
        using var response = await client.PostAsync("payments", Payment("c1"), Cancel);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("trace-1", Assert.Single(response.Headers.GetValues("x-correlator")));
        var paid = await JsonOf(response);
        Assert.Equal("succeeded", paid["paymentStatus"]!.ToString());
        Assert.Equal("c1", paid["amountTransaction"]!["clientCorrelator"]!.ToString());
        Assert.Equal(9.9m, paid["amountTransaction"]!["paymentAmount"]!["chargingInformation"]!["amount"]!.GetValue<decimal>());

        var read = JsonNode.Parse(await client.GetStringAsync($"payments/{paid["paymentId"]}", Cancel));
        Assert.True(JsonNode.DeepEquals(paid, read));
        using var unknown = await client.GetAsync("payments/pay-unknown", Cancel);
        Assert.Equal((HttpStatusCode.NotFound, "NOT_FOUND"), await Refusal(unknown));
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "44")]
    public async Task The_same_correlator_pays_once_and_with_other_content_is_refused()
    {
        await using var carrier = await StartAsync();
        using var client = ClientOf(carrier);
        using var first = await client.PostAsync("payments", Payment("c1"), Cancel);
        using var second = await client.PostAsync("payments", Payment("c1"), Cancel);
        Assert.Equal(await first.Content.ReadAsStringAsync(Cancel), await second.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(first.StatusCode, second.StatusCode);
        using var other = await client.PostAsync("payments", Payment("c1", amount: 10m), Cancel);
        Assert.Equal((HttpStatusCode.Conflict, "ALREADY_EXISTS"), await Refusal(other));
        Assert.Single(carrier.Carrier.Entries);
    }

    [Fact]
    public async Task Without_a_correlator_the_reference_pays_once_and_without_a_number_nobody_does()
    {
        await using var desk = await CarrierDesk.OpenAsync();
        var payment = CarrierDesk.Payment(null);
        await desk.MadeAsync(CarrierDesk.Payments, payment);
        Assert.Equal((HttpStatusCode.Conflict, "ALREADY_EXISTS"), await desk.RefusedAsync(CarrierDesk.Payments, payment));
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "MISSING_IDENTIFIER"),
            await desk.RefusedAsync(CarrierDesk.Payments, CarrierDesk.Payment("c2", number: null))
        );
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "CARRIER_BILLING.UNAUTHORIZED_AMOUNT"),
            await desk.RefusedAsync(CarrierDesk.Payments, CarrierDesk.Payment("c3", 500.001m))
        );
    }

    [Fact]
    public async Task Many_at_once_with_one_correlator_pay_once()
    {
        await using var carrier = await StartAsync();
        using var client = ClientOf(carrier);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.PostAsync("payments", Payment("c1"), Cancel)));
        var ids = await Task.WhenAll(answers.Select(async a => (await JsonOf(a))["paymentId"]!.ToString()));
        Assert.Single(ids.Distinct());
        Assert.Single(carrier.Carrier.Entries);
    }

    [Fact]
    public async Task After_a_restart_the_same_correlator_is_still_answered_the_same_and_a_torn_line_is_dropped()
    {
        var folder = Directory.CreateTempSubdirectory("carrier");
        try
        {
            string before;
            await using (var carrier = await StartAsync(new() { Folder = folder.FullName }))
            {
                using var client = ClientOf(carrier);
                using var paid = await client.PostAsync("payments", Payment("c1", amount: 300m), Cancel);
                before = await paid.Content.ReadAsStringAsync(Cancel);
            }
            await File.AppendAllTextAsync(Path.Combine(folder.FullName, "carrier.jsonl"), "{\"id\":\"pay-to", Cancel);
            await using (var carrier = await StartAsync(new() { Folder = folder.FullName }))
            {
                using var client = ClientOf(carrier);
                using var again = await client.PostAsync("payments", Payment("c1", amount: 300m), Cancel);
                Assert.Equal(before, await again.Content.ReadAsStringAsync(Cancel));
                using var tooMuch = await client.PostAsync("payments", Payment("c2", amount: 201m), Cancel);
                Assert.Equal(HttpStatusCode.UnprocessableEntity, tooMuch.StatusCode);
                using var fits = await client.PostAsync("payments", Payment("c3", amount: 200m), Cancel);
                Assert.Equal(HttpStatusCode.Created, fits.StatusCode);
            }
            using var reread = new CarrierSimulator(new() { Folder = folder.FullName });
            Assert.Equal(["c1", "c3"], reread.Entries.Select(e => e.ClientCorrelator));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_number_pays_up_to_its_monthly_limit_and_afresh_in_the_next_month()
    {
        var clock = new SettableClock(new DateTimeOffset(2026, 1, 31, 15, 59, 0, TimeSpan.Zero)); // 23:59 in China
        await using var carrier = await StartAsync(new() { Time = clock });
        using var client = ClientOf(carrier);
        Assert.Equal(HttpStatusCode.Created, await StatusOf(client, Payment("c1", amount: 500m)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await StatusOf(client, Payment("c2", amount: 0.001m)));
        Assert.Equal(HttpStatusCode.Created, await StatusOf(client, Payment("c3", phone: "+8613800009999")));
        clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(HttpStatusCode.Created, await StatusOf(client, Payment("c2", amount: 500m)));
    }

    [Theory]
    [InlineData("+8613800000001", 422, "CARRIER_BILLING.USER_AMOUNT_THRESHOLD_OVERPASSED")]
    [InlineData("+8613800000002", 403, "CARRIER_BILLING.PAYMENT_DENIED")]
    public async Task A_number_that_may_not_pay_is_refused_each_time(string phone, int status, string code)
    {
        await using var carrier = await StartAsync();
        using var client = ClientOf(carrier);
        for (var i = 0; i < 2; i++)
        {
            using var response = await client.PostAsync("payments", Payment("c1", phone: phone), Cancel);
            Assert.Equal(((HttpStatusCode)status, code), await Refusal(response));
        }
        Assert.Empty(carrier.Carrier.Entries);
    }

    [Fact]
    public async Task A_number_may_fail_once_and_then_pay()
    {
        await using var carrier = await StartAsync();
        using var client = ClientOf(carrier);
        Assert.Equal(HttpStatusCode.InternalServerError, await StatusOf(client, Payment("c1", phone: "+8613800000003")));
        Assert.Empty(carrier.Carrier.Entries);
        Assert.Equal(HttpStatusCode.Created, await StatusOf(client, Payment("c1", phone: "+8613800000003")));
        Assert.Equal(HttpStatusCode.InternalServerError, await StatusOf(client, Payment("c2", phone: "+8613800000003")));
    }

    [Fact]
    public async Task A_number_may_never_answer_and_book_nothing()
    {
        await using var carrier = await StartAsync();
        using var client = ClientOf(carrier);
        client.Timeout = TimeSpan.FromMilliseconds(200);
        await Assert.ThrowsAsync<TaskCanceledException>(() => client.PostAsync("payments", Payment("c1", phone: "+8613800000004"), Cancel));
        Assert.Empty(carrier.Carrier.Entries);
    }

    [Fact]
    public async Task A_payment_whose_answer_was_lost_is_found_by_its_correlator()
    {
        await using var carrier = await StartAsync();
        using var asked = JsonDocument.Parse(await Payment("c1", phone: "+8613800000005").ReadAsStringAsync(Cancel));
        var lost = carrier.Carrier.Pay(CarrierRequest.Payment(asked.RootElement, Currency.Cny, carrier.Carrier.Now));
        Assert.Equal(CarrierAnswer.Silence, lost.Answer);

        using var client = ClientOf(carrier);
        Assert.Equal(HttpStatusCode.Created, await StatusOf(client, Payment("c1", phone: "+8613800000005")));
        Assert.Single(carrier.Carrier.Entries);
    }

    [Fact]
    public async Task Refunds_are_idempotent_never_above_the_payment_and_free_the_month()
    {
        await using var carrier = await StartAsync();
        using var client = ClientOf(carrier);
        using var paid = await client.PostAsync("payments", Payment("c1", amount: 500m), Cancel);
        var refunds = new Uri(carrier.Address, $"/carrier/carrier-billing-refund/v0/payments/{(await JsonOf(paid))["paymentId"]}/refunds");

        using var part = await client.PostAsync(refunds, Refund("c1", 200m), Cancel);
        Assert.Equal("partial", (await JsonOf(part))["type"]!.ToString());
        using var again = await client.PostAsync(refunds, Refund("c1", 200m), Cancel);
        Assert.Equal(await part.Content.ReadAsStringAsync(Cancel), await again.Content.ReadAsStringAsync(Cancel));
        using var tooMuch = await client.PostAsync(refunds, Refund("r2", 301m), Cancel);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "CARRIER_BILLING_REFUND.UNAUTHORIZED_AMOUNT"), await Refusal(tooMuch));
        Assert.Equal(HttpStatusCode.Created, await StatusOf(client, Payment("c2", amount: 200m)));

        using var rest = await client.PostAsync(refunds, Refund("r3", null), Cancel);
        Assert.Equal(
            300m,
            (await JsonOf(rest))["amountTransaction"]!["refundAmount"]!["chargingInformation"]!["amount"]!.GetValue<decimal>()
        );
        using var restAgain = await client.PostAsync(refunds, Refund("r3", null), Cancel);
        Assert.Equal(await rest.Content.ReadAsStringAsync(Cancel), await restAgain.Content.ReadAsStringAsync(Cancel));
        using var nothing = await client.PostAsync(refunds, Refund("r4", null), Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, nothing.StatusCode);
    }

    [Theory]
    [InlineData("phoneNumber", "13800001234")]
    [InlineData("phoneNumber", "+86138x0001234")]
    [InlineData("currency", "EUR")]
    [InlineData("description", "")]
    public async Task A_payment_that_makes_no_sense_names_what_is_wrong(string member, string value)
    {
        await using var carrier = await StartAsync();
        using var client = ClientOf(carrier);
        using var payment = member switch
        {
            "phoneNumber" => Payment("c1", phone: value),
            "currency" => Payment("c1", currency: value),
            _ => Payment("c1", description: value),
        };
        using var response = await client.PostAsync("payments", payment, Cancel);
        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_ARGUMENT"), await Refusal(response));
        Assert.Contains(member, await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Amounts_finer_than_the_api_allows_strangers_and_a_full_book_are_refused()
    {
        await using var carrier = await StartAsync(new() { EntriesMax = 1 });
        using var client = ClientOf(carrier);
        Assert.Equal(HttpStatusCode.BadRequest, await StatusOf(client, Payment("c1", amount: 0.0001m)));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusOf(client, Payment("c1", amount: -1m)));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusOf(client, new StringContent("[]")));
        Assert.Equal(HttpStatusCode.Created, await StatusOf(client, Payment("c1")));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusOf(client, Payment("c2")));
        Assert.Equal(HttpStatusCode.Created, await StatusOf(client, Payment("c1")));
        client.DefaultRequestHeaders.Add("x-correlator", "a b");
        Assert.Equal(HttpStatusCode.BadRequest, await StatusOf(client, Payment("c1")));
        client.DefaultRequestHeaders.Remove("x-correlator");
        client.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOf(client, Payment("c1")));
    }

    [Fact]
    public async Task A_text_message_is_taken_once_per_correlator_and_can_be_read()
    {
        await using var carrier = await StartAsync();
        using var client = ClientOf(carrier);
        var url = new Uri(carrier.Address, "/carrier/smsmessaging/v1/outbound/tel%3A10010/requests");

        using var first = await client.PostAsync(url, Sms("+8613800000000", "您好"), Cancel);
        using var second = await client.PostAsync(url, Sms("+8613800000000", "您好"), Cancel);
        using var barred = await client.PostAsync(url, Sms("+8613800000002", "您好", "evt_2"), Cancel);
        using var nonsense = await client.PostAsync(url, Sms("13800000000", "您好", "evt_3"), Cancel);

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(Cancel), await second.Content.ReadAsStringAsync(Cancel));
        Assert.Equal((HttpStatusCode.Forbidden, "POL0001"), await Refusal(barred));
        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_ARGUMENT"), await Refusal(nonsense));
        var sent = Assert.Single(carrier.Carrier.Messages.All);
        Assert.Equal(("evt_1", "+8613800000000", "tel:10010", "您好"), (sent.Correlator, sent.PhoneNumber, sent.Sender, sent.Text));
        var list = JsonNode.Parse(await client.GetStringAsync(new Uri(carrier.Address, "/carrier/sms"), Cancel))!.AsArray();
        Assert.Equal("您好", list[0]!["text"]!.ToString());
    }

    private static JsonContent Sms(string phoneNumber, string text, string correlator = "evt_1") =>
        JsonContent.Create(
            new
            {
                outboundSMSMessageRequest = new
                {
                    address = new[] { $"tel:{phoneNumber}" },
                    senderAddress = "tel:10010",
                    outboundSMSTextMessage = new { message = text },
                    clientCorrelator = correlator,
                },
            }
        );

    private static Task<SimulatorServer> StartAsync(CarrierSimulatorOptions? options = null) =>
        SimulatorServer.StartAsync("http://127.0.0.1:0", new SimulatorOptions { Carrier = options ?? new() }, Cancel);

    private static HttpClient ClientOf(SimulatorServer carrier)
    {
        var client = new HttpClient { BaseAddress = new Uri(carrier.Address, "/carrier/carrier-billing/v0/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "operator");
        return client;
    }

    private static JsonContent Payment(
        string correlator,
        decimal amount = 9.9m,
        string phone = "+8613800001234",
        string currency = "CNY",
        string description = "Plan"
    ) =>
        JsonContent.Create(
            new
            {
                amountTransaction = new
                {
                    phoneNumber = phone,
                    clientCorrelator = correlator,
                    referenceCode = "order-1",
                    paymentAmount = new
                    {
                        chargingInformation = new
                        {
                            amount,
                            currency,
                            description,
                        },
                    },
                },
            },
            options: JsonSerializerOptions.Web
        );

    private static JsonContent Refund(string correlator, decimal? amount) =>
        JsonContent.Create(
            new
            {
                type = amount is null ? "total" : "partial",
                reason = "changed my mind",
                amountTransaction = new
                {
                    clientCorrelator = correlator,
                    referenceCode = "order-1",
                    refundAmount = new
                    {
                        chargingInformation = amount is null
                            ? null
                            : new
                            {
                                amount,
                                currency = "CNY",
                                description = "Plan",
                            },
                    },
                },
            }
        );

    private static async Task<HttpStatusCode> StatusOf(HttpClient client, HttpContent payment)
    {
        using var response = await client.PostAsync("payments", payment, Cancel);
        return response.StatusCode;
    }

    private static async Task<JsonNode> JsonOf(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;

    private static async Task<(HttpStatusCode Status, string Code)> Refusal(HttpResponseMessage response)
    {
        var error = await JsonOf(response);
        Assert.Equal((int)response.StatusCode, error["status"]!.GetValue<int>());
        return (response.StatusCode, error["code"]!.ToString());
    }

    private sealed class SettableClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
