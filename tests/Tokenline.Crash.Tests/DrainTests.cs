using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tokenline.Simulators;

namespace Tokenline.Crash.Tests;

/// <summary>A server that is asked to end lets running calls finish, or settles them; in the real process, with the signals of a real end.</summary>
public sealed class DrainTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_stream_that_lasts_longer_than_a_shutdown_usually_may_comes_to_its_end(string signal)
    {
        var (text, exitCode, record) = await EndWhileStreamingAsync(
            signal,
            drainSeconds: 30,
            "tokens=50; token-delay=90; tokens-per-chunk=1"
        );

        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
        Assert.Equal(("Completed", "Vendor"), (Word(record, "ending"), Word(record, "basis")));
    }

    [Fact]
    public async Task A_stream_that_outlasts_the_drain_is_settled_with_what_was_delivered_not_left_to_recovery()
    {
        var (text, exitCode, record) = await EndWhileStreamingAsync(
            "TERM",
            drainSeconds: 1,
            "tokens=2000; token-delay=50; tokens-per-chunk=1"
        );

        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
        Assert.Equal(("ServerEnded", "Estimated"), (Word(record, "ending"), Word(record, "basis")));
        Assert.True(record.GetProperty("usage").GetProperty("output").GetInt64() > 0);
    }

    private static async Task<(string Text, int ExitCode, JsonElement Record)> EndWhileStreamingAsync(
        string signal,
        int drainSeconds,
        string behaviour
    )
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-drain");
        await using var simulator = await SimulatorServer.StartAsync("http://127.0.0.1:0", new SimulatorOptions(), Cancel);
        await using var server = new ServerProcess(folder.FullName, simulator.Address) { DrainSeconds = drainSeconds };
        await server.StartAsync(demo: true, Cancel);
        var (_, keys) = await KillTests.SellAsync(server, simulator.Address, Cancel);
        using var http = new HttpClient { BaseAddress = server.Url };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(
                $$"""{"model":"crash","stream":true,"messages":[{"role":"user","content":"Hi [[simulate: {{behaviour}}]]"}]}""",
                Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", keys[0]);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        var charge = response.Headers.GetValues("x-tokenline-charge-id").Single();

        var ending = server.EndAsync(signal, Cancel);
        var text = await ReadAsync(response);
        var exitCode = await ending;

        await server.StartAsync(demo: false, Cancel);
        var record = await server.GetAsync($"charges/{charge}", Cancel);
        await server.DisposeAsync();
        folder.Delete(recursive: true);
        return (text, exitCode, record);
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
