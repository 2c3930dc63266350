using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Tokenline.Commerce.Outbox;
using Tokenline.Gateway;

namespace Tokenline.Host.Tests;

/// <summary>What a running system tells is what its documentation, its dashboard and its alert rules say that it tells.</summary>
public sealed partial class TelemetryTests(RunningServer server) : IClassFixture<RunningServer>
{
    private const string Prompt = "a-prompt-that-nobody-may-read";

    /// <summary>Counters that have not counted are not there yet; the first call of each kind makes them.</summary>
    private static readonly string[] onlyWhenItHappens =
    [
        "tokenline_attempt_failures_total",
        "tokenline_uncollected_total",
        "tokenline_charges_recovered_total",
        "tokenline_sold_refused_total",
        "up",
    ];

    [Fact]
    public async Task Each_metric_of_the_documentation_the_dashboard_and_the_rules_is_there()
    {
        var subscriber = await server.SubscriberAsync();
        await subscriber.AskAsync(Wire.Ask(stream: true));
        await subscriber.AskAsync(Wire.Ask());

        var documented = Documented().Matches(Read("docs/observability.md")).Select(match => match.Groups["name"].Value).ToHashSet();
        Assert.NotEmpty(documented);
        var told = Told(await MetricsAsync(text => documented.Except(onlyWhenItHappens).All(Told(text).Contains)));

        Assert.Empty(documented.Except(told).Except(onlyWhenItHappens));
        Assert.Empty(
            told.Where(name =>
                    name.StartsWith("tokenline", StringComparison.Ordinal) || name.StartsWith("gen_ai", StringComparison.Ordinal)
                )
                .Except(documented)
        );
        foreach (var expression in Expressions())
        {
            var used = Metric().Matches(expression).Select(match => Base(match.Value)).ToHashSet();
            Assert.NotEmpty(used);
            Assert.Empty(used.Except(told).Except(onlyWhenItHappens));
        }
    }

    [Fact]
    public async Task What_was_sold_and_refused_by_its_account_is_counted()
    {
        server
            .Get<OutboxDispatcher>()
            .Trouble!(new(1, ["acc_1: GrantBucket (outbox 1) was refused: expiresAt"], new Dictionary<AccountId, Exception>()));

        await MetricsAsync(SoldAndRefused().IsMatch);
    }

    /// <summary>Once they say that; for a moment they are told again as they were.</summary>
    private Task<string> MetricsAsync(Func<string, bool> when) =>
        Eventually.WhenAsync(() => server.Client.GetStringAsync($"{server.Url}/metrics", RunningServer.Cancel), when);

