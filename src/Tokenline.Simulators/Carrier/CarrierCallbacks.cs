using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Tokenline.Simulators.Carrier;

/// <summary>Where a caller wants to be told, and the token it wants to see (a <c>sinkCredential</c>).</summary>
internal sealed record CarrierSink(Uri Url, string? Token, DateTimeOffset? TokenExpiresAt);

/// <summary>An event as it was sent.</summary>
/// <param name="Status">What the sink answered; 0: nothing.</param>
public sealed record CarrierCallback(string Id, string Type, string PaymentId, DateTimeOffset SentAt, int Status);

/// <summary>
/// CloudEvents to the sinks, at least once: an event that is not taken is sent twice more, with the same id. What waits here waits in memory: after a restart nobody is called back.
/// </summary>
public sealed class CarrierCallbacks : IDisposable
{
    private const int UnderWayMax = 1000;
    private const int KeptMax = 1000;
    private static readonly TimeSpan[] again = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];

    private readonly TimeProvider time;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<CarrierCallback> sent = new();
    private readonly HttpClient http = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        }
    )
    {
        Timeout = TimeSpan.FromSeconds(10),
    };
    private int underWay;

    private readonly CancellationToken stopping;

    internal CarrierCallbacks(TimeProvider time) => (this.time, stopping) = (time, stop.Token);

    /// <summary>In the order they were sent, the newest ones only.</summary>
    public IReadOnlyList<CarrierCallback> Sent => [.. sent];

    public void Dispose()
    {
        stop.Cancel();
        http.Dispose();
        stop.Dispose();
    }

    /// <summary>Does something when the time has come. Beyond a bound of what waits it is not done.</summary>
    internal void At(DateTimeOffset when, Action act) =>
        Begin(
            when - time.GetUtcNow(),
            _ =>
            {
                act();
                return Task.CompletedTask;
            }
        );

    internal void Send(CarrierSink sink, JsonObject cloudEvent, string paymentId, TimeSpan delay)
    {
        var (id, type, body) = (cloudEvent["id"]!.ToString(), cloudEvent["type"]!.ToString(), cloudEvent.ToJsonString());
        Begin(
            delay,
            async cancel =>
            {
                for (var tries = 0; sink.TokenExpiresAt is not { } expiry || expiry > time.GetUtcNow(); tries++)
                {
                    var status = await PostAsync(sink, body, cancel);
                    Keep(new CarrierCallback(id, type, paymentId, time.GetUtcNow(), status));
                    if (status is >= 200 and < 300 or (int)HttpStatusCode.Gone || tries == again.Length)
                        return;
                    await WaitAsync(again[tries], cancel);
                }
            }
        );
    }

    private async Task<int> PostAsync(CarrierSink sink, string body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, sink.Url)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/cloudevents+json"),
        };
        if (sink.Token is { } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            return (int)response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return 0;
        }
    }

    private void Keep(CarrierCallback callback)
    {
        sent.Enqueue(callback);
        while (sent.Count > KeptMax)
            sent.TryDequeue(out _);
    }

    private Task WaitAsync(TimeSpan delay, CancellationToken cancel) =>
        delay > TimeSpan.Zero ? Task.Delay(delay, time, cancel) : Task.CompletedTask;

    private void Begin(TimeSpan delay, Func<CancellationToken, Task> act)
    {
        if (Interlocked.Increment(ref underWay) > UnderWayMax)
            Interlocked.Decrement(ref underWay);
        else
            _ = RunAsync(WaitAsync(delay, stopping), act, stopping); // the wait begins now, whatever the clock does next
    }

    private async Task RunAsync(Task wait, Func<CancellationToken, Task> act, CancellationToken cancel)
    {
        await Task.Yield(); // the caller has the lock
        try
        {
            await wait;
            await act(cancel);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The simulator stops: what was not sent is not sent.
        }
        finally
        {
            Interlocked.Decrement(ref underWay);
        }
    }
}
