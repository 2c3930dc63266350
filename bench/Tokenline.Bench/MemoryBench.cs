using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Tokenline.Bench;

/// <summary>
/// What an open stream costs in memory: streams are opened through Tokenline, each gets its first event and is then held open by the vendor. The resident memory of
/// Tokenline's process before and with them, divided; before each reading plain calls have run for a while, so that the garbage of both states is alike. A first round of the same size fills pools and compiles code, and is not counted.
/// </summary>
internal static class MemoryBench
{
    private const int CollectSeconds = 10;

    public static async Task RunAsync(Uri tokenline, string[] keys, int vendorPort, int process, int streams)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });
        Report.Line($"{"case", -28} {"streams", 8} {"resident before", 16} {"with streams", 14} {"KB/stream", 10}");
        foreach (var (name, count) in new[] { ("warm-up", streams / 10), ("open streams", streams) })
        {
            await using var vendor = await Vendor.StartAsync(vendorPort, TimeSpan.Zero);
            await LatencyBench.LoadAsync(client, vendor, tokenline, keys, CollectSeconds);
            var before = ResidentKilobytes(process);
            var open = new List<HttpResponseMessage>();
            for (var i = 0; i < count; i++)
                open.Add(await OpenAsync(client, tokenline, keys[i % keys.Length]));
            await LatencyBench.LoadAsync(client, vendor, tokenline, keys, CollectSeconds);
            var with = ResidentKilobytes(process);
            Report.Line($"{name, -28} {count, 8} {before / 1024, 13} MB {with / 1024, 11} MB {(with - before) / (double)count, 10:0.0}");
            vendor.Finish();
            foreach (var response in open)
            {
                var text = await response.Content.ReadAsStringAsync();
                if (!text.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal))
                    throw new InvalidOperationException("a stream did not end well: " + text);
                response.Dispose();
            }
        }
    }

    private static async Task<HttpResponseMessage> OpenAsync(HttpClient client, Uri address, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/v1/chat/completions"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Content = new ByteArrayContent(
            Encoding.UTF8.GetBytes(
                """{"model":"bench-stream","messages":[{"role":"user","content":"Hold on."}],"max_tokens":16,"stream":true}"""
            )
        );
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.EnsureSuccessStatusCode();
    }

    private static long ResidentKilobytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(6).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
