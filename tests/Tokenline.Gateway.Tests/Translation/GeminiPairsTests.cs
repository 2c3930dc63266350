using System.Text.Json.Nodes;
using CsCheck;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.Translation;
using Tokenline.Units;
using static Tokenline.Gateway.Tests.Translation.Exchange;

namespace Tokenline.Gateway.Tests.Translation;

/// <summary>Gemini's generateContent as the client's protocol, and as the vendor's.</summary>
public sealed class GeminiPairsTests
{
    /// <summary>As Gemini 3 streams it: a thought, text, and two calls of which the first is sealed.</summary>
    public const string VendorStream =
        "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"Plan\",\"thought\": true}],\"role\": \"model\"},\"index\": 0}],\"responseId\": \"R1\"}\r\n\r\n"
        + "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"Hi \\u4f60\"}],\"role\": \"model\"}}],\"responseId\": \"R1\"}\r\n\r\n"
        + "data: {\"candidates\": [{\"content\": {\"parts\": [{\"functionCall\": {\"name\": \"f\",\"args\": {\"a\": 1}},\"thoughtSignature\": \"SIG/+=\"},"
        + "{\"functionCall\": {\"name\": \"f\",\"args\": {\"a\": 2}}}],\"role\": \"model\"},\"finishReason\": \"STOP\"}],\"responseId\": \"R1\"}\r\n\r\n";

    /// <summary>The answer of <see cref="VendorStream"/> and its results, as Gemini wants them back.</summary>
    public const string ReturnedContents = """
        [{"role":"user","parts":[{"text":"a"}]},
         {"role":"model","parts":[
           {"text":"Hi 你"},
           {"functionCall":{"name":"f","args":{"a": 1}},"thoughtSignature":"SIG/+="},
           {"functionCall":{"name":"f","args":{"a": 2}}}]},
         {"role":"user","parts":[
           {"functionResponse":{"name":"f","response":{"output":"1"}}},
           {"functionResponse":{"name":"f","response":{"output":"2"}}}]}]
        """;

    /// <summary>As Gemini CLI sends it, with a schema of Gemini's own beside one of JSON schema.</summary>
    public const string GeminiCli = """
        {"contents":[
          {"role":"user","parts":[{"text":"hi"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]},
          {"role":"model","parts":[{"text":"ok"},{"functionCall":{"name":"f","args":{"a": 1}}},{"functionCall":{"name":"f","args":{"a":2}}}]},
          {"role":"user","parts":[
            {"functionResponse":{"name":"f","response":{"output":"one"}}},
            {"functionResponse":{"name":"f","response":{"error":"two"}}},
            {"text":"go"}]}],
         "systemInstruction":{"role":"user","parts":[{"text":"sys"}]},
         "tools":[{"functionDeclarations":[
           {"name":"f","description":"d","parametersJsonSchema":{"type":"object"}},
           {"name":"g","parameters":{"type":"OBJECT","properties":{"x":{"type":"STRING","nullable":true},"l":{"type":"ARRAY","items":{"type":"INTEGER"},"minItems":"1"}},"required":["x"]}}]}],
         "toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},
         "generationConfig":{"topP":0.90,"maxOutputTokens":100,"stopSequences":["END"],"thinkingConfig":{"includeThoughts":true,"thinkingBudget":8192}}}
        """;

    private const string OpenApiSchema =
        """{"type":"object","properties":{"x":{"type":["string","null"]},"l":{"type":"array","items":{"type":"integer"},"minItems":1}},"required":["x"]}""";

    [Fact]
    public void Gemini_CLI_is_understood_by_a_vendor_of_chat_completions()
    {
        var exchange = new Exchange(Protocol.Gemini, Protocol.Chat);
        Same(
            $$$$"""
            {"model":"vendor-model","messages":[
              {"role":"system","content":"sys"},
              {"role":"user","content":[{"type":"text","text":"hi"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
              {"role":"assistant","content":"ok","tool_calls":[
                {"id":"call_0","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}},
                {"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\":2}"}}]},
              {"role":"tool","tool_call_id":"call_0","content":"one"},
              {"role":"tool","tool_call_id":"call_1","content":"two"},
              {"role":"user","content":"go"}],
             "stream":true,"stream_options":{"include_usage":true},"max_tokens":100,"top_p":0.90,"stop":["END"],
             "tools":[
              {"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}},
              {"type":"function","function":{"name":"g","parameters":{{{{OpenApiSchema}}}}}}],
             "tool_choice":{"type":"function","function":{"name":"f"}},"reasoning_effort":"medium"}
            """,
            exchange.Asked(GeminiCli)
        );
    }

