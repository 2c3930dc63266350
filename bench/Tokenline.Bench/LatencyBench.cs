using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace Tokenline.Bench;

/// <summary>
/// A thousand calls a second at fixed times, whether the ones before are answered or not, to a vendor that thinks for 60 ms. What a call takes beyond its vendor's
/// own time, counted from the moment it was due, is measured twice in one run: straight to the vendor and through Tokenline. The difference is what Tokenline adds.
/// </summary>
internal static class LatencyBench
{
    private const int CallsPerSecond = 1000;
    private static readonly TimeSpan thinking = TimeSpan.FromMilliseconds(60);
    private static readonly string prompt = string.Concat(
        Enumerable.Repeat("A prompt of about one thousand bytes, as a chat client sends it. ", 13)
    );

    public static async Task RunAsync(Uri tokenline, string[] keys, int vendorPort, int seconds)
    {
        await using var vendor = await Vendor.StartAsync(vendorPort, thinking);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });
        Report.Line($"{"case", -28} {"calls/s", 8} {"p50 ms", 9} {"p90 ms", 9} {"p99 ms", 9} {"errors", 7}");
        var straight = new Uri($"http://127.0.0.1:{vendorPort}");
        await LoadAsync(client, vendor, straight, keys, 5);
        var bare = Show("straight to the vendor", await LoadAsync(client, vendor, straight, keys, seconds));
        await LoadAsync(client, vendor, tokenline, keys, 25); // the runtime compiles what is hot meanwhile
        var through = Show("through Tokenline", await LoadAsync(client, vendor, tokenline, keys, seconds));
        Report.Line($"  added: p50 {through.P50 - bare.P50:0.00} ms, p99 {through.P99 - bare.P99:0.00} ms");
    }

    private static (double P50, double P99) Show(string name, double[] milliseconds)
    {
        var answered = milliseconds.Where(double.IsFinite).Order().ToArray();
        double At(double share) => answered[(int)(share * (answered.Length - 1))];
        Report.Line(
            $"{name, -28} {CallsPerSecond, 8} {At(0.5), 9:0.00} {At(0.9), 9:0.00} {At(0.99), 9:0.00} {milliseconds.Length - answered.Length, 7}"
        );
        return (At(0.5), At(0.99));
    }

    public static async Task<double[]> LoadAsync(HttpClient client, Vendor vendor, Uri address, string[] keys, int seconds)
    {
        var results = new Task<double>[seconds * CallsPerSecond];
        var begun = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (var next = 0; next < results.Length; )
        {
            await timer.WaitForNextTickAsync();
            var due = (int)(Stopwatch.GetElapsedTime(begun).TotalSeconds * CallsPerSecond);
            for (; next < Math.Min(due, results.Length); next++)
                results[next] = CallAsync(client, vendor, address, keys[next % keys.Length], next);
        }
        return await Task.WhenAll(results);
    }

    /// <summary>Milliseconds beyond the vendor's own; infinite: no answer.</summary>
    private static async Task<double> CallAsync(HttpClient client, Vendor vendor, Uri address, string key, int number)
    {
        var begun = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/v1/chat/completions"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Content = new ByteArrayContent(
            Encoding.UTF8.GetBytes(
                $$"""{"model":"bench","messages":[{"role":"user","content":"{{Vendor.NumberMark}}{{number}} {{prompt}}"}],"max_tokens":512}"""
            )
        );
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await client.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        var elapsed = Stopwatch.GetElapsedTime(begun);
        return response.IsSuccessStatusCode ? (elapsed - vendor.Took(number)).TotalMilliseconds : double.PositiveInfinity;
    }
}
