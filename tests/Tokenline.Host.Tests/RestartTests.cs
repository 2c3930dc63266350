using System.Text.Json.Nodes;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Commerce.Parties;
using Tokenline.Gateway;

namespace Tokenline.Host.Tests;

/// <summary>A server that stops and starts again on its folder has lost nothing and invented nothing.</summary>
public class RestartTests
{
    [Fact]
    public async Task Balances_keys_and_records_are_the_same_after_a_restart()
    {
        await using var server = new RunningServer();
        await server.StartAsync();
        var (subscriber, revoked) = (await server.SubscriberAsync(), await server.SubscriberAsync());
        await subscriber.AskAsync(Wire.Ask(), ("Idempotency-Key", "once"));
        await subscriber.AskAsync(Wire.Simulated("tokens=30", stream: true));
        (await server.Get<Keys>().RevokeAsync(revoked.Customer.Id, revoked.KeyId, RunningServer.Cancel)).Required();
        var (balance, records, demoKey) = (await subscriber.BalanceAsync(), await subscriber.RecordsAsync(), server.Server.DemoKey);

        await server.Server.StopAsync();
        await server.StopAsync();
        await server.StartAsync();

        Assert.Equal(balance, await subscriber.BalanceAsync());
        Assert.Equal(records.Select(Text), (await subscriber.RecordsAsync()).Select(Text));
        Assert.Equal(demoKey, server.Server.DemoKey);
        Assert.Equal(401, (await revoked.AskAsync(Wire.Ask())).Status);
        Assert.Equal(409, (await subscriber.AskAsync(Wire.Ask(), ("Idempotency-Key", "once"))).Status);
        Assert.Equal(200, (await subscriber.AskAsync(Wire.Ask())).Status);
        Assert.Equal(3, (await subscriber.RecordsAsync()).Count);
    }

    [Fact]
    public async Task A_stream_that_runs_when_the_server_is_told_to_stop_comes_to_its_end()
    {
        await using var vendor = new ScriptedVendor();
        await using var server = new RunningServer();
        await server.StartAsync();
        var subscriber = await server.SubscriberAsync();
        var (call, response, events) = await StreamAsync(vendor, subscriber, await server.ServeAsync(vendor));
        using var answer = response;
        using var reader = events;

        var stopping = server.Server.StopAsync();
        await call.SendAsync(Wire.Delta("after") + Wire.Finish() + Wire.UsageChunk(10, 2) + Wire.Done);
        await call.EndAsync();
        Assert.Contains("after", await events.NextAsync(), StringComparison.Ordinal);
        Assert.Equal("stop", (string?)JsonNode.Parse((await events.NextAsync())!)!["choices"]![0]!["finish_reason"]);
        Assert.Equal("[DONE]", await events.NextAsync());
        Assert.Null(await events.NextAsync());
        await stopping;
        await server.StopAsync();
        await server.StartAsync();

        var record = await subscriber.RecordAsync();
        Assert.Equal((UsageBasis.Vendor, CallEnding.Completed, Usage.Of(10, 2)), (record.Basis, record.Ending, record.Usage));
    }

    [Theory]
    [InlineData(false, false)] // no byte of it came yet
    [InlineData(false, true)] // its head came
    [InlineData(true, false)]
    public async Task A_call_that_outlasts_the_drain_with_nothing_delivered_is_sent_away_and_free(bool stream, bool begun)
    {
        await using var vendor = new ScriptedVendor();
        await using var server = new HastyServer();
        await server.StartAsync();
        var subscriber = await server.SubscriberAsync();
        var asking = subscriber.AskAsync(Wire.Ask(model: await server.ServeAsync(vendor), stream: stream));
        var call = await vendor.NextAsync();
        if (begun)
            await call.BeginAsync();

        await server.Server.StopAsync();
        var answer = await asking;
        await call.WhenGoneAsync();

        Assert.Equal((503, "overloaded", "1"), (answer.Status, answer.Code, answer.Header("Retry-After")));
        await server.StopAsync();
        await server.StartAsync();
        Assert.Empty(await subscriber.RecordsAsync());
        Assert.Equal(RunningServer.RichTokens * QuotaUnit.Micro, await subscriber.BalanceAsync());
        var released = Assert.Single(server.Journal(subscriber.Customer.Account).OfType<Released>());
        Assert.Equal("abandoned: the server ended", Assert.Single(released.Attempts!).Outcome);
    }