    [Fact]
    public void Gemini_CLI_is_understood_by_a_vendor_of_messages()
    {
        var exchange = new Exchange(Protocol.Gemini, Protocol.Messages);
        Same(
            $$$$"""
            {"model":"vendor-model","max_tokens":100,"stream":true,
             "system":[{"type":"text","text":"sys"}],
             "messages":[
              {"role":"user","content":[{"type":"text","text":"hi"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]},
              {"role":"assistant","content":[
                {"type":"text","text":"ok"},
                {"type":"tool_use","id":"call_0","name":"f","input":{"a": 1}},
                {"type":"tool_use","id":"call_1","name":"f","input":{"a":2}}]},
              {"role":"user","content":[
                {"type":"tool_result","tool_use_id":"call_0","content":[{"type":"text","text":"one"}]},
                {"type":"tool_result","tool_use_id":"call_1","content":[{"type":"text","text":"two"}],"is_error":true},
                {"type":"text","text":"go"}]}],
             "tools":[{"name":"f","description":"d","input_schema":{"type":"object"}},{"name":"g","input_schema":{{{{OpenApiSchema}}}}}],
             "tool_choice":{"type":"tool","name":"f"},"top_p":0.90,"stop_sequences":["END"]}
            """,
            exchange.Asked(GeminiCli)
        );
    }

    [Fact]
    public void Names_in_snake_case_mean_the_same() =>
        Same(
            """
            {"model":"vendor-model","messages":[{"role":"system","content":"s"},{"role":"user","content":"a"}],
             "stream":true,"stream_options":{"include_usage":true},"max_tokens":5}
            """,
            new Exchange(Protocol.Gemini, Protocol.Chat).Asked(
                """{"contents":{"parts":{"text":"a"}},"system_instruction":{"parts":[{"text":"s"}]},"generation_config":{"max_output_tokens":5},"safety_settings":[]}"""
            )
        );

    [Fact]
    public void A_stream_of_chat_completions_comes_as_Geminis_parts()
    {
        var exchange = new Exchange(Protocol.Gemini, Protocol.Chat);
        var stream = exchange.Stream(
            """
            data: {"id":"x","choices":[{"index":0,"delta":{"content":"Hello"}}]}

            data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{\n"}}]}}]}

            data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"}"}}]}}]}

            data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}


            """,
            Usage.Of(10, 5, cachedInput: 20, reasoning: 3)
        );
        Assert.Equal(
            "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hello\"}],\"role\":\"model\"},\"index\":0}],\"modelVersion\":\"client/model\",\"responseId\":\"abc\"}\r\n\r\n"
                + "data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"id\":\"c1\",\"name\":\"f\",\"args\":{ }}}],\"role\":\"model\"},\"index\":0}],\"modelVersion\":\"client/model\",\"responseId\":\"abc\"}\r\n\r\n"
                + "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\"}],\"role\":\"model\"},\"finishReason\":\"STOP\",\"index\":0}],"
                + "\"usageMetadata\":{\"promptTokenCount\":30,\"cachedContentTokenCount\":20,\"candidatesTokenCount\":2,\"thoughtsTokenCount\":3,\"totalTokenCount\":35},\"modelVersion\":\"client/model\",\"responseId\":\"abc\"}\r\n\r\n",
            stream
        );
    }

    [Fact]
    public void A_whole_answer_has_one_part_for_each_block()
    {
        var whole = new Exchange(Protocol.Gemini, Protocol.Messages).Whole(
            """
            {"id":"msg_1","type":"message","role":"assistant","content":[{"type":"text","text":"a"},{"type":"text","text":"b"},
             {"type":"tool_use","id":"t1","name":"f","input":{"x":1}}],"stop_reason":"max_tokens","usage":{"input_tokens":1,"output_tokens":2}}
            """,
            Usage.Of(1, 2)
        );
        Same(
            """
            {"candidates":[{"content":{"parts":[{"text":"ab"},{"functionCall":{"id":"t1","name":"f","args":{"x":1}}}],"role":"model"},
              "finishReason":"MAX_TOKENS","index":0}],
             "usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2,"totalTokenCount":3},"modelVersion":"client/model","responseId":"abc"}
            """,
            whole
        );
    }

