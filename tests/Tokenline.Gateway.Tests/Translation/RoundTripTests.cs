using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.Translation;
using static Tokenline.Gateway.Tests.Translation.Translated;

namespace Tokenline.Gateway.Tests.Translation;

/// <summary>What both protocols can say is the same after a translation there and back.</summary>
public sealed class RoundTripTests
{
    private static readonly ProtocolPair there = Pair(Protocol.Chat, Protocol.Messages);
    private static readonly ProtocolPair back = Pair(Protocol.Messages, Protocol.Chat);
    private static readonly JsonSerializerOptions relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Gen<string> text = Gen.OneOf("a", "é", "\"", "\\", "\n", "😀", "\u0001", "</tag>", " ")
        .Array[0, 6]
        .Select(parts => "x" + string.Concat(parts));

    private static readonly Gen<string> arguments = Gen.OneOf("{}", """{"a":1}""", """{"a": [1.50, "é\u00e9"],  "b":{"c":null}}""");

    private static readonly Gen<JsonNode> image = Gen.OneOf("https://example.com/a.png", "data:image/png;base64,AAAA")
        .Select(url =>
            (JsonNode)
                new JsonObject
                {
                    ["type"] = "image_url",
                    ["image_url"] = new JsonObject { ["url"] = url },
                }
        );

    private static readonly Gen<JsonObject> user = Gen.OneOf(
        text.Select(said => new JsonObject { ["role"] = "user", ["content"] = said }),
        Gen.Select(text, image, (said, seen) => new JsonObject { ["role"] = "user", ["content"] = new JsonArray(Text(said), seen) })
    );

    private static JsonObject Text(string said) => new() { ["type"] = "text", ["text"] = said };

    /// <summary>A turn of the assistant, with the results of its calls.</summary>
    private static readonly Gen<JsonObject[]> assistant = Gen.Select(text, Gen.Bool, Gen.Select(text, arguments, text).Array[0, 3], Gen.Int)
        .Select(
            (said, speaks, calls, id) =>
            {
                var turn = new JsonObject { ["role"] = "assistant", ["content"] = speaks || calls.Length == 0 ? said : null };
                if (calls.Length > 0)
                {
                    turn["tool_calls"] = new JsonArray([
                        .. calls.Select(
                            (call, i) =>
                                new JsonObject
                                {
                                    ["id"] = $"call_{(uint)id}_{i}",
                                    ["type"] = "function",
                                    ["function"] = new JsonObject { ["name"] = "t", ["arguments"] = call.Item2 },
                                }
                        ),
                    ]);
                }
                return calls
                    .Select(
                        (call, i) =>
                            new JsonObject
                            {
                                ["role"] = "tool",
                                ["tool_call_id"] = $"call_{(uint)id}_{i}",
                                ["content"] = call.Item3,
                            }
                    )
                    .Prepend(turn)
                    .ToArray();
            }
        );

    [Fact]
    public void Chat_to_messages_and_back() =>
        Gen.Select(text, user, Gen.Select(assistant, user).Array[0, 4], Gen.Int[1, 9_000], Gen.Bool, Gen.OneOf("auto", "none", "required"))
            .Sample(
                (system, first, turns, limit, isSerial, choice) =>
                {
                    JsonObject[] messages =
                    [
                        new JsonObject { ["role"] = "system", ["content"] = system },
                        first,
                        .. turns.SelectMany(turn => (JsonObject[])[.. turn.Item1, turn.Item2]),
                    ];
                    var body = new JsonObject
                    {
                        ["model"] = "vendor-model",
                        ["messages"] = new JsonArray([.. messages.Select(message => message.DeepClone())]),
                        ["max_tokens"] = limit,
                        ["temperature"] = 0.5,
                        ["stop"] = new JsonArray("END"),
                        ["tools"] = new JsonArray(
                            JsonNode.Parse(
                                """{"type":"function","function":{"name":"t","description":"d","parameters":{"type":"object"}}}"""
                            )
                        ),
                        ["tool_choice"] = choice,
                    };
                    if (isSerial && choice != "none")
                        body["parallel_tool_calls"] = false;
                    body["user"] = "u1";
                    var chat = body.ToJsonString(relaxed);
                    var wish = Wish with { OutputTokensMax = 10_000 };
                    Same(chat, back.Exactly(there.Exactly(chat, wish), wish));
                },
                iter: 300
            );

    /// <summary>What a messages client gets of a chat vendor, and sends back, reaches the vendor as it was; likewise the other way round.</summary>
    [Fact]
    public void An_answer_that_is_sent_back_is_the_answer()
    {
        const string answer = """
            {"id":"m","content":[
              {"type":"thinking","thinking":"Hm \"é\"","signature":"Eq+/\\=="},
              {"type":"redacted_thinking","data":"Zz=="},
              {"type":"text","text":"I look."},
              {"type":"tool_use","id":"toolu_1","name":"look","input":{"at":  1.0}}],"stop_reason":"tool_use"}
            """;
        var chat = JsonNode.Parse(there.Whole(answer, default))!["choices"]![0]!["message"]!;
        var request = new JsonObject { ["messages"] = new JsonArray(chat.DeepClone()) }.ToJsonString(relaxed);
        var sent = JsonNode.Parse(there.Exactly(request))!["messages"]![0]!["content"]!;
        Assert.Equal(JsonNode.Parse(answer)!["content"]!.ToJsonString(relaxed), sent.ToJsonString(relaxed));
    }
}
