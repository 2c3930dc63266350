using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Tokenline.Simulators.Tests.Vendors;

/// <summary>The smaller endpoints under the OpenAI prefix, and Azure's paths.</summary>
public sealed class MediaTests
{
    [Fact]
    public async Task Embeddings_are_the_same_as_numbers_and_as_base64()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var numbers = await AnswerAsync(vendor, "embeddings", """{"model":"e","input":["Hello","多少钱"],"dimensions":5}""");
        var coded = await AnswerAsync(vendor, "embeddings", """{"model":"e","input":"多少钱","dimensions":5,"encoding_format":"base64"}""");
        var vector = numbers["data"]![1]!["embedding"]!.AsArray().Select(v => v!.GetValue<float>()).ToArray();
        Assert.Equal(1, vector.Sum(v => v * v), 4);
        var bytes = Convert.FromBase64String(coded["data"]![0]!["embedding"]!.ToString());
        Assert.Equal(vector, MemoryMarshal.Cast<byte, float>(bytes).ToArray());
        Assert.Equal("""{"prompt_tokens":5,"total_tokens":5}""", numbers["usage"]!.ToJsonString());
        Assert.Equal(1, numbers["data"]![1]!["index"]!.GetValue<int>());

        var tokens = await AnswerAsync(vendor, "embeddings", """{"model":"e","input":[[1,2,3],[4]]}""");
        Assert.Equal(2, tokens["data"]!.AsArray().Count);
        Assert.Equal(1536, tokens["data"]![0]!["embedding"]!.AsArray().Count);
        Assert.Equal(4, tokens["usage"]!["total_tokens"]!.GetValue<int>());
        Assert.Single((await AnswerAsync(vendor, "embeddings", """{"model":"e","input":[1,2,3]}"""))["data"]!.AsArray());
    }

    [Theory]
    [InlineData("embeddings", """{"input":"x"}""")]
    [InlineData("embeddings", """{"model":"e","input":[]}""")]
    [InlineData("embeddings", """{"model":"e","input":""}""")]
    [InlineData("embeddings", """{"model":"e","input":["x",""]}""")]
    [InlineData("embeddings", """{"model":"e","input":"x","dimensions":4000}""")]
    [InlineData("embeddings", """{"model":"e","input":"[[simulate: fault=unheard-of]]"}""")]
    [InlineData("rerank", """{"model":"r","query":"q"}""")]
    [InlineData("rerank", """{"model":"r","query":"q","documents":[]}""")]
    [InlineData("images/generations", """{"model":"i","prompt":"x","n":11}""")]
    [InlineData("images/generations", """{"model":"i","prompt":"x","size":"1x1"}""")]
    [InlineData("audio/speech", """{"model":"s","input":"x"}""")]
    [InlineData("audio/speech", """{"model":"s","input":"","voice":"alloy"}""")]
    [InlineData("audio/transcriptions", """{"model":"t"}""")]
    public async Task A_body_that_makes_no_sense_is_a_400(string path, string body)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        using var response = await vendor.PostAsync(path, body, null, []);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(SimulatedVendor.Cancel))!["error"]!;
        Assert.Equal("invalid_request_error", error["type"]!.ToString());
    }

    [Fact]
    public async Task Documents_are_ranked_by_score()
    {
        const string body = """{"model":"r","query":"quick","documents":["a","b",{"text":"c"}],"top_n":2,"return_documents":true}""";
        await using var vendor = await SimulatedVendor.StartAsync();
        var answer = await AnswerAsync(vendor, "rerank", body);
        var results = answer["results"]!.AsArray();
        Assert.Equal(2, results.Count);
        Assert.True(results[0]!["relevance_score"]!.GetValue<double>() >= results[1]!["relevance_score"]!.GetValue<double>());
        Assert.All(results, r => Assert.Equal("abc"[r!["index"]!.GetValue<int>()].ToString(), r["document"]!["text"]!.ToString()));
        Assert.Equal(5, answer["usage"]!["total_tokens"]!.GetValue<int>());
        Assert.Equal(1, answer["meta"]!["billed_units"]!["search_units"]!.GetValue<int>());
        Assert.Equal(answer.ToJsonString(), (await AnswerAsync(vendor, "/vendors/acme/v2/rerank", body)).ToJsonString());
    }

    [Fact]
    public async Task Images_are_valid_and_charged_by_size_and_quality()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var answer = await AnswerAsync(
            vendor,
            "images/generations",
            """{"model":"gpt-image-1","prompt":"a bird","n":2,"size":"1536x1024","quality":"low"}"""
        );
        Assert.Equal(2, answer["data"]!.AsArray().Count);
        var png = Convert.FromBase64String(answer["data"]![0]!["b64_json"]!.ToString());
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], png[..4]);
        var data = png.AsSpan().IndexOf("IDAT"u8);
        var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(data - 4));
        await using var pixels = new ZLibStream(new MemoryStream(png, data + 4, length), CompressionMode.Decompress);
        Assert.Equal(2, await pixels.ReadAtLeastAsync(new byte[8], 8, throwOnEndOfStream: false, SimulatedVendor.Cancel));
        Assert.Equal(800, answer["usage"]!["output_tokens"]!.GetValue<int>());
        Assert.Equal(802, answer["usage"]!["total_tokens"]!.GetValue<int>());
        var auto = await AnswerAsync(vendor, "images/generations", """{"model":"gpt-image-1","prompt":"a bird"}""");
        Assert.Equal(4160, auto["usage"]!["output_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task What_is_spoken_can_be_transcribed_and_is_a_tenth_of_a_second()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        using var speech = await vendor.PostAsync(
            "audio/speech",
            """{"model":"tts-1","input":"Hello","voice":"alloy","response_format":"mp3"}""",
            null,
            []
        );
        Assert.Equal("audio/wav", speech.Content.Headers.ContentType!.MediaType);
        var audio = await speech.Content.ReadAsByteArrayAsync(SimulatedVendor.Cancel);

        var json = JsonNode.Parse(await TranscribeAsync("whisper-1"))!;
        Assert.EndsWith("no audio was heard.", json["text"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("""{"type":"duration","seconds":1}""", json["usage"]!.ToJsonString());
        var verbose = JsonNode.Parse(await TranscribeAsync("whisper-1", "verbose_json"))!;
        Assert.Equal(0.1, verbose["duration"]!.GetValue<double>());
        Assert.Equal(verbose["text"]!.ToString(), verbose["segments"]![0]!["text"]!.ToString());
        var tokens = JsonNode.Parse(await TranscribeAsync("gpt-4o-transcribe"))!["usage"]!;
        Assert.Equal(1, tokens["input_token_details"]!["audio_tokens"]!.GetValue<int>());
        Assert.StartsWith("This is the Tokenline", await TranscribeAsync("whisper-1", "text"), StringComparison.Ordinal);
        Assert.Contains("00:00:00.000 --> 00:00:00.100", await TranscribeAsync("whisper-1", "vtt"), StringComparison.Ordinal);
        Assert.Contains(
            "seconds\":41",
            await TranscribeAsync("whisper-1", prompt: "[[simulate: fault=usage-above:40]]"),
            StringComparison.Ordinal
        );

        async Task<string> TranscribeAsync(string model, string? format = null, string? prompt = null)
        {
            using var form = new MultipartFormDataContent { { new StringContent(model), "model" } };
            if (format is not null)
                form.Add(new StringContent(format), "\"response_format\"");
            if (prompt is not null)
                form.Add(new StringContent(prompt), "prompt");
            var file = new ByteArrayContent(audio);
            file.Headers.ContentType = new MediaTypeHeaderValue("audio/wav");
            form.Add(file, "file", "hello.wav");
            using var response = await vendor.Client.PostAsync("audio/transcriptions", form, SimulatedVendor.Cancel);
            var text = await response.Content.ReadAsStringAsync(SimulatedVendor.Cancel);
            Assert.True(response.IsSuccessStatusCode, text);
            return text;
        }
    }

    [Fact]
    public async Task Faults_hold_here_too()
    {
        const string body = """{"model":"e","input":"Hello","dimensions":3}""";
        await using var vendor = await SimulatedVendor.StartAsync();
        using var busy = await vendor.PostAsync("embeddings", body, "fault=status:503");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, busy.StatusCode);
        Assert.Equal(
            """{"total_tokens":2}""",
            (await AnswerAsync(vendor, "embeddings", body, "fault=total-only"))["usage"]!.ToJsonString()
        );
        Assert.Equal(
            12,
            (await AnswerAsync(vendor, "embeddings", body, "fault=usage-above:10"))["usage"]!["total_tokens"]!.GetValue<int>()
        );
        Assert.False((await AnswerAsync(vendor, "embeddings", body, "fault=no-usage")).AsObject().ContainsKey("usage"));
        Assert.True((await AnswerAsync(vendor, "embeddings", body, "fault=null-usage")).AsObject().ContainsKey("usage"));
        Assert.NotNull((await AnswerAsync(vendor, "embeddings", body, "fault=error-body"))["error"]);
        using var cut = await vendor.PostAsync("embeddings", body, "fault=cut-after:0");
        await Assert.ThrowsAnyAsync<Exception>(() => cut.Content.ReadAsStringAsync(SimulatedVendor.Cancel));
    }

    [Fact]
    public async Task Azure_has_paths_a_key_and_a_first_chunk_of_its_own()
    {
        const string path = "/vendors/acme/openai/deployments/my-gpt/chat/completions";
        const string body = """{"model":"ignored","messages":[{"role":"user","content":"Hello"}],"stream":true}""";
        await using var vendor = await SimulatedVendor.StartAsync();
        vendor.Client.DefaultRequestHeaders.Authorization = null;
        using var nobody = await vendor.PostAsync(path + "?api-version=2026-01-01", body, null, []);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        using var noVersion = await vendor.PostAsync(path, body, null, ("api-key", "any"));
        Assert.Equal(HttpStatusCode.NotFound, noVersion.StatusCode);

        using var response = await vendor.PostAsync(path + "?api-version=2026-01-01", body, null, ("api-key", "any"));
        var streamed = await StreamedAnswer.ReadAsync(await response.Content.ReadAsStreamAsync(SimulatedVendor.Cancel));
        Assert.Empty(streamed.Chunks[0]["choices"]!.AsArray());
        Assert.NotNull(streamed.Chunks[0]["prompt_filter_results"]);
        Assert.Equal("my-gpt", streamed.Chunks[1]["model"]!.ToString());
        Assert.StartsWith("This is the Tokenline vendor simulator answering as my-gpt;", streamed.Text, StringComparison.Ordinal);
        Assert.True(streamed.Done);
    }

    private static async Task<JsonNode> AnswerAsync(SimulatedVendor vendor, string path, string body, string? simulate = null)
    {
        using var response = await vendor.PostAsync(path, body, simulate, []);
        var text = await response.Content.ReadAsStringAsync(SimulatedVendor.Cancel);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
