using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Protocols.Translation;

namespace Tokenline.Gateway.Tests.OpenAI;

public sealed class RefusedFieldsTests
{
    [Theory]
    [InlineData("""{"model":"m", "user":"u" ,"x":1}""", """{"model":"m" ,"x":1}""", "user")]
    [InlineData("""{ "user":"u" , "model":"m"}""", """{  "model":"m"}""", "user")]
    [InlineData("""{"user":"u","seed":1,"model":"m","store":true}""", """{"model":"m"}""", "user", "seed", "store")]
    [InlineData("""{"model":"m","user":"u","seed":[1,{"a":2}] }""", """{"model":"m" }""", "user", "seed")]
    [InlineData(
        """{"messages":[{"name":"a","role":"user","content":"name"},{"role":"user","name":"b"},{"role":"x","content":[{"name":"stays"}]}],"model":"m"}""",
        """{"messages":[{"role":"user","content":"name"},{"role":"user"},{"role":"x","content":[{"name":"stays"}]}],"model":"m"}""",
        "messages[].name"
    )]
    [InlineData(
        """{"model":"m","tools":[{"function":{"name":"user"}}],"name":"x"}""",
        """{"model":"m","tools":[{"function":{"name":"user"}}],"name":"x"}"""
    )]
    public void A_hint_is_cut_out_with_one_comma_and_the_rest_stays_as_it_is(string body, string expected, params string[] dropped)
    {
        var (cut, found) = Cut(body, "mistral");

        Assert.Equal(expected, cut);
        Assert.Equal(dropped, found.Dropped);
        Assert.Null(found.Refused);
        using var json = JsonDocument.Parse(cut);
    }

    [Theory]
    [InlineData("groq", "llama", "\"logprobs\":true", "logprobs")]
    [InlineData("groq", "llama", "\"n\":2", "n")]
    [InlineData("groq", "llama", "\"n\":1", null)]
    [InlineData("groq", "llama", "\"logprobs\":false,\"top_logprobs\":null", null)]
    [InlineData("xai", "grok-4.5", "\"stop\":[\"x\"]", "stop")]
    [InlineData("xai", "grok-4.20-0309-non-reasoning", "\"stop\":[\"x\"]", null)]
    [InlineData("xai", "grok-3", "\"stop\":[\"x\"]", null)]
    [InlineData("openai", "gpt-5-mini", "\"logprobs\":true", "logprobs")]
    [InlineData("openai", "gpt-5-chat-latest", "\"logprobs\":true", null)]
    [InlineData("openai", "gpt-4.1", "\"logprobs\":true", null)]
    [InlineData(
        "deepseek",
        "deepseek-chat",
        "\"response_format\":{\"json_schema\":{},\"type\":\"json_schema\"}",
        "response_format.json_schema"
    )]
    [InlineData("deepseek", "deepseek-chat", "\"response_format\":{\"type\":\"json_object\"}", null)]
    public void What_the_answer_depends_on_is_refused_where_it_is_asked_for(string vendor, string model, string member, string? refused)
    {
        var (cut, found) = Cut($$"""{"model":"m",{{member}}}""", vendor, model);

        Assert.Equal(refused, found.Refused?.Field);
        Assert.Equal($$"""{"model":"m",{{member}}}""", cut); // nothing that is refused is taken out silently
    }

    [Fact]
    public void Every_row_of_every_vendor_is_met_by_its_field()
    {
        foreach (var vendor in VendorQuirks.All)
        {
            foreach (var row in vendor.Refuses)
            {
                var body = new JsonObject { ["model"] = "m", ["messages"] = new JsonArray(new JsonObject { ["role"] = "user" }) };
                if (row.IsOfMessage)
                    body["messages"]![0]![row.Field["messages[].".Length..]] = "x";
                else if (row.Field == "response_format.json_schema")
                    body["response_format"] = new JsonObject { ["type"] = "json_schema" };
                else
                    body[row.Field] = 2;
                var whole = body.ToJsonString();
                var model = ModelOf(row);

                var (cut, found) = Cut(whole, vendor.Vendor, model);

                if (row.Action == LossAction.Drop)
                {
                    Assert.Equal([row.Field], found.Dropped);
                    Assert.True(cut.Length < whole.Length, row.Field);
                }
                else
                {
                    Assert.Equal(row, found.Refused);
                }
                if (row.Of is not null)
                    Assert.Empty(Cut(whole, vendor.Vendor, "another-model").Found.Dropped);
            }
        }
    }

    [Fact]
    public void A_vendor_that_refuses_nothing_gets_every_field()
    {
        const string body = """{"model":"m","user":"u","seed":1,"logprobs":true,"n":3}""";

        var (cut, found) = Cut(body, "a-vendor-without-quirks");

        Assert.Equal(body, cut);
        Assert.Null(found.Refused);
    }

    private static string ModelOf(VendorRefusal row) => new[] { "any", "gpt-5", "grok-4", "kimi-k2.5" }.First(model => row.IsOf(model));

    private static (string Body, RefusedFields Found) Cut(string body, string vendor, string model = "any")
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var found = RefusedFields.Find(bytes, VendorQuirks.Of(vendor), model);
        var edits = new BodyEdits();
        found.CutFrom(ref edits);
        var output = new ArrayBufferWriter<byte>();
        edits.WriteTo(bytes, output);
        Assert.Equal(edits.Measure(bytes.Length), output.WrittenCount);
        return (Encoding.UTF8.GetString(output.WrittenSpan), found);
    }
}
