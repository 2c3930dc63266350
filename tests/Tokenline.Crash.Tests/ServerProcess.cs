using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Tokenline.Testing;

namespace Tokenline.Crash.Tests;

/// <summary>The real server as a process of its own, on a data folder that outlives it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string AdminKey = "tla-crash-test";
    private static readonly TimeSpan endsWithin = TimeSpan.FromSeconds(90); // it has its drain time, and some to stop

    private readonly string data;
    private readonly Uri simulator;
    private readonly IReadOnlyList<string> on;
    private readonly int port = FreePort();
    private readonly ConcurrentQueue<string> said = new();
    private Process? process;

    /// <param name="address">Where it listens.</param>
    /// <param name="on">What starts a process there; null: nothing is needed.</param>
    public ServerProcess(string data, Uri simulator, string address = "127.0.0.1", IReadOnlyList<string>? on = null)
    {
        this.on = on ?? [];
        this.data = data;
        this.simulator = simulator;
        Url = new Uri($"http://{address}:{port}");
        Management = new HttpClient { BaseAddress = new Uri(Url, "/api/v1/") };
        Management.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
    }

    public Uri Url { get; }

    public HttpClient Management { get; }

    public async Task StartAsync(bool demo, CancellationToken cancellation)
    {
        var start = Tokenline("serve");
        start.Environment["TOKENLINE__Demo"] = demo ? "true" : "false";
        start.Environment["TOKENLINE__SimulatorAddress"] = simulator.ToString();
        process = Process.Start(start) ?? throw new InvalidOperationException("the server did not start");
        // It names itself when it is ready; its end before that is a failure.
        while (await process.StandardOutput.ReadLineAsync(cancellation) is { } line)
        {
            if (line.StartsWith("Tokenline ", StringComparison.Ordinal))
            {
                _ = KeepAsync(process.StandardOutput);
                _ = KeepAsync(process.StandardError);
                return;
            }
        }
        throw new InvalidOperationException($"the server ended at its start: {await process.StandardError.ReadToEndAsync(cancellation)}");
    }

    /// <summary>Runs another verb beside the server, or while nobody serves: its exit code, and the lines it printed.</summary>
    public async Task<(int ExitCode, string[] Lines)> RunAsync(string verb, CancellationToken cancellation)
    {
        using var running = Process.Start(Tokenline(verb)) ?? throw new InvalidOperationException($"{verb} did not start");
        var errors = running.StandardError.ReadToEndAsync(cancellation);
        var lines = (await running.StandardOutput.ReadToEndAsync(cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await running.WaitForExitAsync(cancellation);
        Assert.Equal("", await errors);
        return (running.ExitCode, lines);
    }

    private ProcessStartInfo Tokenline(string verb)
    {
        var start = Plain(verb);
        foreach (var (name, value) in More)
            start.Environment[name] = value;
        return start;
    }

    private ProcessStartInfo Plain(string verb)
    {
        // A signal that our own parent has us ignore, as shells do for what they start in the background, would be ignored by it as well.
        string[] signals = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT"] : [];
        string[] command = [.. on, .. signals, "dotnet", Path.Combine(AppContext.BaseDirectory, "tokenline.dll"), verb];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Nothing of a server that whoever runs the tests was told to use: sourcing demo.env is the first thing that one does here.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("TOKENLINE_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (
            var (name, value) in new[]
            {
                ("TOKENLINE_DATA", data),
                ("TOKENLINE_URLS", Url.ToString().TrimEnd('/')),
                ("TOKENLINE_ADMIN_KEY", AdminKey),
                // It lives for seconds: no profile of it is worth its making, and nothing is worth being compiled twice. In the long form it lives longer.
                ("DOTNET_TieredPGO", TestLength.IsLong ? "1" : "0"),
                ("DOTNET_TC_CallCounting", TestLength.IsLong ? "1" : "0"),
                ("TOKENLINE__Gateway__SliceBytes", "200"),
                ("TOKENLINE__Gateway__QueueDelayMilliseconds", "0"), // whoever shares its cores with a test would refuse what the test wants answered
                ("TOKENLINE__Gateway__DrainSeconds", DrainSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                ("TOKENLINE__Commerce__CarrierBaseUrl", new Uri(simulator, "/carrier").ToString()),
            }
        )
            start.Environment[name] = value;
        return start;
    }

    private async Task KeepAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            said.Enqueue(line);
            while (said.Count > 400)
                said.TryDequeue(out _);
        }
    }

    /// <summary>The last of what it printed: the cause of a failure that a client saw.</summary>
    public string Said => string.Join('\n', said);

    /// <summary>Further variables of its environment.</summary>
    public IReadOnlyDictionary<string, string> More { get; init; } = new Dictionary<string, string>();

    /// <summary>STOP freezes it where it is, CONT lets it go on.</summary>
    public async Task SignalAsync(string signal, CancellationToken cancellation)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellation);
    }

    public bool IsRunning => process is { HasExited: false };

    /// <summary>It ends by itself.</summary>
    public Task EndedAsync(CancellationToken cancellation) => process!.WaitForExitAsync(cancellation);

    /// <summary>How long running calls may go on when it is asked to end.</summary>
    public int DrainSeconds { get; init; } = 30;

    /// <summary>Asks it to end, as Ctrl-C (INT) or a service manager (TERM) does. The exit code.</summary>
    public async Task<int> EndAsync(string signal, CancellationToken cancellation)
    {
        await SignalAsync(signal, cancellation);
        await EndedAsync(cancellation).WaitAsync(endsWithin, cancellation);
        return process!.ExitCode;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    public async Task<JsonElement> PostAsync(string path, object body, CancellationToken cancellation) =>
        await ReadAsync(await Management.PostAsJsonAsync(path, body, cancellation), cancellation);

    public async Task<JsonElement> PutAsync(string path, object body, CancellationToken cancellation) =>
        await ReadAsync(await Management.PutAsJsonAsync(path, body, cancellation), cancellation);

    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellation) =>
        await ReadAsync(await Management.GetAsync(path, cancellation), cancellation);

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            if (!process.HasExited)
                await KillAsync();
            process.Dispose();
            process = null;
        }
        Management.Dispose();
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
