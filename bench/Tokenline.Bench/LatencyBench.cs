using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime;
using System.Text;

namespace Tokenline.Bench;

/// <summary>
/// A thousand calls a second at fixed times, whether the ones before are answered or not, to a vendor that thinks for 60 ms. What a call takes beyond its vendor's
/// own time, counted from the moment it was due, is measured twice in one run: straight to the vendor and through Tokenline. The difference is what Tokenline adds.
/// Before either it is called by many at once until neither the server nor load and vendor, which are this process, compile anything worth mentioning.
/// </summary>
internal static class LatencyBench
{
    private const int CallsPerSecond = 1000;
    private const int WarmingCallers = 128;
    private static readonly TimeSpan warmingRound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan nextToNothing = TimeSpan.FromMilliseconds(50); // of compiling, in one round
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
        await WarmAsync(client, vendor, straight, keys, seconds, () => Task.FromResult(TimeSpan.Zero));
        var bare = Show("straight to the vendor", await LoadAsync(client, vendor, straight, keys, seconds));
        await WarmAsync(client, vendor, tokenline, keys, seconds, () => CompiledAsync(client, tokenline));
        var through = Show("through Tokenline", await LoadAsync(client, vendor, tokenline, keys, seconds));
        Report.Line($"  added: p50 {through.P50 - bare.P50:0.00} ms, p99 {through.P99 - bare.P99:0.00} ms");
    }

    /// <param name="roundsMax">As many as seconds are measured: who only tries the bench is not kept waiting.</param>
    /// <param name="compiled">How long the other process has compiled in its life.</param>
    private static async Task WarmAsync(
        HttpClient client,
        Vendor vendor,
        Uri address,
        string[] keys,
        int roundsMax,
        Func<Task<TimeSpan>> compiled
    )
    {
        for (var round = 0; round < roundsMax; round++)
        {
            var before = await compiled() + JitInfo.GetCompilationTime();
            var begun = Stopwatch.GetTimestamp();
            var number = 0;
            await Task.WhenAll(
                Enumerable
                    .Range(0, WarmingCallers)
                    .Select(async _ =>
                    {
                        while (Stopwatch.GetElapsedTime(begun) < warmingRound)
                        {
                            var mine = Interlocked.Increment(ref number);
                            await CallAsync(client, vendor, address, keys[mine % keys.Length], mine, Stopwatch.GetTimestamp());
                        }
                    })
            );
            if (await compiled() + JitInfo.GetCompilationTime() - before < nextToNothing)
                return;
        }
    }

    private static async Task<TimeSpan> CompiledAsync(HttpClient client, Uri tokenline)
    {
        const string Name = "dotnet_jit_compilation_time_seconds_total";
        var metrics = await client.GetStringAsync(new Uri(tokenline, "/metrics"));
        var line = metrics.Split('\n').First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return TimeSpan.FromSeconds(double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
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
        await OnTime.BeginAsync(
            begun,
            CallsPerSecond,
            results.Length,
            (next, due) => results[next] = CallAsync(client, vendor, address, keys[next % keys.Length], next, due)
        );
        return await Task.WhenAll(results);
    }

    /// <summary>Milliseconds beyond the vendor's own; infinite: no answer.</summary>
    private static async Task<double> CallAsync(HttpClient client, Vendor vendor, Uri address, string key, int number, long due)
    {
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
        var elapsed = Stopwatch.GetElapsedTime(due);
        return response.IsSuccessStatusCode ? (elapsed - vendor.Took(number)).TotalMilliseconds : double.PositiveInfinity;
    }
}
