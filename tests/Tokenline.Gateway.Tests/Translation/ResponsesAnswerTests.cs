using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Tokenline.Gateway.Protocols;
using Tokenline.Units;
using static Tokenline.Gateway.Tests.Translation.Exchange;

namespace Tokenline.Gateway.Tests.Translation;

/// <summary>What clients of responses get, from vendors of the three other protocols.</summary>
public sealed class ResponsesAnswerTests
{
    private const string ChatStream = """
        data: {"id":"x","choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"Hm"}}]}

        data: {"choices":[{"index":0,"delta":{"content":"Hello "}}]}

        data: {"choices":[{"index":0,"delta":{"content":"\"you\" 你好"}}]}

        data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c9","type":"function","function":{"name":"mcp__mail_search","arguments":""}}]}}]}

        data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"q\":"}}]}}]}

        data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}},{"index":1,"id":"c10","type":"function","function":{"name":"apply_patch","arguments":"{\"input\":\"a\\nb\"}"}}]}}]}

        data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

        data: [DONE]


        """;

    private const string MessagesStream = """
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"c","usage":{"input_tokens":1,"output_tokens":1}}}

        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Let me\nsee"}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqQB+/=="}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":0}

        event: content_block_start
        data: {"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"REDACTED"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":1}

        event: content_block_start
        data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_1","name":"shell","input":{}}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":2}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":9}}

        event: message_stop
        data: {"type":"message_stop"}


        """;

    [Fact]
    public void A_stream_tells_every_step_in_OpenAIs_order()
    {
        var exchange = new Exchange(Protocol.Responses, Protocol.Chat);
        exchange.Asked(ResponsesRequestTests.Codex);
        var events = Events(exchange.Stream(ChatStream, Usage.Of(10, 5, cachedInput: 20, reasoning: 3)));
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(e => e["sequence_number"]!.GetValue<int>()));
        string[] expected =
        [
            """{"type":"response.output_item.added","output_index":0,"item":{"id":"rs_abc0","type":"reasoning","summary":[]}}""",
            """{"type":"response.reasoning_summary_part.added","item_id":"rs_abc0","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""}}""",
            """{"type":"response.reasoning_summary_text.delta","item_id":"rs_abc0","output_index":0,"summary_index":0,"delta":"Hm"}""",
            """{"type":"response.reasoning_summary_text.done","item_id":"rs_abc0","output_index":0,"summary_index":0,"text":"Hm"}""",
            """{"type":"response.reasoning_summary_part.done","item_id":"rs_abc0","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":"Hm"}}""",
            """{"type":"response.output_item.done","output_index":0,"item":{"id":"rs_abc0","type":"reasoning","encrypted_content":"VExSMWNzAAAAAAIAAABIbQ==","summary":[{"type":"summary_text","text":"Hm"}]}}""",
            """{"type":"response.output_item.added","output_index":1,"item":{"id":"msg_abc1","type":"message","status":"in_progress","content":[],"role":"assistant"}}""",
            """{"type":"response.content_part.added","item_id":"msg_abc1","output_index":1,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""}}""",
            """{"type":"response.output_text.delta","item_id":"msg_abc1","output_index":1,"content_index":0,"delta":"Hello ","logprobs":[]}""",
            """{"type":"response.output_text.delta","item_id":"msg_abc1","output_index":1,"content_index":0,"delta":"\"you\" 你好","logprobs":[]}""",
            """{"type":"response.output_text.done","item_id":"msg_abc1","output_index":1,"content_index":0,"text":"Hello \"you\" 你好","logprobs":[]}""",
            """{"type":"response.content_part.done","item_id":"msg_abc1","output_index":1,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":"Hello \"you\" 你好"}}""",
            """{"type":"response.output_item.done","output_index":1,"item":{"id":"msg_abc1","type":"message","status":"completed","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"Hello \"you\" 你好"}],"role":"assistant"}}""",
            """{"type":"response.output_item.added","output_index":2,"item":{"id":"fc_abc2","type":"function_call","status":"in_progress","arguments":"","call_id":"c9","name":"_search","namespace":"mcp__mail"}}""",
            """{"type":"response.function_call_arguments.delta","item_id":"fc_abc2","output_index":2,"delta":"{\"q\":"}""",
            """{"type":"response.function_call_arguments.delta","item_id":"fc_abc2","output_index":2,"delta":"1}"}""",
            """{"type":"response.output_item.added","output_index":3,"item":{"id":"ctc_abc3","type":"custom_tool_call","status":"in_progress","input":"","call_id":"c10","name":"apply_patch"}}""",
            """{"type":"response.function_call_arguments.done","item_id":"fc_abc2","output_index":2,"arguments":"{\"q\":1}"}""",
            """{"type":"response.output_item.done","output_index":2,"item":{"id":"fc_abc2","type":"function_call","status":"completed","arguments":"{\"q\":1}","call_id":"c9","name":"_search","namespace":"mcp__mail"}}""",
            """{"type":"response.custom_tool_call_input.delta","item_id":"ctc_abc3","output_index":3,"delta":"a\nb"}""",
            """{"type":"response.custom_tool_call_input.done","item_id":"ctc_abc3","output_index":3,"input":"a\nb"}""",
            """{"type":"response.output_item.done","output_index":3,"item":{"id":"ctc_abc3","type":"custom_tool_call","status":"completed","input":"a\nb","call_id":"c10","name":"apply_patch"}}""",
        ];
        Assert.Equal(["response.created", "response.in_progress"], events.Take(2).Select(TypeOf));
        Assert.Equal(expected.Select(Plain), events.Skip(2).SkipLast(1).Select(Numberless));

