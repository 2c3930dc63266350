using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tokenline.Simulators.Vendors;

namespace Tokenline.Simulators.Tests.Vendors;

public sealed class FaultTests
{
    private static readonly string[] framings =
    [
        "fault=crlf",
        "fault=comments",
        "fault=no-space",
        "fault=split:7",
        "fault=crlf; fault=comments; fault=no-space; fault=split:100",
    ];

    [Fact]
    public async Task The_readme_lists_the_faults_of_the_code_and_no_others()
    {
        var readme = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Simulators.README.md"), SimulatedVendor.Cancel);
        var section = readme.SkipWhile(l => l != "## Faults").Skip(1).TakeWhile(l => !l.StartsWith("## ", StringComparison.Ordinal));
        Assert.Equal(
            Faults.All.Select(f => $"| `{f.Syntax}` | {f.Effect} |"),
            section.Where(l => l.StartsWith("| `", StringComparison.Ordinal))
        );
        Assert.Equal(Enum.GetValues<Fault>(), Faults.All.Select(f => f.Fault).Order());
        Assert.All(
            Faults.All,
            f => Assert.Equal(f.Fault, Behaviour.Parse($"fault={f.Name}{(f.ArgumentName is null ? "" : $":{f.Most}")}").Faults![0].Fault)
        );
    }

    [Theory]
    [InlineData("fault=status:429; latency=3; token-delay=0; tokens-per-chunk=2; tokens=9; reasoning=1; cached=0")]
    [InlineData("fault=crlf; fault=split:3")]
    [InlineData("fault=none")]
    [InlineData("")]
    public void A_directive_reads_back_as_it_was_written(string directive) =>
        Assert.Equal(directive, Behaviour.Parse(directive).ToString());

    [Theory]
    [InlineData("fault=cut-after")]
    [InlineData("fault=cut-after:-1")]
    [InlineData("fault=crlf:1")]
    [InlineData("fault=status:200")]
    [InlineData("speed=9")]
    [InlineData("tokens=0")]
    [InlineData("tokens")]
    public void A_directive_that_makes_no_sense_is_refused(string directive) =>
        Assert.Throws<FormatException>(() => Behaviour.Parse(directive));

