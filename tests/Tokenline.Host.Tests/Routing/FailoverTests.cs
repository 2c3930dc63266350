using System.Diagnostics;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Routing;

namespace Tokenline.Host.Tests.Routing;

/// <summary>A vendor that fails in any way before it has delivered anything: the next one serves, the customer is charged once, and both vendors have a line.</summary>
public sealed class FailoverTests(RoutingServer server) : IClassFixture<RoutingServer>
{
    /// <summary>Five times what a vendor of these tests is given up after where another could serve. Only time itself can show that it is not.</summary>
    private static readonly TimeSpan tooLong = TimeSpan.FromMilliseconds(1500);

    public static TheoryData<string, bool> Faults()
    {
        var data = new TheoryData<string, bool>();
        foreach (
            var fault in (string[])
                [
                    "gone",
                    "reset",
                    "status 500",
                    "status 503",
                    "status 429",
                    "status 401",
                    "garbage",
                    "error in a 200",
                    "cut before its first event",
                    "empty",
                ]
        )
        {
            data.Add(fault, false);
            data.Add(fault, true);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task The_next_vendor_serves_and_the_customer_is_charged_once(string fault, bool stream)
    {
        await using var bad = new ScriptedVendor(call => PlayAsync(call, fault));
        await using var good = RoutingServer.Well();
        var model = await server.ServedByAsync(bad, good);
        if (fault == "gone")
            await bad.DisposeAsync();
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Ask(model: model, stream: stream));

        Assert.Equal(200, answer.Status);
        Assert.Equal(model, answer.Header("x-tokenline-model"));
        var record = await subscriber.RecordAsync();
        var vendors = await server.VendorsOfAsync(model);
        Assert.Equal(vendors[1], record.Vendor);
        Assert.Equal((UsageBasis.Vendor, CallEnding.Completed), (record.Basis, record.Ending));
        var attempt = Assert.Single(record.Attempts!);
        Assert.Equal(vendors[0], attempt.Vendor);
        Assert.Equal(answer.Charge, record.Charge);
        Assert.Equal(server.Cost(model, 10, 2), (RunningServer.RichTokens * QuotaUnit.Micro) - await subscriber.BalanceAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_vendor_that_hangs_or_has_become_slow_is_given_up_after_its_usual_time_and_some(bool stream)
    {
        var hangs = false;
        var release = new TaskCompletionSource();
        await using var first = new ScriptedVendor(async call =>
        {
            if (Volatile.Read(ref hangs))
                await release.Task; // and then it answers, too late
            await (
                stream
                    ? call.StreamAsync(Wire.Delta("Hi"), Wire.Finish(), Wire.UsageChunk(10, 2), "data: [DONE]\n\n")
                    : call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 2)))
            );
        });
        await using var second = RoutingServer.Well();
        var model = await server.ServedByAsync(first, second);
        var subscriber = await server.SubscriberAsync();
        for (var i = 0; i < 6; i++)
            Assert.Equal(200, (await subscriber.AskAsync(Wire.Ask(model: model, stream: stream, members: "\"max_tokens\":5"))).Status);
        Volatile.Write(ref hangs, true);

        var asked = Stopwatch.StartNew();
        var answer = await subscriber.AskAsync(Wire.Ask(model: model, stream: stream, members: "\"max_tokens\":5"));

        Assert.Equal(200, answer.Status);
        Assert.True(asked.Elapsed < TimeSpan.FromSeconds(60), "it waited for the whole first-byte timeout of 300 s");
        var record = (await subscriber.RecordsAsync()).Single(known => known.Charge == answer.Charge);
        Assert.Equal("timeout", Assert.Single(record.Attempts!).Outcome);
        release.SetResult();
    }

    [Fact]
    public async Task A_long_answer_that_comes_whole_is_not_taken_for_a_dead_vendor()
    {
        var isLong = false;
        await using var first = new ScriptedVendor(async call =>
        {
            if (Volatile.Read(ref isLong))
                await Task.Delay(tooLong, RunningServer.Cancel);
            await call.AnswerAsync(Wire.Completion("First", Wire.Usage(10, 2)));
        });
        await using var second = RoutingServer.Well("Second");
        var model = await server.ServedByAsync(first, second);
        var subscriber = await server.SubscriberAsync();
        for (var i = 0; i < 6; i++)
            await subscriber.AskAsync(Wire.Ask(model: model, members: "\"max_tokens\":5"));
        Volatile.Write(ref isLong, true);

        var answer = await subscriber.AskAsync(Wire.Ask(model: model, members: "\"max_tokens\":500"));

        Assert.Equal("First", answer.Json["choices"]![0]!["message"]!["content"]!.GetValue<string>());
        Assert.Equal(0, second.Received);
    }

