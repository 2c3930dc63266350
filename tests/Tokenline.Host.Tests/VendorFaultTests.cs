using System.Net;
using System.Net.Sockets;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Simulators.Vendors;

namespace Tokenline.Host.Tests;

/// <summary>A vendor that fails: the customer gets our error, pays for what was delivered and nothing else, and learns nothing of the operator's key.</summary>
public class VendorFaultTests(SharedServer server)
{
    [Theory]
    [Trait("WhatOthersGotWrong", "17")]
    [InlineData("fault=status:401", 502, "upstream_error")]
    [InlineData("fault=status:402", 502, "upstream_error")]
    [InlineData("fault=status:403", 502, "upstream_error")]
    [InlineData("fault=status:404", 502, "upstream_error")]
    [InlineData("fault=status:429", 503, "upstream_unavailable")]
    [InlineData("fault=status:500", 502, "upstream_error")]
    [InlineData("fault=status:503", 503, "upstream_unavailable")]
    [InlineData("fault=status:504", 504, "upstream_timeout")]
    [InlineData("fault=status:529", 503, "upstream_unavailable")]
    [InlineData("fault=refuse", 503, "upstream_unavailable")]
    [InlineData("fault=html", 502, "upstream_error")]
    [InlineData("fault=error-body", 502, "upstream_error")]
    public async Task A_vendor_that_fails_before_its_first_byte_costs_the_customer_nothing(string directive, int status, string code)
    {
        foreach (var stream in (bool[])[false, true])
            await AssertNothingChargedAsync(Wire.Simulated(directive, stream), status, code);
    }

    [Theory]
    [Trait("WhatOthersGotWrong", "28")]
    [InlineData("fault=garbage")]
    [InlineData("fault=cut-after:3")]
    [InlineData("fault=error-in-stream:3")]
    public async Task A_plain_answer_that_is_not_whole_costs_the_customer_nothing(string directive) =>
        await AssertNothingChargedAsync(Wire.Simulated(directive), 502, "upstream_error");

    [Fact]
    public async Task A_stream_that_is_cut_before_its_first_event_costs_the_customer_nothing()
    {
        await using var vendor = new ScriptedVendor(async call =>
        {
            await call.BeginAsync();
            await call.SendAsync(": one moment\n\n");
            call.Cut();
        });

        await AssertNothingChargedAsync(Wire.Ask(model: await server.ServeAsync(vendor), stream: true), 502, "upstream_error");
    }

