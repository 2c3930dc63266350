using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Protocols.Translation;
using static Tokenline.Gateway.Tests.Translation.Translated;

namespace Tokenline.Gateway.Tests.Translation;

/// <summary>Each row of a table of losses has a body that meets it, here: the row does what it says and names the field.</summary>
public sealed class LossesTests
{
    private const string Tool = """{"type":"function","function":{"name":"t"}}""";

    private static string ChatWith(string members) => $$"""{"messages":[{"role":"user","content":"a"}],{{members}}}""";

    private static string ChatMessage(string message) => $$"""{"messages":[{"role":"user","content":"a"},{{message}}]}""";

    private static string ChatPart(string part) => ChatMessage($$"""{"role":"user","content":[{{part}}]}""");

    private static readonly Dictionary<string, string> chatToMessages = new()
    {
        ["n"] = ChatWith("\"n\":2"),
        ["logprobs"] = ChatWith("\"logprobs\":true"),
        ["top_logprobs"] = ChatWith("\"top_logprobs\":3"),
        ["logit_bias"] = ChatWith("\"logit_bias\":{\"1\":5}"),
        ["frequency_penalty"] = ChatWith("\"frequency_penalty\":0.5"),
        ["presence_penalty"] = ChatWith("\"presence_penalty\":0.5"),
        ["seed"] = ChatWith("\"seed\":1"),
        ["modalities"] = ChatWith("\"modalities\":[\"text\",\"audio\"]"),
        ["audio"] = ChatWith("\"audio\":{\"voice\":\"a\"}"),
        ["prediction"] = ChatWith("\"prediction\":{\"type\":\"content\"}"),
        ["web_search_options"] = ChatWith("\"web_search_options\":{}"),
        ["functions"] = ChatWith("\"functions\":[{\"name\":\"f\"}]"),
        ["function_call"] = ChatWith("\"function_call\":\"auto\""),
        ["response_format.json_object"] = ChatWith("\"response_format\":{\"type\":\"json_object\"}"),
        ["stop[]"] = ChatWith("\"stop\":[\"\\n\"]"),
        ["messages[].role"] = ChatMessage("""{"role":"function","name":"f","content":"a"}"""),
        ["messages[].content[].type"] = ChatPart("""{"type":"video_url"}"""),
        ["messages[].content[].input_audio"] = ChatPart("""{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}"""),
        ["messages[].content[].file.file_id"] = ChatPart("""{"type":"file","file":{"file_id":"f"}}"""),
        ["messages[].content[].file"] = ChatPart("""{"type":"file","file":{"file_data":"data:application/zip;base64,AAAA"}}"""),
        ["messages[].audio"] = ChatMessage("""{"role":"assistant","content":"a","audio":{"id":"a"}}"""),
        ["messages[].function_call"] = ChatMessage("""{"role":"assistant","function_call":{"name":"f","arguments":"{}"}}"""),
        ["tools[].type"] = ChatWith("\"tools\":[{\"type\":\"web_search\"}]"),
        ["tools[].custom"] = ChatWith("\"tools\":[{\"type\":\"custom\",\"custom\":{\"name\":\"c\"}}]"),
        ["tool_choice.type"] = ChatWith($"\"tools\":[{Tool}],\"tool_choice\":{{\"type\":\"allowed_tools\"}}"),
        ["temperature"] = ChatWith("\"temperature\":0.5,\"reasoning_effort\":\"low\""),
        ["top_p"] = ChatWith("\"temperature\":0.5,\"top_p\":0.5"),
        ["top_k"] = ChatWith("\"top_k\":5,\"reasoning_effort\":\"low\""),
        ["reasoning_effort"] = ChatWith($"\"reasoning_effort\":\"low\",\"tools\":[{Tool}],\"tool_choice\":\"required\""),
        ["response_format.json_schema.name"] = ChatWith(
            """
            "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{}}}
            """
        ),
        ["reasoning.summary"] = ChatWith("\"reasoning\":{\"summary\":\"auto\"}"),
        ["thinking.clear_thinking"] = ChatWith("\"thinking\":{\"clear_thinking\":false}"),
        ["verbosity"] = ChatWith("\"verbosity\":\"low\""),
        ["store"] = ChatWith("\"store\":true"),
        ["metadata"] = ChatWith("\"metadata\":{\"a\":\"b\"}"),
        ["service_tier"] = ChatWith("\"service_tier\":\"auto\""),
        ["prompt_cache_key"] = ChatWith("\"prompt_cache_key\":\"k\""),
        ["prompt_cache_retention"] = ChatWith("\"prompt_cache_retention\":\"24h\""),
        ["prompt_cache_options"] = ChatWith("\"prompt_cache_options\":{}"),
        ["messages[].role=system"] = ChatMessage("""{"role":"system","content":"s"},{"role":"assistant","content":"b"}"""),
        ["user"] = ChatWith($"\"user\":\"{new string('u', 257)}\""),
        ["messages[].cache_control"] = ChatMessage("""{"role":"user","content":"a","cache_control":{"type":"ephemeral"}}"""),
        ["messages[].name"] = ChatMessage("""{"role":"user","name":"n","content":"a"}"""),
        ["messages[].reasoning_content"] = ChatMessage("""{"role":"assistant","reasoning_content":"h","content":"a"}"""),
        ["messages[].annotations"] = ChatMessage("""{"role":"assistant","content":"a","annotations":[{}]}"""),
        ["messages[].content[].image_url.detail"] = ChatPart("""{"type":"image_url","image_url":{"url":"https://a/b","detail":"low"}}"""),
    };

