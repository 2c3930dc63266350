using System.Buffers;
using System.Text;
using CsCheck;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.Anthropic;
using Tokenline.Gateway.Protocols.Sse;

namespace Tokenline.Gateway.Tests.Anthropic;

/// <summary>Where Anthropic puts usage, as recorded in the wild; at random byte splits.</summary>
public sealed class MessagesMeterTests
{
    private const string Start =
        """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"stop_reason":null,"usage":{"input_tokens":10,"cache_creation_input_tokens":300,"cache_read_input_tokens":40,"cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":200},"output_tokens":1,"service_tier":"standard"}}}""";

    private const string Text = """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi 你"}}""";
    private const string Stop = """{"type":"message_stop"}""";

    [Fact]
    public void What_message_start_says_of_input_and_message_delta_of_output_are_one_usage()
    {
        var reading = Usage(Start, Text, Delta("""{"output_tokens":25}"""), Stop);

        Assert.Null(reading.Check);
        Assert.Equal((10, 40, 100, 200, 25), Meters(reading.Usage));
    }

    [Fact]
    public void A_larger_input_in_message_delta_counts()
    {
        var reading = Usage(
            Start,
            Delta("""{"input_tokens":15,"cache_creation_input_tokens":300,"cache_read_input_tokens":90,"output_tokens":7}"""),
            Stop
        );

        Assert.Equal((15, 90, 100, 200, 7), Meters(reading.Usage));
    }

    [Theory]
    [InlineData(250, 50, 200)] // the split no longer matches: the dearer hour as far as it goes
    [InlineData(150, 0, 150)]
    public void A_restated_total_of_cache_writes_is_split_as_far_as_the_split_is_known(long total, long fiveMinutes, long hour)
    {
        var reading = Usage(Start, Delta($$"""{"cache_creation_input_tokens":{{total}},"output_tokens":1}"""), Stop);

        Assert.Equal((fiveMinutes, hour), (reading.Usage[Meter.CacheWrite5m], reading.Usage[Meter.CacheWrite1h]));
    }

    [Fact]
    public void A_total_of_cache_writes_without_a_split_is_at_the_price_of_five_minutes()
    {
        var reading = Whole("""{"input_tokens":1,"cache_creation_input_tokens":80,"output_tokens":2}""");

        Assert.Equal((1, 0, 80, 0, 2), Meters(reading.Usage));
    }

    [Fact]
    public void Iterations_are_charged_beyond_the_top_level_figures()
    {
        var reading = Whole(
            """{"input_tokens":10,"output_tokens":5,"iterations":[{"type":"compaction","input_tokens":900,"output_tokens":60},{"type":"message","input_tokens":10,"output_tokens":5}]}"""
        );

        Assert.Equal((910, 0, 0, 0, 65), Meters(reading.Usage));
    }

    [Fact]
    public void An_iteration_of_another_model_is_marked() =>
        Assert.NotNull(
            Whole(
                """{"input_tokens":1,"output_tokens":1,"iterations":[{"type":"advisor_message","model":"claude-other","input_tokens":5,"output_tokens":5}]}"""
            ).Check
        );

    [Theory]
    [InlineData("""{"input_tokens":1,"output_tokens":-5}""")]
    [InlineData("""{"input_tokens":1,"output_tokens":99999999999}""")]
    [InlineData("""{"input_tokens":"many","output_tokens":1}""")]
    [InlineData("""{"input_tokens":1,"output_tokens":1,"server_tool_use":{"web_search_requests":2}}""")]
    public void What_is_implausible_is_marked_and_never_credited(string usage)
    {
        var reading = Whole(usage);

        Assert.NotNull(reading.Check);
        Assert.True(reading.Usage[Meter.Output] >= 0);
    }

    [Fact]
    public void A_stream_that_is_cut_before_its_message_delta_has_no_usage_to_charge_by()
    {
        Assert.False(Usage(Start, Text).IsReported);
        Assert.False(Usage(Start, Text, Delta("null")).IsReported);
    }

