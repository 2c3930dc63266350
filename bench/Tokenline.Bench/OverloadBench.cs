using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace Tokenline.Bench;

/// <summary>
/// What a server does that is asked for more than it can do. First its capacity: callers who call again once answered. Then three times that, at fixed times, with callers who
/// do not go away; then half of it, until nothing is refused. At last a third of it, alone and beside whoever takes without giving: idle connections, bodies that trickle, readers
/// who do not read, huge bodies, a vendor that hangs.
/// </summary>
internal sealed class OverloadBench(Uri tokenline, string[] keys, int slowVendorPort, int process, double scale)
{
    private const int Callers = 128;
    private const int RoundsMax = 12;
    private const int ConnectionsMax = 4000; // callers who wait, at three times
    private const int Idle = 10_000;
    private const int Trickling = 300;
    private const int NotReading = 200;
    private const int Huge = 12;
    private const int HugeBytes = 24 * 1024 * 1024;
    private const int Hanging = 1000;

    private static readonly string prompt = string.Concat(
        Enumerable.Repeat("A prompt of about one thousand bytes, as a chat client sends it. ", 13)
    );

    private readonly IPEndPoint server = new(IPAddress.Loopback, tokenline.Port);
    private readonly List<RawClient> held = [];

    public async Task RunAsync()
    {
        await using var slow = await Vendor.StartAsync(slowVendorPort, TimeSpan.Zero);
        using var load = new OpenLoad(server, [.. keys.Select(key => RawClient.Request(key, Body("bench")))], ConnectionsMax);
        Report.Line(
            $"{"case", -34} {"asked/s", 8} {"served/s", 9} {"refused/s", 10} {"lost/s", 7} {"p50 ms", 8} {"p99 ms", 8} {"p99 of refused", 15} {"CPU", 6} {"resident", 9}"
        );
        await WarmAsync(load);
        var full = await ShowAsync("capacity: 128 callers", 10 * scale, async s => [.. await load.ClosedAsync(Callers, s)]);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);

        var begin = await ShowAsync("3 times capacity, its first 3 s", 3, s => load.OpenAsync(3 * full.Served, s));
        var over = await ShowAsync("3 times capacity, from then on", 15 * scale, s => load.OpenAsync(3 * full.Served, s));
        var refused = over.Calls.Where(call => call.Answer.Status is 429 or 503).ToList();
        Report.Line(
            $"  served: {over.Served / full.Served:P0} of capacity, {begin.Served / full.Served:P0} in the first 3 s; refused: {refused.Count / (double)over.Calls.Length:P0} of what was asked, {refused.Count(call => call.Answer.HasRetryAfter) / (double)Math.Max(1, refused.Count):P0} of them with Retry-After; not sent because 4,000 callers waited: {load.Unsent}"
        );
        var after = await ShowAsync("then half of capacity", 8 * scale, s => load.OpenAsync(full.Served / 2, s));
        var last = after.Calls.Where(call => call.Answer.Status != 200).Select(call => call.Due).DefaultIfEmpty(0).Max();
        Report.Line($"  the last refusal came {last:0.0} s after the overload had ended");

