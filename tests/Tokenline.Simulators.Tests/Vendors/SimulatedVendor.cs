using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Tokenline.Simulators.Vendors;

namespace Tokenline.Simulators.Tests.Vendors;

/// <summary>A simulator on a real socket and a client of it.</summary>
internal sealed class SimulatedVendor : IAsyncDisposable
{
    private readonly SimulatorServer server;

    private SimulatedVendor(SimulatorServer server)
    {
        this.server = server;
        // A response that hangs is let go of at once, not drained.
        var handler = new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero };
        Client = new HttpClient(handler) { BaseAddress = new Uri(server.Address, "/vendors/acme/v1/") };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk-any");
    }

    public HttpClient Client { get; }

    public VendorSimulator Simulator => server.Vendors;

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<SimulatedVendor> StartAsync(VendorSimulatorOptions? options = null) =>
        new(await SimulatorServer.StartAsync("http://127.0.0.1:0", new SimulatorOptions { Vendors = options ?? new() }, Cancel));

    /// <summary>A request body: one user message, and what else is given as JSON members.</summary>
    public static string Body(string text = "Hello", string members = "", bool stream = false, string model = "acme-chat") =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"{{text}}"}]{{(stream ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true}" : "")}}{{(
            members.Length > 0 ? "," + members : ""
        )}}}""";

    public Task<HttpResponseMessage> PostAsync(string body, string? simulate = null) => PostAsync("chat/completions", body, simulate);

    /// <param name="path">Below <c>/vendors/acme/v1/</c>, or from the root.</param>
    /// <param name="body">JSON, or what only looks like it.</param>
    /// <param name="simulate">A directive.</param>
    /// <param name="headers">Others.</param>
    public Task<HttpResponseMessage> PostAsync(string path, string body, string? simulate, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (simulate is not null)
            request.Headers.Add("x-simulate", simulate);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }

    public async Task<JsonNode> AnswerAsync(string body, string? simulate = null)
    {
        using var response = await PostAsync(body, simulate);
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
    }

    public async Task<StreamedAnswer> StreamAsync(string body, string? simulate = null)
    {
        using var response = await PostAsync(body, simulate);
        response.EnsureSuccessStatusCode();
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return await StreamedAnswer.ReadAsync(await response.Content.ReadAsStreamAsync(Cancel));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await server.DisposeAsync();
    }
}

/// <summary>A stream read to its end, however it ended.</summary>
internal sealed record StreamedAnswer(string Raw, IReadOnlyList<string> Events, bool Broken)
{
    /// <summary>Events that are JSON objects.</summary>
    public IReadOnlyList<JsonNode> Chunks { get; } = [.. Events.Where(e => e.StartsWith('{')).Select(e => JsonNode.Parse(e)!)];

    public bool Done => Events.Contains("[DONE]");

    public string Text => Joined("content");

    public string Reasoning => Joined("reasoning_content");

    public IReadOnlyList<JsonNode> Usages => [.. Chunks.Select(c => c["usage"]).OfType<JsonObject>()];

    public int TokenChunks =>
        Chunks.Count(c => c["choices"]?.AsArray().Any(x => x!["delta"]?["content"]?.ToString() is { Length: > 0 }) ?? false);

    public static async Task<StreamedAnswer> ReadAsync(Stream stream)
    {
        var bytes = new MemoryStream();
        var broken = false;
        try
        {
            await stream.CopyToAsync(bytes, SimulatedVendor.Cancel);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            broken = true;
        }
        var raw = Encoding.UTF8.GetString(bytes.ToArray());
        var lines = raw.Split('\n').Select(l => l.TrimEnd('\r')).Where(l => l.StartsWith("data:", StringComparison.Ordinal));
        return new StreamedAnswer(raw, [.. lines.Select(l => l[5..].TrimStart(' '))], broken);
    }

    private string Joined(string member) =>
        string.Concat(Chunks.SelectMany(c => c["choices"]?.AsArray() ?? []).Select(c => c!["delta"]?[member]?.ToString()));
}