    [Fact]
    public async Task A_stream_that_ends_without_an_event_costs_the_customer_nothing()
    {
        await using var vendor = new ScriptedVendor(call => call.StreamAsync(": one moment\n\n"));

        await AssertNothingChargedAsync(Wire.Ask(model: await server.ServeAsync(vendor), stream: true), 502, "upstream_error");
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "11")]
    public async Task A_vendor_that_is_not_there_costs_the_customer_nothing()
    {
        var gone = new ScriptedVendor();
        var model = await server.ServeAsync(gone);
        await gone.DisposeAsync();

        await AssertNothingChargedAsync(Wire.Ask(model: model), 503, "upstream_unavailable");
        await AssertNothingChargedAsync(Wire.Ask(model: model, stream: true), 503, "upstream_unavailable");
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "11")]
    public async Task A_vendor_that_speaks_no_TLS_at_its_https_address_costs_the_customer_nothing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            for (var i = 0; i < 2; i++)
            {
                using var socket = await listener.AcceptSocketAsync(RunningServer.Cancel);
                await socket.SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), SocketFlags.None);
            }
        });
        var name = $"no-tls-{Guid.NewGuid():n}"[..16];
        await server.PutVendorAsync(name, new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1"));
        var model = await server.ModelAsync(name, (name, null));

        await AssertNothingChargedAsync(Wire.Ask(model: model), 503, "upstream_unavailable");
        await AssertNothingChargedAsync(Wire.Ask(model: model, stream: true), 503, "upstream_unavailable");

        await answering;
    }

    [Theory]
    [InlineData("fault=status:429")]
    [InlineData("fault=status:503")]
    public async Task A_vendor_that_says_when_to_come_back_is_passed_on(string directive)
    {
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Simulated(directive));

        Assert.Equal("1", answer.Header("Retry-After"));
    }

    [Fact]
    public async Task A_deployment_that_is_at_its_limit_is_passed_over_and_when_all_are_the_client_is_told_to_come_back()
    {
        await using var first = new ScriptedVendor();
        await using var second = new ScriptedVendor(call => call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 2))));
        var model = await server.ServeAsync(first);
        var vendor = (await server.Get<ICatalogStore>().LoadAsync(RunningServer.Cancel)).Mappings.Single(m => m.Model == model).Vendor;
        await server.PutVendorAsync($"{vendor}-too", second.BaseUrl);
        async Task MapAsync(string to, int priority, DeploymentRates rates) =>
            (await server.Editing.MapAsync(model, to, null, priority, RunningServer.Cancel, rates)).Required();
        await MapAsync(vendor, 0, new(ConcurrentCalls: 1));
        await MapAsync($"{vendor}-too", 1, new(RequestsPerMinute: 1));
        var subscriber = await server.SubscriberAsync();

        var running = subscriber.AskAsync(Wire.Ask(model: model));
        var call = await first.NextAsync();
        var moved = await subscriber.AskAsync(Wire.Ask(model: model));
        var full = await subscriber.AskAsync(Wire.Ask(model: model));

        Assert.Equal(200, moved.Status);
        Assert.Equal($"{vendor}-too", (await subscriber.RecordAsync()).Vendor);
        Assert.Equal((503, "upstream_unavailable", "1"), (full.Status, full.Code, full.Header("Retry-After")));
        await call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 2)));
        Assert.Equal(200, (await running).Status);
        var again = subscriber.AskAsync(Wire.Ask(model: model)); // there is room at the first again
        await (await first.NextAsync()).AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 2)));
        Assert.Equal(200, (await again).Status);
        Assert.Equal((2, 1), (first.Received, second.Received));
        Assert.Empty(server.Journal(subscriber.Customer.Account).OfType<Released>()); // it was told before anything was held
    }

    [Fact]
    public async Task A_request_that_the_vendor_finds_at_fault_gets_the_vendors_own_words()
    {
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Simulated("fault=status:422"));

        Assert.Equal(400, answer.Status);
        Assert.Equal("The simulator was told to answer 422.", (string?)answer.Error["message"]);
        await AssertUntouchedAsync(subscriber);
    }

    [Fact]
    public async Task A_stream_that_is_cut_looks_cut_and_what_was_delivered_is_charged()
    {
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Simulated("fault=cut-after:6; tokens=40", stream: true));

        Assert.True(answer.IsBroken);
        Assert.False(answer.IsDone);
        Assert.Null(answer.FinishReason);
        var record = await subscriber.RecordAsync();
        Assert.Equal((UsageBasis.Estimated, CallEnding.VendorCut), (record.Basis, record.Ending));
        Assert.InRange(record.Usage[Meter.Output], 6, 10);
        Assert.Equal(
            server.Cost(RunningServer.Model, record.Usage),
            (RunningServer.RichTokens * QuotaUnit.Micro) - await subscriber.BalanceAsync()
        );
    }

    [Fact]
    public async Task A_stream_that_turns_into_garbage_looks_cut_and_no_output_is_charged()
    {
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Simulated("fault=garbage", stream: true));

        Assert.True(answer.IsBroken);
        Assert.False(answer.IsDone);
        Assert.Equal(0, (await subscriber.RecordAsync()).Usage[Meter.Output]);
    }

    [Fact]
    public async Task What_is_charged_of_a_broken_stream_reaches_a_client_that_reads_late()
    {
        await using var vendor = new ScriptedVendor(ScriptedVendor.CutAfterMuchAsync);
        var model = await server.ServeAsync(vendor);
        var subscriber = await server.SubscriberAsync();

        using var response = await subscriber.PostAsync(Wire.Ask(model: model, stream: true));
        await AssertAllArrivesAsync(response);
        Assert.Equal(CallEnding.VendorCut, (await subscriber.RecordAsync()).Ending);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_error_of_a_vendor_that_is_too_long_or_broken_off_is_told_in_our_words(bool isBrokenOff)
    {
        var words = $$$"""{"error":{"message":"Invalid value: '{{{new string('x', 40_000)}}}'"}}""";
        await using var vendor = new ScriptedVendor(async call =>
        {
            if (!isBrokenOff)
                await call.AnswerAsync(words, "422 Unprocessable Content");
            else
                await call.RawAsync(
                    "HTTP/1.1 422 Unprocessable Content\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"error\":{\"message\":\"Inv"
                );
            call.Dispose();
        });
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Ask(model: await server.ServeAsync(vendor)));

        Assert.Equal(400, answer.Status);
        Assert.Contains("Inv", (string?)answer.Error["message"], StringComparison.Ordinal);
        await AssertUntouchedAsync(subscriber);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("error")]
    [InlineData("end")]
    public async Task What_is_charged_of_a_broken_stream_has_reached_the_client(string how)
    {
        await using var vendor = new ScriptedVendor(async call =>
        {
            await call.BeginAsync();
            await call.SendAsync(Wire.Delta("one") + Wire.Delta(" two") + Wire.Delta(" three"));
            if (how == "error")
                await call.SendAsync("""data: {"error":{"message":"broke"}}""" + "\n\n");
            if (how == "cut")
                await call.RawAsync("5\r\nda"); // the end of the connection in the middle of a chunk, in order behind what came before
            else
                await call.RawAsync("0\r\n\r\n");
            call.Dispose();
        });
        var model = await server.ServeAsync(vendor);
        var subscriber = await server.SubscriberAsync();
        const int rounds = 20;

        for (var round = 0; round < rounds; round++)
        {
            var answer = await subscriber.AskAsync(Wire.Ask(model: model, stream: true));

            Assert.True(answer.IsBroken);
            Assert.Equal("one two three", answer.Content);
            Assert.Equal("upstream_error", (string?)answer.Chunks[^1]["error"]?["code"]);
        }

        Assert.All(await subscriber.RecordsAsync(), record => Assert.Equal(3, record.Usage[Meter.Output]));
    }

    [Theory]
    [InlineData("400 Bad Request", false)]
    [InlineData("401 Unauthorized", false)]
    [InlineData("500 Internal Server Error", false)]
    [InlineData("503 Service Unavailable", true)]
    [InlineData("200 OK", false)]
    public async Task A_vendor_that_quotes_the_operators_key_does_not_give_it_away(string status, bool stream)
    {
        const string key = "sk-live-do-not-tell-4711-abcdefgh";
        var words =
            $$$"""{"error":{"message":"Incorrect API key provided: {{{key}}} (…{{{key[^8..]}}})","type":"invalid_request_error","code":"invalid_api_key"}}""";
        await using var vendor = new ScriptedVendor(call => call.AnswerAsync(words, status));
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Ask(model: await server.ServeAsync(vendor, apiKey: key), stream: stream));

        Assert.NotEqual(401, answer.Status);
        Assert.True(answer.Status >= 400);
        var all = answer.Response + answer.Text;
        Assert.DoesNotContain(key[^8..], all, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-live", all, StringComparison.Ordinal);
        await AssertUntouchedAsync(subscriber);
    }

    [Theory]
    [Trait("WhatOthersGotWrong", "24")]
    [InlineData("fault=status:500")]
    [InlineData("fault=status:401")]
    [InlineData("fault=status:429")]
    [InlineData("fault=refuse")]
    [InlineData("fault=html")]
    [InlineData("fault=error-body")]
    public async Task When_the_first_deployment_fails_the_second_serves_and_there_is_one_charge(string directive)
    {
        foreach (var stream in (bool[])[false, true])
        {
            var (first, second, model) = await TwoVendorsAsync(directive);
            var subscriber = await server.SubscriberAsync();

            var answer = await subscriber.AskAsync(Wire.Ask($"failover {model}", model, stream));

            Assert.Equal(200, answer.Status);
            var record = await subscriber.RecordAsync();
            Assert.Equal((second, $"{model}@{second}", UsageBasis.Vendor), (record.Vendor, record.Deployment, record.Basis));
            var failed = Assert.Single(record.Attempts!);
            Assert.Equal((first, $"{model}@{first}"), (failed.Vendor, failed.Deployment));
            Assert.NotEmpty(failed.Outcome);
            Assert.Equal(server.Cost(model, record.Usage), (RunningServer.RichTokens * QuotaUnit.Micro) - await subscriber.BalanceAsync());
        }
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "22")]
    public async Task When_every_deployment_fails_the_attempts_are_kept_and_nothing_is_charged()
    {
        var (first, second, model) = await TwoVendorsAsync("fault=status:500");
        server.Vendors.Order(second, Behaviour.Parse("fault=status:503"));
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Ask(model: model));

        Assert.Equal((503, "upstream_unavailable"), (answer.Status, answer.Code));
        await AssertUntouchedAsync(subscriber);
        var released = Assert.Single(server.Journal(subscriber.Account).OfType<Released>());
        Assert.Equal(
            [(first, "status 500"), (second, "status 503")],
            released.Attempts!.Select(attempt => (attempt.Vendor, attempt.Outcome))
        );
    }

    [Fact]
    public async Task A_stream_that_has_begun_is_not_taken_to_another_deployment()
    {
        var (_, second, model) = await TwoVendorsAsync("fault=cut-after:4");
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Ask(model: model, stream: true));

        Assert.True(answer.IsBroken);
        Assert.DoesNotContain(server.Vendors.LastRequests, request => request.Vendor == second);
        Assert.Equal(CallEnding.VendorCut, (await subscriber.RecordAsync()).Ending);
    }

    [Fact]
    public async Task A_request_at_fault_is_not_tried_elsewhere()
    {
        var (_, second, model) = await TwoVendorsAsync("fault=status:400");
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Ask(model: model));

        Assert.Equal(400, answer.Status);
        Assert.DoesNotContain(server.Vendors.LastRequests, request => request.Vendor == second);
    }

    private async Task<(string First, string Second, string Model)> TwoVendorsAsync(string firstBehaves)
    {
        var name = Guid.NewGuid().ToString("n")[..12];
        var (first, second) = ($"a-{name}", $"b-{name}");
        foreach (var vendor in (string[])[first, second])
            await server.PutVendorAsync(vendor, new Uri(server.Server.Simulator!.Address, $"/vendors/{vendor}/v1"));
        server.Vendors.Order(first, Behaviour.Parse(firstBehaves));
        return (first, second, await server.ModelAsync(first, (first, null), (second, null)));
    }

    /// <summary>Of <see cref="ScriptedVendor.CutAfterMuchAsync"/>, though nothing was read until all that can wait on the way waited.</summary>
    internal static async Task AssertAllArrivesAsync(HttpResponseMessage response)
    {
        await Task.Delay(300, RunningServer.Cancel);
        var answer = await Answer.ReadAsync(response);
        Assert.True(answer.IsBroken);
        Assert.Equal("one two", answer.Content);
        Assert.Equal("upstream_error", (string?)answer.Chunks[^1]["error"]?["code"]);
    }

    private async Task AssertNothingChargedAsync(string body, int status, string code)
    {
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(body);

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.False(answer.IsBroken);
        await AssertUntouchedAsync(subscriber);
    }

    private static async Task AssertUntouchedAsync(Subscriber subscriber)
    {
        var view = await subscriber.ViewAsync();
        Assert.Empty(view.Open);
        var bucket = Assert.Single(view.Buckets);
        Assert.Equal((bucket.Grant.Amount, 0L, 0L), (bucket.Remaining, bucket.Reserved, bucket.Consumed));
        Assert.Empty(await subscriber.RecordsAsync());
    }
}
