using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Tokenline.Bench;

/// <summary>
/// What an open stream costs in memory: streams are opened through Tokenline, each gets its first event and is then held open by the vendor. The resident memory of
/// Tokenline's process before and with them, divided; before each reading plain calls have run for a while, so that the garbage of both states is alike. Two rounds of a tenth
/// of the size come before: they compile code and fill what does not grow with the number of streams, and are not counted. Nothing asks for a collection: what is resident is read as an operator would.
/// </summary>
internal static class MemoryBench
{
    private const int CollectSeconds = 10;

    public static async Task RunAsync(Uri tokenline, string[] keys, int vendorPort, int process, int streams)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });
        Report.Line($"{"case", -28} {"streams", 8} {"resident before", 16} {"with streams", 14} {"KB/stream", 10} {"of it heap", 11}");
        foreach (var (name, count) in new[] { ("warm-up", streams / 10), ("warm-up", streams / 10), ("open streams", streams) })
        {
            await using var vendor = await Vendor.StartAsync(vendorPort, TimeSpan.Zero);
            await LatencyBench.LoadAsync(client, vendor, tokenline, keys, CollectSeconds);
            var (before, heapBefore) = (ResidentKilobytes(process), await HeapKilobytesAsync(client, tokenline));
            var open = new List<HttpResponseMessage>();
            for (var i = 0; i < count; i++)
                open.Add(await OpenAsync(client, tokenline, keys[i % keys.Length]));
            await LatencyBench.LoadAsync(client, vendor, tokenline, keys, CollectSeconds);
            var (with, heapWith) = (ResidentKilobytes(process), await HeapKilobytesAsync(client, tokenline));
            var (resident, heap) = ((with - before) / (double)count, (heapWith - heapBefore) / (double)count);
            Report.Line($"{name, -28} {count, 8} {before / 1024, 13} MB {with / 1024, 11} MB {resident, 10:0.0} {heap, 11:0.0}");
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

    /// <summary>What the last collection left, with the gaps between objects. Resident memory holds the garbage since then too, more or less of it before and after; this does not.</summary>
    private static async Task<long> HeapKilobytesAsync(HttpClient client, Uri tokenline)
    {
        var metrics = await client.GetStringAsync(new Uri(tokenline, "/metrics"));
        var sizes = metrics
            .Split('\n')
            .Where(l => l.StartsWith("dotnet_gc_last_collection_heap_size_bytes{", StringComparison.Ordinal))
            .Select(l => long.Parse(l.AsSpan(l.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));
        return sizes.Sum() / 1024;
    }

    private static long ResidentKilobytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(6).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
