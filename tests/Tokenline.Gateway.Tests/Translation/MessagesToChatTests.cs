using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Protocols.Translation;
using static Tokenline.Gateway.Tests.Translation.Translated;

namespace Tokenline.Gateway.Tests.Translation;

/// <summary>A client of Anthropic's messages at a vendor of chat completions.</summary>
public sealed class MessagesToChatTests
{
    private static readonly ProtocolPair pair = Pair(Protocol.Messages, Protocol.Chat);

    [Fact]
    public void A_conversation_with_tools_goes_over_whole() =>
        Same(
            """
            {
              "model": "vendor-model",
              "messages": [
                {"role": "system", "content": "Be brief.\n\nUse tools."},
                {"role": "user", "content": [
                  {"type": "text", "text": "What is this?"},
                  {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                  {"type": "image_url", "image_url": {"url": "https://example.com/a.jpg"}},
                  {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBE"}},
                  {"type": "text", "text": "A note."}
                ]},
                {"role": "assistant", "content": "I look.", "tool_calls": [
                  {"id": "toolu_1", "type": "function", "function": {"name": "look", "arguments": "{\"at\":  \"a\"}"}},
                  {"id": "toolu_2", "type": "function", "function": {"name": "now", "arguments": "{}"}}
                ]},
                {"role": "tool", "tool_call_id": "toolu_1", "content": "A cat."},
                {"role": "tool", "tool_call_id": "toolu_2", "content": "12:00\n\nUTC"},
                {"role": "user", "content": "So?"},
                {"role": "system", "content": "Answer in French."},
                {"role": "assistant", "content": null, "tool_calls": [
                  {"id": "toolu_3", "type": "function", "function": {"name": "now", "arguments": "{}"}}
                ]},
                {"role": "tool", "tool_call_id": "toolu_3", "content": ""}
              ],
              "max_tokens": 500,
              "temperature": 0.50,
              "top_p": 1,
              "stop": ["END"],
              "tools": [
                {"type": "function", "function": {"name": "look", "description": "Looks.", "parameters": {"type": "object", "properties": {"at": {"type": "string"}}}, "strict": true}},
                {"type": "function", "function": {"name": "now", "parameters": {"type": "object"}}}
              ],
              "tool_choice": "required",
              "parallel_tool_calls": false,
              "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}, "strict": true}},
              "user": "u1"
            }
            """,
            pair.Exactly(
                """
                {
                  "model": "m",
                  "max_tokens": 500,
                  "messages": [
                    {"role": "user", "content": [
                      {"type": "text", "text": "What is this?"},
                      {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
                      {"type": "image", "source": {"type": "url", "url": "https://example.com/a.jpg"}},
                      {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBE"}, "title": "a.pdf", "citations": {"enabled": false}},
                      {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "A note."}}
                    ]},
                    {"role": "assistant", "content": [
                      {"type": "text", "text": "I look."},
                      {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {"at":  "a"}, "caller": {"type": "direct"}},
                      {"type": "tool_use", "id": "toolu_2", "name": "now", "input": {}}
                    ]},
                    {"role": "user", "content": [
                      {"type": "tool_result", "tool_use_id": "toolu_1", "content": "A cat."},
                      {"type": "tool_result", "tool_use_id": "toolu_2", "content": [{"type": "text", "text": "12:00"}, {"type": "text", "text": "UTC"}], "is_error": false},
                      {"type": "text", "text": "So?"}
                    ]},
                    {"role": "system", "content": "Answer in French."},
                    {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_3", "name": "now", "input": {}}]},
                    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_3"}]}
                  ],
                  "system": [{"type": "text", "text": "Be brief."}, {"type": "text", "text": "Use tools."}],
                  "temperature": 0.50,
                  "top_p": 1,
                  "stop_sequences": ["END"],
                  "tools": [
                    {"name": "look", "description": "Looks.", "strict": true, "input_schema": {"type": "object", "properties": {"at": {"type": "string"}}}},
                    {"type": "custom", "name": "now", "input_schema": {"type": "object"}, "defer_loading": false}
                  ],
                  "tool_choice": {"type": "any", "disable_parallel_tool_use": true},
                  "output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}},
                  "metadata": {"user_id": "u1"},
                  "thinking": null
                }
                """
            )
        );

