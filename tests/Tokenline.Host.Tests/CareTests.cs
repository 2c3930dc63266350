using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Notifications;

namespace Tokenline.Host.Tests;

/// <summary>What customers are told and given back, by the whole system: engine, journal, dispatcher, carrier, API.</summary>
public class CareTests(SharedServer server)
{
    [Fact]
    [Trait("WhatOthersGotWrong", "45")]
    public async Task A_call_that_crosses_a_threshold_sends_one_text_message()
    {
        var subscriber = await server.SubscriberAsync(tokens: 5_000);
        await server.Accounts.ExecuteAsync(
            subscriber.Account,
            new SetAlerts(server.Get<IdSource>().Next<CommandKind>(), AlertTerms.Default with { Percents = [1] })
        );

        var answer = await subscriber.AskAsync(Wire.Simulated("tokens=30", members: "\"max_tokens\":50"));
        Assert.Equal(200, answer.Status);

        var events = await server.History.EventsAsync(subscriber.Account, null, 10);
        Assert.Equal(AccountEventType.ThresholdReached, Assert.Single(events).Event.Type);
        var sent = await Eventually.WhenAsync(() => Task.FromResult(SentTo(subscriber)), messages => messages.Count > 0);
        Assert.Contains("“Test plan”已使用1%", Assert.Single(sent), StringComparison.Ordinal);
        var deliveries = await Eventually.WhenAsync(
            () => server.Get<INotificationStore>().DeliveriesAsync(subscriber.Customer.Id, null, 10, RunningServer.Cancel),
            found => found.All(delivery => delivery.State == DeliveryState.Delivered)
        );
        Assert.Equal([Channels.Log, Channels.Sms], deliveries.Select(delivery => delivery.Channel).Order());
    }

    [Fact]
    public async Task A_number_that_takes_no_messages_is_parked_and_visible()
    {
        var customer = (
            await server.Get<Commerce.Parties.Customers>().CreateAsync("+8613900880002", "Barred", RunningServer.Cancel)
        ).Required();

        await server.Get<Commerce.Parties.Customers>().SetStandingAsync(customer.Id, suspended: true, "unpaid", RunningServer.Cancel);

        var sms = await Eventually.WhenAsync(
            async () => (await ApiAsync("GET", $"customers/{customer.Id}/deliveries"))["items"]!.AsArray().FirstOrDefault(IsSms),
            delivery => (string?)delivery?["state"] == "parked"
        );
        Assert.Equal(("parked", "the carrier answered 403"), ((string?)sms!["state"], (string?)sms["lastFailure"]));

        static bool IsSms(JsonNode? delivery) => (string?)delivery!["channel"] == "sms";
    }

    [Fact]
    public async Task A_charge_given_back_is_on_its_receipt_and_in_its_bucket_once()
    {
        var subscriber = await server.SubscriberAsync();
        var charge = (await subscriber.AskAsync(Wire.Simulated("tokens=30", members: "\"max_tokens\":50"))).Charge;
        var paid = (await subscriber.RecordAsync()).Payments[0].Amount;
        Assert.Equal((RunningServer.RichTokens * QuotaUnit.Micro) - paid, await subscriber.BalanceAsync());
        const string whole = """{"part":"whole","reason":"the answer was wrong","commandId":"cmd_0000000000abc"}""";

        var refunds = await Task.WhenAll(
            Enumerable
                .Range(0, 5)
                .Select(_ => ApiAsync("POST", $"charges/{charge}/refunds", whole, HttpStatusCode.OK, HttpStatusCode.Created))
        );

        Assert.All(refunds, refund => Assert.True(JsonNode.DeepEquals(refunds[0], refund)));
        Assert.Equal(RunningServer.RichTokens * QuotaUnit.Micro, await subscriber.BalanceAsync());
        var receipt = await ApiAsync("GET", $"charges/{charge}/receipt");
        Assert.Equal((string?)receipt["retail"]!["amount"], (string?)receipt["givenBack"]!["amount"]);
        Assert.Equal("the answer was wrong", (string?)Assert.Single(receipt["refunds"]!.AsArray())!["reason"]);
    }

    [Fact]
    public async Task A_refund_is_refused_in_words()
    {
        var problem = await ApiAsync(
            "POST",
            "charges/chg_0000000000001/refunds",
            """{"part":"whole","reason":"x"}""",
            HttpStatusCode.NotFound
        );
        Assert.Equal("not_found", (string?)problem["code"]);
    }

    private List<string> SentTo(Subscriber subscriber) =>
        [
            .. server
                .Server.Simulator!.Carrier.Messages.All.Where(message => message.PhoneNumber == subscriber.Customer.PhoneNumber)
                .Select(message => message.Text),
        ];

    private async Task<JsonNode> ApiAsync(string method, string path, string? body = null, params HttpStatusCode[] expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{server.Url}/api/v1/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.Server.AdminKey);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await server.Client.SendAsync(request, RunningServer.Cancel);
        var text = await response.Content.ReadAsStringAsync(RunningServer.Cancel);
        Assert.True((expected is [] ? [HttpStatusCode.OK] : expected).Contains(response.StatusCode), text);
        return JsonNode.Parse(text)!;
    }
}
