using System.Text;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Testing;

namespace Tokenline.Gateway.Tests.OpenAI;

public sealed class ChatRequestTests
{
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    [Fact]
    public void A_plain_request_is_read()
    {
        var body =
            "{\"model\":\"gpt-x\",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"max_tokens\":5,\"n\":2," + Messages + "}";
        var request = Read(body);
        Assert.Equal("gpt-x", request.Model(Encoding.UTF8.GetBytes(body)));
        Assert.Equal("\"gpt-x\"", Slice(body, request.ModelToken));
        Assert.True(request.Stream);
        Assert.True(request.IncludeUsage);
        Assert.Equal("{\"include_usage\":true}", Slice(body, request.StreamOptionsValue));
        Assert.Equal("true", Slice(body, request.IncludeUsageValue));
        Assert.Equal(5, request.MaxTokens);
        Assert.Equal("5", Slice(body, request.MaxTokensValue));
        Assert.Equal(2, request.Choices);
        Assert.Equal(1, request.MessageCount);
        Assert.Equal(body.Length - 1, request.ClosingBrace);
        Assert.Equal("[{\"role\":\"user\",\"content\":\"hi\"}]".Length, request.PromptBytes);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        var body = Encoding.UTF8.GetBytes(
            "{\"model\":\"gpt-x\",\"stream\":true,\"temperature\":0.5,\"max_tokens\":5,\"tools\":[{\"type\":\"function\",\"function\":{}}],"
                + Messages
                + "}"
        );
        Assert.Equal(0, Allocations.Least(() => Assert.True(ChatRequestParser.TryRead(body, out _, out _))));
    }

    [Fact]
    public void Of_two_output_limits_the_smaller_counts()
    {
        Assert.Equal(7, Read("{\"model\":\"m\",\"max_tokens\":9,\"max_completion_tokens\":7," + Messages + "}").OutputLimit);
        Assert.Equal(9, Read("{\"model\":\"m\",\"max_tokens\":9,\"max_completion_tokens\":null," + Messages + "}").OutputLimit);
        Assert.Null(Read("{\"model\":\"m\"," + Messages + "}").OutputLimit);
    }

