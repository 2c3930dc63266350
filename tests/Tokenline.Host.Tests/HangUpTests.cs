using System.Net;
using System.Net.Sockets;
using System.Text;
using Tokenline.Charging.Records;

namespace Tokenline.Host.Tests;

/// <summary>A client that leaves is charged once: by the vendor's usage if it comes in time, else by what was counted.</summary>
public class HangUpTests(SharedServer server)
{
    [Fact]
    [Trait("WhatOthersGotWrong", "15")]
    public async Task Usage_that_comes_after_the_client_left_mid_stream_is_charged()
    {
        await using var vendor = new ScriptedVendor();
        var subscriber = await server.SubscriberAsync();
        var call = await LeaveMidStreamAsync(vendor, await server.ServeAsync(vendor), subscriber, "left-with-usage");

        await call.SendAsync(Wire.Delta(" three") + Wire.Finish() + Wire.UsageChunk(50, 7) + Wire.Done);
        await call.EndAsync();

        var record = await subscriber.RecordInTimeAsync();
        Assert.Equal((UsageBasis.Vendor, CallEnding.ClientGone, Usage.Of(50, 7)), (record.Basis, record.Ending, record.Usage));
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "16")]
    public async Task A_vendor_that_breaks_off_after_the_client_left_leaves_the_charge_counted()
    {
        await using var vendor = new ScriptedVendor();
        var subscriber = await server.SubscriberAsync();
        var call = await LeaveMidStreamAsync(vendor, await server.ServeAsync(vendor), subscriber, "left-and-cut");

        await call.SendAsync(Wire.Delta(" these words were never delivered to anyone"));
        call.Cut();

        AssertTwoWords(await subscriber.RecordInTimeAsync());
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "15")]
    public async Task Without_drain_the_vendor_is_let_go_of_at_once_and_the_charge_is_counted()
    {
        await using var vendor = new ScriptedVendor();
        var subscriber = await server.SubscriberAsync();
        var call = await LeaveMidStreamAsync(vendor, await server.ServeAsync(vendor, drainSeconds: 0), subscriber, "left-no-drain");

        await call.WhenGoneAsync();

        AssertTwoWords(await subscriber.RecordInTimeAsync());
    }

    [Fact]
    public async Task When_the_drain_is_over_the_vendor_is_let_go_of_and_the_charge_is_counted()
    {
        await using var vendor = new ScriptedVendor();
        var subscriber = await server.SubscriberAsync();
        var call = await LeaveMidStreamAsync(vendor, await server.ServeAsync(vendor, drainSeconds: 1), subscriber, "left-drain-over");

        await call.WhenGoneAsync();

        AssertTwoWords(await subscriber.RecordInTimeAsync());
    }

    [Theory]
    [Trait("WhatOthersGotWrong", "17")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_leaves_before_the_first_byte_pays_its_counted_input_and_no_output(bool stream)
    {
        await using var vendor = new ScriptedVendor();
        var subscriber = await server.SubscriberAsync();
        var call = await LeaveEarlyAsync(
            vendor,
            await server.ServeAsync(vendor, drainSeconds: 0),
            subscriber,
            stream,
            $"left-early-{stream}"
        );

        await call.WhenGoneAsync();

        var record = await subscriber.RecordInTimeAsync();
        Assert.Equal((UsageBasis.Estimated, CallEnding.ClientGone, 0L), (record.Basis, record.Ending, record.Usage[Meter.Output]));
        Assert.InRange(record.Usage[Meter.Input], 1, 40);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_comes_after_the_client_left_is_charged_by_its_usage(bool stream)
    {
        await using var vendor = new ScriptedVendor();
        var subscriber = await server.SubscriberAsync();
        var call = await LeaveEarlyAsync(vendor, await server.ServeAsync(vendor), subscriber, stream, $"answered-late-{stream}");

        if (stream)
            await call.StreamAsync(Wire.Delta("late"), Wire.Finish(), Wire.UsageChunk(20, 3), Wire.Done);
        else
            await call.AnswerAsync(Wire.Completion("late", Wire.Usage(20, 3)));

        var record = await subscriber.RecordInTimeAsync();
        Assert.Equal((UsageBasis.Vendor, Usage.Of(20, 3)), (record.Basis, record.Usage));
        Assert.Equal(CallEnding.ClientGone, record.Ending);
    }

    [Theory]
    [Trait("WhatOthersGotWrong", "17")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_vendor_that_fails_after_the_client_left_costs_the_client_nothing(bool stream)
    {
        await using var vendor = new ScriptedVendor();
        var subscriber = await server.SubscriberAsync();
        var call = await LeaveEarlyAsync(vendor, await server.ServeAsync(vendor), subscriber, stream, $"failed-late-{stream}");

        await call.AnswerAsync("""{"error":{"message":"no"}}""", "500 Internal Server Error");

        await Eventually.WhenAsync(subscriber.ViewAsync, view => view.Open.Count == 0);
        Assert.Empty(await subscriber.RecordsAsync());
        Assert.Equal(RunningServer.RichTokens * QuotaUnit.Micro, await subscriber.BalanceAsync());
        Assert.Equal(1, vendor.Received);
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "12")]
    public async Task A_hundred_clients_that_leave_at_any_moment_leave_nothing_reserved_and_one_charge_each_at_most()
    {
        var subscriber = await server.SubscriberAsync();
        var random = new Random(20261124);
        var cuts = Enumerable.Range(0, 100).Select(_ => random.Next(0, 40)).ToList();

        await Parallel.ForEachAsync(
            cuts,
            new ParallelOptions { MaxDegreeOfParallelism = 10, CancellationToken = RunningServer.Cancel },
            async (cut, _) =>
            {
                using var response = await subscriber.PostAsync(Wire.Simulated("tokens=40", stream: true));
                using var events = await EventReader.OfAsync(response);
                for (var i = 0; i < cut; i++)
                    await events.NextAsync();
            }
        );

        var records = await Eventually.WhenAsync(subscriber.RecordsAsync, seen => seen.Count == cuts.Count);
        Assert.Equal(cuts.Count, records.Count);
        Assert.Equal(cuts.Count, records.Select(record => record.Charge).Distinct().Count());
        Assert.All(records, record => Assert.True(record.Usage[Meter.Output] <= 40));
        Assert.Equal(
            records.Sum(record => record.Payments.Sum(payment => payment.Amount)),
            (RunningServer.RichTokens * QuotaUnit.Micro) - await subscriber.BalanceAsync()
        );
    }

    /// <summary>The answer is larger than what the sockets between take, so the client leaves in the midst of it.</summary>
    [Fact]
    public async Task A_client_that_leaves_while_its_settled_answer_is_sent_has_paid_for_it_once()
    {
        await using var vendor = new ScriptedVendor(call =>
            call.AnswerAsync(Wire.Completion(new string('x', 20_000_000), Wire.Usage(30, 9)))
        );
        var subscriber = await server.SubscriberAsync();
        var model = await server.ServeAsync(vendor);

        var body = Wire.Ask(model: model);
        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 8192 })
        {
            await socket.ConnectAsync(IPAddress.Loopback, new Uri(server.Url).Port, RunningServer.Cancel);
            var request =
                $"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {subscriber.Key}\r\n"
                + $"Content-Length: {body.Length}\r\n\r\n{body}";
            await socket.SendAsync(Encoding.ASCII.GetBytes(request), RunningServer.Cancel);
            await socket.ReceiveAsync(new byte[512], RunningServer.Cancel); // the head is here, so it is settled
            Assert.Equal(Usage.Of(30, 9), (await subscriber.RecordAsync()).Usage);
            socket.Close(timeout: 0);
        }
        var next = await subscriber.AskAsync(Wire.Ask());

        Assert.Equal(200, next.Status);
        var record = (await subscriber.RecordsAsync())[1];
        Assert.Equal((UsageBasis.Vendor, CallEnding.Completed, Usage.Of(30, 9)), (record.Basis, record.Ending, record.Usage));
        Assert.Equal(2, (await subscriber.RecordsAsync()).Count);
        Assert.Empty((await subscriber.ViewAsync()).Open);
        Assert.Empty(server.Journal(subscriber.Account).OfType<Charging.Journal.Released>());
    }

    [Fact]
    public async Task A_client_that_leaves_while_it_still_sends_its_request_holds_and_costs_nothing()
    {
        var subscriber = await server.SubscriberAsync();
        using var hangUp = new CancellationTokenSource();
        var content = new HalfSentContent(Wire.Ask());

        var asking = subscriber.PostAsync(content, hangUp.Token, (HangUps.Header, "left-sending"));
        await content.WhenHalfSentAsync();
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);

        await server.HangUps.WhenNoticedAsync("left-sending");
        Assert.Empty(server.Journal(subscriber.Account).OfType<Charging.Journal.Dispatched>());
    }

    /// <summary>Two words of a stream reach the client; then it hangs up, and the gateway has noticed.</summary>
    private async Task<VendorCall> LeaveMidStreamAsync(ScriptedVendor vendor, string model, Subscriber subscriber, string name)
    {
        var asking = subscriber.PostAsync(Wire.Ask(model: model, stream: true), (HangUps.Header, name));
        var call = await vendor.NextAsync();
        await call.BeginAsync();
        await call.SendAsync(Wire.Delta("one two"));
        using (var response = await asking)
        {
            using var events = await EventReader.OfAsync(response);
            await events.NextAsync();
        }
        await server.HangUps.WhenNoticedAsync(name);
        return call;
    }

    /// <summary>The vendor has the request and has sent nothing; the client hangs up, and the gateway has noticed.</summary>
    private async Task<VendorCall> LeaveEarlyAsync(ScriptedVendor vendor, string model, Subscriber subscriber, bool stream, string name)
    {
        using var hangUp = new CancellationTokenSource();
        var asking = subscriber.PostAsync(new StringContent(Wire.Ask(model: model, stream: stream)), hangUp.Token, (HangUps.Header, name));
        var call = await vendor.NextAsync();
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await server.HangUps.WhenNoticedAsync(name);
        return call;
    }

    private static void AssertTwoWords(UsageRecord record)
    {
        Assert.Equal((UsageBasis.Estimated, CallEnding.ClientGone, 2L), (record.Basis, record.Ending, record.Usage[Meter.Output]));
        Assert.InRange(record.Usage[Meter.Input], 1, 40);
    }

    /// <summary>A body that stops in its middle.</summary>
    private sealed class HalfSentContent : HttpContent
    {
        private readonly byte[] bytes;
        private readonly TaskCompletionSource half = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HalfSentContent(string body)
        {
            bytes = System.Text.Encoding.UTF8.GetBytes(body);
            Headers.ContentLength = bytes.Length;
        }

        public Task WhenHalfSentAsync() => half.Task.WaitAsync(TimeSpan.FromSeconds(20), RunningServer.Cancel);

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) =>
            throw new NotSupportedException();

        protected override async Task SerializeToStreamAsync(
            Stream stream,
            System.Net.TransportContext? context,
            CancellationToken cancellationToken
        )
        {
            await stream.WriteAsync(bytes.AsMemory(0, bytes.Length / 2), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            half.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return true;
        }
    }
}
