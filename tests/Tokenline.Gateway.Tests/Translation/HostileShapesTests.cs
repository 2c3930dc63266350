using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.Translation;
using static Tokenline.Gateway.Tests.Translation.Translated;

namespace Tokenline.Gateway.Tests.Translation;

/// <summary>Any value of any other type than is expected is refused, dropped or passed over: nothing throws, and what is not refused is JSON.</summary>
public sealed class HostileShapesTests
{
    private static readonly string[] others =
    [
        "null",
        "1",
        "-1.5e300",
        "\"x\"",
        "\"\\ud83d\"",
        "[]",
        "[null]",
        "[[1]]",
        "{}",
        "{\"type\":\"text\"}",
        "true",
    ];

    private const string Chat = """
        {"messages":[
          {"role":"system","content":"s","name":"n"},
          {"role":"user","content":[
            {"type":"text","text":"a","cache_control":{"type":"ephemeral"}},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}},
            {"type":"file","file":{"filename":"a.txt","file_data":"data:text/plain;base64,QQ=="}}]},
          {"role":"system","content":[{"type":"text","text":"between"}]},
          {"role":"assistant","content":"b","refusal":"r","reasoning_details":[{"type":"reasoning.text","text":"t","signature":"s","index":0},{"type":"reasoning.encrypted","data":"d"}],
           "tool_calls":[{"id":"c","type":"function","function":{"name":"t","arguments":"{}"}}]},
          {"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"b"}]}],
         "tools":[{"type":"function","function":{"name":"t","description":"d","parameters":{"type":"object"},"strict":true}}],
         "tool_choice":{"type":"function","function":{"name":"t"}},"parallel_tool_calls":false,"max_tokens":10,"max_completion_tokens":10,
         "temperature":1,"top_p":1,"top_k":1,"stop":["a"],"user":"u","safety_identifier":"s","n":1,"logit_bias":{},"modalities":["text"],
         "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}},
         "reasoning_effort":"low","reasoning":{"effort":"low","max_tokens":1,"exclude":true,"enabled":true},"thinking":{"type":"enabled"},
         "enable_thinking":true,"thinking_budget":100}
        """;

    private const string Messages = """
        {"max_tokens":10,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],"messages":[
          {"role":"user","content":[
            {"type":"text","text":"a"},
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}},
            {"type":"document","title":"t","source":{"type":"base64","media_type":"application/pdf","data":"AAAA"},"citations":{"enabled":false}}]},
          {"role":"assistant","content":[
            {"type":"thinking","thinking":"t","signature":"s"},{"type":"redacted_thinking","data":"d"},{"type":"text","text":"b","citations":[]},
            {"type":"tool_use","id":"c","name":"t","input":{"a":1},"caller":{"type":"direct"}}]},
          {"role":"user","content":[
            {"type":"tool_result","tool_use_id":"c","is_error":true,"content":[
              {"type":"text","text":"b"},{"type":"image","source":{"type":"url","url":"https://a/b"}},{"type":"tool_reference","tool_name":"t"}]}]},
          {"role":"system","content":"between"}],
         "tools":[{"name":"t","type":"custom","description":"d","input_schema":{"type":"object"},"strict":true,"allowed_callers":["direct"],"cache_control":{}}],
         "tool_choice":{"type":"tool","name":"t","disable_parallel_tool_use":true},"temperature":1,"top_p":1,"top_k":1,"stop_sequences":["a"],
         "thinking":{"type":"enabled","budget_tokens":1024,"display":"omitted"},"metadata":{"user_id":"u"},
         "output_config":{"effort":"low","format":{"type":"json_schema","schema":{"type":"object"}}}}
        """;

