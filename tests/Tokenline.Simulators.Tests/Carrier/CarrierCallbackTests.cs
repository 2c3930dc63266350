using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Simulators.Carrier;
using static Tokenline.Simulators.Tests.Carrier.CarrierDesk;

namespace Tokenline.Simulators.Tests.Carrier;

public sealed class CarrierCallbackTests : IAsyncLifetime
{
    private readonly Channel<(string Authorization, string ContentType, JsonNode Event)> told = Channel.CreateUnbounded<(
        string,
        string,
        JsonNode
    )>();
    private readonly Queue<int> answers = [];
    private WebApplication sink = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Sink => sink.Urls.First() + "/told";

    [Fact]
    public async Task What_is_being_decided_is_told_as_a_cloud_event_with_the_token_that_was_given()
    {
        await using var desk = await OpenAsync();
        var paid = await desk.MadeAsync(Payments, Asked(desk, "c1", "+8613800009903"));
        Assert.Equal("processing", paid["paymentStatus"]!.ToString());
        Assert.Equal(Sink, paid["sink"]!.ToString());
        desk.Time.Advance(TimeSpan.FromSeconds(2));

        var (authorization, contentType, said) = await ToldAsync();
        Assert.Equal("Bearer sink-token", authorization);
        Assert.StartsWith("application/cloudevents+json", contentType, StringComparison.Ordinal);
        Assert.Equal("1.0", said["specversion"]!.ToString());
        Assert.Equal("org.camaraproject.carrier-billing.v0.payment-completed", said["type"]!.ToString());
        Assert.Equal(
            (paid["paymentId"]!.ToString(), "succeeded"),
            (said["data"]!["paymentId"]!.ToString(), said["data"]!["status"]!.ToString())
        );
        Assert.Equal("succeeded", await desk.StatusOfAsync(paid["paymentId"]!.ToString()));
    }

