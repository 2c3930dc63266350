using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.Translation;
using static Tokenline.Gateway.Tests.Translation.Translated;

namespace Tokenline.Gateway.Tests.Translation;

/// <summary>A client of chat completions at a vendor of Anthropic's messages.</summary>
public sealed class ChatToMessagesTests
{
    private static readonly ProtocolPair pair = Pair(Protocol.Chat, Protocol.Messages);

    [Fact]
    public void A_conversation_with_tools_goes_over_whole() =>
        Same(
            """
            {
              "model": "vendor-model",
              "max_tokens": 500,
              "system": [{"type": "text", "text": "Be brief."}, {"type": "text", "text": "Use tools."}],
              "messages": [
                {"role": "user", "content": [
                  {"type": "text", "text": "What is this?"},
                  {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
                  {"type": "image", "source": {"type": "url", "url": "https://example.com/a.jpg"}},
                  {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBE"}, "title": "a.pdf"}
                ]},
                {"role": "assistant", "content": [
                  {"type": "text", "text": "I look."},
                  {"type": "tool_use", "id": "call_1", "name": "look", "input": {"at":  "a"}},
                  {"type": "tool_use", "id": "call_2", "name": "now", "input": {}}
                ]},
                {"role": "user", "content": [
                  {"type": "tool_result", "tool_use_id": "call_1", "content": [{"type": "text", "text": "A cat."}]},
                  {"type": "tool_result", "tool_use_id": "call_2", "content": [{"type": "text", "text": "12:00"}, {"type": "text", "text": "UTC"}]},
                  {"type": "text", "text": "So?"}
                ]}
              ],
              "tools": [
                {"name": "look", "description": "Looks.", "input_schema": {"type": "object", "properties": {"at": {"type": "string"}}}, "strict": true},
                {"name": "now", "input_schema": {"type": "object", "properties": {}}}
              ],
              "tool_choice": {"type": "any", "disable_parallel_tool_use": true},
              "temperature": 0.50,
              "stop_sequences": ["END"],
              "metadata": {"user_id": "u1"}
            }
            """,
            pair.Exactly(
                """
                {
                  "model": "m",
                  "messages": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "developer", "content": [{"type": "text", "text": "Use tools."}]},
                    {"role": "user", "content": [
                      {"type": "text", "text": "What is this?"},
                      {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA", "detail": "auto"}},
                      {"type": "image_url", "image_url": {"url": "https://example.com/a.jpg"}},
                      {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBE"}}
                    ]},
                    {"role": "assistant", "content": "I look.", "tool_calls": [
                      {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{\"at\":  \"a\"}"}},
                      {"id": "call_2", "type": "function", "function": {"name": "now", "arguments": ""}}
                    ]},
                    {"role": "tool", "tool_call_id": "call_1", "content": "A cat."},
                    {"role": "tool", "tool_call_id": "call_2", "content": [{"type": "text", "text": "12:00"}, {"type": "text", "text": "UTC"}]},
                    {"role": "user", "content": "So?"}
                  ],
                  "max_completion_tokens": 500,
                  "temperature": 0.50,
                  "stop": "END",
                  "tools": [
                    {"type": "function", "function": {"name": "look", "description": "Looks.", "strict": true, "parameters": {"type": "object", "properties": {"at": {"type": "string"}}}}},
                    {"type": "function", "function": {"name": "now", "parameters": {"properties": {}}}}
                  ],
                  "tool_choice": "required",
                  "parallel_tool_calls": false,
                  "safety_identifier": "u1",
                  "user": "older",
                  "n": 1, "logprobs": false, "logit_bias": {}, "frequency_penalty": 0, "presence_penalty": 0.0, "seed": null
                }
                """
            )
        );

