using System.Text.Json.Nodes;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Protocols.Translation;
using static Tokenline.Gateway.Tests.Translation.Exchange;

namespace Tokenline.Gateway.Tests.Translation;

/// <summary>What clients of responses ask, at vendors of the three other protocols.</summary>
public sealed class ResponsesRequestTests
{
    /// <summary>As Codex sends it: developer messages, client-made ids or none, a namespace, a custom tool, a hosted tool.</summary>
    public const string Codex = """
        {"model":"m","instructions":"Be good.","input":[
          {"type":"message","role":"developer","content":[{"type":"input_text","text":"Rules."}]},
          {"type":"message","id":"msg_x","role":"user","content":[{"type":"input_text","text":"hi"},{"type":"input_image","image_url":"data:image/png;base64,AAAA"}]},
          {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"think"}],"content":null,"encrypted_content":null},
          {"type":"message","role":"assistant","content":[{"type":"output_text","text":"ok","annotations":[]}]},
          {"type":"function_call","name":"_search","namespace":"mcp__mail","arguments":"{\"q\": 1}","call_id":"c1"},
          {"type":"custom_tool_call","status":"completed","call_id":"c2","name":"apply_patch","input":"*** \"x\"\n"},
          {"type":"function_call_output","id":"fco_1","call_id":"c1","output":"found"},
          {"type":"custom_tool_call_output","call_id":"c2","output":[{"type":"input_text","text":"done"}]}
        ],"tools":[
          {"type":"function","name":"shell","description":"Runs.","strict":false,"parameters":{"type":"object","properties":{}}},
          {"type":"custom","name":"apply_patch","description":"Patches.","format":{"type":"grammar","syntax":"lark","definition":"start: x"}},
          {"type":"namespace","name":"mcp__mail","description":"Mail.","tools":[{"type":"function","name":"_search","description":"Finds.","parameters":{"type":"object"}}]},
          {"type":"web_search","external_web_access":true}
        ],"tool_choice":"auto","parallel_tool_calls":false,"reasoning":{"effort":"medium","summary":"auto"},"store":false,"stream":true,
        "include":["reasoning.encrypted_content"],"prompt_cache_key":"k","text":{"verbosity":"low"},"client_metadata":{"a":"b"},"max_output_tokens":500}
        """;

    private const string CustomDescription = "Patches.\\n\\nThe argument 'input' must follow this lark grammar:\\nstart: x";

    private const string CustomSchema =
        """{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false}""";

    [Fact]
    public void Codex_is_understood_by_a_vendor_of_chat_completions()
    {
        var exchange = new Exchange(Protocol.Responses, Protocol.Chat)
        {
            Wish = new VendorWish("vendor-model", Stream: true, null, 8_192) { Quirks = VendorQuirks.Of("deepseek") },
        };
        Same(
            $$$$"""
            {"model":"vendor-model","messages":[
              {"role":"system","content":"Be good."},
              {"role":"system","content":"Rules."},
              {"role":"user","content":[{"type":"text","text":"hi"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
              {"role":"assistant","reasoning_content":"think","content":"ok","tool_calls":[
                {"id":"c1","type":"function","function":{"name":"mcp__mail_search","arguments":"{\"q\": 1}"}},
                {"id":"c2","type":"function","function":{"name":"apply_patch","arguments":"{\"input\":\"*** \\\"x\\\"\\n\"}"}}]},
              {"role":"tool","tool_call_id":"c1","content":"found"},
              {"role":"tool","tool_call_id":"c2","content":"done"}],
             "stream":true,"stream_options":{"include_usage":true},"max_tokens":500,
             "tools":[
              {"type":"function","function":{"name":"shell","description":"Runs.","parameters":{"type":"object","properties":{}},"strict":false}},
              {"type":"function","function":{"name":"apply_patch","description":"{{{{CustomDescription}}}}","parameters":{{{{CustomSchema}}}}}},
              {"type":"function","function":{"name":"mcp__mail_search","description":"Finds.","parameters":{"type":"object"}}}],
             "tool_choice":"auto","parallel_tool_calls":false,"reasoning_effort":"medium"}
            """,
            exchange.Asked(Codex)
        );
        Assert.Equal(
            ["tools[].type=web_search", "prompt_cache_key", "text.verbosity", "client_metadata", "reasoning.summary"],
            exchange.Notes.Dropped
        );
    }

