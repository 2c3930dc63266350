using Tokenline.Charging.Records;
using Tokenline.Gateway;

namespace Tokenline.Host.Tests;

/// <summary>A vendor that falls silent, on a server whose patience is a second.</summary>
public class SilentVendorTests(SilentVendorTests.ImpatientServer server) : IClassFixture<SilentVendorTests.ImpatientServer>
{
    [Theory]
    [InlineData("fault=hang", false)]
    [InlineData("fault=hang", true)]
    [InlineData("fault=hang-after:3", false)]
    [InlineData("fault=slow-first-byte:60000", true)]
    public async Task A_vendor_that_is_silent_before_its_first_byte_is_a_timeout_and_costs_nothing(string directive, bool stream)
    {
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Simulated(directive, stream));

        Assert.Equal((504, "upstream_timeout"), (answer.Status, answer.Code));
        Assert.Empty(await subscriber.RecordsAsync());
        var view = await subscriber.ViewAsync();
        Assert.Empty(view.Open);
        Assert.Equal(RunningServer.RichTokens * QuotaUnit.Micro, Assert.Single(view.Buckets).Remaining);
    }

    [Fact]
    public async Task A_stream_that_falls_silent_looks_cut_and_what_was_delivered_is_charged()
    {
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Simulated("fault=hang-after:6; tokens=40", stream: true));

        Assert.True(answer.IsBroken);
        Assert.False(answer.IsDone);
        Assert.Equal("This is the Tokenline vendor simulator", answer.Content);
        var record = await subscriber.RecordAsync();
        Assert.Equal((UsageBasis.Estimated, CallEnding.VendorCut), (record.Basis, record.Ending));
        Assert.InRange(record.Usage[Meter.Output], 6, 10);
    }

    [Fact]
    public async Task A_vendor_whose_connection_stays_open_after_done_does_not_hold_the_answer_up()
    {
        await using var vendor = new ScriptedVendor();
        var subscriber = await server.SubscriberAsync();
        var asking = subscriber.AskAsync(Wire.Ask(model: await server.ServeAsync(vendor), stream: true));
        var call = await vendor.NextAsync();
        await call.BeginAsync();

        await call.SendAsync(Wire.Delta("a") + Wire.Finish() + Wire.UsageChunk(1, 1) + Wire.Done);

        Assert.True((await asking).IsDone);
        await call.WhenGoneAsync();
    }

    public sealed class ImpatientServer : RunningServer
    {
        private protected override GatewayOptions Options =>
            new()
            {
                FirstByteTimeoutSeconds = 1,
                SilenceTimeoutSeconds = 1,
                Routing = NoHealth,
            };
    }
}