        var last = events[^1];
        Assert.Equal("response.completed", TypeOf(last));
        var response = last["response"]!;
        Assert.Equal(
            events.Where(e => TypeOf(e) == "response.output_item.done").Select(e => e["item"]!.ToJsonString()),
            response["output"]!.AsArray().Select(item => item!.ToJsonString())
        );
        Same(
            """{"input_tokens":30,"input_tokens_details":{"cached_tokens":20},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":3},"total_tokens":35}""",
            response["usage"]
        );
    }

    [Fact]
    public void A_response_repeats_its_request_and_is_on_one_line()
    {
        var exchange = new Exchange(Protocol.Responses, Protocol.Chat);
        exchange.Asked(
            """
            {
              "input": "a",
              "tools": [
                {"type": "function", "name": "f", "strict": true, "parameters": null}
              ],
              "metadata": {"a": "b"}, "temperature": 0.3, "instructions": "i", "user": null
            }
            """
        );
        var created = Events(exchange.Stream("data: {\"choices\":[]}\n\n"))[0];
        Same(
            """
            {"id":"resp_abc","object":"response","created_at":1700000000,"status":"in_progress","error":null,"incomplete_details":null,
             "model":"client/model","output":[],"usage":null,"background":false,"instructions":"i","max_output_tokens":null,"max_tool_calls":null,
             "metadata":{"a":"b"},"parallel_tool_calls":true,"previous_response_id":null,"prompt_cache_key":null,
             "reasoning":{"effort":null,"summary":null},"safety_identifier":null,"service_tier":"default","store":true,"temperature":0.3,
             "text":{"format":{"type":"text"},"verbosity":"medium"},"tool_choice":"auto",
             "tools":[{"type":"function","name":"f","strict":true,"parameters":null}],"top_logprobs":0,"top_p":1.0,"truncation":"disabled","user":null}
            """,
            created["response"]
        );
    }

    [Fact]
    public void A_whole_answer_says_what_a_stream_says_at_its_end()
    {
        var exchange = new Exchange(Protocol.Responses, Protocol.Chat);
        exchange.Asked(ResponsesRequestTests.Codex);
        var usage = Usage.Of(10, 5, cachedInput: 20, reasoning: 3);
        var streamed = Events(exchange.Stream(ChatStream, usage))[^1]["response"]!.ToJsonString();
        var whole = exchange.Whole(
            """
            {"id":"x","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","reasoning_content":"Hm","content":"Hello \"you\" 你好",
             "tool_calls":[{"id":"c9","type":"function","function":{"name":"mcp__mail_search","arguments":"{\"q\":1}"}},
              {"id":"c10","type":"function","function":{"name":"apply_patch","arguments":"{\"input\":\"a\\nb\"}"}}]}}]}
            """,
            usage
        );
        Assert.Equal(streamed, JsonNode.Parse(whole)!.ToJsonString());
    }

    [Fact]
    public void Thinking_of_Claude_returns_byte_for_byte()
    {
        var exchange = new Exchange(Protocol.Responses, Protocol.Messages);
        exchange.Asked("""{"input":"a","tools":[{"type":"function","name":"shell"}]}""");
        var output = Events(exchange.Stream(MessagesStream))[^1]["response"]!["output"]!;
        var items = string.Join(",", output.AsArray().Select(item => item!.ToJsonString()));
        var asked = exchange.Asked(
            $$"""{"input":[{"role":"user","content":"a"},{{items}},{"type":"function_call_output","call_id":"toolu_1","output":"r"}],"tools":[{"type":"function","name":"shell"}]}"""
        );
        Assert.Empty(exchange.Notes.Dropped);
        Same(
            """
            {"role":"assistant","content":[
              {"type":"thinking","thinking":"Let me\nsee","signature":"EqQB+/=="},
              {"type":"redacted_thinking","data":"REDACTED"},
              {"type":"tool_use","id":"toolu_1","name":"shell","input":{"a":1}}]}
            """,
            asked["messages"]![1]
        );
    }

    [Fact]
    public void The_seal_of_Gemini_returns_to_its_call()
    {
        var exchange = new Exchange(Protocol.Responses, Protocol.Gemini);
        exchange.Asked("""{"input":"a","tools":[{"type":"function","name":"f"}]}""");
        var output = Events(exchange.Stream(GeminiPairsTests.VendorStream))[^1]["response"]!["output"]!;
        var items = string.Join(",", output.AsArray().Select(item => item!.ToJsonString()));
        var asked = exchange.Asked(
            $$"""
            {"input":[{"role":"user","content":"a"},{{items}},
             {"type":"function_call_output","call_id":"call_tlR11","output":"2"},{"type":"function_call_output","call_id":"call_tlR10","output":"1"}]}
            """
        );
        Same(GeminiPairsTests.ReturnedContents, asked["contents"]);
    }

    [Theory]
    [InlineData("length", "response.incomplete", "max_output_tokens")]
    [InlineData("content_filter", "response.incomplete", "content_filter")]
    [InlineData("stop", "response.completed", null)]
    public void An_answer_that_was_cut_says_why(string finish, string type, string? reason)
    {
        var exchange = new Exchange(Protocol.Responses, Protocol.Chat);
        var last = Events(
            exchange.Stream(
                $$"""
                data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"{{finish}}"}]}


                """
            )
        )[^1];
        Assert.Equal(type, TypeOf(last));
        Assert.Equal(reason, last["response"]!["incomplete_details"]?["reason"]?.GetValue<string>());
        Assert.Equal(reason is null ? "completed" : "incomplete", last["response"]!["output"]![0]!["status"]!.GetValue<string>());
    }

    [Fact]
    public void A_quota_that_ends_looks_like_the_output_limit()
    {
        var exchange = new Exchange(Protocol.Responses, Protocol.Chat);
        var events = Events(exchange.Stream([Encoding.UTF8.GetBytes(ChatStream)[..400]], Usage.Of(1, 1), endsForLength: true));
        Assert.Equal("response.incomplete", TypeOf(events[^1]));
    }

    [Fact]
    public void A_refusal_is_a_part_of_its_own()
    {
        var events = Events(
            new Exchange(Protocol.Responses, Protocol.Chat).Stream(
                """
                data: {"choices":[{"index":0,"delta":{"content":"a"}}]}

                data: {"choices":[{"index":0,"delta":{"refusal":"no"},"finish_reason":"stop"}]}


                """
            )
        );
        Same(
            """[{"type":"output_text","annotations":[],"logprobs":[],"text":"a"},{"type":"refusal","refusal":"no"}]""",
            events[^1]["response"]!["output"]![0]!["content"]
        );
        Assert.Contains("response.refusal.done", events.Select(TypeOf));
    }

    [Fact]
    public void A_failure_is_the_last_word_and_finishes_nothing()
    {
        var events = Events(
            new Exchange(Protocol.Responses, Protocol.Chat).Failed(
                """{"choices":[{"index":0,"delta":{"content":"a"}}]}""",
                Problems.UpstreamError,
                "It \"broke\"."
            )
        );
        var last = events[^1];
        Assert.Equal("response.failed", TypeOf(last));
        Assert.Equal("failed", last["response"]!["status"]!.GetValue<string>());
        Same("""{"code":"server_error","message":"It \"broke\"."}""", last["response"]!["error"]);
        Assert.DoesNotContain("response.output_item.done", events.Select(TypeOf));
    }

    [Fact]
    public void Any_split_of_the_vendors_bytes_gives_the_same_answer()
    {
        foreach (
            var (vendor, stream) in new[]
            {
                (Protocol.Chat, ChatStream),
                (Protocol.Messages, MessagesStream),
                (Protocol.Gemini, GeminiPairsTests.VendorStream),
            }
        )
        {
            var exchange = new Exchange(Protocol.Responses, vendor);
            exchange.Ask(ResponsesRequestTests.Codex);
            var whole = exchange.Stream(stream);
            Splits.Of(stream).Sample(chunks => Assert.Equal(whole, exchange.Stream(chunks)), iter: 50);
        }
    }

    private static string TypeOf(JsonNode e) => e["type"]!.GetValue<string>();

    private static string Plain(string json) => JsonNode.Parse(json)!.ToJsonString();

    private static string Numberless(JsonNode e)
    {
        var copy = e.DeepClone().AsObject();
        copy.Remove("sequence_number");
        return copy.ToJsonString();
    }
}

/// <summary>A stream's bytes, cut anywhere.</summary>
internal static class Splits
{
    public static Gen<List<byte[]>> Of(string stream)
    {
        var bytes = Encoding.UTF8.GetBytes(stream);
        return Gen.Int[1, 200]
            .Array[1, 20]
            .Select(lengths =>
            {
                List<byte[]> chunks = [];
                for (int i = 0, at = 0; at < bytes.Length; at += chunks[^1].Length, i++)
                    chunks.Add(bytes[at..Math.Min(bytes.Length, at + lengths[i % lengths.Length])]);
                return chunks;
            });
    }
}