    /// <summary>Gemini CLI keeps calls with their seals and forgets the thoughts.</summary>
    [Fact]
    public void Thinking_of_Claude_returns_byte_for_byte_through_the_seal_of_the_call()
    {
        var exchange = new Exchange(Protocol.Gemini, Protocol.Messages);
        var whole = exchange.Whole(
            """
            {"id":"msg_1","type":"message","role":"assistant","content":[{"type":"thinking","thinking":"Let me\nsee","signature":"EqQB+/=="},
             {"type":"redacted_thinking","data":"RED"},{"type":"tool_use","id":"toolu_1","name":"f","input":{"x":1}}],"stop_reason":"tool_use","usage":{}}
            """
        );
        var parts = JsonNode.Parse(whole)!["candidates"]![0]!["content"]!["parts"]!.AsArray();
        Assert.Equal(2, parts.Count);
        Assert.True(parts[0]!["thought"]!.GetValue<bool>());
        foreach (var kept in new[] { parts[1]!.ToJsonString(), $"{parts[0]!.ToJsonString()},{parts[1]!.ToJsonString()}" })
        {
            var asked = exchange.Asked(
                $$$$"""
                {"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{{{{kept}}}}]},
                 {"role":"user","parts":[{"functionResponse":{"id":"toolu_1","name":"f","response":{"output":"r"}}}]}]}
                """
            );
            Same(
                """
                [{"type":"thinking","thinking":"Let me\nsee","signature":"EqQB+/=="},{"type":"redacted_thinking","data":"RED"},
                 {"type":"tool_use","id":"toolu_1","name":"f","input":{"x":1}}]
                """,
                asked["messages"]![1]!["content"]
            );
            Assert.Empty(exchange.Notes.Dropped);
        }
    }

