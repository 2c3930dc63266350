using System.Text.Json.Nodes;
using Tokenline.Gateway.Protocols;
using static Tokenline.Gateway.Tests.Translation.Translated;

namespace Tokenline.Gateway.Tests.Translation;

/// <summary>What agents and libraries send, as logged, at a vendor of the other protocol.</summary>
public sealed class RealClientsTests
{
    private const string ClaudeCode = """
        {
          "model": "m", "max_tokens": 32000, "stream": true,
          "system": [
            {"type": "text", "text": "x-anthropic-billing-header: cc_version=2.1"},
            {"type": "text", "text": "You are an agent.", "cache_control": {"type": "ephemeral"}},
            {"type": "text", "text": "Environment.", "cache_control": {"type": "ephemeral", "ttl": "1h"}}
          ],
          "messages": [
            {"role": "user", "content": [
              {"type": "text", "text": "<system-reminder>Today.</system-reminder>"},
              {"type": "text", "text": "Fix it.", "cache_control": {"type": "ephemeral"}}]},
            {"role": "system", "content": "A skill was loaded."},
            {"role": "assistant", "content": [
              {"type": "thinking", "thinking": "", "signature": "Es0="},
              {"type": "tool_use", "id": "toolu_1", "name": "ToolSearch", "input": {"query": "edit"}, "caller": {"type": "direct"}}]},
            {"role": "user", "content": [
              {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "tool_reference", "tool_name": "Edit"}]}]},
            {"role": "assistant", "content": [
              {"type": "tool_use", "id": "toolu_2", "name": "Read", "input": {"file_path": "/a"}}]},
            {"role": "user", "content": [
              {"type": "tool_result", "tool_use_id": "toolu_2", "content": "no such file", "is_error": true},
              {"type": "text", "text": "Go on."}]}
          ],
          "tools": [
            {"name": "Read", "description": "Reads.", "input_schema": {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": {"file_path": {"type": "string"}}, "additionalProperties": false}},
            {"name": "Edit", "description": "Edits.", "input_schema": {"type": "object"}, "defer_loading": true}
          ],
          "metadata": {"user_id": "{\"device_id\":\"d\",\"account_uuid\":\"\",\"session_id\":\"s\"}"},
          "thinking": {"type": "adaptive", "display": "omitted"},
          "context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
          "output_config": {"effort": "high"}
        }
        """;

    [Fact]
    public void Claude_Code_at_a_chat_vendor()
    {
        var (body, notes) = Pair(Protocol.Messages, Protocol.Chat).Request(ClaudeCode, Wish with { Stream = true });
        Assert.Null(notes.Refusal);
        Same(
            """
            {"model":"vendor-model","messages":[
              {"role":"system","content":"x-anthropic-billing-header: cc_version=2.1\n\nYou are an agent.\n\nEnvironment."},
              {"role":"user","content":"<system-reminder>Today.</system-reminder>\n\nFix it."},
              {"role":"system","content":"A skill was loaded."},
              {"role":"assistant","content":null,"tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"ToolSearch","arguments":"{\"query\": \"edit\"}"}}]},
              {"role":"tool","tool_call_id":"toolu_1","content":"The tool Edit is available."},
              {"role":"assistant","content":null,"tool_calls":[{"id":"toolu_2","type":"function","function":{"name":"Read","arguments":"{\"file_path\": \"/a\"}"}}]},
              {"role":"tool","tool_call_id":"toolu_2","content":"no such file"},
              {"role":"user","content":"Go on."}],
            "stream":true,"stream_options":{"include_usage":true},"max_tokens":32000,
            "tools":[
              {"type":"function","function":{"name":"Read","description":"Reads.","parameters":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"file_path":{"type":"string"}},"additionalProperties":false}}},
              {"type":"function","function":{"name":"Edit","description":"Edits.","parameters":{"type":"object"}}}],
            "reasoning_effort":"high"}
            """,
            body
        );
        Assert.Equal(
            [
                "cache_control",
                "context_management",
                "messages[].content[].content[].tool_reference",
                "messages[].content[].is_error",
                "messages[].content[].signature",
                "metadata.user_id",
                "thinking.display",
                "tools[].defer_loading",
            ],
            notes.Dropped.Order(StringComparer.Ordinal)
        );
    }