    [Fact]
    public async Task Headers_without_an_event_are_no_first_byte()
    {
        var hangs = false;
        var release = new TaskCompletionSource();
        await using var first = new ScriptedVendor(async call =>
        {
            await call.BeginAsync();
            if (Volatile.Read(ref hangs))
                await release.Task;
            await call.SendAsync(Wire.Delta("Hi") + Wire.Finish() + Wire.UsageChunk(10, 2) + "data: [DONE]\n\n");
            await call.EndAsync();
        });
        await using var second = RoutingServer.Well("Second");
        var model = await server.ServedByAsync(first, second);
        var subscriber = await server.SubscriberAsync();
        for (var i = 0; i < 6; i++)
            await subscriber.AskAsync(Wire.Ask(model: model, stream: true));
        Volatile.Write(ref hangs, true);

        var answer = await subscriber.AskAsync(Wire.Ask(model: model, stream: true));

        Assert.Equal("Second", answer.Content);
        release.SetResult();
    }

    [Fact]
    public async Task A_slow_thinker_that_is_alone_is_waited_for()
    {
        var slow = false;
        await using var vendor = new ScriptedVendor(async call =>
        {
            if (Volatile.Read(ref slow))
                await Task.Delay(tooLong, RunningServer.Cancel);
            await call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 2)));
        });
        var model = await server.ServedByAsync(vendor);
        var subscriber = await server.SubscriberAsync();
        for (var i = 0; i < 6; i++)
            await subscriber.AskAsync(Wire.Ask(model: model));
        Volatile.Write(ref slow, true);

        Assert.Equal(200, (await subscriber.AskAsync(Wire.Ask(model: model))).Status);
    }

    [Fact]
    public async Task A_stream_that_is_cut_after_its_first_event_does_not_fail_over()
    {
        var delivered = new TaskCompletionSource();
        await using var bad = new ScriptedVendor(async call =>
        {
            await call.BeginAsync();
            await call.SendAsync(Wire.Delta("Half of "));
            await delivered.Task;
            call.Cut();
        });
        await using var good = RoutingServer.Well();
        var model = await server.ServedByAsync(bad, good);
        var subscriber = await server.SubscriberAsync();

        using var response = await subscriber.PostAsync(Wire.Ask(model: model, stream: true));
        delivered.SetResult(); // its head comes with the first event
        var answer = await Answer.ReadAsync(response);

        Assert.Equal("Half of ", answer.Content);
        Assert.False(answer.IsDone);
        Assert.Equal(0, good.Received);
        Assert.Equal(CallEnding.VendorCut, (await subscriber.RecordAsync()).Ending);
    }

    [Fact]
    public async Task A_vendor_that_keeps_failing_is_left_alone_and_comes_back_by_a_trial()
    {
        var well = false;
        await using var bad = new ScriptedVendor(call =>
            Volatile.Read(ref well) ? call.AnswerAsync(Wire.Completion("First", Wire.Usage(10, 2))) : PlayAsync(call, "status 500")
        );
        await using var good = RoutingServer.Well();
        var model = await server.ServedByAsync(bad, good);
        var subscriber = await server.SubscriberAsync();
        for (var i = 0; i < 20; i++)
            Assert.Equal(200, (await subscriber.AskAsync(Wire.Ask(model: model))).Status);
        Assert.InRange(bad.Received, 5, 12); // five, and a few trials if the machine is slow

        Volatile.Write(ref well, true);
        await Eventually.WhenAsync(
            () => subscriber.AskAsync(Wire.Ask(model: model)),
            answer => answer.Json["choices"]![0]!["message"]!["content"]!.GetValue<string>() == "First"
        );
    }

    [Fact]
    public async Task When_nothing_can_serve_the_client_is_told_what_was_tried_and_when_to_come_back()
    {
        await using var first = new ScriptedVendor(call => PlayAsync(call, "status 500"));
        await using var second = new ScriptedVendor(call => PlayAsync(call, "status 503"));
        var model = await server.ServedByAsync(first, second);
        var vendors = await server.VendorsOfAsync(model);
        var subscriber = await server.SubscriberAsync();

        var tried = await subscriber.AskAsync(Wire.Ask(model: model));
        Assert.Equal(503, tried.Status);
        Assert.Contains(
            $"Tried: {vendors[0]} (status 500), {vendors[1]} (status 503)",
            (string?)tried.Error["message"],
            StringComparison.Ordinal
        );

        for (var i = 0; i < 6; i++)
            await subscriber.AskAsync(Wire.Ask(model: model));
        var calls = first.Received + second.Received;
        var open = await subscriber.AskAsync(Wire.Ask(model: model));

        Assert.Equal((503, "upstream_unavailable"), (open.Status, open.Code));
        Assert.Contains($"{vendors[0]} is out of service after 'status 500'", (string?)open.Error["message"], StringComparison.Ordinal);
        Assert.NotNull(open.Header("Retry-After"));
        Assert.InRange(first.Received + second.Received, calls, calls + 2); // no storm
        Assert.Empty(await subscriber.RecordsAsync());
        Assert.Equal(RunningServer.RichTokens * QuotaUnit.Micro, await subscriber.BalanceAsync());
    }

    [Fact]
    public async Task A_vendor_that_cannot_be_asked_hides_no_failure_of_one_that_was()
    {
        await using var bad = new ScriptedVendor(call => PlayAsync(call, "status 500"));
        await using var other = RoutingServer.Well();
        var model = await server.ServedByAsync(bad, other);
        server.Change(
            model,
            known =>
                known with
                {
                    Deployments = known.Deployments.SetItem(1, known.Deployments[1] with { Apis = [VendorApi.AnthropicMessages] }),
                }
        );
        var subscriber = await server.SubscriberAsync();

        // Two choices cannot be said in messages.
        var answer = await subscriber.AskAsync(Wire.Ask(model: model, members: "\"n\":2"));

        Assert.Equal((502, "upstream_error"), (answer.Status, answer.Code));
        Assert.Equal(0, other.Received);
        var released = Assert.Single(server.Journal(subscriber.Account).OfType<Released>());
        Assert.Equal("status 500", Assert.Single(released.Attempts!).Outcome); // who was not asked costs nothing
    }

    [Fact]
    public async Task A_vendor_that_says_when_to_come_back_is_left_alone_until_then()
    {
        await using var limited = new ScriptedVendor(call =>
            call.RawAsync("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        );
        await using var good = RoutingServer.Well();
        var model = await server.ServedByAsync(limited, good);
        var subscriber = await server.SubscriberAsync();

        for (var i = 0; i < 5; i++)
            Assert.Equal(200, (await subscriber.AskAsync(Wire.Ask(model: model))).Status);

        Assert.Equal(1, limited.Received);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hedge_asks_a_second_vendor_and_the_loser_is_a_line_of_vendor_side_cost(bool stream)
    {
        var release = new TaskCompletionSource();
        await using var slow = new ScriptedVendor(async call =>
        {
            await (stream ? call.BeginAsync() : Task.CompletedTask); // headers at once, as vendors do
            await release.Task;
        });
        await using var quick = RoutingServer.Well();
        var model = await server.ServedByAsync(slow, quick);
        server.Change(model, known => known with { Routing = known.Routing with { Hedge = new Hedge(100) } });
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Ask(model: model, stream: stream));

        Assert.Equal(200, answer.Status);
        var record = await subscriber.RecordAsync();
        var vendors = await server.VendorsOfAsync(model);
        Assert.Equal(vendors[1], record.Vendor);
        var loser = Assert.Single(record.Attempts!);
        Assert.Equal((vendors[0], "hedged: another began first"), (loser.Vendor, loser.Outcome));
        Assert.True(loser.Usage!.Value[Meter.Input] > 0);
        Assert.Equal(server.Cost(model, 10, 2), (RunningServer.RichTokens * QuotaUnit.Micro) - await subscriber.BalanceAsync());
        release.SetResult();
    }

    [Fact]
    public async Task A_hedge_whose_first_vendor_fails_is_served_by_the_second()
    {
        var hedged = new TaskCompletionSource();
        await using var bad = new ScriptedVendor(async call =>
        {
            await hedged.Task;
            call.Cut();
        });
        await using var good = new ScriptedVendor(async call =>
        {
            hedged.SetResult();
            await Task.Delay(500); // the gateway is to notice the other one's end first, and tells nobody that it has
            await call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 2)));
        });
        var model = await server.ServedByAsync(bad, good);
        server.Change(model, known => known with { Routing = known.Routing with { Hedge = new Hedge(50) } });
        var subscriber = await server.SubscriberAsync();

        Assert.Equal(200, (await subscriber.AskAsync(Wire.Ask(model: model))).Status);

        Assert.Equal("cut", Assert.Single((await subscriber.RecordAsync()).Attempts!).Outcome);
        Assert.Equal(1, good.Received);
    }

    private static Task PlayAsync(VendorCall call, string fault)
    {
        switch (fault)
        {
            case "reset":
                call.Cut();
                return Task.CompletedTask;
            case "garbage":
                return call.AnswerAsync("<html>", contentType: "text/html");
            case "error in a 200":
                return call.AnswerAsync("""{"error":{"message":"overloaded"}}""");
            case "cut before its first event":
                return CutAsync();
            case "empty":
                return call.StreamAsync();
            default:
                return call.AnswerAsync("{}", $"{fault[7..]} Status");
        }

        async Task CutAsync()
        {
            await call.BeginAsync();
            await call.SendAsync(": one moment\n\n");
            call.Cut();
        }
    }
}
