using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Tokenline.Crash.Tests.Chaos;

/// <summary>A customer who keeps books of its own: what each answered call has cost by the usage that the answer told, at the published weights.</summary>
/// <param name="Id">The customer.</param>
internal sealed class Client(string id, string key)
{
    private const int InputWeight = 1;
    private const int OutputWeight = 3;

    private readonly ConcurrentDictionary<string, long> answered = new();
    private readonly ConcurrentDictionary<string, byte> cut = new();
    private int calls;
    private int unknown;

    public string Id => id;

    /// <summary>Charge → general tokens, of calls whose answer came whole.</summary>
    public IReadOnlyDictionary<string, long> Answered => answered;

    /// <summary>Charges of calls of which a part came.</summary>
    public IEnumerable<string> Cut => cut.Keys;

    /// <summary>Calls of which nothing came, so that their charge is not known: each may have left a record or none.</summary>
    public int Unknown => unknown;

    /// <summary>Calls without pause, whatever happens.</summary>
    /// <param name="urls">A node is chosen anew for each call.</param>
    public Task WorkAsync(IReadOnlyList<Uri> urls, int workers, CancellationToken until) =>
        Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(urls, until), CancellationToken.None)));

    private async Task WorkAsync(IReadOnlyList<Uri> urls, CancellationToken until)
    {
        // A node whose network is cut never says that it is gone.
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(12) };
        while (!until.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref calls);
            try
            {
                await CallAsync(http, urls[number % urls.Count], number, until);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException or OperationCanceledException)
            {
                await Task.Delay(5, CancellationToken.None); // it is down: no need to knock without end
            }
        }
    }

    private async Task CallAsync(HttpClient http, Uri url, int number, CancellationToken until)
    {
        var isStream = number % 2 == 0;
        var behaviour =
            number % 7 == 0 ? "tokens=300; token-delay=4; tokens-per-chunk=4"
            : number % 11 == 0 ? "fault=cut-after:3"
            : number % 13 == 0 ? "fault=status:503"
            : number % 17 == 0 ? "fault=error-in-stream:3"
            : "tokens=30; tokens-per-chunk=5";
        var options = isStream ? ""","stream":true,"stream_options":{"include_usage":true}""" : "";
        var body =
            $$"""{"model":"crash"{{options}},"messages":[{"role":"user","content":"{{number}} [[simulate: cached=0; {{behaviour}}]]"}]}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, "/v1/chat/completions"))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        Interlocked.Increment(ref unknown);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, until);
        if (!response.Headers.TryGetValues("x-tokenline-charge-id", out var ids))
        {
            if ((int)response.StatusCode < 500)
                Interlocked.Decrement(ref unknown); // refused before anything was held
            return;
        }
        var charge = ids.Single();
        Interlocked.Decrement(ref unknown);
        cut[charge] = 0;
        if (!response.IsSuccessStatusCode)
            return;
        var text = await response.Content.ReadAsStringAsync(until);
        if ((isStream ? InStream(text) : JsonDocument.Parse(text).RootElement.GetProperty("usage")) is not { } usage)
            return;
        answered[charge] =
            (InputWeight * usage.GetProperty("prompt_tokens").GetInt64())
            + (OutputWeight * usage.GetProperty("completion_tokens").GetInt64());
        cut.TryRemove(charge, out _);
    }

    /// <summary>The usage of a stream that came to its end.</summary>
    private static JsonElement? InStream(string text)
    {
        if (!text.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal))
            return null;
        var line = text.Split('\n').Last(line => line.Contains("\"usage\":{", StringComparison.Ordinal));
        return JsonDocument.Parse(line["data: ".Length..]).RootElement.GetProperty("usage");
    }
}
