using System.IO.Compression;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tokenline.Simulators.Tests.Vendors;

/// <summary>What breaks the connection or the framing breaks it alike in every protocol.</summary>
public sealed class ProtocolFaultTests
{
    private const string Chat = "chat/completions";
    private const string Messages = "messages";
    private const string Responses = "responses";
    private const string Gemini = "/vendors/acme/v1beta/models/gemini-2.5-flash:";

    private static readonly string[] paths = [Chat, Messages, Responses, Gemini];

    public static TheoryData<string> Paths => [.. paths];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_200_may_hold_a_page_or_rubbish_or_an_error(string path)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        foreach (var stream in new[] { false, true })
        {
            using var page = await PostAsync(vendor, path, stream, "fault=html");
            Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
            using var error = await PostAsync(vendor, path, stream, "fault=error-body");
            Assert.Equal(HttpStatusCode.OK, error.StatusCode);
            Assert.NotNull(JsonNode.Parse(await error.Content.ReadAsStringAsync(SimulatedVendor.Cancel))!["error"]!["message"]);
        }
        using var garbage = await PostAsync(vendor, path, stream: false, "fault=garbage");
        Assert.ThrowsAny<JsonException>(() => JsonNode.Parse(garbage.Content.ReadAsStream()));
        using var streamed = await PostAsync(vendor, path, stream: true, "fault=garbage");
        var read = await StreamedAnswer.ReadAsync(await streamed.Content.ReadAsStreamAsync(SimulatedVendor.Cancel));
        Assert.StartsWith("}}{", read.Events[^1], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Connections_break_and_hang(string path)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(vendor, path, stream: true, "fault=refuse"));
        using (var cut = await PostAsync(vendor, path, stream: false, "fault=cut-after:1"))
            Assert.True((await StreamedAnswer.ReadAsync(await cut.Content.ReadAsStreamAsync(SimulatedVendor.Cancel))).Broken);
        using (var hanging = await PostAsync(vendor, path, stream: true, "fault=hang-after:1"))
        {
            var body = await hanging.Content.ReadAsStreamAsync(SimulatedVendor.Cancel);
            Assert.True(await body.ReadAsync(new byte[10], SimulatedVendor.Cancel) > 0);
        }
        await vendor.Simulator.WhenAsync(c => c is { AbortedByCaller: 1, Answered: 2 }, SimulatedVendor.Cancel);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Framing_changes_the_bytes_and_not_the_answer(string path)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        using var usual = await PostAsync(vendor, path, stream: true, "tokens=5");
        var events = (await StreamedAnswer.ReadAsync(await usual.Content.ReadAsStreamAsync(SimulatedVendor.Cancel))).Events;
        foreach (var fault in new[] { "crlf", "comments", "no-space", "split:11", "gzip" })
        {
            using var unusual = await PostAsync(vendor, path, stream: true, $"tokens=5; fault={fault}");
            var body = await unusual.Content.ReadAsStreamAsync(SimulatedVendor.Cancel);
            var read = await StreamedAnswer.ReadAsync(fault == "gzip" ? new GZipStream(body, CompressionMode.Decompress) : body);
            Assert.False(read.Broken);
            Assert.Equal(events.Count, read.Events.Count);
        }
    }

    private static Task<HttpResponseMessage> PostAsync(SimulatedVendor vendor, string path, bool stream, string simulate)
    {
        var flag = stream ? ",\"stream\":true" : "";
        var body = path switch
        {
            Gemini => """{"contents":[{"parts":[{"text":"Hello"}]}]}""",
            Responses => $"{{\"model\":\"m\",\"input\":\"Hello\"{flag}}}",
            _ => $"{{\"model\":\"m\",\"max_tokens\":100,\"messages\":[{{\"role\":\"user\",\"content\":\"Hello\"}}]{flag}}}",
        };
        if (path == Gemini)
            path += stream ? "streamGenerateContent?alt=sse" : "generateContent";
        return vendor.PostAsync(path, body, simulate, ("anthropic-version", "2023-06-01"));
    }
}
