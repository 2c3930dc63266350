using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Tokenline.Crash.Tests;

/// <summary>A server that is asked to end lets running calls finish, or settles them; in the real process, with the signals of a real end.</summary>
[Collection(nameof(OneServer))]
public sealed class DrainTests(OneServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_within_the_drain_time_comes_to_its_end_and_one_that_outlasts_it_is_settled_with_what_was_delivered_not_left_to_recovery()
    {
        await server.StartIfEndedAsync();

        // Longer than the two seconds that a command line gives its shutdown, by each signal of a real end.
        const string Long = "tokens=40; token-delay=90; tokens-per-chunk=1";
        const string TooLong = "tokens=2000; token-delay=50; tokens-per-chunk=1";
        var ended = new List<(string Text, JsonElement Record)>();
        foreach (var (signal, behaviours) in new[] { ("TERM", new[] { Long, TooLong }), ("INT", [Long]) })
            ended.AddRange(await EndWhileStreamingAsync(signal, behaviours));

        foreach (var (text, record) in new[] { ended[0], ended[2] })
        {
            Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
            Assert.Equal(("Completed", "Vendor"), (Word(record, "ending"), Word(record, "basis")));
        }
        var (cut, estimated) = ended[1];
        Assert.DoesNotContain("[DONE]", cut, StringComparison.Ordinal);
        Assert.Equal(("ServerEnded", "Estimated"), (Word(estimated, "ending"), Word(estimated, "basis")));
        Assert.True(estimated.GetProperty("usage").GetProperty("output").GetInt64() > 0);
    }

    /// <summary>The server is asked to end while it streams these, and started again: what each client has seen, and what is on record.</summary>
    private async Task<List<(string Text, JsonElement Record)>> EndWhileStreamingAsync(string signal, string[] behaviours)
    {
        using var http = new HttpClient { BaseAddress = server.Process.Url };
        var streams = new List<(string Charge, HttpResponseMessage Response)>();
        foreach (var (behaviour, key) in behaviours.Zip(server.Keys))
        {
            var response = await BeginAsync(http, key, behaviour);
            streams.Add((response.Headers.GetValues("x-tokenline-charge-id").Single(), response));
        }
        var ending = server.Process.EndAsync(signal, Cancel);
        var texts = await Task.WhenAll(streams.Select(stream => ReadAsync(stream.Response)));
        Assert.Equal(0, await ending);

        await server.StartIfEndedAsync();
        var ended = new List<(string, JsonElement)>();
        foreach (var ((charge, response), text) in streams.Zip(texts))
        {
            response.Dispose();
            ended.Add((text, await server.Process.GetAsync($"charges/{charge}", Cancel)));
        }
        return ended;
    }

    private static async Task<HttpResponseMessage> BeginAsync(HttpClient http, string key, string behaviour)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(
                $$"""{"model":"crash","stream":true,"messages":[{"role":"user","content":"Hi [[simulate: {{behaviour}}]]"}]}""",
                Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }

    /// <summary>All that came, whether it ended or was cut.</summary>
    private static async Task<string> ReadAsync(HttpResponseMessage response)
    {
        var text = new StringBuilder();
        try
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
            var buffer = new char[1024];
            while (await reader.ReadAsync(buffer, Cancel) is > 0 and var count)
                text.Append(buffer, 0, count);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            text.Append("(cut)");
        }
        return text.ToString();
    }

    private static string? Word(JsonElement record, string name) => record.GetProperty(name).GetString();
}