    private static string MessagesWith(string members) => $$"""{"messages":[{"role":"user","content":"a"}],{{members}}}""";

    private static string Block(string block) => $$"""{"messages":[{"role":"user","content":[{{block}}]}]}""";

    private static string InResult(string block) => Block($$"""{"type":"tool_result","tool_use_id":"t","content":[{{block}}]}""");

    private static readonly Dictionary<string, string> messagesToChat = new()
    {
        ["mcp_servers"] = MessagesWith("\"mcp_servers\":[{}]"),
        ["container"] = MessagesWith("\"container\":\"c\""),
        ["fallbacks"] = MessagesWith("\"fallbacks\":[{}]"),
        ["tools[].type"] = MessagesWith("\"tools\":[{\"type\":\"web_search_20250305\",\"name\":\"web_search\"}]"),
        ["tools[].allowed_callers"] = MessagesWith("\"tools\":[{\"name\":\"t\",\"allowed_callers\":[\"code_execution_20250825\"]}]"),
        ["tool_choice.type"] = MessagesWith("\"tool_choice\":{\"type\":\"most\"}"),
        ["output_config.format.type"] = MessagesWith("\"output_config\":{\"format\":{\"type\":\"grammar\"}}"),
        ["output_format.type"] = MessagesWith("\"output_format\":{\"type\":\"grammar\"}"),
        ["messages[].content[].type"] = Block("""{"type":"server_tool_use","id":"s"}"""),
        ["messages[].content[].content[].type"] = InResult("""{"type":"search_result"}"""),
        ["system[].type"] = MessagesWith("\"system\":[{\"type\":\"search_result\"}]"),
        ["messages[].content[].source.type"] = Block("""{"type":"image","source":{"type":"file","file_id":"f"}}"""),
        ["messages[].content[].content[].source.type"] = InResult("""{"type":"image","source":{"type":"file","file_id":"f"}}"""),
        ["messages[].content[].source.url"] = Block("""{"type":"document","source":{"type":"url","url":"https://a/b.pdf"}}"""),
        ["messages[].content[].citations.enabled"] = Block(
            """{"type":"document","source":{"type":"text","media_type":"text/plain","data":"a"},"citations":{"enabled":true}}"""
        ),
        ["top_k"] = MessagesWith("\"top_k\":5"),
        ["cache_control"] = Block("""{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}"""),
        ["context_management"] = MessagesWith("\"context_management\":{\"edits\":[]}"),
        ["service_tier"] = MessagesWith("\"service_tier\":\"auto\""),
        ["inference_geo"] = MessagesWith("\"inference_geo\":\"global\""),
        ["speed"] = MessagesWith("\"speed\":\"standard\""),
        ["diagnostics"] = MessagesWith("\"diagnostics\":{}"),
        ["metadata.user_id"] = MessagesWith(
            """
            "metadata":{"user_id":"{\"device_id\":\"a\"}"}
            """
        ),
        ["output_config.task_budget"] = MessagesWith("\"output_config\":{\"task_budget\":{\"type\":\"tokens\"}}"),
        ["output_config.effort"] = MessagesWith("\"output_config\":{\"effort\":\"max\"}"),
        ["thinking.display"] = MessagesWith("\"thinking\":{\"type\":\"adaptive\",\"display\":\"omitted\"}"),
        ["messages[].content[].thinking"] =
            """{"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"h","signature":""}]}]}""",
        ["messages[].content[].signature"] = """{"messages":[{"role":"assistant","content":[{"type":"redacted_thinking","data":"h"}]}]}""",
        ["messages[].content[].caller"] = """
            {"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"n","input":{},"caller":{"type":"code_execution_20250825"}}]}]}
            """,
        ["messages[].content[].citations"] = Block("""{"type":"text","text":"a","citations":[{}]}"""),
        ["messages[].content[].content[].citations"] = InResult("""{"type":"text","text":"a","citations":[{}]}"""),
        ["system[].citations"] = MessagesWith("\"system\":[{\"type\":\"text\",\"text\":\"a\",\"citations\":[{}]}]"),
        ["messages[].content[].title"] = Block(
            """{"type":"document","title":"t","source":{"type":"text","media_type":"text/plain","data":"a"}}"""
        ),
        ["messages[].content[].is_error"] = Block("""{"type":"tool_result","tool_use_id":"t","content":"a","is_error":true}"""),
        ["messages[].content[].content[].source"] = InResult("""{"type":"image","source":{"type":"url","url":"https://a/b"}}"""),
        ["messages[].content[].content[].tool_reference"] = InResult("""{"type":"tool_reference","tool_name":"t"}"""),
        ["tools[].defer_loading"] = MessagesWith("\"tools\":[{\"name\":\"t\",\"defer_loading\":true}]"),
        ["tools[].eager_input_streaming"] = MessagesWith("\"tools\":[{\"name\":\"t\",\"eager_input_streaming\":true}]"),
        ["tools[].input_examples"] = MessagesWith("\"tools\":[{\"name\":\"t\",\"input_examples\":[{}]}]"),
    };