    [Fact]
    public void A_call_that_was_cut_is_not_made()
    {
        var stream = new Exchange(Protocol.Gemini, Protocol.Chat).Stream(
            """
            data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{\"a\":"}}]},"finish_reason":"length"}]}


            """
        );
        Assert.DoesNotContain("functionCall", stream, StringComparison.Ordinal);
        Assert.Contains("\"finishReason\":\"MAX_TOKENS\"", stream, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_is_the_last_word() =>
        Assert.EndsWith(
            "data: {\"error\":{\"code\":502,\"message\":\"It broke.\",\"status\":\"INTERNAL\"}}\r\n\r\n",
            new Exchange(Protocol.Gemini, Protocol.Chat).Failed(
                """{"choices":[{"index":0,"delta":{"content":"a"}}]}""",
                Problems.UpstreamError,
                "It broke."
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_chat_client_carries_Geminis_seal_in_the_calls_id()
    {
        var exchange = new Exchange(Protocol.Chat, Protocol.Gemini);
        var calls = Events(exchange.Stream(VendorStream))
            .Select(e => e["choices"]!.AsArray().FirstOrDefault()?["delta"]?["tool_calls"]?[0])
            .Where(call => call?["id"] is not null)
            .Select(call => call!["id"]!.GetValue<string>())
            .ToList();
        Assert.Equal(["call_tlR10__seal__Z2VtaW5pLlNJRy8rPQ", "call_tlR11"], calls);
        var asked = exchange.Asked(
            $$$$"""
            {"messages":[{"role":"user","content":"a"},
             {"role":"assistant","content":"Hi 你","tool_calls":[
               {"id":"{{{{calls[0]}}}}","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}},
               {"id":"{{{{calls[1]}}}}","type":"function","function":{"name":"f","arguments":"{\"a\": 2}"}}]},
             {"role":"tool","tool_call_id":"{{{{calls[1]}}}}","content":"2"},
             {"role":"tool","tool_call_id":"{{{{calls[0]}}}}","content":"1"}]}
            """
        );
        Same(ReturnedContents, asked["contents"]);
    }

    [Fact]
    public void A_client_of_messages_carries_Geminis_seal_as_thinking_before_the_call()
    {
        var exchange = new Exchange(Protocol.Messages, Protocol.Gemini);
        var blocks = JsonNode.Parse(exchange.Whole(VendorStream.Replace("data: ", "", StringComparison.Ordinal).Split("\r\n\r\n")[2]))![
            "content"
        ]!;
        Assert.Equal(["thinking", "tool_use", "tool_use"], blocks.AsArray().Select(block => block!["type"]!.GetValue<string>()));
        var asked = exchange.Asked(
            $$$$"""
            {"max_tokens":5,"messages":[{"role":"user","content":"a"},
             {"role":"assistant","content":[{"type":"text","text":"Hi 你"},{{{{blocks.ToJsonString()[1..^1]}}}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_tlR11","content":"2"},{"type":"tool_result","tool_use_id":"call_tlR10","content":"1"}]}]}
            """
        );
        Same(ReturnedContents, asked["contents"]);
        Assert.Empty(exchange.Notes.Dropped);
    }

    [Fact]
    public void A_text_that_ends_an_answer_is_its_last_block_though_Gemini_seals_it()
    {
        const string body =
            """{"candidates":[{"content":{"parts":[{"text":"Done."},{"text":"","thoughtSignature":"SIG"}],"role":"model"},"finishReason":"STOP"}],"responseId":"R1"}""";
        var pair = ProtocolPairs.Find(Protocol.Messages, Protocol.Gemini)!;

        var stream = Translated.Stream(pair, $"data: {body}\n\n", Usage.Of(1, 2));
        var whole = JsonNode.Parse(Translated.Whole(pair, body, Usage.Of(1, 2)))!;

        Assert.Contains("Done.", stream, StringComparison.Ordinal);
        Assert.DoesNotContain("thinking", stream.Replace("thinking_tokens", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("Done.", Assert.Single(whole["content"]!.AsArray())!["text"]!.ToString());
    }

    [Fact]
    public void A_seal_behind_a_text_stands_before_the_call_that_follows()
    {
        const string body =
            """{"candidates":[{"content":{"parts":[{"text":"I look."},{"text":"","thoughtSignature":"SIG"},{"functionCall":{"name":"f","args":{}}}],"role":"model"},"finishReason":"STOP"}],"responseId":"R1"}""";

        var stream = Translated.Stream(ProtocolPairs.Find(Protocol.Messages, Protocol.Gemini)!, $"data: {body}\n\n", Usage.Of(1, 2));

        var places = new[] { "I look.", "signature_delta", "\"tool_use\"" }
            .Select(part => stream.IndexOf(part, StringComparison.Ordinal))
            .ToList();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public void A_seal_of_another_vendor_is_left_out_and_told()
    {
        var exchange = new Exchange(Protocol.Messages, Protocol.Gemini);
        var asked = exchange.Asked(
            """
            {"max_tokens":5,"messages":[{"role":"user","content":"a"},
             {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"Claude"},{"type":"text","text":"b"}]},{"role":"user","content":"c"}]}
            """
        );
        Assert.Equal(["messages[].content[].signature"], exchange.Notes.Dropped);
        Same("""{"role":"model","parts":[{"text":"b"}]}""", asked["contents"]![1]);
    }

    [Fact]
    public void A_turn_of_which_nothing_can_be_said_is_left_out() =>
        Same(
            """[{"role":"user","parts":[{"text":"a"},{"text":"c"}]}]""",
            new Exchange(Protocol.Messages, Protocol.Gemini).Asked(
                """
                {"max_tokens":5,"system":"","messages":[{"role":"user","content":"a"},
                 {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"Claude"},{"type":"text","text":""}]},{"role":"user","content":"c"}]}
                """
            )["contents"]
        );

    [Fact]
    public void Claude_Code_is_understood_by_a_vendor_of_Gemini()
    {
        var exchange = new Exchange(Protocol.Messages, Protocol.Gemini) { Wish = new VendorWish("gemini-2.5-pro", true, null, 8_192) };
        Same(
            """
            {"systemInstruction":{"parts":[{"text":"sys"}]},
             "contents":[
              {"role":"user","parts":[{"text":"a"},{"text":"<system-reminder>\nmind\n</system-reminder>"}]},
              {"role":"model","parts":[{"functionCall":{"id":"toolu_1","name":"Read","args":{"p":"x"}}}]},
              {"role":"user","parts":[
                {"functionResponse":{"id":"toolu_1","name":"Read","response":{"error":"none"}}},
                {"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}],
             "tools":[{"functionDeclarations":[{"name":"Read","description":"d","parametersJsonSchema":{"type":"object","$schema":"x"}}]}],
             "generationConfig":{"maxOutputTokens":32000,"thinkingConfig":{"thinkingBudget":-1}}}
            """,
            exchange.Asked(
                """
                {"model":"m","max_tokens":32000,"stream":true,"system":[{"type":"text","text":"sys","cache_control":{"type":"ephemeral"}}],
                 "messages":[{"role":"user","content":"a"},{"role":"system","content":"mind"},
                  {"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"Read","input":{"p":"x"}}]},
                  {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","is_error":true,"content":[{"type":"text","text":"none"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]}]}],
                 "tools":[{"name":"Read","description":"d","input_schema":{"type":"object","$schema":"x"},"defer_loading":true}],
                 "thinking":{"type":"adaptive","display":"omitted"},"context_management":{"edits":[]},"metadata":{"user_id":"{\"a\":1}"}}
                """
            )
        );
        Assert.Equal(
            ["tools[].defer_loading", "context_management", "messages[].role=system", "cache_control", "metadata.user_id"],
            exchange.Notes.Dropped
        );
    }

    [Theory]
    [InlineData("SAFETY", "content_filter")]
    [InlineData("MALFORMED_FUNCTION_CALL", "content_filter")]
    [InlineData("MAX_TOKENS", "length")]
    [InlineData("STOP", "stop")]
    public void Geminis_reasons_have_words_in_chat_completions(string gemini, string chat) =>
        Assert.Contains(
            $"\"finish_reason\":\"{chat}\"",
            new Exchange(Protocol.Chat, Protocol.Gemini).Whole(
                $$$"""{"candidates":[{"finishReason":"{{{gemini}}}","content":{"parts":[{"text":"a"}]}}],"responseId":"r"}"""
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public void An_emoji_cut_in_two_is_whole_again() =>
        Assert.Contains(
            "\"delta\":\"😀b\"",
            new Exchange(Protocol.Responses, Protocol.Gemini).Stream(
                "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\\ud83d\"}]}}]}\n\ndata: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\\ude00b\"}]}}]}\n\n"
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_blocked_prompt_is_a_filtered_answer() =>
        Assert.Contains(
            "\"finish_reason\":\"content_filter\"",
            new Exchange(Protocol.Chat, Protocol.Gemini).Whole("""{"promptFeedback":{"blockReason":"SAFETY"},"responseId":"r"}"""),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("""{"contents":[{"parts":[{"text":"a"}]}],"cachedContent":"c"}""", "cachedContent")]
    [InlineData("""{"contents":[{"parts":[{"text":"a"}]}],"tools":[{"googleSearch":{}}]}""", "tools[0].googleSearch")]
    [InlineData("""{"contents":[{"parts":[{"text":"a"}]}],"generationConfig":{"candidateCount":2}}""", "generationConfig.candidateCount")]
    [InlineData(
        """{"contents":[{"parts":[{"fileData":{"fileUri":"gs://b/f","mimeType":"image/png"}}]}]}""",
        "contents[0].parts[0].fileData"
    )]
    [InlineData("""{"contents":[{"parts":[{"never":1}]}]}""", "contents[0].parts[0].never")]
    [InlineData("""{"contents":7}""", "contents")]
    public void What_changes_the_answer_is_refused_by_its_field(string body, string param)
    {
        foreach (var vendor in new[] { Protocol.Chat, Protocol.Messages })
        {
            var exchange = new Exchange(Protocol.Gemini, vendor);
            exchange.Ask(body);
            Assert.Equal(param, exchange.Notes.Refusal?.Param);
        }
    }

    [Fact]
    public void Any_split_of_the_vendors_bytes_gives_the_same_answer()
    {
        foreach (var client in new[] { Protocol.Chat, Protocol.Messages })
        {
            var exchange = new Exchange(client, Protocol.Gemini);
            var whole = exchange.Stream(VendorStream);
            Splits.Of(VendorStream).Sample(chunks => Assert.Equal(whole, exchange.Stream(chunks)), iter: 50);
        }
    }

    /// <summary>Chat completions → Gemini → chat completions keeps what both can say.</summary>
    [Fact]
    public void A_conversation_comes_back_from_Gemini_as_it_was()
    {
        var text = Gen.OneOf(Gen.String[Gen.Char[' ', '~'], 1, 12], Gen.Const("你好 \"\\\n\u0001"), Gen.Const("é😀"));
        Gen.Select(text, text, text, Gen.Int[0, 2])
            .Sample(
                (system, question, result, calls) =>
                {
                    JsonArray messages = [Message("system", system), Message("user", question)];
                    if (calls > 0)
                    {
                        messages.Add(
                            new JsonObject
                            {
                                ["role"] = "assistant",
                                ["content"] = question,
                                ["tool_calls"] = new JsonArray([
                                    .. Enumerable
                                        .Range(0, calls)
                                        .Select(i => new JsonObject
                                        {
                                            ["id"] = $"c{i}",
                                            ["type"] = "function",
                                            ["function"] = new JsonObject
                                            {
                                                ["name"] = "f",
                                                ["arguments"] = new JsonObject { ["x"] = result }.ToJsonString(),
                                            },
                                        }),
                                ]),
                            }
                        );
                        for (var i = 0; i < calls; i++)
                        {
                            var message = Message("tool", result);
                            message.Insert(1, "tool_call_id", $"c{i}");
                            messages.Add(message);
                        }
                    }
                    var there = new Exchange(Protocol.Chat, Protocol.Gemini) { Wish = new VendorWish("gemini-2.5", false, 7, 9) };
                    var back = new Exchange(Protocol.Gemini, Protocol.Chat);
                    var asked = back.Asked(there.Ask(new JsonObject { ["messages"] = messages }.ToJsonString()));
                    Assert.Equal(messages.ToJsonString(), asked["messages"]!.ToJsonString());
                    Assert.Equal(7, asked["max_tokens"]!.GetValue<int>());
                },
                iter: 100
            );

        static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };
    }
}

/// <summary>Whatever goes into a seal comes out of it, for its own vendor only.</summary>
public sealed class ReasoningSealTests
{
    [Fact]
    public void What_was_sealed_is_read_back_exactly() =>
        Gen.Select(Gen.String, Gen.String[1, 40], Gen.Bool)
            .Where((text, seal, _) => IsWellFormed(text) && IsWellFormed(seal))
            .Sample(
                (text, seal, isRedacted) =>
                {
                    var blocks = new Tokenline.Gateway.Protocols.Translation.Answers.PooledText();
                    var plain = isRedacted ? "" : text;
                    ReasoningSeal.Add(blocks, Protocol.Messages, Utf8(plain), Utf8(seal), isRedacted);
                    ReasoningSeal.Add(blocks, Protocol.Messages, "more"u8, default);
                    var output = new System.Buffers.ArrayBufferWriter<byte>();
                    ReasoningSeal.Encode(blocks, output);
                    var carried = System.Text.Encoding.UTF8.GetString(output.WrittenSpan);
                    Assert.Equal(
                        [
                            isRedacted ? new ReasoningPart(plain, null, seal) : new ReasoningPart(plain, seal),
                            new ReasoningPart("more", null),
                        ],
                        ReasoningSeal.Open(carried, Protocol.Messages)
                    );
                    Assert.Null(ReasoningSeal.Open(carried, Protocol.Gemini));
                },
                iter: 200
            );

    [Theory]
    [InlineData("")]
    [InlineData("gAAAAABnot base64")]
    [InlineData("VExSMW1z")]
    [InlineData("VExSMW1z/////wIAAABIbQ==")]
    public void What_is_no_seal_is_nothing(string carried) => Assert.Null(ReasoningSeal.Open(carried, Protocol.Messages));

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static bool IsWellFormed(string text) => System.Text.Encoding.UTF8.GetString(Utf8(text)) == text;
}
