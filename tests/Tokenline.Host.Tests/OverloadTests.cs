using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Tokenline.Gateway;
using Tokenline.Gateway.Overload;

namespace Tokenline.Host.Tests;

/// <summary>A server that may run four calls at once, and hold a megabyte of large bodies: what is too much is refused at the door, in the caller's protocol, and costs nothing.</summary>
public class OverloadTests(OverloadTests.SmallServer server) : IClassFixture<OverloadTests.SmallServer>
{
    private const int CallsMax = 4;
    private const int BodiesBytesMax = 1024 * 1024;

    [Theory]
    [InlineData("/v1/chat/completions", "error.code", "overloaded")]
    [InlineData("/v1/responses", "error.code", "overloaded")]
    [InlineData("/v1/messages", "error.type", "overloaded_error")]
    [InlineData("/v1beta/models/gemini:generateContent", "error.status", "UNAVAILABLE")]
    public async Task What_is_more_than_may_run_is_told_when_to_come_back_and_what_is_in_is_served(string path, string field, string said)
    {
        await using var vendor = new ScriptedVendor();
        var subscriber = await server.SubscriberAsync();
        var model = await server.ServeAsync(vendor);
        var running = Enumerable.Range(0, CallsMax).Select(_ => subscriber.AskAsync(Wire.Ask(model: model, stream: true))).ToList();
        var calls = new List<VendorCall>();
        while (calls.Count < CallsMax)
            calls.Add(await vendor.NextAsync());

        using var response = await server.Client.SendAsync(
            RunningServer.Request(server.Url + path, new StringContent(Wire.Ask(model: model)), subscriber.Key),
            RunningServer.Cancel
        );
        var refused = await Answer.ReadAsync(response);

        Assert.Equal(503, refused.Status);
        Assert.InRange(int.Parse(refused.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture), 1, 4);
        Assert.Equal(said, (string?)field.Split('.').Aggregate<string, JsonNode?>(refused.Json, (json, name) => json![name]));
        Assert.Equal(CallsMax, (await subscriber.ViewAsync()).Open.Count);
        foreach (var call in calls)
        {
            await call.BeginAsync();
            await call.SendAsync(Wire.Delta("a") + Wire.Finish() + Wire.UsageChunk(1, 1) + Wire.Done);
        }
        Assert.All(await Task.WhenAll(running), answer => Assert.True(answer.IsDone));
        Assert.Equal(CallsMax, (await subscriber.RecordsAsync()).Count);
        Assert.Equal(200, (await subscriber.AskAsync(Wire.Simulated("tokens=1", stream: false))).Status);
    }

    [Fact]
    public async Task Bodies_that_take_all_the_memory_there_is_for_them_keep_out_large_ones_and_nobody_else()
    {
        var subscriber = await server.SubscriberAsync();
        var memory = server.Get<BodyMemory>();
        using var slow = new TcpClient();
        await slow.ConnectAsync(new Uri(server.Url).Host, new Uri(server.Url).Port, RunningServer.Cancel);
        var stream = slow.GetStream();
        var head =
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {subscriber.Key}\r\nContent-Length: 5000000\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), RunningServer.Cancel);
        await stream.WriteAsync(new byte[BodiesBytesMax - (200 * 1024)], RunningServer.Cancel); // and no more for now
        await Eventually.WhenAsync(() => Task.FromResult(memory.Taken), taken => taken > BodiesBytesMax / 2);

        var large = await subscriber.AskAsync(Wire.Simulated(new string(' ', 600 * 1024) + "tokens=1", stream: false));
        var small = await subscriber.AskAsync(Wire.Simulated("tokens=1", stream: false));

        Assert.Equal((503, "overloaded", "2"), (large.Status, large.Code, large.Header("Retry-After")));
        Assert.Equal(200, small.Status);
        slow.Close();
        Assert.Equal(0, await Eventually.WhenAsync(() => Task.FromResult(memory.Taken), taken => taken == 0));
        Assert.Single(await subscriber.RecordsAsync());
    }

    public sealed class SmallServer : RunningServer
    {
        private protected override GatewayOptions Options =>
            new()
            {
                CallsMax = CallsMax,
                DeploymentCallsPercent = 100,
                BodiesBytesMax = BodiesBytesMax,
                Routing = NoHealth,
            };
    }
}