    [Theory]
    [InlineData(429, true)]
    [InlineData(503, true)]
    [InlineData(500, false)]
    [InlineData(401, false)]
    public async Task Status_answers_with_it(int status, bool retryAfter)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        using var response = await vendor.PostAsync(SimulatedVendor.Body(stream: true), $"fault=status:{status}");
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(retryAfter, response.Headers.RetryAfter is not null);
        Assert.NotNull(JsonNode.Parse(await response.Content.ReadAsStringAsync(SimulatedVendor.Cancel))!["error"]!["message"]);
    }

    [Fact]
    public async Task A_200_may_hold_a_page_or_rubbish_or_an_error()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        using var page = await vendor.PostAsync(SimulatedVendor.Body(), "fault=html");
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);

        using var garbage = await vendor.PostAsync(SimulatedVendor.Body(), "fault=garbage");
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => JsonNode.Parse(garbage.Content.ReadAsStream()));
        var streamed = await vendor.StreamAsync(SimulatedVendor.Body(stream: true), "fault=garbage");
        Assert.Equal(2, streamed.Events.Count);
        Assert.Single(streamed.Chunks);

        foreach (var stream in new[] { false, true })
            Assert.NotNull((await vendor.AnswerAsync(SimulatedVendor.Body(stream: stream), "fault=error-body"))["error"]);
    }

    [Fact]
    public async Task An_error_in_the_stream_ends_it_without_done()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var streamed = await vendor.StreamAsync(SimulatedVendor.Body(stream: true), "fault=error-in-stream:4");
        Assert.Equal(4, streamed.TokenChunks);
        Assert.NotNull(streamed.Chunks[^1]["error"]);
        Assert.False(streamed.Done || streamed.Broken);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task A_cut_stream_delivers_what_came_before_and_no_end(int chunks)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var streamed = await vendor.StreamAsync(SimulatedVendor.Body($"[[simulate: fault=cut-after:{chunks}]]", stream: true));
        Assert.Equal(chunks, streamed.TokenChunks);
        Assert.True(streamed.Broken);
        Assert.False(streamed.Done);
        Assert.Empty(streamed.Usages);
    }

    [Fact]
    public async Task A_cut_plain_answer_stops_in_the_middle()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        using var response = await vendor.PostAsync(SimulatedVendor.Body(), "fault=cut-after:1");
        var read = await StreamedAnswer.ReadAsync(await response.Content.ReadAsStreamAsync(SimulatedVendor.Cancel));
        Assert.True(read.Broken);
        Assert.Equal(response.Content.Headers.ContentLength / 2, read.Raw.Length);
    }

    [Fact]
    public async Task A_refused_connection_has_no_answer()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => vendor.PostAsync(SimulatedVendor.Body(), "fault=refuse"));
        await vendor.Simulator.WhenAsync(c => c is { Answered: 1, AbortedByCaller: 0 }, SimulatedVendor.Cancel);
    }

    [Fact]
    public async Task A_hanging_vendor_waits_until_the_caller_goes()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var pending = vendor.PostAsync(SimulatedVendor.Body(), "fault=hang");
        await vendor.Simulator.WhenAsync(c => c.Received == 1, SimulatedVendor.Cancel);
        Assert.False(pending.IsCompleted);
        vendor.Client.CancelPendingRequests();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        await vendor.Simulator.WhenAsync(c => c.AbortedByCaller == 1, SimulatedVendor.Cancel);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_hangs_half_way_is_counted_as_aborted_when_the_caller_goes(bool stream)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        using (var response = await vendor.PostAsync(SimulatedVendor.Body(stream: stream), "fault=hang-after:2"))
        {
            var body = await response.Content.ReadAsStreamAsync(SimulatedVendor.Cancel);
            Assert.True(await body.ReadAsync(new byte[10], SimulatedVendor.Cancel) > 0);
        }
        await vendor.Simulator.WhenAsync(c => c is { AbortedByCaller: 1, Answered: 0 }, SimulatedVendor.Cancel);
    }

    [Fact]
    public async Task A_slow_first_byte_comes_after_the_headers()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        using var response = await vendor.PostAsync(SimulatedVendor.Body(stream: true), "fault=slow-first-byte:600000");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var body = await response.Content.ReadAsStreamAsync(SimulatedVendor.Cancel);
        Assert.False(body.ReadAsync(new byte[1], SimulatedVendor.Cancel).AsTask().IsCompleted);
    }

    [Fact]
    public async Task Latency_and_token_delay_are_waited_for()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await vendor.StreamAsync(
            SimulatedVendor.Body("[[simulate: latency=30; token-delay=2; tokens=10; tokens-per-chunk=5]]", stream: true)
        );
        Assert.InRange(clock.ElapsedMilliseconds, 45, 5000);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task Framing_changes_the_bytes_and_not_the_answer(string directive)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var usual = await vendor.StreamAsync(SimulatedVendor.Body(stream: true));
        var unusual = await vendor.StreamAsync(SimulatedVendor.Body(stream: true), directive);
        Assert.Equal(usual.Text, unusual.Text);
        Assert.True(unusual.Done);
        Assert.True(JsonNode.DeepEquals(Assert.Single(usual.Usages), Assert.Single(unusual.Usages)));
        Assert.Equal(directive.Contains("crlf", StringComparison.Ordinal), unusual.Raw.Contains("\r\n\r\n", StringComparison.Ordinal));
        Assert.Equal(
            directive.Contains("comments", StringComparison.Ordinal),
            unusual.Raw.Contains(": PROCESSING", StringComparison.Ordinal)
        );
        Assert.Equal(directive.Contains("no-space", StringComparison.Ordinal), unusual.Raw.Contains("data:{", StringComparison.Ordinal));
    }

    public static TheoryData<string> Framings => [.. framings];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Gzip_compresses_without_being_asked(bool stream)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        using var response = await vendor.PostAsync(SimulatedVendor.Body(stream: stream), "fault=gzip; fault=split:50");
        Assert.Equal("gzip", Assert.Single(response.Content.Headers.ContentEncoding));
        using var text = new StreamReader(
            new GZipStream(await response.Content.ReadAsStreamAsync(SimulatedVendor.Cancel), CompressionMode.Decompress)
        );
        Assert.EndsWith(stream ? "data: [DONE]\n\n" : "}}}", await text.ReadToEndAsync(SimulatedVendor.Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_may_be_missing_or_not_the_end()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var without = await vendor.StreamAsync(SimulatedVendor.Body(stream: true), "fault=no-done");
        Assert.False(without.Done || without.Broken);
        Assert.Single(without.Usages);
        var after = await vendor.StreamAsync(SimulatedVendor.Body(stream: true), "fault=data-after-done");
        Assert.Equal("[DONE]", after.Events[^2]);
    }

    [Fact]
    public async Task Defaults_are_set_and_taken_back_while_it_runs()
    {
        var options = new VendorSimulatorOptions
        {
            Behaviour = Behaviour.Parse("tokens=5"),
            Vendors = new Dictionary<string, Behaviour> { ["acme"] = Behaviour.Parse("tokens=6") },
        };
        await using var vendor = await SimulatedVendor.StartAsync(options);
        var body = SimulatedVendor.Body();
        Assert.Equal(6, await TokensAsync(body));

        using (
            var set = await vendor.Client.PostAsJsonAsync(
                "/control",
                new { vendor = "acme", behaviour = "tokens=7; fault=crlf" },
                SimulatedVendor.Cancel
            )
        )
            Assert.Equal(HttpStatusCode.NoContent, set.StatusCode);
        Assert.Equal(7, await TokensAsync(body));
        Assert.Equal(8, await TokensAsync(body, "tokens=8"));
        Assert.Equal(9, await TokensAsync(SimulatedVendor.Body("[[simulate: tokens=9]]"), "tokens=8"));
        var control = JsonNode.Parse(await vendor.Client.GetStringAsync("/control", SimulatedVendor.Cancel))!;
        Assert.Equal("fault=crlf; tokens=7", control["behaviours"]!["acme"]!.ToString());

        using (var all = await vendor.Client.PostAsJsonAsync("/control", new { behaviour = "fault=status:500" }, SimulatedVendor.Cancel))
            Assert.Equal(HttpStatusCode.NoContent, all.StatusCode);
        Assert.Equal(7, await TokensAsync(body)); // the vendor's own faults go over those for all
        await vendor.Client.DeleteAsync("/control?vendor=acme", SimulatedVendor.Cancel);
        using (var failed = await vendor.PostAsync(body))
            Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal(6, await TokensAsync(body, "fault=none"));
        await vendor.Client.DeleteAsync("/control", SimulatedVendor.Cancel);
        Assert.Equal(6, await TokensAsync(body));

        using var bad = await vendor.Client.PostAsJsonAsync("/control", new { behaviour = "fault=unheard-of" }, SimulatedVendor.Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);

        async Task<int> TokensAsync(string request, string? simulate = null) =>
            (await vendor.AnswerAsync(request, simulate))["usage"]!["completion_tokens"]!.GetValue<int>();
    }
}