    [Theory]
    [InlineData("{\"a\":{\"run_id\":\"x\"},\"run_id\":\"night-7\",\"b\":[1]}", "night-7")]
    [InlineData("{\"run_id\":null}", "")]
    [InlineData("{\"run_id\":7}", "")]
    [InlineData("[\"run_id\"]", "")]
    public void The_run_is_read_from_the_metadata(string metadata, string run)
    {
        var body = "{\"model\":\"m\",\"metadata\":" + metadata + "," + Messages + "}";
        Assert.Equal(run, Slice(body, Read(body).RunId));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("\\u0061")]
    [InlineData("é")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public void A_run_that_cannot_be_a_name_is_refused(string run) =>
        AssertRefused(
            "{\"model\":\"m\",\"metadata\":{\"run_id\":\"" + run + "\"},@}",
            "metadata.run_id",
            "must be 1 to 64 printable ASCII characters without spaces"
        );

    [Fact]
    public void An_escaped_model_name_is_the_name_it_stands_for()
    {
        const string body = "{\"mod\\u0065l\":\"gp\\u0074\\/x\"," + Messages + "}";
        Assert.Equal("gpt/x", Read(body).Model(Encoding.UTF8.GetBytes(body)));
    }

    [Theory]
    [InlineData("{\"model\":\"a\",\"model\":\"b\",@}", "model")]
    [InlineData("{\"model\":\"a\",\"mod\\u0065l\":\"b\",@}", "model")]
    [InlineData("{\"mod\\u0065l\":\"a\",\"model\":\"b\",@}", "model")]
    [InlineData("{\"model\":\"a\",\"x\":1,\"y\":2,\"x\":3,@}", "x")]
    [InlineData("{\"model\":\"a\",@,@}", "messages")]
    [InlineData("{\"model\":\"a\",\"MODEL\":\"b\",@}", "model")]
    [InlineData("{\"x\":\"a\",\"X\":\"b\",\"model\":\"a\",@}", "x")]
    public void Two_members_of_one_name_are_refused(string body, string param) => AssertRefused(body, param, "appears twice");

    [Theory]
    [InlineData("{\"model\":\"a\",\"Service_Tier\":\"priority\",@}", "service_tier")]
    [InlineData("{\"model\":\"a\",\"\u017Fervice_tier\":\"priority\",@}", "service_tier")]
    [InlineData("{\"model\":\"a\",\"MAX_TO\u212AENS\":1,@}", "max_tokens")]
    public void A_spelling_that_only_some_vendors_would_read_is_refused(string body, string param) =>
        AssertRefused(body, param, "lower case");

    [Theory]
    [InlineData("{@}", "model")]
    [InlineData("{\"model\":1,@}", "model")]
    [InlineData("{\"model\":null,@}", "model")]
    [InlineData("{\"model\":\"\",@}", "model")]
    [InlineData("{\"model\":\"m\"}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[]}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":{}}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":null}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[\"hi\"]}", "messages[0]")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\"},{\"role\":\"user\"},{\"content\":\"x\"}]}", "messages[2].role")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":7}]}", "messages[0].role")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":7}]}", "messages[0].content")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[\"x\"]}]}", "messages[0].content[0]")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}]}", "messages[0].content[0].type")]
    [InlineData("{\"model\":\"m\",\"stream\":\"yes\",@}", "stream")]
    [InlineData("{\"model\":\"m\",\"stream_options\":true,@}", "stream_options")]
    [InlineData("{\"model\":\"m\",\"stream_options\":{\"include_usage\":1},@}", "stream_options.include_usage")]
    [InlineData("{\"model\":\"m\",\"stream_options\":{\"include_usage\":false,\"include_usage\":true},@}", "stream_options.include_usage")]
    [InlineData("{\"model\":\"m\",\"n\":0,@}", "n")]
    [InlineData("{\"model\":\"m\",\"n\":129,@}", "n")]
    [InlineData("{\"model\":\"m\",\"n\":1.5,@}", "n")]
    [InlineData("{\"model\":\"m\",\"max_tokens\":0,@}", "max_tokens")]
    [InlineData("{\"model\":\"m\",\"max_tokens\":-1,@}", "max_tokens")]
    [InlineData("{\"model\":\"m\",\"max_tokens\":2147483648,@}", "max_tokens")]
    [InlineData("{\"model\":\"m\",\"max_tokens\":99999999999999999999999,@}", "max_tokens")]
    [InlineData("{\"model\":\"m\",\"max_tokens\":1e3,@}", "max_tokens")]
    [InlineData("{\"model\":\"m\",\"max_tokens\":\"5\",@}", "max_tokens")]
    [InlineData("{\"model\":\"m\",\"max_completion_tokens\":true,@}", "max_completion_tokens")]
    [InlineData("{\"model\":\"m\",\"tools\":{},@}", "tools")]
    [InlineData("{\"model\":\"m\",\"tools\":[1],@}", "tools[0]")]
    public void A_wrong_type_or_value_is_refused_by_name(string body, string param) => AssertRefused(body, param, "");

    [Theory]
    [InlineData("", "byte 0")]
    [InlineData("[]", "JSON object")]
    [InlineData("3", "JSON object")]
    [InlineData("{\"model\":\"m\",@} x", "valid JSON at byte 58")]
    [InlineData("{\"model\":\"m\",@}{}", "valid JSON at byte 57")]
    [InlineData("{\"model\":\n\"m\",,@}", "valid JSON at byte 14")]
    [InlineData("{\"model\":\"m\",@", "valid JSON")]
    [InlineData("{\"model\":\"m\",@,}", "valid JSON")]
    [InlineData("\uFEFF{\"model\":\"m\",@}", "byte order mark")]
    public void What_is_not_one_JSON_object_is_refused_with_the_place(string body, string words) => AssertRefused(body, null, words);

    [Fact]
    public void Invalid_UTF_8_is_refused_with_the_place()
    {
        byte[] body = [.. Encoding.UTF8.GetBytes("{\"model\":\"m"), 0xFF, .. Encoding.UTF8.GetBytes("\"}")];
        Assert.False(ChatRequestParser.TryRead(body, out _, out var refusal));
        Assert.Contains("UTF-8 at byte 11", refusal.Message);
    }

    [Fact]
    public void A_lone_surrogate_is_passed_on() =>
        Read("{\"model\":\"m\",\"\\ud83d\":1,\"messages\":[{\"role\":\"user\",\"content\":\"\\ud83d\"}]}");

    [Theory]
    [InlineData(127, true)]
    [InlineData(128, false)]
    [InlineData(100_000, false)]
    public void Nesting_is_limited_to_128(int arrays, bool isFine)
    {
        var body = "{\"model\":\"m\",\"x\":" + new string('[', arrays) + new string(']', arrays) + "," + Messages + "}";
        if (isFine)
            Read(body);
        else
            AssertRefused(body, null, "nested deeper than 128");
    }

    [Theory]
    [InlineData(254, true)]
    [InlineData(255, false)]
    public void Members_are_limited_to_256(int others, bool isFine)
    {
        var body = "{\"model\":\"m\"," + string.Concat(Enumerable.Range(0, others).Select(i => $"\"field_{i}\":0,")) + Messages + "}";
        if (isFine)
            Read(body);
        else
            AssertRefused(body, null, "more than 256");
    }

    [Fact]
    public void Names_of_members_are_limited_to_256_bytes() =>
        AssertRefused("{\"" + new string('x', 257) + "\":1,\"model\":\"m\",@}", null, "longer than 256");

    [Fact]
    public void Base64_of_images_and_audio_is_not_text()
    {
        var payload = new string('A', 5000);
        var request = Read(
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"image_url\":{\"url\":\"data:image/png;base64,"
                + payload
                + "\"},\"type\":\"image_url\"},"
                + "{\"type\":\"image_url\",\"image_url\":\"https://example.com/a.png\"},"
                + "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\""
                + payload
                + "\",\"format\":\"wav\"}},{\"type\":\"text\",\"text\":\"what?\"}]}]}"
        );
        Assert.Equal(2, request.ImageCount);
        Assert.Equal(5000, request.AudioPayloadBytes);
        Assert.InRange(request.PromptBytes, 250, 400);
    }

    [Theory]
    [InlineData("{\"type\":\"text\",\"text\":\"data:image/png;base64,@\"}")]
    [InlineData("{\"type\":\"text\",\"image_url\":{\"url\":\"data:image/png;base64,@\"}}")]
    [InlineData("{\"type\":\"image_url\",\"image_url\":{\"alt\":\"data:image/png;base64,@\"}}")]
    public void Text_dressed_up_as_base64_stays_text(string part)
    {
        var request = Read(
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[" + part.Replace("@", new string('A', 5000)) + "]}]}"
        );
        Assert.True(request.PromptBytes > 5000);
    }

    [Fact]
    public void Tools_formats_and_unknown_members_are_prompt_and_scalars_of_sampling_are_not()
    {
        var plain = Read("{\"model\":\"m\",\"metadata\":{\"a\":\"b\"}," + Messages + "}").PromptBytes;
        var tooled = Read(
            "{\"model\":\"m\",\"tools\":[{\"type\":\"function\"}],\"response_format\":{\"type\":\"x\"},\"documents\":[\"abc\"],"
                + Messages
                + "}"
        );
        Assert.Equal(plain + "[{\"type\":\"function\"}]{\"type\":\"x\"}[\"abc\"]".Length, tooled.PromptBytes);
        Assert.Equal("[{\"type\":\"function\"}]".Length, tooled.ToolBytes);
        Assert.True(tooled.HasTools);
    }

    internal static RequestFacts Read(string body)
    {
        Assert.True(ChatRequestParser.TryRead(Encoding.UTF8.GetBytes(body), out var request, out var refusal), refusal?.Message);
        return request;
    }

    internal static void AssertRefused(string body, string? param, string words)
    {
        Assert.False(ChatRequestParser.TryRead(Encoding.UTF8.GetBytes(body.Replace("@", Messages)), out _, out var refusal));
        Assert.Equal(param, refusal.Param);
        Assert.Contains(words, refusal.Message);
    }

    private static string Slice(string body, ByteRange range) => body.Substring(range.Start, range.Length);
}