    [Fact]
    public async Task A_stream_that_outlasts_the_drain_pays_for_what_was_delivered()
    {
        await using var vendor = new ScriptedVendor();
        await using var server = new HastyServer();
        await server.StartAsync();
        var subscriber = await server.SubscriberAsync();
        var (_, response, events) = await StreamAsync(vendor, subscriber, await server.ServeAsync(vendor));
        using var answer = response;
        using var reader = events;

        await server.Server.StopAsync();
        await Assert.ThrowsAnyAsync<Exception>(events.NextAsync); // cut, not ended
        await server.StopAsync();
        await server.StartAsync();

        var record = await subscriber.RecordAsync();
        Assert.Equal((CallEnding.ServerEnded, UsageBasis.Estimated), (record.Ending, record.Basis));
        Assert.InRange(record.Usage[Meter.Output], 1, 3);
    }

    [Fact]
    public async Task Calls_that_run_when_the_server_is_torn_down_are_ended_once_by_the_rule()
    {
        await using var vendor = new ScriptedVendor();
        await using var server = new RunningServer();
        await server.StartAsync();
        var model = await server.ServeAsync(vendor);
        var (streamed, plain) = (await server.SubscriberAsync(), await server.SubscriberAsync());
        var (_, response, events) = await StreamAsync(vendor, streamed, model);
        using var answer = response;
        using var reader = events;
        var waiting = plain.AskAsync(Wire.Ask(model: model));
        await vendor.NextAsync();

        await server.StopAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => waiting);
        await Assert.ThrowsAnyAsync<Exception>(events.NextAsync); // cut, not ended
        await server.StartAsync();

        // Within its drain the old run may still have settled the stream itself; otherwise the recovery rule has.
        var record = await streamed.RecordAsync();
        Assert.True(
            (record.Ending, record.Basis) is (CallEnding.Recovered, UsageBasis.Recovered) or (CallEnding.ClientGone, UsageBasis.Estimated),
            $"{record.Ending}, {record.Basis}"
        );
        Assert.True(record.Payments.Sum(payment => payment.Amount) > 0);
        // The plain call had delivered nothing.
        Assert.InRange((await plain.RecordsAsync()).Count, 0, 1);
        foreach (var subscriber in (Subscriber[])[streamed, plain])
        {
            var spent = (await subscriber.RecordsAsync()).Sum(one => one.Payments.Sum(payment => payment.Amount));
            Assert.Equal((RunningServer.RichTokens * QuotaUnit.Micro) - spent, await subscriber.BalanceAsync());
            Assert.Equal(200, (await AskSimulatedAsync(subscriber)).Status);
        }
    }

    /// <summary>A stream whose first words have reached the client.</summary>
    private static async Task<(VendorCall Call, HttpResponseMessage Response, EventReader Events)> StreamAsync(
        ScriptedVendor vendor,
        Subscriber subscriber,
        string model
    )
    {
        var asking = subscriber.PostAsync(Wire.Ask(model: model, stream: true));
        var call = await vendor.NextAsync();
        await call.BeginAsync();
        await call.SendAsync(Wire.Delta("delivered"));
        var response = await asking;
        var events = await EventReader.OfAsync(response);
        Assert.Contains("delivered", await events.NextAsync(), StringComparison.Ordinal);
        return (call, response, events);
    }

    private sealed class HastyServer : RunningServer
    {
        private protected override GatewayOptions Options => new() { DrainSeconds = 0 };
    }

    [Fact]
    public async Task A_folder_that_a_server_uses_is_refused_to_another()
    {
        await using var server = new RunningServer();
        await server.StartAsync();

        var refused = await Assert.ThrowsAsync<SettingException>(server.StartAsync);

        Assert.Contains("Another Tokenline", refused.Message, StringComparison.Ordinal);
    }

    private static Task<Answer> AskSimulatedAsync(Subscriber subscriber) => subscriber.AskAsync(Wire.Ask());

    private static string Text(UsageRecord record) => System.Text.Json.JsonSerializer.Serialize(record);
}
