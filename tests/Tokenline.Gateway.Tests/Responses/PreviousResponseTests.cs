using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Tokenline.Commerce.Responses;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Responses;

namespace Tokenline.Gateway.Tests.Responses;

public class PreviousResponseTests
{
    private const string Earlier = """{"role":"user","content":"one"}""";
    private const string Output = """{"type":"message","role":"assistant","content":[]}""";

    [Theory]
    [InlineData("""{"model":"m","previous_response_id":"resp_1","input":[{"a":1}]}""", """{"model":"m","input":[<earlier>,{"a":1}]}""")]
    [InlineData("""{"input":[],"model":"m" , "previous_response_id":"resp_1" }""", """{"input":[<earlier>],"model":"m"  }""")]
    [InlineData("""{"previous_response_id":"resp_1","input":[ ]}""", """{"input":[<earlier> ]}""")]
    [InlineData("""{"model":"m","previous_response_id": "resp_1"}""", """{"model":"m","input":[<earlier>]}""")]
    [InlineData("""{"previous_response_id":"resp_1","input":7}""", """{"input":7}""")]
    public void Only_the_member_and_the_seam_change(string body, string expected) =>
        Assert.Equal(expected.Replace("<earlier>", $"{Earlier},{Output}", StringComparison.Ordinal), Join(body));

    [Theory]
    [InlineData("""{"input":"previous_response_id"}""")]
    [InlineData("""{"previous_response_id":null,"input":"a"}""")]
    [InlineData("""{"previous_response_id":"resp_1","previous_response_id":"resp_2","input":"a"}""")]
    [InlineData("""{"previous_response_id":"resp_1","input":"a"},""")]
    [InlineData("""{"previous_response_id":"resp_1","input":"a" """)]
    [InlineData("""{"metadata":{"previous_response_id":"resp_1"},"input":"a"}""")]
    [InlineData("""["previous_response_id"]""")]
    public void What_names_no_earlier_response_or_is_malformed_is_left_to_the_parser(string body) =>
        Assert.False(PreviousResponse.TryRead(Encoding.UTF8.GetBytes(body), out _));

    [Fact]
    public void A_joined_body_is_the_same_request_with_the_whole_conversation()
    {
        var value = OneOf("1", "\"a,b}\"", "[ ]", "{\"previous_response_id\":\"x\"}", "null", "{\"input\":[1]}");
        var input = OneOf("\"hi \\u00e9\"", "[]", "[ {\"role\":\"user\",\"content\":\"]\"} , {\"type\":\"x\"} ]");
        var space = OneOf("", " ", "\n\t");
        var members = Gen.Select(input, value, value, space)
            .SelectMany(t =>
                Gen.Shuffle(
                        (string[])
                            [
                                $"\"input\"{t.Item4}:{t.Item4}{t.Item1}",
                                $"\"previous_response_id\":{t.Item4}\"resp_1\"",
                                $"\"model\":\"m\"{t.Item4}",
                                $"\"a\":{t.Item2}",
                                $"\"b\"{t.Item4}:{t.Item3}",
                            ]
                    )
                    .Select(shuffled => $"{t.Item4}{{{t.Item4}{string.Join($"{t.Item4},{t.Item4}", shuffled)}{t.Item4}}}")
            );
        members.Sample(body =>
        {
            var (before, after) = (JsonNode.Parse(body)!.AsObject(), JsonNode.Parse(Join(body))!.AsObject());
            var own = before["input"] is JsonArray items
                ? items
                : new JsonArray(
                    JsonNode.Parse(
                        $$"""{"type":"message","role":"user","content":[{"type":"input_text","text":{{before["input"]!.ToJsonString()}}}]}"""
                    )
                );
            JsonNode?[] whole = [JsonNode.Parse(Earlier), JsonNode.Parse(Output), .. own.Select(item => item!.DeepClone())];
            before.Remove("previous_response_id");
            before["input"] = new JsonArray(whole);
            Assert.True(JsonNode.DeepEquals(before, after), Join(body));
        });
    }

    [Fact]
    public void A_body_that_escapes_the_name_is_refused_by_its_parser()
    {
        var body = """{"model":"m","previous\u005fresponse_id":"resp_1","input":"a"}"""u8;

        Assert.False(PreviousResponse.TryRead(body, out _));
        Assert.Equal("previous_response_id", new GenerationParser(body, ResponsesShape.Instance).Run()!.Param);
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static string Join(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        Assert.True(PreviousResponse.TryRead(bytes, out var previous), body);
        Assert.Equal("resp_1", previous.Id);
        var to = new ArrayBufferWriter<byte>();
        previous.Join(
            bytes,
            new StoredResponse(
                default,
                "resp_1",
                default,
                Encoding.UTF8.GetBytes(Earlier),
                Encoding.UTF8.GetBytes($$"""{"id":"resp_1","output":[ {{Output}} ]}""")
            ),
            to
        );
        return Encoding.UTF8.GetString(to.WrittenSpan);
    }
}