    [Fact]
    public async Task A_traced_call_has_a_span_and_one_of_its_vendor_in_the_callers_trace_and_tells_no_secret()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == CallTrace.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (spans)
                    spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        var subscriber = await server.SubscriberAsync();
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{server.Url}/v1/chat/completions")
        {
            Content = new StringContent(Wire.Ask(Prompt), System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new("Bearer", subscriber.Key);
        request.Headers.Add("traceparent", $"00-{trace}-b7ad6b7169203331-01");

        using var answer = await server.Client.SendAsync(request, RunningServer.Cancel);

        Assert.True(answer.IsSuccessStatusCode);
        var charge = answer.Headers.GetValues("x-tokenline-charge-id").Single();
        var ours = await Eventually.WhenAsync(
            () =>
            {
                lock (spans)
                    return Task.FromResult(spans.Where(span => span.TraceId.ToString() == trace).ToList());
            },
            seen => seen.Count == 2
        );
        var call = ours.Single(span => span.Kind == ActivityKind.Server);
        var vendor = ours.Single(span => span.Kind == ActivityKind.Client);
        Assert.Equal(($"chat {RunningServer.Model}", charge), (call.DisplayName, call.GetTagItem("tokenline.charge.id")));
        Assert.Equal("b7ad6b7169203331", call.ParentSpanId.ToString());
        Assert.True((long)call.GetTagItem("gen_ai.usage.output_tokens")! > 0);
        Assert.Equal(call.SpanId, vendor.ParentSpanId);
        Assert.Equal("deepseek", vendor.GetTagItem("gen_ai.provider.name"));
        foreach (var tag in ours.SelectMany(span => span.TagObjects))
        {
            Assert.DoesNotContain(Prompt, $"{tag.Value}", StringComparison.Ordinal);
            Assert.DoesNotContain(subscriber.Key, $"{tag.Value}", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task No_line_of_the_log_holds_a_prompt_an_answer_or_a_key_whatever_goes_wrong()
    {
        using var lines = new Lines();
        server.Get<ILoggerFactory>().AddProvider(lines);
        const string vendorKey = "sk-of-the-vendor-that-nobody-may-read";
        const string said = "an-answer-that-nobody-may-read";
        await using var vendor = new ScriptedVendor(call =>
            call.AnswerAsync($$$"""{"error":{"message":"{{{said}}} {{{vendorKey}}}"}}""", "500 Internal Server Error")
        );
        await using var absurd = new ScriptedVendor(call =>
            call.AnswerAsync($$$"""{"choices":[{"message":{"content":"{{{said}}}"}}],"usage":{"prompt_tokens":-5,"completion_tokens":7}}""")
        );
        var subscriber = await server.SubscriberAsync();
        foreach (var of in (ScriptedVendor[])[vendor, absurd])
        {
            var model = await server.ServeAsync(of, apiKey: vendorKey);
            await subscriber.AskAsync($$"""{"model":"{{model}}","messages":[{"role":"user","content":"{{Prompt}}"}]}""");
        }
        using var wrongKey = RunningServer.Request($"{server.Url}/v1/chat/completions", new StringContent(Prompt), $"{subscriber.Key}x");
        using var refused = await server.Client.SendAsync(wrongKey, RunningServer.Cancel);

        Assert.Equal(401, (int)refused.StatusCode);
        Assert.NotEmpty(lines.All); // the usage of the second needs a look
        foreach (var secret in (string[])[Prompt, said, vendorKey, subscriber.Key, server.Server.AdminKey])
            Assert.DoesNotContain(lines.All, line => line.Contains(secret, StringComparison.Ordinal));
    }

    /// <summary>Everything that is logged, with its values and exceptions.</summary>
    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> lines = new();

        public IReadOnlyList<string> All => [.. lines];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            var values = state is IEnumerable<KeyValuePair<string, object?>> pairs
                ? string.Join(' ', pairs.Select(pair => pair.Value))
                : "";
            lines.Enqueue($"{formatter(state, exception)} {values} {exception}");
        }

        public void Dispose() { }
    }

    private static IEnumerable<string> Expressions()
    {
        using var dashboard = JsonDocument.Parse(Read("deploy/observability/dashboard.json"));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray();
        var ofDashboard = panels
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!)
            .ToList();
        Assert.NotEmpty(ofDashboard);
        var ofRules = Rule().Matches(Read("deploy/observability/alerts.yaml")).Select(match => match.Groups["expr"].Value).ToList();
        Assert.NotEmpty(ofRules);
        return ofDashboard.Concat(ofRules);
    }

    private static HashSet<string> Told(string text) => [.. Sample().Matches(text).Select(match => Base(match.Groups["name"].Value))];

    private static string Base(string name) => Part().Replace(name, "");

    private static string Read(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tokenline.slnx")))
            folder = folder.Parent!;
        return File.ReadAllText(Path.Combine(folder.FullName, path));
    }

    [GeneratedRegex("^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)[{ ]", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Sample();

    [GeneratedRegex("^tokenline_sold_refused_total\\S* [1-9]", RegexOptions.Multiline)]
    private static partial Regex SoldAndRefused();

    [GeneratedRegex("^\\| `(?<name>[a-z0-9_]+)` \\|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Documented();

    [GeneratedRegex("\\b(tokenline|gen_ai_server|gen_ai_client|dotnet)_[a-z0-9_]+\\b|\\bup(?=\\{)", RegexOptions.ExplicitCapture)]
    private static partial Regex Metric();

    [GeneratedRegex("expr: (\\|\\s*)?(?<expr>.+?)\\n\\s+(for|labels):", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Rule();

    [GeneratedRegex("_(bucket|sum|count)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Part();
}