    [Fact]
    public void Codex_is_understood_by_a_vendor_of_messages()
    {
        var exchange = new Exchange(Protocol.Responses, Protocol.Messages);
        Same(
            $$$$"""
            {"model":"vendor-model","max_tokens":500,"stream":true,
             "system":[{"type":"text","text":"Be good."},{"type":"text","text":"Rules."}],
             "messages":[
              {"role":"user","content":[{"type":"text","text":"hi"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]},
              {"role":"assistant","content":[
                {"type":"text","text":"ok"},
                {"type":"tool_use","id":"c1","name":"mcp__mail_search","input":{"q": 1}},
                {"type":"tool_use","id":"c2","name":"apply_patch","input":{"input":"*** \"x\"\n"}}]},
              {"role":"user","content":[
                {"type":"tool_result","tool_use_id":"c1","content":[{"type":"text","text":"found"}]},
                {"type":"tool_result","tool_use_id":"c2","content":[{"type":"text","text":"done"}]}]}],
             "tools":[
              {"name":"shell","description":"Runs.","input_schema":{"type":"object","properties":{}}},
              {"name":"apply_patch","description":"{{{{CustomDescription}}}}","input_schema":{{{{CustomSchema}}}}},
              {"name":"mcp__mail_search","description":"Finds.","input_schema":{"type":"object"}}],
             "tool_choice":{"type":"auto","disable_parallel_tool_use":true}}
            """,
            exchange.Asked(Codex)
        );
    }

    [Fact]
    public void Codex_is_understood_by_a_vendor_of_Gemini()
    {
        var exchange = new Exchange(Protocol.Responses, Protocol.Gemini);
        Same(
            $$$$"""
            {"systemInstruction":{"parts":[{"text":"Be good."},{"text":"Rules."}]},
             "contents":[
              {"role":"user","parts":[{"text":"hi"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]},
              {"role":"model","parts":[
                {"text":"ok"},
                {"functionCall":{"id":"c1","name":"mcp__mail_search","args":{"q": 1}},"thoughtSignature":"skip_thought_signature_validator"},
                {"functionCall":{"id":"c2","name":"apply_patch","args":{"input":"*** \"x\"\n"}}}]},
              {"role":"user","parts":[
                {"functionResponse":{"id":"c1","name":"mcp__mail_search","response":{"output":"found"}}},
                {"functionResponse":{"id":"c2","name":"apply_patch","response":{"output":"done"}}}]}],
             "tools":[{"functionDeclarations":[
              {"name":"shell","description":"Runs.","parametersJsonSchema":{"type":"object","properties":{}}},
              {"name":"apply_patch","description":"{{{{CustomDescription}}}}","parametersJsonSchema":{{{{CustomSchema}}}}},
              {"name":"mcp__mail_search","description":"Finds.","parametersJsonSchema":{"type":"object"}}]}],
             "toolConfig":{"functionCallingConfig":{"mode":"AUTO"}},
             "generationConfig":{"maxOutputTokens":500,"thinkingConfig":{"includeThoughts":true,"thinkingLevel":"medium"}}}
            """,
            exchange.Asked(Codex)
        );
        Assert.Contains("parallel_tool_calls", exchange.Notes.Dropped);
    }

    [Fact]
    public void The_AI_SDK_leaves_out_types_and_ids()
    {
        var asked = new Exchange(Protocol.Responses, Protocol.Chat).Asked(
            """
            {"model":"m","input":[
              {"role":"system","content":"s"},
              {"role":"user","content":[{"type":"input_text","text":"a"}]},
              {"role":"assistant","content":[{"type":"output_text","text":"b"}]},
              {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
              {"type":"function_call_output","call_id":"c","output":"r"}],
             "text":{"format":{"type":"json_schema","name":"n","strict":true,"schema":{"type":"object"}}},"truncation":"disabled","temperature":0.30}
            """
        );
        Same(
            """
            [{"role":"system","content":"s"},{"role":"user","content":"a"},
             {"role":"assistant","content":"b","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"c","content":"r"}]
            """,
            asked["messages"]
        );
        Same("""{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}}""", asked["response_format"]);
        Assert.Equal("0.30", asked["temperature"]!.ToJsonString());
    }

