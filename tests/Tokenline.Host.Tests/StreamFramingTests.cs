using System.Text.Json;
using Tokenline.Charging.Records;
using Tokenline.Simulators.Vendors;

namespace Tokenline.Host.Tests;

/// <summary>However a vendor frames its stream and wherever it puts its usage, the client gets its bytes and the usage is charged once.</summary>
public class StreamFramingTests(SharedServer server)
{
    [Theory]
    [InlineData("fault=none")]
    [InlineData("fault=split:1")]
    [InlineData("fault=split:2")]
    [InlineData("fault=split:7")]
    [InlineData("fault=split:61")]
    [InlineData("fault=crlf")]
    [InlineData("fault=crlf; fault=split:1")]
    [InlineData("fault=comments")]
    [InlineData("fault=no-space")]
    [InlineData("fault=no-space; fault=crlf; fault=comments; fault=split:3")]
    [InlineData("fault=gzip")]
    [InlineData("fault=gzip; fault=split:5")]
    [InlineData("fault=duplicate-usage")]
    [InlineData("fault=usage-in-choices-chunk")]
    [InlineData("fault=usage-every-chunk")]
    [InlineData("fault=x-groq-usage")]
    [InlineData("fault=data-after-done")]
    [InlineData("fault=no-done")]
    [InlineData("fault=no-done; fault=usage-in-choices-chunk")]
    [InlineData("fault=cached-top-level; cached=7")]
    [InlineData("fault=cache-hit-tokens; cached=7")]
    [InlineData("fault=num-cached-tokens; cached=7")]
    [InlineData("fault=reasoning-outside; reasoning=9")]
    [InlineData("tokens-per-chunk=40")]
    public async Task However_a_stream_is_framed_its_text_arrives_and_its_usage_is_charged_once(string directive)
    {
        var body = Wire.Simulated(directive + "; tokens=40", stream: true);
        var usage = SimulatedUsage.For(System.Text.Encoding.UTF8.GetBytes(body));
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(body);

        Assert.Equal(200, answer.Status);
        Assert.False(answer.IsBroken);
        Assert.StartsWith("This is the Tokenline vendor simulator answering as", answer.Content + Reasoning(answer));
        Assert.Equal("stop", answer.FinishReason);
        Assert.Equal(!directive.Contains("no-done", StringComparison.Ordinal), answer.IsDone);
        Assert.DoesNotContain(answer.Chunks, chunk => chunk["choices"]!.AsArray().Count == 0); // the client did not ask for usage
        var record = await subscriber.RecordAsync();
        Assert.Equal((UsageBasis.Vendor, CallEnding.Completed, null), (record.Basis, record.Ending, record.Check));
        Assert.Equal(usage.CompletionTokens, record.Usage[Meter.Output]);
        Assert.Equal(usage.CachedTokens, record.Usage[Meter.CachedInput]);
        Assert.Equal(usage.PromptTokens, record.Usage.WholeInput);
        Assert.Equal(
            (RunningServer.RichTokens * QuotaUnit.Micro) - server.Cost(RunningServer.Model, record.Usage),
            await subscriber.BalanceAsync()
        );
    }

    [Theory]
    [InlineData("fault=duplicate-usage", 2)]
    [InlineData("fault=none", 1)]
    public async Task A_client_that_asked_for_usage_gets_what_the_vendor_sent(string directive, int chunks)
    {
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(
            Wire.Simulated(directive, stream: true, members: "\"stream_options\":{\"include_usage\":true}")
        );

        Assert.Equal(chunks, answer.Chunks.Count(chunk => chunk["choices"]!.AsArray().Count == 0 && chunk["usage"] is not null));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public async Task Wherever_the_vendors_bytes_are_split_the_client_gets_the_same_and_pays_the_same(string lineEnd)
    {
        var (before, usage, after) = (Wire.Delta("中\\n") + ": c\n\n" + Wire.Finish(), Wire.UsageChunk(4, 3), Wire.Done);
        (before, usage, after) = (Lines(before), Lines(usage), Lines(after));
        var bytes = before + usage + after;
        var split = 0;
        await using var vendor = new ScriptedVendor(call =>
        {
            var at = Interlocked.Increment(ref split);
            return call.StreamAsync(bytes[..at], bytes[at..]);
        });
        var model = await server.ServeAsync(vendor);
        var subscriber = await server.SubscriberAsync();

        for (var at = 1; at < bytes.Length; at++)
        {
            var answer = await subscriber.AskAsync(Wire.Ask(model: model, stream: true));
            Assert.True(answer.Text == before + after, $"split at {at}: {answer.Text}");
        }

        var records = await subscriber.RecordsAsync();
        Assert.Equal(bytes.Length - 1, records.Count);
        Assert.All(records, record => Assert.Equal((UsageBasis.Vendor, Usage.Of(4, 3)), (record.Basis, record.Usage)));

        string Lines(string text) => text.Replace("\n", lineEnd, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_in_a_stream_cuts_it_and_what_was_delivered_is_charged()
    {
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Simulated("fault=error-in-stream:6; tokens=40", stream: true));

        Assert.True(answer.IsBroken);
        Assert.False(answer.IsDone);
        Assert.Null(answer.FinishReason);
        var record = await subscriber.RecordAsync();
        Assert.Equal((UsageBasis.Estimated, CallEnding.VendorError), (record.Basis, record.Ending));
        Assert.InRange(record.Usage[Meter.Output], 5, 20); // "This is the Tokenline vendor simulator" and no more
        Assert.Equal(server.Cost(RunningServer.Model, record.Usage), record.Payments.Sum(payment => payment.Amount));
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "18")]
    public async Task An_error_that_carries_usage_is_charged_by_that_usage()
    {
        const string error =
            """data: {"error":{"code":502,"message":"upstream"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}],"usage":{"prompt_tokens":6,"completion_tokens":2,"total_tokens":8}}"""
            + "\n\n";
        await using var vendor = new ScriptedVendor(call => call.StreamAsync(Wire.Delta("a b"), error));
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Ask(model: await server.ServeAsync(vendor), stream: true));

        Assert.True(answer.IsBroken);
        var record = await subscriber.RecordAsync();
        Assert.Equal((UsageBasis.Vendor, CallEnding.VendorError, Usage.Of(6, 2)), (record.Basis, record.Ending, record.Usage));
    }