    public static TheoryData<string> OfChatToMessages => [.. chatToMessages.Keys];

    public static TheoryData<string> OfMessagesToChat => [.. messagesToChat.Keys];

    [Theory]
    [MemberData(nameof(OfChatToMessages))]
    public void Of_chat_at_a_messages_vendor(string field) => Meets(Pair(Protocol.Chat, Protocol.Messages), field, chatToMessages[field]);

    [Theory]
    [MemberData(nameof(OfMessagesToChat))]
    public void Of_messages_at_a_chat_vendor(string field) => Meets(Pair(Protocol.Messages, Protocol.Chat), field, messagesToChat[field]);

    [Fact]
    public void Each_row_has_its_case_and_no_row_is_there_twice()
    {
        Assert.Equal(chatToMessages.Keys.Order(), Pair(Protocol.Chat, Protocol.Messages).Losses.Select(loss => loss.Field).Order());
        Assert.Equal(messagesToChat.Keys.Order(), Pair(Protocol.Messages, Protocol.Chat).Losses.Select(loss => loss.Field).Order());
    }

    [Fact]
    public void Of_a_table_no_two_rows_have_one_word() =>
        Assert.All(ProtocolPairs.All, pair => Assert.Distinct(pair.Losses.Where(loss => loss.Word is not null).Select(loss => loss.Word)));

    [Theory]
    [InlineData(Protocol.Chat, Protocol.Messages, "x_new", """{"messages":[{"role":"user","content":"a"}],"x_new":1}""")]
    [InlineData(Protocol.Chat, Protocol.Messages, "messages[0].x", """{"messages":[{"role":"user","content":"a","x":1}]}""")]
    [InlineData(
        Protocol.Chat,
        Protocol.Messages,
        "messages[0].content[1].x",
        """{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"a","x":1}]}]}"""
    )]
    [InlineData(
        Protocol.Chat,
        Protocol.Messages,
        "tools[0].function.x",
        """{"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"t","x":1}}]}"""
    )]
    [InlineData(Protocol.Messages, Protocol.Chat, "x_new", """{"messages":[{"role":"user","content":"a"}],"x_new":1}""")]
    [InlineData(Protocol.Messages, Protocol.Chat, "messages[0].x", """{"messages":[{"role":"user","content":"a","x":1}]}""")]
    [InlineData(
        Protocol.Messages,
        Protocol.Chat,
        "messages[0].content[1].x",
        """{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"a","x":1}]}]}"""
    )]
    [InlineData(
        Protocol.Messages,
        Protocol.Chat,
        "output_config.x",
        """{"messages":[{"role":"user","content":"a"}],"output_config":{"x":1}}"""
    )]
    [InlineData(Protocol.Messages, Protocol.Chat, "metadata.x", """{"messages":[{"role":"user","content":"a"}],"metadata":{"x":1}}""")]
    internal void A_field_that_is_in_no_table_is_refused_where_it_stands(Protocol client, Protocol vendor, string param, string body)
    {
        var (_, notes) = Pair(client, vendor).Request(body);
        Assert.Equal(param, notes.Refusal?.Param);
    }

    private static void Meets(ProtocolPair pair, string field, string body)
    {
        var (_, notes) = pair.Request(body, Wish with { Quirks = VendorQuirks.Of("groq") }); // its efforts end at high
        var loss = Assert.Single(pair.Losses, loss => loss.Field == field);
        if (loss.Action == LossAction.Drop)
        {
            Assert.Null(notes.Refusal);
            Assert.Equal([field], notes.Dropped);
            return;
        }
        Assert.Empty(notes.Dropped);
        Assert.EndsWith($"cannot be passed to this model's vendor: {loss.Why}.", notes.Refusal!.Message, StringComparison.Ordinal);
        Assert.Equal(field, string.Join("[]", notes.Refusal.Param!.Split("[0]").SelectMany(part => part.Split("[1]"))));
    }
}