    /// <summary>Qwen Code, opencode and Cline differ in what they add; LangChain sends what it was told.</summary>
    [Theory]
    [InlineData(
        "Qwen Code",
        """
            {"model":"m","stream":true,"stream_options":{"include_usage":true},"temperature":0.7,"top_p":0.8,"max_tokens":8000,
             "metadata":{"sessionId":"s","promptId":"p"},
             "messages":[
               {"role":"system","content":[{"type":"text","text":"You are Qwen.","cache_control":{"type":"ephemeral"}}]},
               {"role":"user","content":[{"type":"text","text":"context"}]},
               {"role":"user","content":"Fix it."},
               {"role":"assistant","content":null,"reasoning_content":"Hm.","tool_calls":[
                 {"id":"call_1","type":"function","function":{"name":"read","arguments":"{\"p\":\"a\"}"}},
                 {"id":"call_2","type":"function","function":{"name":"read","arguments":"{\"p\":\"b\"}"}}]},
               {"role":"tool","tool_call_id":"call_1","content":[{"type":"text","text":"A"}]},
               {"role":"tool","tool_call_id":"call_2","content":"B"}],
             "tools":[{"type":"function","function":{"name":"read","description":"d","parameters":{"type":"object","properties":{"p":{"type":"string"}}}}}]}
            """,
        "messages[].reasoning_content,metadata,top_p"
    )]
    [InlineData(
        "opencode",
        """
            {"model":"m","stream":true,"stream_options":{"include_usage":true},"max_tokens":32000,"tool_choice":"auto","reasoning_effort":"high",
             "prompt_cache_key":"ses_1","verbosity":"low","store":false,
             "messages":[
               {"role":"system","content":"You are opencode."},
               {"role":"user","content":[{"type":"text","text":"Fix it."},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
               {"role":"assistant","content":"","tool_calls":[{"id":"call_1","type":"function","function":{"name":"bash","arguments":"{}"}}]},
               {"role":"tool","tool_call_id":"call_1","content":"ok"}],
             "tools":[{"type":"function","function":{"name":"bash","description":"d","parameters":{"$schema":"http://json-schema.org/draft-07/schema#","type":"object"},"strict":false}}]}
            """,
        "prompt_cache_key,verbosity"
    )]
    [InlineData(
        "Cline",
        """
            {"model":"m","stream":true,"stream_options":{"include_usage":true},"temperature":0,"parallel_tool_calls":false,"tool_choice":"auto",
             "messages":[
               {"role":"system","content":"You are Cline."},
               {"role":"user","content":[{"type":"text","text":"<task>Fix it.</task>"},{"type":"text","text":"<environment_details/>"}]},
               {"role":"assistant","content":"","tool_calls":[{"id":"call_1","type":"function","function":{"name":"read_file","arguments":"{}"}}]},
               {"role":"tool","tool_call_id":"call_1","content":"ok"},
               {"role":"user","content":[{"type":"text","text":"<environment_details/>"}]}],
             "tools":[{"type":"function","function":{"name":"read_file","strict":false,"parameters":{"type":"object"}}}]}
            """,
        ""
    )]
    [InlineData(
        "LangChain",
        """
            {"model":"m","stream":false,"n":1,"temperature":0.2,"max_completion_tokens":256,"frequency_penalty":0,"presence_penalty":0,"top_p":null,
             "response_format":{"type":"json_schema","json_schema":{"name":"Answer","strict":true,"schema":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}}},
             "messages":[
               {"role":"system","content":"Answer."},
               {"role":"user","content":"a"},
               {"role":"assistant","content":null,"refusal":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"t","arguments":"{}"}}]},
               {"role":"tool","tool_call_id":"call_1","content":"b"}],
             "tools":[{"type":"function","function":{"name":"t","parameters":{"type":"object"}}}],
             "parallel_tool_calls":true}
            """,
        "response_format.json_schema.name"
    )]
    public void A_chat_client_at_a_messages_vendor(string client, string request, string dropped)
    {
        Assert.NotEmpty(client);
        var (body, notes) = Pair(Protocol.Chat, Protocol.Messages).Request(request, Wish with { Model = "claude-sonnet-4-6" });
        Assert.Null(notes.Refusal);
        Assert.Equal(dropped, string.Join(',', notes.Dropped.Order(StringComparer.Ordinal)));
        var messages = JsonNode.Parse(body)!["messages"]!.AsArray();
        for (var i = 1; i < messages.Count; i++) // results right behind their calls, in one message, and no two of one role
            Assert.NotEqual((string)messages[i - 1]!["role"]!, (string)messages[i]!["role"]!);
        var calls = messages.SelectMany(message => message!["content"]!.AsArray()).Where(block => (string)block!["type"]! == "tool_use");
        var results = messages[^1]!["content"]!.AsArray().Where(block => (string)block!["type"]! == "tool_result");
        Assert.Equal(calls.Select(call => (string)call!["id"]!), results.Select(result => (string)result!["tool_use_id"]!));
    }
}