        var calm = await ShowAsync("a third of capacity, alone", 8 * scale, s => load.OpenAsync(full.Served / 3, s));
        await HoldAsync();
        var beside = await ShowAsync("a third, beside all below", 12 * scale, s => load.OpenAsync(full.Served / 3, s));
        Report.Line(
            $"  {Idle} idle connections, {Trickling} headers and {Trickling} bodies that trickle, {NotReading} callers who do not read, {Huge} bodies of {HugeBytes >> 20} MB, {Hanging} streams of a vendor that hangs: p99 {beside.P99:0.0} ms, {calm.P99:0.0} ms alone"
        );
        slow.Finish();
        foreach (var client in held)
            client.Dispose();
    }

    /// <summary>
    /// The runtime compiles what is hot, refusals too, while the server has time for it: on one core that is busy it hardly comes to that. So it is loaded and left alone in turn
    /// until it gets no faster. What a server that has just begun does under such a load is a row of its own.
    /// </summary>
    private async Task WarmAsync(OpenLoad load)
    {
        var first = await load.ClosedAsync(Callers, 20 * scale);
        var before = first.Count(call => call.Answer.Status == 200 && call.Due > 10 * scale) / (10 * scale);
        await ShowAsync("cold: 3 times what it did", 8 * scale, s => load.OpenAsync(3 * before, s));
        for (var round = 0; round < RoundsMax; round++)
        {
            await load.OpenAsync(before / 3, 8 * scale);
            await load.OpenAsync(3 * before, 2 * scale);
            var calls = await load.ClosedAsync(Callers, 5 * scale);
            var now = calls.Count(call => call.Answer.Status == 200) / (5 * scale);
            if (now < 1.05 * before && round > 0)
                return;
            before = Math.Max(now, before);
        }
    }

    private sealed record Shown(LoadedCall[] Calls, double Served, double P99);

    private async Task<Shown> ShowAsync(string name, double seconds, Func<double, Task<LoadedCall[]>> load)
    {
        var (cpu, begun) = (CpuSeconds(), Stopwatch.GetTimestamp());
        var calls = await load(seconds);
        var used = (CpuSeconds() - cpu) / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var served = calls.Where(call => call.Answer.Status == 200).Select(call => call.Milliseconds).Order().ToArray();
        var refused = calls.Where(call => call.Answer.Status is 429 or 503).Select(call => call.Milliseconds).Order().ToArray();
        static double At(double[] of, double share) => of.Length == 0 ? 0 : of[(int)(share * (of.Length - 1))];
        Report.Line(
            $"{name, -34} {calls.Length / seconds, 8:0} {served.Length / seconds, 9:0} {refused.Length / seconds, 10:0} {(calls.Length - served.Length - refused.Length) / seconds, 7:0.0} {At(served, 0.5), 8:0.0} {At(served, 0.99), 8:0.0} {At(refused, 0.99), 15:0.0} {used, 6:P0} {ResidentMegabytes(), 6} MB"
        );
        return new(calls, served.Length / seconds, At(served, 0.99));
    }

    /// <summary>Those who take without giving; they stay until the end.</summary>
    private async Task HoldAsync()
    {
        var (key, nothing) = (keys[0], Array.Empty<byte>());
        for (var i = 0; i < Idle; i++)
            await OpenAsync(nothing);
        var head = Encoding
            .ASCII.GetString(RawClient.Request(key, ""))
            .Replace("Content-Length: 0", "Content-Length: 1000000", StringComparison.Ordinal);
        for (var i = 0; i < Trickling; i++)
        {
            _ = TrickleAsync(await OpenAsync(Encoding.ASCII.GetBytes(head[..40])), "x-more: 1\r\n"u8.ToArray());
            _ = TrickleAsync(await OpenAsync(Encoding.ASCII.GetBytes(head)), Encoding.ASCII.GetBytes(new string(' ', 300)));
        }
        var stream = RawClient.Request(key, Body("bench-stream", ",\"stream\":true"));
        for (var i = 0; i < NotReading; i++)
            await OpenAsync([.. Enumerable.Repeat(stream, 20).SelectMany(bytes => bytes)]);
        var hanging = RawClient.Request(key, Body("bench-slow", ",\"stream\":true"));
        for (var i = 0; i < Hanging; i++)
            await OpenAsync(hanging);
        var huge = RawClient.Request(key, Body("bench").Replace(prompt, new string('a', HugeBytes), StringComparison.Ordinal));
        for (var i = 0; i < Huge; i++)
            _ = TrickleAsync(await OpenAsync([]), huge);
    }

    private async Task<RawClient> OpenAsync(byte[] bytes)
    {
        var client = new RawClient(server, bytes);
        await client.ConnectAsync();
        held.Add(client);
        if (bytes.Length > 0)
            await client.SendAsync(bytes);
        return client;
    }

    private static async Task TrickleAsync(RawClient client, byte[] bytes)
    {
        try
        {
            while (true)
            {
                await client.SendAsync(bytes);
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            }
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or ObjectDisposedException or NullReferenceException)
        {
            // cut, as it should be, or the bench is over
        }
    }

    private static string Body(string model, string more = "") =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"{{prompt}}"}],"max_tokens":512{{more}}}""";

    private double CpuSeconds()
    {
        var fields = File.ReadAllText($"/proc/{process}/stat").Split(')')[^1].Split(' ');
        return (long.Parse(fields[12], CultureInfo.InvariantCulture) + long.Parse(fields[13], CultureInfo.InvariantCulture)) / 100.0;
    }

    private long ResidentMegabytes()
    {
        var line = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(6).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture) / 1024;
    }
}
