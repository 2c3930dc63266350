using System.Text;
using CsCheck;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.Translation;
using static Tokenline.Gateway.Tests.Translation.Translated;

namespace Tokenline.Gateway.Tests.Translation;

/// <summary>However the network splits a vendor's stream, the client gets the same bytes; and whole and streamed answers say the same.</summary>
public sealed class StreamSplitTests
{
    private static readonly Usage usage = Usage.Of(5, 7);

    private static readonly string[] chatDeltas =
    [
        """{"role":"assistant","content":""}""",
        """{"reasoning_content":"Hm é \" \u00e9"}""",
        """{"reasoning_details":[{"type":"reasoning.text","signature":"Eq+/==","index":0}]}""",
        """{"content":"text\n"}""",
        """{"content":"😀 \ud83d\ude00 \\"}""",
        """{"tool_calls":[{"index":0,"id":"a","function":{"name":"one","arguments":""}}]}""",
        """{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\":\"}"}}]}""",
        """{"tool_calls":[{"index":1,"id":"b","function":{"name":"two","arguments":"{}"}}]}""",
        """{"tool_calls":[{"index":0,"function":{"arguments":"\\\"\"}"}}]}""",
        "tool_calls",
    ];

    private static readonly string[] messagesEvents =
    [
        """{"type":"message_start","message":{"id":"msg_1","content":[]}}""",
        """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
        """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm é \" \u00e9"}}""",
        """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"Eq+/"}}""",
        """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"=="}}""",
        """{"type":"content_block_stop","index":0}""",
        """{"type":"content_block_start","index":1,"content_block":{"type":"text","text":"first "}}""",
        """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"😀 \ud83d\ude00 \\"}}""",
        """{"type":"content_block_stop","index":1}""",
        """{"type":"content_block_start","index":2,"content_block":{"type":"server_tool_use","id":"s","name":"web_search","input":{}}}""",
        """{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{}"}}""",
        """{"type":"content_block_stop","index":2}""",
        """{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"t","name":"n","input":{}}}""",
        """{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\"a\":\"\\u00e9\"}"}}""",
        """{"type":"content_block_stop","index":3}""",
        """{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{}}""",
        """{"type":"message_stop"}""",
    ];

    [Fact]
    public void Of_a_chat_vendor() => AnySplit(Pair(Protocol.Messages, Protocol.Chat), ChatStream(chatDeltas));

    [Fact]
    public void Of_a_messages_vendor() => AnySplit(Pair(Protocol.Chat, Protocol.Messages), MessagesStream(messagesEvents));

    /// <summary>A client reads what we wrote, and its translation back is the vendor's text again.</summary>
    [Fact]
    public void A_stream_there_and_back_keeps_texts_seals_calls_and_the_reason()
    {
        var chat = Pair(Protocol.Chat, Protocol.Messages).Stream(MessagesStream(messagesEvents), usage);
        var messages = Pair(Protocol.Messages, Protocol.Chat).Stream(chat, usage);
        var again = Pair(Protocol.Chat, Protocol.Messages).Stream(messages, usage);
        Assert.Contains("Eq+/==", messages, StringComparison.Ordinal);
        Assert.Equal(chat, again);
    }

    [Fact]
    public void An_emoji_that_the_vendor_cut_in_two_is_whole_again()
    {
        var messages = Pair(Protocol.Messages, Protocol.Chat)
            .Stream(ChatStream("""{"content":"a\ud83d"}""", """{"content":"\ude00b"}"""), usage);
        Assert.Contains("\"text\":\"a\"", messages, StringComparison.Ordinal);
        Assert.Contains("\"text\":\"😀b\"", messages, StringComparison.Ordinal);
        var chat = Pair(Protocol.Chat, Protocol.Messages)
            .Stream(
                MessagesStream(
                    """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""",
                    """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\\\ud83d"}}""",
                    """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\ude00"}}""",
                    """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\\ud83d"}}"""
                ),
                usage
            );
        Assert.Contains(
            """
            "content":"\\"
            """,
            chat,
            StringComparison.Ordinal
        );
        Assert.Contains("\"content\":\"😀\"", chat, StringComparison.Ordinal);
        Assert.Contains(
            """
            "content":"\\ud83d"
            """,
            chat,
            StringComparison.Ordinal
        );
    }

    private static void AnySplit(ProtocolPair pair, string stream)
    {
        var bytes = Encoding.UTF8.GetBytes(stream);
        var whole = pair.Stream(stream, usage);
        Assert.Equal(whole, pair.Stream(bytes.Chunk(1), usage));
        Gen.Int[1, 200]
            .Array[1, 30]
            .Sample(
                lengths =>
                {
                    List<byte[]> chunks = [];
                    for (int i = 0, at = 0; at < bytes.Length; at += chunks[^1].Length, i++)
                        chunks.Add(bytes[at..Math.Min(bytes.Length, at + lengths[i % lengths.Length])]);
                    Assert.Equal(whole, pair.Stream(chunks, usage));
                },
                iter: 200
            );
    }
}