    [Theory]
    [InlineData("\"auto\"", """{"type":"auto"}""")]
    [InlineData("\"none\"", """{"type":"none"}""")]
    [InlineData("\"any\"", """{"type":"any"}""")]
    [InlineData("""{"type":"function","function":{"name":"t"}}""", """{"type":"tool","name":"t"}""")]
    public void The_choice_of_a_tool_goes_over(string chat, string messages) =>
        Assert.Contains(
            "\"tool_choice\":" + messages,
            pair.Exactly(
                $$$"""{"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"t"}}],"tool_choice":{{{chat}}}}"""
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public void Calls_that_may_not_be_parallel_need_a_choice_to_say_so() =>
        Assert.Contains(
            """
            "tool_choice":{"type":"auto","disable_parallel_tool_use":true}
            """,
            pair.Exactly(
                """{"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"t"}}],"parallel_tool_calls":false}"""
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_choice_without_tools_is_no_choice() =>
        Same(
            """{"model":"vendor-model","max_tokens":8192,"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}]}""",
            pair.Exactly("""{"messages":[{"role":"user","content":"a"}],"tools":[],"tool_choice":"auto","parallel_tool_calls":true}""")
        );

    [Fact]
    public void Ids_that_the_vendor_would_refuse_are_mapped_the_same_way_in_call_and_result()
    {
        var body = pair.Exactly(
            """
            {"messages":[
              {"role":"user","content":"a"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"functions.look:0","type":"function","function":{"name":"look","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"functions.look:0","content":"b"}]}
            """
        );
        Same(
            """
            {"model":"vendor-model","max_tokens":8192,"messages":[
              {"role":"user","content":[{"type":"text","text":"a"}]},
              {"role":"assistant","content":[{"type":"tool_use","id":"toolu_ec0002042636dd8aa1e59e55d3639f7e","name":"look","input":{}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_ec0002042636dd8aa1e59e55d3639f7e","content":[{"type":"text","text":"b"}]}]}]}
            """,
            body
        );
    }

    [Fact]
    public void Texts_of_nothing_are_left_out() =>
        Same(
            """
            {"model":"vendor-model","max_tokens":8192,"messages":[
              {"role":"user","content":[{"type":"text","text":"a"}]},
              {"role":"assistant","content":[{"type":"tool_use","id":"c","name":"t","input":{}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"c"}]}]}
            """,
            pair.Exactly(
                """
                {"messages":[
                  {"role":"system","content":""},
                  {"role":"user","content":[{"type":"text","text":""},{"type":"text","text":"a"}]},
                  {"role":"user","content":" \n"},
                  {"role":"assistant","content":"","tool_calls":[{"id":"c","type":"function","function":{"name":"t","arguments":"{}"}}]},
                  {"role":"tool","tool_call_id":"c","content":""}]}
                """
            )
        );

    private const string SystemBetween = """
        {"messages":[
          {"role":"user","content":"a"},
          {"role":"developer","content":"Be brief."},
          {"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"t","arguments":"{}"}}]},
          {"role":"system","content":"Be quick."},
          {"role":"tool","tool_call_id":"c","content":"b"},
          {"role":"system","content":"Be kind."}]}
        """;

    [Theory]
    [InlineData("claude-opus-5-5", true)]
    [InlineData("claude-opus-4-7", false)]
    [InlineData("claude-sonnet-5", false)]
    [InlineData("claude-sonnet-5-5", true)]
    [InlineData("deepseek-v4-pro", false)]
    public void System_turns_between_others_stay_where_the_vendor_takes_them(string model, bool takes)
    {
        var (body, notes) = pair.Request(SystemBetween, Wish with { Model = model });
        Assert.Equal(["messages[].role=system"], notes.Dropped);
        var brief = takes
            ? """]},{"role":"system","content":[{"type":"text","text":"Be brief."}"""
            : """,{"type":"text","text":"<system-reminder>\nBe brief.\n</system-reminder>"}""";
        var kind = takes
            ? """]},{"role":"system","content":[{"type":"text","text":"Be kind."}"""
            : """,{"type":"text","text":"<system-reminder>\nBe kind.\n</system-reminder>"}""";
        Same(
            """
            {"model":"MODEL","max_tokens":8192,"messages":[
              {"role":"user","content":[{"type":"text","text":"a"}BRIEF]},
              {"role":"assistant","content":[{"type":"tool_use","id":"c","name":"t","input":{}}]},
              {"role":"user","content":[
                {"type":"tool_result","tool_use_id":"c","content":[{"type":"text","text":"b"}]},
                {"type":"text","text":"<system-reminder>\nBe quick.\n</system-reminder>"}KIND]}]}
            """.Replace("MODEL", model, StringComparison.Ordinal).Replace("BRIEF", brief, StringComparison.Ordinal).Replace(
                "KIND",
                kind,
                StringComparison.Ordinal
            ),
            body
        );
    }

    [Fact]
    public void Half_a_surrogate_pair_does_not_break_the_translation() =>
        Assert.Contains(
            "\"text\":\"a\uFFFD\"",
            pair.Exactly("""{"messages":[{"role":"user","content":"a\ud83d"}]}"""),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_conversation_of_system_turns_alone_is_refused()
    {
        var (_, notes) = pair.Request("""{"messages":[{"role":"system","content":"a"}]}""");
        Assert.Equal("messages", notes.Refusal!.Param);
    }

    [Fact]
    public void Arguments_that_are_no_object_are_refused_by_the_call_they_are_of()
    {
        var (_, notes) = pair.Request(
            """{"messages":[{"role":"assistant","tool_calls":[{"id":"c7","type":"function","function":{"name":"t","arguments":"{\"a\":"}}]}]}"""
        );
        Assert.Contains("'c7'", notes.Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_stream_and_its_limit_are_the_operators_to_say()
    {
        var wish = new VendorWish("claude-opus-5-5", Stream: true, OutputLimit: 100, OutputTokensMax: 8_192);
        Same(
            """{"model":"claude-opus-5-5","max_tokens":100,"stream":true,"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}]}""",
            pair.Exactly("""{"messages":[{"role":"user","content":"a"}],"max_tokens":500,"stream_options":{"include_usage":true}}""", wish)
        );
    }

    // Reasoning.

    [Theory]
    [InlineData(
        "claude-opus-5-5",
        "\"reasoning_effort\":\"high\"",
        """{"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}}"""
    )]
    [InlineData(
        "claude-opus-5-5",
        "\"reasoning_effort\":\"minimal\"",
        """{"thinking":{"type":"adaptive"},"output_config":{"effort":"low"}}"""
    )]
    [InlineData("claude-opus-5-5", "\"reasoning_effort\":\"none\"", """{"thinking":{"type":"disabled"}}""")]
    [InlineData(
        "claude-opus-5-5",
        "\"reasoning\":{\"max_tokens\":10000}",
        """{"thinking":{"type":"adaptive"},"output_config":{"effort":"medium"}}"""
    )]
    [InlineData("claude-opus-5-5", "\"enable_thinking\":true", """{"thinking":{"type":"adaptive"}}""")]
    [InlineData(
        "claude-opus-5-5",
        "\"reasoning\":{\"effort\":\"low\",\"exclude\":true}",
        """{"thinking":{"type":"adaptive","display":"omitted"},"output_config":{"effort":"low"}}"""
    )]
    [InlineData("claude-haiku-4-5-20251001", "\"reasoning_effort\":\"low\"", """{"thinking":{"type":"enabled","budget_tokens":4096}}""")]
    [InlineData("claude-haiku-4-5-20251001", "\"reasoning_effort\":\"high\"", """{"thinking":{"type":"enabled","budget_tokens":4096}}""")] // half the limit
    [InlineData("claude-haiku-4-5-20251001", "\"thinking\":{\"type\":\"disabled\"}", """{"thinking":{"type":"disabled"}}""")]
    [InlineData("deepseek-v4-pro", "\"reasoning_effort\":\"low\"", """{"thinking":{"type":"enabled","budget_tokens":4096}}""")]
    public void A_wish_for_reasoning_is_told_as_the_model_takes_it(string model, string chat, string messages)
    {
        var body = pair.Exactly($$"""{"messages":[{"role":"user","content":"a"}],{{chat}}}""", Wish with { Model = model });
        Assert.EndsWith("]}]," + messages[1..], body, StringComparison.Ordinal);
    }

    [Fact]
    public void Sealed_reasoning_goes_back_as_it_came()
    {
        var body = pair.Exactly(
            """
            {"messages":[
              {"role":"user","content":"a"},
              {"role":"assistant","content":"b","reasoning_content":"The same again.","reasoning_details":[
                {"type":"reasoning.text","text":"Hm","index":0},
                {"type":"reasoning.text","text":", well.","index":0},
                {"type":"reasoning.text","text":"","signature":"Es+/a=\"\\","index":0},
                {"type":"reasoning.encrypted","data":"Zz==","index":1},
                {"type":"reasoning.text","text":"","signature":"only a seal","index":2}]}]}
            """
        );
        Same(
            """
            {"model":"vendor-model","max_tokens":8192,"messages":[
              {"role":"user","content":[{"type":"text","text":"a"}]},
              {"role":"assistant","content":[
                {"type":"thinking","thinking":"Hm, well.","signature":"Es+/a=\"\\"},
                {"type":"redacted_thinking","data":"Zz=="},
                {"type":"thinking","thinking":"","signature":"only a seal"},
                {"type":"text","text":"b"}]}]}
            """,
            body
        );
    }

    private const string InTheLoop = """
        "messages":[
          {"role":"user","content":"a"},
          {"role":"assistant","content":"","reasoning_content":"Hm.","tool_calls":[{"id":"c","type":"function","function":{"name":"t","arguments":"{}"}}]},
          {"role":"tool","tool_call_id":"c","content":"b"}]
        """;

    [Fact]
    public void Thinking_by_budget_is_left_out_when_the_calls_thinking_is_missing()
    {
        var (body, notes) = pair.Request($$"""{ {{InTheLoop}},"reasoning_effort":"high"}""", Wish with { Model = "claude-sonnet-4-5" });
        Assert.DoesNotContain("\"thinking\":", body, StringComparison.Ordinal);
        Assert.Equal(["messages[].reasoning_content", "reasoning_effort"], notes.Dropped);
    }

    [Fact]
    public void Adaptive_thinking_goes_on_when_the_calls_thinking_is_missing()
    {
        var (body, notes) = pair.Request($$"""{ {{InTheLoop}},"reasoning_effort":"high"}""", Wish with { Model = "claude-opus-5-5" });
        Assert.Contains("\"thinking\":{\"type\":\"adaptive\"}", body, StringComparison.Ordinal);
        Assert.Equal(["messages[].reasoning_content"], notes.Dropped);
    }

    // Answers.

    private const string Answer = """
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_01","type":"message","role":"assistant","model":"claude","content":[],"stop_reason":null,"usage":{"input_tokens":25,"output_tokens":1}}}

        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

        event: ping
        data: {"type": "ping"}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Let me \"see\"."}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"Eq+/=="}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":0}

        event: content_block_start
        data: {"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"Zz=="}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":1}

        event: content_block_start
        data: {"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"Line\none \u00e9 é 😀"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":2}

        event: content_block_start
        data: {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_1","name":"look","input":{}}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\"at\": \"a"}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"\"}"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":3}

        event: content_block_start
        data: {"type":"content_block_start","index":4,"content_block":{"type":"tool_use","id":"toolu_2","name":"now","input":{}}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":4}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":60}}

        event: message_stop
        data: {"type":"message_stop"}


        """;

    private static readonly Usage usage = new()
    {
        [Meter.Input] = 25,
        [Meter.CachedInput] = 100,
        [Meter.CacheWrite5m] = 7,
        [Meter.CacheWrite1h] = 3,
        [Meter.Output] = 60,
        [Meter.Reasoning] = 20,
    };

    private const string Head =
        """data: {"id":"chatcmpl-abc","object":"chat.completion.chunk","created":1700000000,"model":"client/model","choices":[""";

    private static string Chunks(params string[] deltas) =>
        string.Concat(
            deltas.Select(delta =>
                delta.StartsWith('{') ? $$$"""{{{Head}}}{"index":0,"delta":{{{delta}}},"finish_reason":null}]}""" + "\n\n" : delta + "\n\n"
            )
        );

    private static readonly string[] deltas =
    [
        """{"role":"assistant","content":""}""",
        """{"reasoning_content":"Let me \"see\".","reasoning_details":[{"type":"reasoning.text","text":"Let me \"see\".","index":0}]}""",
        """{"reasoning_details":[{"type":"reasoning.text","text":"","signature":"Eq+/==","index":0}]}""",
        """{"reasoning_details":[{"type":"reasoning.encrypted","data":"Zz==","index":1}]}""",
        """{"content":"Line\none é é 😀"}""",
        """{"tool_calls":[{"index":0,"id":"toolu_1","type":"function","function":{"name":"look","arguments":""}}]}""",
        """{"tool_calls":[{"index":0,"function":{"arguments":"{\"at\": \"a"}}]}""",
        """{"tool_calls":[{"index":0,"function":{"arguments":"\"}"}}]}""",
        """{"tool_calls":[{"index":1,"id":"toolu_2","type":"function","function":{"name":"now","arguments":""}}]}""",
        """{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}""",
    ];

    private const string UsageObject =
        """{"prompt_tokens":135,"completion_tokens":60,"total_tokens":195,"prompt_tokens_details":{"cached_tokens":100,"cache_write_tokens":10},"completion_tokens_details":{"reasoning_tokens":20}}""";

    private static readonly string finish = Head + """{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""";

    [Fact]
    public void A_stream_comes_out_as_chunks() =>
        Assert.Equal(Chunks([.. deltas, finish, Head + "],\"usage\":" + UsageObject + "}", "data: [DONE]"]), pair.Stream(Answer, usage));

    [Fact]
    public void A_client_that_did_not_ask_for_usage_gets_none() =>
        Assert.Equal(Chunks([.. deltas, finish, "data: [DONE]"]), pair.Stream(Answer, usage, includeUsage: false));

    [Fact]
    public void Nothing_of_the_end_is_written_before_the_end() => Assert.Equal(Chunks(deltas), pair.Stream(Answer, usage, end: _ => { }));

    [Fact]
    public void Where_the_quota_ends_the_stream_ends_as_at_the_output_limit() =>
        Assert.EndsWith(
            """{"index":0,"delta":{},"finish_reason":"length"}]}""" + "\n\ndata: [DONE]\n\n",
            pair.Stream(Answer, usage, includeUsage: false, end: writer => writer.EndForLength(usage)),
            StringComparison.Ordinal
        );

    [Fact]
    public void An_error_is_the_last_word() =>
        Assert.EndsWith(
            """data: {"error":{"message":"It \"broke\".","type":"api_error","param":null,"code":"upstream_error"}}""" + "\n\n",
            pair.Stream(Answer, usage, end: writer => writer.Error(Problems.UpstreamError, "It \"broke\".")),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_whole_answer_comes_out_as_one_body() =>
        Same(
            $$$$"""
            {"id":"chatcmpl-abc","object":"chat.completion","created":1700000000,"model":"client/model","choices":[{"index":0,"message":{
              "role":"assistant","content":"Line\none","refusal":null,
              "reasoning_content":"Let me see.",
              "reasoning_details":[
                {"type":"reasoning.text","text":"Let me see.","signature":"Eq+/==","index":0},
                {"type":"reasoning.encrypted","data":"Zz==","index":1}],
              "tool_calls":[
                {"id":"toolu_1","type":"function","function":{"name":"look","arguments":"{\"at\":  \"a\"}"}},
                {"id":"toolu_2","type":"function","function":{"name":"now","arguments":"{}"}}]
            },"logprobs":null,"finish_reason":"tool_calls"}],"usage":{{{{UsageObject}}}}}
            """,
            pair.Whole(
                """
                {"model":"claude","id":"msg_01","type":"message","role":"assistant","content":[
                  {"type":"thinking","thinking":"Let me see.","signature":"Eq+/=="},
                  {"type":"redacted_thinking","data":"Zz=="},
                  {"type":"text","text":"Line\none","citations":null},
                  {"type":"tool_use","id":"toolu_1","name":"look","input":{"at":  "a"}},
                  {"type":"tool_use","id":"toolu_2","name":"now","input":{}}],
                "stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":25,"output_tokens":60}}
                """,
                usage
            )
        );

    [Theory]
    [InlineData("end_turn", "stop")]
    [InlineData("stop_sequence", "stop")]
    [InlineData("max_tokens", "length")]
    [InlineData("model_context_window_exceeded", "length")]
    [InlineData("tool_use", "tool_calls")]
    [InlineData("refusal", "content_filter")]
    [InlineData("pause_turn", "stop")]
    public void Reasons_to_stop_have_their_words(string messages, string chat)
    {
        Assert.Contains(
            $"\"finish_reason\":\"{chat}\"",
            pair.Whole($$"""{"id":"m","content":[{"type":"text","text":"a"}],"stop_reason":"{{messages}}"}""", usage),
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"\"finish_reason\":\"{chat}\"",
            pair.Stream(MessagesStream($$$"""{"type":"message_delta","delta":{"stop_reason":"{{{messages}}}"} }"""), usage),
            StringComparison.Ordinal
        );
    }
}