    [Fact]
    public async Task Usage_after_done_is_waited_for_and_charged()
    {
        await using var vendor = new ScriptedVendor(call =>
            call.StreamAsync(Wire.Delta("a"), Wire.Finish(), Wire.Done, Wire.UsageChunk(9, 1))
        );
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Ask(model: await server.ServeAsync(vendor), stream: true));

        Assert.True(answer.IsDone);
        Assert.Equal(Usage.Of(9, 1), (await subscriber.RecordAsync()).Usage);
    }

    [Fact]
    public async Task Each_event_is_relayed_without_waiting_for_the_next()
    {
        await using var vendor = new ScriptedVendor();
        var subscriber = await server.SubscriberAsync();
        var asking = subscriber.PostAsync(Wire.Ask(model: await server.ServeAsync(vendor), stream: true));
        var call = await vendor.NextAsync();
        await call.BeginAsync();

        await call.SendAsync(Wire.Delta("one"));
        using var response = await asking;
        using var events = await EventReader.OfAsync(response);
        Assert.Contains("one", await events.NextAsync(), StringComparison.Ordinal);
        // Only now, with the first event at the client, is there a second.
        await call.SendAsync(Wire.Delta("two"));
        Assert.Contains("two", await events.NextAsync(), StringComparison.Ordinal);
        await call.SendAsync(Wire.Finish() + Wire.UsageChunk(1, 1) + Wire.Done);
        await call.EndAsync();

        Assert.Contains("stop", await events.NextAsync(), StringComparison.Ordinal);
        Assert.Equal("[DONE]", await events.NextAsync());
        Assert.Null(await events.NextAsync());
    }

    [Fact]
    public async Task A_client_that_has_read_the_finish_finds_its_usage_record()
    {
        var subscriber = await server.SubscriberAsync();
        for (var round = 0; round < 20; round++)
        {
            using var response = await subscriber.PostAsync(Wire.Simulated("tokens=9", stream: true));
            var charge = ChargeId.Parse(response.Headers.GetValues("x-tokenline-charge-id").Single());
            using var events = await EventReader.OfAsync(response);
            string? next;
            do next = await events.NextAsync();
            while (
                next != "[DONE]"
                && (string?)
                    JsonSerializer.Deserialize<System.Text.Json.Nodes.JsonNode>(next!)!["choices"]!
                        .AsArray()
                        .FirstOrDefault()
                        ?["finish_reason"]
                    is null
            );

            Assert.NotNull(await server.History.FindRecordAsync(charge));
        }
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "21")]
    public async Task The_finish_stays_back_until_the_usage_is_settled()
    {
        await using var vendor = new ScriptedVendor();
        var subscriber = await server.SubscriberAsync();
        var asking = subscriber.PostAsync(Wire.Ask(model: await server.ServeAsync(vendor), stream: true));
        var call = await vendor.NextAsync();
        await call.BeginAsync();
        await call.SendAsync(Wire.Delta("one"));
        using var response = await asking;
        using var events = await EventReader.OfAsync(response);
        await events.NextAsync();

        await call.SendAsync(Wire.Finish());
        var finish = events.NextAsync();
        // The vendor's connection is still open and its usage not sent: the finish must not have left. Another call through the same gateway, made and ended
        // meanwhile, gives it every opportunity to.
        await (await server.SubscriberAsync()).AskAsync(Wire.Simulated("tokens=30", stream: true));
        Assert.False(finish.IsCompleted);
        Assert.Empty(await subscriber.RecordsAsync());

        await call.SendAsync(Wire.UsageChunk(3, 2) + Wire.Done);
        await call.EndAsync();
        Assert.Contains("stop", await finish, StringComparison.Ordinal);
        Assert.Equal(Usage.Of(3, 2), (await subscriber.RecordAsync()).Usage);
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "23")]
    public async Task A_plain_answer_that_has_arrived_is_in_the_records()
    {
        var subscriber = await server.SubscriberAsync();
        for (var round = 0; round < 20; round++)
        {
            var answer = await subscriber.AskAsync(Wire.Ask());
            Assert.NotNull(await server.History.FindRecordAsync(answer.Charge));
        }
    }

    private static string Reasoning(Answer answer) =>
        string.Concat(answer.Chunks.Select(chunk => (string?)chunk["choices"]?.AsArray().FirstOrDefault()?["delta"]?["reasoning_content"]));
}
