using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Tokenline.Crash.Tests;

/// <summary>Clients that call without pause and remember, of each call, whether its answer came whole.</summary>
internal sealed class Load(Uri url, IReadOnlyList<string> keys)
{
    private readonly ConcurrentQueue<string> answered = new();
    private readonly ConcurrentQueue<string> begun = new();
    private readonly ConcurrentQueue<string> refused = new();
    private volatile int goal = int.MaxValue;
    private volatile TaskCompletionSource goalReached = new();

    /// <summary>Charge ids of calls whose answer came to its end.</summary>
    public IEnumerable<string> Answered => answered;

    /// <summary>What calls met that were refused, or cut without a fault of the vendor's.</summary>
    public IEnumerable<string> Refused => refused;

    /// <summary>Completes when so many answers have come to their end.</summary>
    public Task WhenAnsweredAsync(int count, CancellationToken cancellation)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (goal, goalReached) = (count, reached);
        Check();
        return reached.Task.WaitAsync(cancellation);
    }

    /// <summary>Charge ids of streams whose first bytes came.</summary>
    public IEnumerable<string> Begun => begun;

    private void Check()
    {
        if (answered.Count >= goal)
            goalReached.TrySetResult();
    }

    public Task RunAsync(int workers, CancellationToken until) =>
        Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(() => WorkAsync(worker, until), CancellationToken.None)));

    private async Task WorkAsync(int worker, CancellationToken until)
    {
        using var http = new HttpClient { BaseAddress = url };
        for (var i = worker; !until.IsCancellationRequested; i++)
        {
            try
            {
                await CallAsync(http, keys[i % keys.Count], i, until);
            }
            // A connection that is reset while it opens comes out of HttpClient as the bare SocketException.
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException or OperationCanceledException)
            {
                if (!until.IsCancellationRequested)
                {
                    if (i % 5 != 0) // those the vendor cuts
                        refused.Enqueue($"call {i}: {e.Message} {e.InnerException?.Message}");
                    await Task.Delay(5, CancellationToken.None); // the server is being killed, or is gone: no need to knock without end
                }
            }
        }
    }

    private async Task CallAsync(HttpClient http, string key, int number, CancellationToken until)
    {
        var isStream = number % 2 == 0;
        // Some streams take long, so that a kill always meets open ones.
        var behaviour =
            number % 6 == 0 ? "tokens=400; token-delay=5; tokens-per-chunk=4"
            : number % 5 == 0 ? "fault=cut-after:3"
            : "tokens=30; tokens-per-chunk=5";
        var body =
            $$"""{"model":"crash","stream":{{(isStream ? "true" : "false")}},"messages":[{"role":"user","content":"call {{number}} [[simulate: {{behaviour}}]]"}]}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, until);
        if (!response.IsSuccessStatusCode)
        {
            if (!behaviour.StartsWith("fault", StringComparison.Ordinal))
                refused.Enqueue($"call {number}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(until)}");
            return;
        }
        var charge = response.Headers.GetValues("x-tokenline-charge-id").Single();
        if (isStream)
            begun.Enqueue(charge);
        var text = await response.Content.ReadAsStringAsync(until);
        if (!isStream || text.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal))
        {
            answered.Enqueue(charge);
            Check();
        }
    }
}