    [Fact]
    public void Images_in_a_result_go_into_a_message_behind_all_results()
    {
        var (body, notes) = pair.Request(
            """
            {"messages":[
              {"role":"user","content":[
                {"type":"tool_result","tool_use_id":"t1","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]},
                {"type":"tool_result","tool_use_id":"t2","content":[{"type":"text","text":"ok"}],"is_error":true},
                {"type":"text","text":"Go on."}]}]}
            """
        );
        Same(
            """
            {"model":"vendor-model","messages":[
              {"role":"tool","tool_call_id":"t1","content":"The result is in the next message."},
              {"role":"tool","tool_call_id":"t2","content":"ok"},
              {"role":"user","content":[
                {"type":"text","text":"From the result of call t1:"},
                {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},
                {"type":"text","text":"Go on."}]}]}
            """,
            body
        );
        Assert.Equal(["messages[].content[].content[].source", "messages[].content[].is_error"], notes.Dropped);
    }

    [Fact]
    public void A_stream_is_asked_for_with_its_usage_and_the_limit_under_the_vendors_name() =>
        Same(
            """
            {"model":"gpt","messages":[{"role":"user","content":"a"}],"stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":100}
            """,
            pair.Exactly(
                """{"messages":[{"role":"user","content":"a"}],"max_tokens":500,"stream":true}""",
                new VendorWish("gpt", Stream: true, OutputLimit: 100, OutputTokensMax: 8_192, OutputLimitField: "max_completion_tokens")
            )
        );

    // Reasoning.