    [Fact]
    public void More_tools_of_Codex_stand_among_the_items()
    {
        var asked = new Exchange(Protocol.Responses, Protocol.Chat).Asked(
            """
            {"input":[{"type":"additional_tools","role":"developer","tools":[{"type":"function","name":"f","parameters":{"type":"object"}}]},
             {"role":"user","content":"a"}]}
            """
        );
        Assert.Equal("f", asked["tools"]![0]!["function"]!["name"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("\"required\"", "\"required\"", 2)]
    [InlineData("""{"type":"function","name":"f"}""", """{"type":"function","function":{"name":"f"}}""", 2)]
    [InlineData("""{"type":"custom","name":"g"}""", """{"type":"function","function":{"name":"g"}}""", 2)]
    [InlineData("""{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"}]}""", "\"required\"", 1)]
    public void The_choice_of_a_tool_goes_over(string choice, string chat, int tools)
    {
        var asked = new Exchange(Protocol.Responses, Protocol.Chat).Asked(
            $$"""{"input":"a","tool_choice":{{choice}},"tools":[{"type":"function","name":"f"},{"type":"custom","name":"g"}]}"""
        );
        Same(chat, asked["tool_choice"]);
        Assert.Equal(tools, asked["tools"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("""{"input":[{"type":"item_reference","id":"x"}]}""", "input[0].type")]
    [InlineData("""{"input":"a","tools":[{"type":"file_search"}]}""", "tools[0].type")]
    [InlineData("""{"input":"a","top_logprobs":3}""", "top_logprobs")]
    [InlineData("""{"input":"a","never_heard_of":1}""", "never_heard_of")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_image","file_id":"f"}]}]}""", "input[0].content[0].file_id")]
    [InlineData("""{"input":[{"role":"wizard","content":"a"}]}""", "input[0].role")]
    [InlineData(
        """{"input":"a","tools":[{"type":"function","name":"a__b"},{"type":"namespace","name":"a","tools":[{"type":"function","name":"b"}]}]}""",
        "tools"
    )]
    public void What_changes_the_answer_is_refused_by_its_field(string body, string param)
    {
        foreach (var vendor in new[] { Protocol.Chat, Protocol.Messages, Protocol.Gemini })
        {
            var exchange = new Exchange(Protocol.Responses, vendor);
            exchange.Ask(body);
            Assert.Equal(param, exchange.Notes.Refusal?.Param);
        }
    }

    [Fact]
    public void Reasoning_sealed_for_another_vendor_is_left_out_and_told()
    {
        var exchange = new Exchange(Protocol.Responses, Protocol.Messages);
        var asked = exchange.Asked(
            """{"input":[{"role":"user","content":"a"},{"type":"reasoning","id":"r","summary":[],"encrypted_content":"gAAAAAB"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]}"""
        );
        Assert.Equal(["input[].encrypted_content"], exchange.Notes.Dropped);
        Assert.DoesNotContain("gAAAAAB", asked.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_is_dropped_under_each_of_its_names()
    {
        var exchange = new Exchange(Protocol.Responses, Protocol.Chat);
        exchange.Asked("""{"input":"a","tools":[{"type":"web_search_preview_2025_03_11"},{"type":"web_search_2025_08_26"}]}""");
        Assert.Equal(["tools[].type=web_search"], exchange.Notes.Dropped);
    }

    [Fact]
    public void Half_an_emoji_does_no_harm() =>
        Assert.Equal(
            "a\uFFFD",
            new Exchange(Protocol.Responses, Protocol.Chat).Asked("""{"input":"a\ud83d"}""")["messages"]![0]!["content"]!.GetValue<string>()
        );

    [Fact]
    public void A_flat_name_that_is_too_long_stays_unique()
    {
        var one = ClientToolNames.Flat("mcp__" + new string('a', 60), "one");
        var two = ClientToolNames.Flat("mcp__" + new string('a', 60), "two");
        Assert.NotEqual(one, two);
        Assert.Equal(64, one.Length);
    }
}
