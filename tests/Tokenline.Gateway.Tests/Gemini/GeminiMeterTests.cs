using System.Buffers;
using System.Text;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.Gemini;

namespace Tokenline.Gateway.Tests.Gemini;

/// <summary>Where Gemini puts usage, as recorded in the wild.</summary>
public sealed class GeminiMeterTests
{
    [Fact]
    public void Usage_comes_with_every_chunk_and_the_last_value_of_each_field_counts()
    {
        var reading = Usage(
            Chunk("""{"promptTokenCount":100,"candidatesTokenCount":9,"thoughtsTokenCount":30,"totalTokenCount":139}"""),
            Chunk("""{"promptTokenCount":100,"thoughtsTokenCount":28,"totalTokenCount":137}""", "STOP")
        );

        Assert.Null(reading.Check);
        Assert.Equal((100, 37, 28), (reading.Usage[Meter.Input], reading.Usage[Meter.Output], reading.Usage[Meter.Reasoning]));
    }

    [Fact]
    public void The_prompt_includes_the_cache_and_leaves_out_what_tools_brought()
    {
        var reading = Usage(
            Chunk(
                """{"promptTokenCount":100,"cachedContentTokenCount":60,"toolUsePromptTokenCount":5,"candidatesTokenCount":10,"totalTokenCount":115}"""
            )
        );

        Assert.Equal((45, 60, 10), (reading.Usage[Meter.Input], reading.Usage[Meter.CachedInput], reading.Usage[Meter.Output]));
    }

    [Fact]
    public void What_the_total_has_beyond_its_parts_is_output()
    {
        var reading = Usage(Chunk("""{"promptTokenCount":10,"candidatesTokenCount":5,"totalTokenCount":40}"""));

        Assert.Equal((30, 25), (reading.Usage[Meter.Output], reading.Usage[Meter.Reasoning]));
    }

    [Theory]
    [InlineData("""{"promptTokenCount":10,"candidatesTokenCount":-5}""")]
    [InlineData("""{"promptTokenCount":10,"cachedContentTokenCount":20,"candidatesTokenCount":5}""")]
    [InlineData("""{"promptTokenCount":10,"candidatesTokenCount":5,"totalTokenCount":3}""")]
    public void What_is_implausible_is_marked(string usage) => Assert.NotNull(Usage(Chunk(usage)).Check);

    [Fact]
    public void Texts_thoughts_and_arguments_are_output_and_seals_are_not()
    {
        var text = new ArrayBufferWriter<byte>();
        var payload = new GeminiMeter().ReadWhole(
            """{"candidates":[{"content":{"role":"model","parts":[{"text":"hm","thought":true},{"text":"Hi","thoughtSignature":"c2VhbA=="},{"functionCall":{"name":"go","args":{"to":["x",{"y":"z"}]}}}]}}]}"""u8,
            text
        );

        Assert.Equal("hmHigotoxyz", Encoding.UTF8.GetString(text.WrittenSpan));
        Assert.Equal(text.WrittenCount, payload.TextBytes);
        Assert.True(payload.Has(AnswerPayloadKinds.Answer) && !payload.Has(AnswerPayloadKinds.Finish));
    }

    [Fact]
    public void A_prompt_that_was_blocked_is_an_answer()
    {
        var meter = new GeminiMeter();
        var payload = meter.ReadWhole(
            """{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":7,"totalTokenCount":7}}"""u8,
            new ArrayBufferWriter<byte>()
        );

        Assert.True(payload.Has(AnswerPayloadKinds.Answer) && meter.IsEnding);
        Assert.Equal(7, meter.ReadUsage("google").Usage[Meter.Input]);
    }

    [Theory]
    [InlineData("""{"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}}""", AnswerPayloadKinds.Error)]
    [InlineData("<html>", AnswerPayloadKinds.NotJson)]
    public void A_failure_is_told_apart(string body, object kind) =>
        Assert.True(new GeminiMeter().ReadWhole(Encoding.UTF8.GetBytes(body), new ArrayBufferWriter<byte>()).Has((AnswerPayloadKinds)kind));

    private static string Chunk(string usage, string? finish = null) =>
        $$$"""{"candidates":[{"content":{"parts":[{"text":"a"}]}{{{(finish is null ? "" : $",\"finishReason\":\"{finish}\"")}}}}],"usageMetadata":{{{usage}}}}""";

    private static UsageReading Usage(params string[] chunks)
    {
        var meter = new GeminiMeter();
        foreach (var chunk in chunks)
            meter.ReadWhole(Encoding.UTF8.GetBytes(chunk), new ArrayBufferWriter<byte>());
        return meter.ReadUsage("google");
    }
}