    [Theory]
    [InlineData("""{"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}}""", "high")]
    [InlineData("""{"thinking":{"type":"adaptive"},"output_config":{"effort":"max"}}""", "xhigh")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":1024}}""", "low")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":10000}}""", "medium")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":31999}}""", "high")]
    [InlineData("""{"thinking":{"type":"disabled"}}""", "none")]
    [InlineData("""{"output_config":{"effort":"low"}}""", "low")]
    [InlineData("""{"thinking":{"type":"adaptive"}}""", null)]
    public void A_wish_for_reasoning_is_told_in_words(string messages, string? effort)
    {
        var body = pair.Exactly("""{"messages":[{"role":"user","content":"a"}],""" + messages[1..]);
        var told = effort is null ? "" : $",\"reasoning_effort\":\"{effort}\"";
        Assert.EndsWith("}]" + told + "}", body, StringComparison.Ordinal);
    }

    private const string Reasoned = """
        {"messages":[
          {"role":"user","content":"a"},
          {"role":"assistant","content":[
            {"type":"thinking","thinking":"Hm.","signature":""},
            {"type":"text","text":"b"}]},
          {"role":"user","content":"c"}]}
        """;

    [Fact]
    public void Reasoning_goes_back_to_a_vendor_that_wants_it() =>
        Assert.Contains(
            """{"role":"assistant","reasoning_content":"Hm.","content":"b"}""",
            pair.Exactly(Reasoned, Wish with { Quirks = VendorQuirks.Of("deepseek") }),
            StringComparison.Ordinal
        );

    [Fact]
    public void Other_vendors_are_spared_it()
    {
        var (body, notes) = pair.Request(Reasoned);
        Assert.Contains("""{"role":"assistant","content":"b"}""", body, StringComparison.Ordinal);
        Assert.Equal(["messages[].content[].thinking"], notes.Dropped);
    }

    // Answers.

    private static readonly Usage usage = new()
    {
        [Meter.Input] = 25,
        [Meter.CachedInput] = 100,
        [Meter.CacheWrite5m] = 7,
        [Meter.CacheWrite1h] = 3,
        [Meter.ImageInput] = 5,
        [Meter.Output] = 60,
        [Meter.Reasoning] = 20,
    };

    private const string UsageObject =
        """{"input_tokens":30,"cache_creation_input_tokens":10,"cache_read_input_tokens":100,"cache_creation":{"ephemeral_5m_input_tokens":7,"ephemeral_1h_input_tokens":3},"output_tokens":60,"output_tokens_details":{"thinking_tokens":20}}""";

    private const string Start =
        """{"type":"message_start","message":{"id":"msg_abc","type":"message","role":"assistant","model":"client/model","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":12,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":0}}}""";

    private static string[] Delta(string reason) =>
        [
            $$$"""{"type":"message_delta","delta":{"stop_reason":"{{{reason}}}","stop_sequence":null},"usage":{{{UsageObject}}}}""",
            """{"type":"message_stop"}""",
        ];

    /// <summary>The events of blocks, each with its start and its deltas.</summary>
    private static IEnumerable<string> Blocks(params string[][] blocks)
    {
        for (var i = 0; i < blocks.Length; i++)
        {
            yield return $$"""{"type":"content_block_start","index":{{i}},"content_block":{{blocks[i][0]}}}""";
            foreach (var delta in blocks[i][1..])
                yield return $$"""{"type":"content_block_delta","index":{{i}},"delta":{{delta}}}""";
            yield return $$"""{"type":"content_block_stop","index":{{i}}}""";
        }
    }

    private static string Answer(string reason, params string[][] blocks) => MessagesStream([Start, .. Blocks(blocks), .. Delta(reason)]);

    private static string Json(string delta) => $$"""{"type":"input_json_delta","partial_json":"{{delta}}"}""";

    private static string Tool(string id, string name) => $$$"""{"type":"tool_use","id":"{{{id}}}","name":"{{{name}}}","input":{}}""";

    [Fact]
    public void A_stream_comes_out_as_events() =>
        Assert.Equal(
            Answer(
                "tool_use",
                [
                    """{"type":"thinking","thinking":"","signature":""}""",
                    """{"type":"thinking_delta","thinking":"Let me"}""",
                    """{"type":"thinking_delta","thinking":" \"see\"."}""",
                    """{"type":"signature_delta","signature":""}""",
                ],
                ["""{"type":"text","text":""}""", """{"type":"text_delta","text":"Line\none é 😀"}"""],
                [Tool("call_1", "look"), Json("""{\"at\": \"a"""), Json("""\"}""")],
                [Tool("call_2", "now"), Json("{}")]
            ),
            pair.Stream(
                ChatStream(
                    """{"role":"assistant","content":"","refusal":null}""",
                    """{"reasoning_content":"Let me"}""",
                    """{"content":null,"reasoning":" \"see\".","reasoning_content":" \"see\"."}""",
                    """{"content":"Line\none é \ud83d\ude00"}""",
                    """{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"look","arguments":""}}]}""",
                    """{"tool_calls":[{"index":0,"function":{"arguments":"{\"at\": \"a"}}]}""",
                    """{"tool_calls":[{"index":0,"function":{"arguments":"\"}"}}]}""",
                    """{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"now","arguments":"{}"}}]}""",
                    "tool_calls"
                ),
                usage
            )
        );

    [Fact]
    public void Pieces_of_two_calls_that_come_in_turns_are_put_in_order() =>
        Assert.Equal(
            Answer(
                "tool_use",
                [Tool("a", "one"), Json("""{\"x\":"""), Json("""[\"}\",1]}""")],
                [Tool("b", "two"), Json("""{\"y\":2}""")],
                [Tool("c", "three"), Json("""{\"z\":"""), Json("3}")]
            ),
            pair.Stream(
                ChatStream(
                    """{"tool_calls":[{"index":0,"id":"a","function":{"name":"one","arguments":"{\"x\":"}}]}""",
                    """{"tool_calls":[{"index":1,"id":"b","function":{"name":"two","arguments":"{\"y\":"}}]}""",
                    """{"tool_calls":[{"index":2,"id":"c","function":{"name":"three","arguments":"{\"z\":"}}]}""",
                    """{"tool_calls":[{"index":1,"function":{"arguments":"2}"}}]}""",
                    """{"tool_calls":[{"index":0,"function":{"arguments":"[\"}\",1]}"}}]}""",
                    """{"tool_calls":[{"index":2,"function":{"arguments":"3}"}}]}""",
                    "tool_calls"
                ),
                usage
            )
        );

    [Fact]
    public void A_call_that_is_named_before_the_reasoning_keeps_its_arguments()
    {
        var stream = pair.Stream(
            ChatStream(
                """{"role":"assistant","tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"look","arguments":""}}]}""",
                """{"reasoning_content":"Let me see."}""",
                """{"tool_calls":[{"index":0,"function":{"arguments":"{\"at\":"}}]}""",
                """{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}""",
                """{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"now","arguments":""}}]}""",
                "tool_calls"
            ),
            Usage.Of(5, 7)
        );

        string[] order = ["thinking_delta", "\"name\":\"look\"", "{\\\"at\\\":", "1}", "\"name\":\"now\"", "\"stop_reason\":\"tool_use\""];
        var places = order.Select(part => stream.IndexOf(part, StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public void Calls_are_told_apart_by_id_where_the_vendor_leaves_out_or_repeats_the_index() =>
        Assert.Equal(
            Answer(
                "tool_use",
                [Tool("a", "one"), Json("{}")],
                [Tool("b", "two"), Json("""{\"y\":2}""")],
                [Tool("c", "three"), Json("""{\"z\":3}""")],
                [Tool("d", "four"), Json("{"), Json("}")]
            ),
            pair.Stream(
                ChatStream(
                    """{"tool_calls":[{"index":0,"id":"a","function":{"name":"one","arguments":"{}"}}]}""",
                    """{"tool_calls":[{"index":0,"id":"b","function":{"name":"two","arguments":{"y":2}}}]}""",
                    """{"tool_calls":[{"id":"c","function":{"name":"three","arguments":"{\"z\":3}"}},{"id":"d","function":{"name":"four","arguments":"{"}}]}""",
                    """{"tool_calls":[{"function":{"arguments":"}"}}]}""",
                    "stop"
                ),
                usage
            )
        );

    [Fact]
    public void Seals_in_OpenRouters_form_reach_the_client()
    {
        var stream = pair.Stream(
            ChatStream(
                """{"reasoning":"Hm","reasoning_details":[{"type":"reasoning.text","text":"Hm","format":"anthropic-claude-v1","index":0}]}""",
                """{"reasoning_details":[{"type":"reasoning.text","signature":"Eq+/==","index":0}]}""",
                """{"reasoning_details":[{"type":"reasoning.encrypted","data":"Zz==","index":1}]}""",
                """{"reasoning_details":[{"type":"reasoning.text","text":"Well","index":2}]}""",
                """{"content":"a"}""",
                "stop"
            ),
            usage
        );
        Assert.Equal(
            Answer(
                "end_turn",
                [
                    """{"type":"thinking","thinking":"","signature":""}""",
                    """{"type":"thinking_delta","thinking":"Hm"}""",
                    """{"type":"signature_delta","signature":"Eq+/=="}""",
                ],
                ["""{"type":"redacted_thinking","data":"Zz=="}"""],
                [
                    """{"type":"thinking","thinking":"","signature":""}""",
                    """{"type":"thinking_delta","thinking":"Well"}""",
                    """{"type":"signature_delta","signature":""}""",
                ],
                ["""{"type":"text","text":""}""", """{"type":"text_delta","text":"a"}"""]
            ),
            stream
        );
    }

    [Fact]
    public void Contents_in_parts_are_read() =>
        Assert.Equal(
            Answer(
                "end_turn",
                [
                    """{"type":"thinking","thinking":"","signature":""}""",
                    """{"type":"thinking_delta","thinking":"Hm"}""",
                    """{"type":"signature_delta","signature":""}""",
                ],
                ["""{"type":"text","text":""}""", """{"type":"text_delta","text":"a"}"""]
            ),
            pair.Stream(
                ChatStream(
                    """{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]}]}""",
                    """{"content":[{"type":"text","text":"a"}]}""",
                    "stop"
                ),
                usage
            )
        );

    [Fact]
    public void A_refusal_is_text_and_a_reason_to_stop() =>
        Assert.Equal(
            Answer(
                "refusal",
                [
                    ["""{"type":"text","text":""}""", """{"type":"text_delta","text":"No."}"""],
                ]
            ),
            pair.Stream(ChatStream("""{"refusal":"No."}""", "stop"), usage)
        );

    [Fact]
    public void The_start_leaves_before_the_vendor_has_said_anything() =>
        Assert.Equal(MessagesStream(Start), pair.Stream("", usage, end: _ => { }));

    [Fact]
    public void Nothing_of_the_end_is_written_before_the_end() =>
        Assert.DoesNotContain(
            "content_block_stop",
            pair.Stream(ChatStream("""{"content":"a"}""", "stop"), usage, end: _ => { }),
            StringComparison.Ordinal
        );

    [Fact]
    public void Where_the_quota_ends_the_stream_ends_as_at_the_output_limit() =>
        Assert.Equal(
            Answer(
                "max_tokens",
                [
                    ["""{"type":"text","text":""}""", """{"type":"text_delta","text":"a"}"""],
                ]
            ),
            pair.Stream(ChatStream("""{"content":"a"}"""), usage, end: writer => writer.EndForLength(usage))
        );

    [Fact]
    public void An_error_is_the_last_word() =>
        Assert.EndsWith(
            """
            event: error
            data: {"type":"error","error":{"type":"api_error","message":"It \"broke\"."}}


            """,
            pair.Stream("", usage, end: writer => writer.Error(Problems.UpstreamError, "It \"broke\".")),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_whole_answer_comes_out_as_one_body() =>
        Same(
            $$$$"""
            {"id":"msg_abc","type":"message","role":"assistant","model":"client/model","content":[
              {"type":"thinking","thinking":"Hm.","signature":""},
              {"type":"text","text":"Line\none"},
              {"type":"tool_use","id":"call_1","name":"look","input":{"at":  1.0}},
              {"type":"tool_use","id":"toolu_abc_1","name":"now","input":{}},
              {"type":"tool_use","id":"call_3","name":"cut","input":"{\"a\":"}
            ],"stop_reason":"max_tokens","stop_sequence":null,"usage":{{{{UsageObject}}}}}
            """,
            pair.Whole(
                """
                {"id":"c","object":"chat.completion","choices":[{"index":0,"finish_reason":"length","message":{
                  "role":"assistant",
                  "tool_calls":[
                    {"id":"call_1","type":"function","function":{"name":"look","arguments":"{\"at\":  1.0}"}},
                    {"type":"function","function":{"name":"now","arguments":""}},
                    {"id":"call_3","type":"function","function":{"name":"cut","arguments":"{\"a\":"}}],
                  "content":"Line\none","reasoning_content":"Hm.","refusal":null}}]}
                """,
                usage
            )
        );

    [Theory]
    [InlineData("stop", "end_turn")]
    [InlineData("length", "max_tokens")]
    [InlineData("model_length", "max_tokens")]
    [InlineData("tool_calls", "tool_use")]
    [InlineData("function_call", "tool_use")]
    [InlineData("content_filter", "refusal")]
    [InlineData("eos", "end_turn")]
    public void Reasons_to_stop_have_their_words(string chat, string messages)
    {
        Assert.Contains(
            $"\"stop_reason\":\"{messages}\"",
            pair.Whole($$"""{"id":"m","choices":[{"message":{"content":"a"},"finish_reason":"{{chat}}"}]}""", usage),
            StringComparison.Ordinal
        );
        Assert.Contains($"\"stop_reason\":\"{messages}\"", pair.Stream(ChatStream(chat), usage), StringComparison.Ordinal);
    }
}