    [Fact]
    public void From_the_stop_reason_on_the_answer_is_ending()
    {
        var meter = new MessagesMeter();
        var text = new ArrayBufferWriter<byte>();

        Assert.True(Read(meter, Start, text).Has(AnswerPayloadKinds.Opening));
        Assert.True(Read(meter, """{"type":"ping"}""", text).Has(AnswerPayloadKinds.Ping));
        Read(
            meter,
            """{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"t","name":"go","input":{}}}""",
            text
        );
        Assert.Equal(3, meter.OpenBlock);
        Read(meter, """{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}}""", text);
        Read(meter, """{"type":"content_block_stop","index":3}""", text);
        Assert.Null(meter.OpenBlock);
        Assert.False(meter.IsEnding);
        Read(meter, Delta("""{"output_tokens":2}"""), text);
        Assert.True(meter.IsEnding && !meter.IsDone);
        Read(meter, Stop, text);
        Assert.True(meter.IsDone);
        Assert.Equal("go{\"a\":1}", Encoding.UTF8.GetString(text.WrittenSpan));
        Assert.Equal("claude-x", meter.Model);
    }

    [Theory]
    [InlineData("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""")]
    [InlineData("""{"error":{"message":"a gateway's"}}""")]
    public void An_error_is_one_in_a_stream_and_as_a_whole_body(string body)
    {
        var text = new ArrayBufferWriter<byte>();

        Assert.True(Read(new MessagesMeter(), body, text).Has(AnswerPayloadKinds.Error));
        Assert.True(new MessagesMeter().ReadWhole(Encoding.UTF8.GetBytes(body), text).Has(AnswerPayloadKinds.Error));
    }

    [Fact]
    public void However_the_bytes_are_split_the_usage_is_the_same()
    {
        var stream = Encoding.UTF8.GetBytes(
            string.Concat(
                new[] { Start, """{"type":"ping"}""", Text, Delta("""{"output_tokens":25}"""), Stop }.Select(data =>
                    $"event: x\r\ndata: {data}\r\n\r\n"
                )
            )
        );
        Gen.Int[1, 40]
            .Array[1, 200]
            .Sample(
                sizes =>
                {
                    using var splitter = new SseSplitter();
                    var meter = new MessagesMeter();
                    var text = new ArrayBufferWriter<byte>();
                    var (at, i) = (0, 0);
                    while (at < stream.Length)
                    {
                        var size = Math.Min(sizes[i++ % sizes.Length], stream.Length - at);
                        splitter.Feed(stream.AsMemory(at, size));
                        at += size;
                        while (splitter.TryNext(out var next))
                            meter.ReadEvent(next, text);
                    }
                    Assert.Equal((10, 40, 100, 200, 25), Meters(meter.ReadUsage("anthropic").Usage));
                    Assert.Equal("Hi 你", Encoding.UTF8.GetString(text.WrittenSpan));
                },
                iter: 200
            );
    }

    private static string Delta(string usage) =>
        $$$"""{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{{{usage}}}}""";

    private static (long Input, long Read, long FiveMinutes, long Hour, long Output) Meters(in Usage usage) =>
        (usage[Meter.Input], usage[Meter.CachedInput], usage[Meter.CacheWrite5m], usage[Meter.CacheWrite1h], usage[Meter.Output]);

    private static UsageReading Usage(params string[] events)
    {
        var meter = new MessagesMeter();
        foreach (var data in events)
            Read(meter, data, new ArrayBufferWriter<byte>());
        return meter.ReadUsage("anthropic");
    }

    private static UsageReading Whole(string usage)
    {
        var meter = new MessagesMeter();
        meter.ReadWhole(
            Encoding.UTF8.GetBytes(
                $$"""{"id":"m","type":"message","content":[{"type":"text","text":"x"}],"stop_reason":"end_turn","usage":{{usage}}}"""
            ),
            new ArrayBufferWriter<byte>()
        );
        return meter.ReadUsage("anthropic");
    }

    private static AnswerPayload Read(MessagesMeter meter, string data, ArrayBufferWriter<byte> text)
    {
        var bytes = Encoding.UTF8.GetBytes(data);
        return meter.ReadEvent(new SseEvent(bytes, bytes, default, HasData: true, IsTerminated: true), text);
    }
}