    private const string ChatChunk = """
        {"id":"c","choices":[{"index":0,"delta":{"content":"a","reasoning_content":"r","refusal":"n",
          "reasoning_details":[{"type":"reasoning.text","text":"t","signature":"s"},{"type":"reasoning.encrypted","data":"d"}],
          "tool_calls":[{"index":0,"id":"i","type":"function","function":{"name":"n","arguments":"{}"}}]},
          "message":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"t"}]},{"type":"text","text":"x"}],
            "tool_calls":[{"id":"i","function":{"name":"n","arguments":{"a":1}}},{"function":{"name":"n","arguments":"{}"}},{"function":{"arguments":"{}"}}]},
          "finish_reason":"stop"}],"usage":null}
        """;

    private const string MessagesAnswer = """
        {"type":"content_block_start","index":0,"id":"m","message":{"id":"m"},"content_block":{"type":"tool_use","id":"i","name":"n","input":{"a":1},"text":"t"},
         "delta":{"type":"input_json_delta","partial_json":"{}","thinking":"t","signature":"s","stop_reason":"end_turn","stop_sequence":"x"},
         "content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"redacted_thinking","data":"d"},{"type":"text","text":"t"},
           {"type":"tool_use","id":"i","name":"n","input":{}}],"stop_reason":"end_turn","stop_sequence":null}
        """;

    [Theory]
    [InlineData("claude-opus-5-5")]
    [InlineData("claude-haiku-4-5")]
    public void Requests_of_chat(string model) => Requests(Pair(Protocol.Chat, Protocol.Messages), Chat, model);

    [Fact]
    public void Requests_of_messages() => Requests(Pair(Protocol.Messages, Protocol.Chat), Messages, "gpt");

    [Fact]
    public void Answers_of_chat() => Answers(Pair(Protocol.Messages, Protocol.Chat), ChatChunk);

    [Fact]
    public void Answers_of_messages() => Answers(Pair(Protocol.Chat, Protocol.Messages), MessagesAnswer);

    private static void Requests(ProtocolPair pair, string body, string model)
    {
        foreach (var variant in Variants(body))
        {
            var (translated, notes) = pair.Request(variant, Wish with { Model = model });
            if (notes.Refusal is null)
                Assert.NotNull(JsonNode.Parse(translated));
        }
    }

    private static void Answers(ProtocolPair pair, string payload)
    {
        foreach (var variant in Variants(payload))
        {
            var data = Encoding.UTF8.GetBytes(variant);
            var output = new ArrayBufferWriter<byte>();
            var reader = pair.NewReader();
            var writer = pair.NewStreamWriter(Context());
            writer.Output = output;
            writer.Open();
            reader.ReadEvent(data, writer);
            reader.ReadEvent(data, writer);
            writer.End(default);
            foreach (var line in Encoding.UTF8.GetString(output.WrittenSpan).Split('\n'))
            {
                if (line.StartsWith("data: {", StringComparison.Ordinal))
                    Assert.NotNull(JsonNode.Parse(line["data: ".Length..]));
            }
            Assert.NotNull(JsonNode.Parse(pair.Whole(variant, default)));
        }
    }

    /// <summary>The body with each of its values replaced by each other, and with each member left out.</summary>
    private static IEnumerable<string> Variants(string body)
    {
        var count = Nodes(JsonNode.Parse(body)!).Count();
        for (var i = 0; i < count; i++)
        {
            foreach (var other in others)
            {
                var root = JsonNode.Parse(body)!;
                var node = Nodes(root).ElementAt(i);
                // Half a surrogate pair can be written, but not held by a node.
                node.ReplaceWith(JsonValue.Create("PLACE"));
                yield return root.ToJsonString().Replace("\"PLACE\"", other, StringComparison.Ordinal);
            }
            var without = JsonNode.Parse(body)!;
            var left = Nodes(without).ElementAt(i);
            if (left.Parent is JsonObject parent)
                parent.Remove(left.GetPropertyName());
            yield return without.ToJsonString();
        }
    }

    private static IEnumerable<JsonNode> Nodes(JsonNode node)
    {
        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject members => members.Select(member => member.Value),
            JsonArray items => items,
            _ => [],
        };
        foreach (var child in children)
        {
            if (child is null)
                continue;
            yield return child;
            foreach (var below in Nodes(child))
                yield return below;
        }
    }
}