    [Theory]
    [InlineData("+8613800009904", "payment-denied", "failed", "denied")]
    [InlineData("+8613800009907", "payment-completed", "succeeded", "denied")]
    public async Task A_denial_is_told_too_and_a_false_event_does_not_change_what_is_so(
        string number,
        string type,
        string status,
        string truth
    )
    {
        await using var desk = await OpenAsync();
        var paid = await desk.MadeAsync(Payments, Asked(desk, "c1", number));
        desk.Time.Advance(TimeSpan.FromSeconds(2));
        var (_, _, said) = await ToldAsync();
        Assert.EndsWith(type, said["type"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(status, said["data"]!["status"]!.ToString());
        Assert.Equal(truth, await desk.StatusOfAsync(paid["paymentId"]!.ToString()));
    }

    [Fact]
    public async Task An_event_may_come_twice_with_one_id()
    {
        await using var desk = await OpenAsync();
        await desk.MadeAsync(Payments, Asked(desk, "c1", "+8613800009905"));
        desk.Time.Advance(TimeSpan.FromSeconds(2));
        var (first, second) = (await ToldAsync(), await ToldAsync());
        Assert.Equal(first.Event["id"]!.ToString(), second.Event["id"]!.ToString());
    }

    [Fact]
    public async Task An_event_may_come_long_after_the_payment()
    {
        await using var desk = await OpenAsync();
        var paid = await desk.MadeAsync(Payments, Asked(desk, "c1", "+8613800009906"));
        desk.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("succeeded", await desk.StatusOfAsync(paid["paymentId"]!.ToString()));
        Assert.Empty(desk.Carrier.Callbacks.Sent);
        // The wait begins on a thread of its own: the clock goes on until it is over.
        var late = ToldAsync();
        while (!late.IsCompleted)
        {
            desk.Time.Advance(TimeSpan.FromMinutes(10));
            await Task.WhenAny(late, Task.Delay(10, Cancel));
        }
        Assert.Equal(paid["paymentId"]!.ToString(), (await late).Event["data"]!["paymentId"]!.ToString());
    }

    [Fact]
    public async Task A_wait_begins_when_it_is_asked_for_whatever_the_clock_does_next()
    {
        var time = new FakeTimeProvider();
        using var callbacks = new CarrierCallbacks(time);
        var wait = TimeSpan.FromMinutes(10);
        callbacks.Send(new CarrierSink(new Uri(Sink), null, null), new JsonObject { ["id"] = "late", ["type"] = "told" }, "payment", wait);
        time.Advance(wait);
        Assert.Equal("late", (await ToldAsync()).Event["id"]!.ToString());
    }

    [Fact]
    public async Task Each_state_of_a_payment_in_two_steps_is_told()
    {
        await using var desk = await OpenAsync();
        var prepared = await desk.MadeAsync(Payments + "/prepare", Asked(desk, "c1", Number));
        Assert.EndsWith("payment-reserved", await TypeAsync(), StringComparison.Ordinal);
        await desk.PostAsync($"{Payments}/{prepared["paymentId"]}/confirm", new { phoneNumber = Number });
        Assert.EndsWith("payment-completed", await TypeAsync(), StringComparison.Ordinal);

        await desk.MadeAsync(Payments + "/prepare", Asked(desk, "c2", Number));
        Assert.EndsWith("payment-reserved", await TypeAsync(), StringComparison.Ordinal);
        desk.Time.Advance(TimeSpan.FromMinutes(15));
        Assert.EndsWith("payment-cancelled", await TypeAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refund_is_told_by_its_own_events()
    {
        await using var desk = await OpenAsync();
        var paid = await desk.MadeAsync(Payments, Payment("c1"));
        var refund = await desk.MadeAsync(Refunds(paid), Refund("r1", null, sink: Sink));
        var (authorization, _, said) = await ToldAsync();
        Assert.Equal("", authorization);
        Assert.Equal("org.camaraproject.carrier-billing-refund.v0.refund-completed", said["type"]!.ToString());
        Assert.Equal(refund["refundId"]!.ToString(), said["data"]!["refundId"]!.ToString());
    }

    [Fact]
    public async Task An_event_that_is_not_taken_is_sent_again_and_one_whose_sink_is_gone_is_not()
    {
        await using var desk = await OpenAsync();
        answers.Enqueue(500);
        answers.Enqueue(410);
        await desk.MadeAsync(Payments, Asked(desk, "c1", Number));
        var first = await ToldAsync();
        var second = ToldAsync();
        while (!second.IsCompleted)
        {
            desk.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(second, Task.Delay(10, Cancel));
        }
        Assert.Equal(first.Event["id"]!.ToString(), (await second).Event["id"]!.ToString());
        while (desk.Carrier.Callbacks.Sent.Count < 2)
            await Task.Delay(5, Cancel);
        Assert.Equal([500, 410], desk.Carrier.Callbacks.Sent.Select(sent => sent.Status));
    }

    [Fact]
    public async Task A_token_that_has_expired_ends_the_telling()
    {
        await using var desk = await OpenAsync();
        var paid = await desk.MadeAsync(Payments, Asked(desk, "c1", "+8613800009903", validFor: TimeSpan.FromSeconds(1)));
        desk.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("succeeded", await desk.StatusOfAsync(paid["paymentId"]!.ToString()));
        await desk.MadeAsync(Payments, Asked(desk, "c2", Number));
        var (_, _, said) = await ToldAsync();
        Assert.NotEqual(paid["paymentId"]!.ToString(), said["data"]!["paymentId"]!.ToString());
    }

    [Theory]
    [InlineData("http://example.com/told", "ACCESSTOKEN", "bearer", "INVALID_SINK")]
    [InlineData("not an address", "ACCESSTOKEN", "bearer", "INVALID_SINK")]
    [InlineData("https://example.com/told", "PLAIN", "bearer", "INVALID_CREDENTIAL")]
    [InlineData("https://example.com/told", "ACCESSTOKEN", "mac", "INVALID_TOKEN")]
    public async Task A_sink_that_cannot_be_told_safely_is_refused(
        string address,
        string credentialType,
        string accessTokenType,
        string code
    )
    {
        await using var desk = await OpenAsync();
        var credential = new
        {
            credentialType,
            accessToken = "t",
            accessTokenType,
            accessTokenExpiresUtc = "2026-09-02T00:00:00Z",
        };
        Assert.Equal(
            (HttpStatusCode.BadRequest, code),
            await desk.RefusedAsync(Payments, Payment("c1", sink: address, credential: credential))
        );
        Assert.Empty(desk.Carrier.Entries);
    }

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.UseKestrelCore();
        sink = builder.Build();
        sink.MapPost(
            "/told",
            (RequestDelegate)(
                async context =>
                {
                    var body = await new StreamReader(context.Request.Body).ReadToEndAsync(Cancel);
                    context.Response.StatusCode = answers.TryDequeue(out var status) ? status : 204;
                    await told.Writer.WriteAsync(
                        (context.Request.Headers.Authorization.ToString(), context.Request.ContentType ?? "", JsonNode.Parse(body)!),
                        Cancel
                    );
                }
            )
        );
        await sink.StartAsync(Cancel);
    }

    public async ValueTask DisposeAsync() => await sink.DisposeAsync();

    private object Asked(CarrierDesk desk, string correlator, string number, TimeSpan? validFor = null) =>
        Payment(
            correlator,
            number: number,
            sink: Sink,
            credential: new
            {
                credentialType = "ACCESSTOKEN",
                accessToken = "sink-token",
                accessTokenType = "bearer",
                accessTokenExpiresUtc = desk.Time.GetUtcNow() + (validFor ?? TimeSpan.FromDays(1)),
            }
        );

    /// <summary>The next event. One that does not come is a failure, not a hang.</summary>
    private Task<(string Authorization, string ContentType, JsonNode Event)> ToldAsync() =>
        told.Reader.ReadAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Cancel);

    private async Task<string> TypeAsync() => (await ToldAsync()).Event["type"]!.ToString();
}
