using System.Text;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Protocols;
using Tokenline.Testing;
using static Tokenline.Gateway.Tests.Translation.Translated;

namespace Tokenline.Gateway.Tests.Translation;

public sealed class AllocationTests
{
    [Theory]
    [InlineData("""{"content":"Hello \"you\", é\n"}""")]
    [InlineData("""{"reasoning_content":"Hm, \"well\"\n"}""")]
    [InlineData("""{"tool_calls":[{"index":0,"function":{"arguments":"\"a\\\":\""}}]}""")]
    public void A_piece_of_a_chat_vendors_stream_allocates_nothing(string delta) =>
        AllocatesNothing(
            Protocol.Messages,
            Protocol.Chat,
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"one","arguments":"{"}}]}}]}""",
            $$$"""{"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{{{delta}}},"finish_reason":null}],"usage":null}"""
        );

    [Theory]
    [InlineData("text", """{"type":"text_delta","text":"Hello \"you\", é\n"}""")]
    [InlineData("thinking", """{"type":"thinking_delta","thinking":"Hm, \"well\"\n"}""")]
    [InlineData("tool_use", """{"type":"input_json_delta","partial_json":"\"a\\\":\""}""")]
    public void A_piece_of_a_messages_vendors_stream_allocates_nothing(string block, string delta) =>
        AllocatesNothing(
            Protocol.Chat,
            Protocol.Messages,
            $$$"""{"type":"content_block_start","index":0,"content_block":{"type":"{{{block}}}","id":"t","name":"n"} }""",
            $$"""{"type":"content_block_delta","index":0,"delta":{{delta}}}"""
        );

    private static void AllocatesNothing(Protocol client, Protocol vendor, string first, string piece)
    {
        var pair = Pair(client, vendor);
        var reader = pair.NewReader();
        var writer = pair.NewStreamWriter(Context());
        using var output = new PooledBuffer();
        writer.Output = output;
        var data = Encoding.UTF8.GetBytes(piece);
        reader.ReadEvent(Encoding.UTF8.GetBytes(first), writer);
        reader.ReadEvent(data, writer); // what is made once for a stream
        Assert.True(output.Length > 0);

        var least = Allocations.Least(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                output.Clear();
                reader.ReadEvent(data, writer);
            }
        });
        Assert.Equal(0, least);
    }
}
