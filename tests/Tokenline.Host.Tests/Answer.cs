using System.Text;
using System.Text.Json.Nodes;

namespace Tokenline.Host.Tests;

/// <summary>An answer of the gateway, read to its end or to where it broke off.</summary>
internal sealed record Answer(HttpResponseMessage Response, byte[] Bytes, bool IsBroken)
{
    public int Status => (int)Response.StatusCode;

    public string Text => Encoding.UTF8.GetString(Bytes);

    public JsonNode Json => JsonNode.Parse(Bytes)!;

    public JsonNode Error => Json["error"]!;

    public string? Code => (string?)Error["code"];

    /// <summary>The data of the events of a stream.</summary>
    public IReadOnlyList<string> Events =>
        [
            .. Text.Split('\n')
                .Select(line => line.TrimEnd('\r'))
                .Where(line => line.StartsWith("data:", StringComparison.Ordinal))
                .Select(line => line[5..].TrimStart(' ')),
        ];

    public IReadOnlyList<JsonNode> Chunks => [.. Events.Where(data => data.StartsWith('{')).Select(data => JsonNode.Parse(data)!)];

    public bool IsDone => Events.Contains("[DONE]");

    public string? FinishReason =>
        Chunks
            .Select(chunk => (string?)chunk["choices"]?.AsArray().FirstOrDefault()?["finish_reason"])
            .LastOrDefault(reason => reason is not null);

    public string Content =>
        string.Concat(Chunks.Select(chunk => (string?)chunk["choices"]?.AsArray().FirstOrDefault()?["delta"]?["content"]));

    public ChargeId Charge => ChargeId.Parse(Header("x-tokenline-charge-id")!);

    public string? Header(string name) => Response.Headers.TryGetValues(name, out var values) ? Assert.Single(values) : null;

    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        using var bytes = new MemoryStream();
        var isBroken = false;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(RunningServer.Cancel);
            await body.CopyToAsync(bytes, RunningServer.Cancel);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            isBroken = true;
        }
        return new Answer(response, bytes.ToArray(), isBroken);
    }
}

/// <summary>A stream that the test reads event by event.</summary>
internal sealed class EventReader(Stream stream) : IDisposable
{
    private readonly StreamReader reader = new(stream, Encoding.UTF8);

    public static async Task<EventReader> OfAsync(HttpResponseMessage response) =>
        new(await response.Content.ReadAsStreamAsync(RunningServer.Cancel));

    /// <summary>The data of the next event; null at the end.</summary>
    public async Task<string?> NextAsync()
    {
        while (await reader.ReadLineAsync(RunningServer.Cancel) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                return line[6..];
        }
        return null;
    }

    public void Dispose() => reader.Dispose();
}
