using System.Buffers;
using System.Text;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Units;

namespace Tokenline.Gateway.Tests.OpenAI;

public sealed class FinalChunkTests
{
    private readonly ChatMeter meter = new();
    private readonly ArrayBufferWriter<byte> to = new();

    public FinalChunkTests() =>
        meter.Read(
            "{\"id\":\"c-1\",\"model\":\"m\",\"created\":7,\"choices\":[{\"index\":1,\"finish_reason\":\"stop\"}]}"u8,
            new ArrayBufferWriter<byte>()
        );

    [Fact]
    public void The_quota_ends_and_every_unfinished_choice_gets_its_end()
    {
        FinalChunk.WriteLengthEnd(to, meter.Facts, choices: 3);
        FinalChunk.WriteDone(to);
        Assert.Equal(
            "data: {\"id\":\"c-1\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n"
                + "data: {\"id\":\"c-1\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"m\",\"choices\":[{\"index\":2,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n"
                + "data: [DONE]\n\n",
            Written
        );
    }

    [Fact]
    public void The_usage_chunk_is_in_OpenAIs_meaning_and_reads_back_the_same()
    {
        var usage = Usage.Of(10, 5, cachedInput: 20, reasoning: 3);
        FinalChunk.WriteUsage(to, meter.Facts, usage);
        Assert.Contains("\"choices\":[],\"usage\":{\"prompt_tokens\":30,\"completion_tokens\":5,\"total_tokens\":35,", Written);
        meter.Read(to.WrittenSpan["data: ".Length..], new ArrayBufferWriter<byte>());
        Assert.Equal(new UsageReading(usage, true, null), meter.Facts.ReadUsage(UsageQuirks.None));
    }

    [Fact]
    public void A_failed_stream_ends_in_an_error_and_nothing_else()
    {
        FinalChunk.WriteError(to, Problems.UpstreamError, "the \"vendor\" failed");
        Assert.Equal(
            "data: {\"error\":{\"message\":\"the \\u0022vendor\\u0022 failed\",\"type\":\"api_error\",\"param\":null,\"code\":\"upstream_error\"}}\n\n",
            Written
        );
    }

    [Fact]
    public void A_stream_that_never_began_still_gets_a_well_formed_end()
    {
        FinalChunk.WriteLengthEnd(to, new ChatAnswerFacts(), choices: 1);
        Assert.Contains("\"id\":\"chatcmpl-0\"", Written);
    }

    private string Written => Encoding.UTF8.GetString(to.WrittenSpan);
}
