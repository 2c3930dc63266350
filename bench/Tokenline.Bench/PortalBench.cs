using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace Tokenline.Bench;

/// <summary>How soon pages of the subscriber's console are there over a month of many calls, and what consoles cost that are open and live.</summary>
internal static partial class PortalBench
{
    private const int Runs = 15;
    private const int Budget = 500; // milliseconds

    /// <summary>Pages of calls of the customer with this number.</summary>
    /// <param name="keys">Ids of the customer's keys: one with most calls, and one with few.</param>
    public static async Task PagesAsync(Uri url, string phone, string[] keys)
    {
        using var console = await OpenConsole.SignInAsync(url, phone, 1);
        var first = await console.GetAsync("/usage");
        var older = first.Body;
        for (var page = 0; page < 20; page++)
            older = (await console.GetAsync(Older(older))).Body;
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().DateTime);
        var (deep, recent, old) = (Older(older), Text(today.AddDays(-1)), Text(today.AddDays(-25)));
        var inOld = Older((await console.GetAsync($"/usage?day={old}")).Body);
        Report.Line($"{"a page of 50 rows", -52} {"runs", 6} {"median ms", 10} {"highest", 8}   budget {Budget} ms");
        foreach (
            var (what, address) in new[]
            {
                ("the first", "/usage"),
                ("the 22nd, by keyset", deep),
                ("of a model", "/usage?model=glm-5"),
                ("of a model that few calls are of", "/usage?model=kimi-k2.6"),
                ("of a key", $"/usage?key={keys[0]}"),
                ("of a key that few calls are with", $"/usage?key={keys[1]}"),
                ("of yesterday", $"/usage?day={recent}"),
                ("of a day 25 days ago", $"/usage?day={old}"),
                ("the 2nd of that day", inOld),
                ("of that day, a model and a key", $"/usage?day={old}&model=glm-5&key={keys[0]}"),
                ("the dearest first", "/usage?sort=dearest"),
                ("the largest of a day, a model", $"/usage?day={old}&model=glm-5&sort=largest"),
                ("sums by model", "/usage?by=model"),
                ("sums by hour", $"/usage?by=hour&day={recent}"),
                ("home", "/home"),
                ("costs of the month", "/costs"),
            }
        )
        {
            var times = new List<double>();
            Page page = null!;
            for (var run = 0; run < Runs; run++)
            {
                page = await console.GetAsync(address);
                times.Add(page.Milliseconds);
            }
            if (page.Status != HttpStatusCode.OK)
                throw new InvalidOperationException($"{address}: {page.Status}");
            times.Sort();
            var rows = Rows().Count(page.Body);
            Report.Line(
                $"{what + (rows > 0 ? $" ({rows} rows)" : ""), -52} {Runs, 6} {times[Runs / 2], 10:0.0} {times[^1], 8:0.0}{(times[Runs / 2] > Budget ? "   OVER" : "")}"
            );
        }
    }

    /// <summary>So many people have their home page open; some of them call meanwhile, and their figures follow. What their numbers end in asks nothing of the simulated carrier.</summary>
    public static async Task ConsolesAsync(Uri url, int process, int count, int seconds)
    {
        var consoles = new List<OpenConsole>();
        for (var i = 0; i < count; i++)
            consoles.Add(await OpenConsole.SignInAsync(url, $"+86136{20_001_000 + i}", i / 20));
        foreach (var console in consoles.Take(20))
            await console.GetAsync("/home");
        var alone = await TimesAsync(consoles, 40);
        var resident = Resident(process);
        Report.Line(
            $"{count} consoles signed in, nobody looks: home median {Median(alone):0.0} ms, highest {alone.Max():0.0} ms; resident {resident} MB"
        );

        using var stop = new CancellationTokenSource();
        var watching = consoles.Select(console => console.WatchAsync(stop.Token)).ToList();
        await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System);
        var (cpu, watch) = (Ticks(process), Stopwatch.StartNew());
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
        Say("open and still", Ticks(process) - cpu, watch.Elapsed, await TimesAsync(consoles, 40));

        // A tenth of them calls once a second, and each event has its page asked for again.
        foreach (var console in consoles.Take(count / 10))
            await console.MakeKeyAsync();
        var moved = consoles.Sum(console => console.Moved);
        (cpu, watch) = (Ticks(process), Stopwatch.StartNew());
        var latencies = new List<double>();
        while (watch.Elapsed < TimeSpan.FromSeconds(seconds))
        {
            var began = watch.Elapsed;
            await Task.WhenAll(consoles.Take(count / 10).Select(console => console.CallAsync()));
            latencies.AddRange(await TimesAsync(consoles, 4));
            var left = TimeSpan.FromSeconds(1) - (watch.Elapsed - began);
            if (left > TimeSpan.Zero)
                await Task.Delay(left, TimeProvider.System);
        }
        Say($"open, {count / 10} of them calling every second", Ticks(process) - cpu, watch.Elapsed, latencies);
        Report.Line($"pages that followed their figures: {consoles.Sum(console => console.Moved) - moved}");
        await stop.CancelAsync();
        await Task.WhenAll(watching);
        foreach (var console in consoles)
            console.Dispose();

        void Say(string what, long ticks, TimeSpan time, List<double> times) =>
            Report.Line(
                $"{count} consoles {what}, {time.TotalSeconds:0} s: {100.0 * ticks / 100 / time.TotalSeconds:0.0} % of one core; resident {Resident(process)} MB, {(Resident(process) - resident) * 1024.0 / count:0} KB a console; home median {Median(times):0.0} ms, highest {times.Max():0.0} ms"
            );
    }

    private static async Task<List<double>> TimesAsync(List<OpenConsole> consoles, int count)
    {
        var times = new List<double>();
        for (var i = 0; i < count; i++)
            times.Add((await consoles[i * 7 % consoles.Count].GetAsync("/home")).Milliseconds);
        return times;
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Older(string body) =>
        WebUtility.HtmlDecode(
            OlderLink().Matches(body) is { Count: > 0 } found
                ? found[^1].Groups["address"].Value
                : throw new InvalidOperationException("no older calls")
        );

    private static long Ticks(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var parts = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(parts[11], CultureInfo.InvariantCulture) + long.Parse(parts[12], CultureInfo.InvariantCulture);
    }

    private static long Resident(int process) =>
        long.Parse(
            File.ReadLines($"/proc/{process}/status")
                .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        ) / 1024;

    [GeneratedRegex("href=\"(?<address>/usage\\?[^\"]*before=[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OlderLink();

    [GeneratedRegex("<a href=\"/usage/calls/", RegexOptions.None, 1000)]
    private static partial Regex Rows();

    [GeneratedRegex("code is (?<code>\\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();

    [GeneratedRegex("tl-[A-Za-z0-9_-]{43}", RegexOptions.None, 1000)]
    private static partial Regex KeyText();

    private sealed record Page(HttpStatusCode Status, string Body, double Milliseconds);

    /// <summary>What a browser of one person sends.</summary>
    private sealed class OpenConsole(Uri url, HttpClient client) : IDisposable
    {
        private string key = "";

        public int Moved { get; private set; }

        public static async Task<OpenConsole> SignInAsync(Uri url, string phone, int address)
        {
            var client = new HttpClient(
                new SocketsHttpHandler
                {
                    UseProxy = false,
                    AllowAutoRedirect = false,
                    ActivityHeadersPropagator = null,
                }
            )
            {
                BaseAddress = url,
            };
            client.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
            client.DefaultRequestHeaders.Add("Accept-Language", "en");
            client.DefaultRequestHeaders.Add("X-Forwarded-For", $"203.0.113.{1 + address}"); // sign-ins are limited by address
            using var sent = await client.PostAsync("/sign-in", Form(("_handler", "number"), ("phone", phone)));
            var there = sent.Headers.Location ?? throw new InvalidOperationException($"no code was sent to {phone}");
            var code = Code().Match(WebUtility.HtmlDecode(await client.GetStringAsync(there))).Groups["code"].Value;
            using var done = await client.PostAsync(there, Form(("_handler", "code"), ("code", code)));
            if (done.StatusCode != HttpStatusCode.Found)
                throw new InvalidOperationException($"{phone} was not signed in");
            return new(url, client);
        }

        public async Task<Page> GetAsync(string address)
        {
            var start = Stopwatch.GetTimestamp();
            using var response = await client.GetAsync(address);
            var body = await response.Content.ReadAsStringAsync();
            return new(response.StatusCode, body, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        public async Task MakeKeyAsync()
        {
            using var bought = await client.PostAsync(
                $"/shop/order?offering=plan-light&order=web-bench",
                Form(("_handler", "order"), ("expected", "9900000000"), ("do", "pay"))
            );
            using var made = await client.PostAsync("/keys", Form(("_handler", "make"), ("form.Name", "bench"), ("form.Expires", "0")));
            key = KeyText().Match(await made.Content.ReadAsStringAsync()).Value;
        }

        public async Task CallAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, "/v1/chat/completions"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            request.Content = new StringContent(
                """{"model":"deepseek-v4-flash","messages":[{"role":"user","content":"Hello"}]}""",
                Encoding.UTF8,
                "application/json"
            );
            using var response = await client.SendAsync(request);
            response.EnsureSuccessStatusCode();
        }

        /// <summary>Follows the account as an open page does: with each event it asks for itself.</summary>
        public async Task WatchAsync(CancellationToken cancellation)
        {
            try
            {
                while (true)
                {
                    await using var events = await client.GetStreamAsync(new Uri("/live", UriKind.Relative), cancellation);
                    using var lines = new StreamReader(events);
                    while (await lines.ReadLineAsync(cancellation) is { } line)
                    {
                        if (!line.StartsWith("data:", StringComparison.Ordinal))
                            continue;
                        await GetAsync("/home");
                        Moved++;
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // the page was left
            }
        }

        public void Dispose() => client.Dispose();

        private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
            new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
    }
}
