using System.Text;
using CsCheck;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Tokens;

namespace Tokenline.Gateway.Tests.Tokens;

public sealed class TokenCounterTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("hello world", 2)]
    [InlineData("你好,世界", 3)]
    public void Text_is_counted_by_the_public_vocabulary(string text, long tokens) =>
        Assert.Equal(tokens, TokenCounter.Count(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Other_vocabularies_are_estimated_by_the_published_factor() => Assert.Equal(3, TokenCounter.Estimate("hello world"u8));

    [Fact]
    public void Text_in_pieces_counts_as_the_whole_does()
    {
        var line = Encoding.UTF8.GetBytes("The quick brown fox, 敏捷的棕色狐狸, jumps over it.\n");
        var one = TokenCounter.Count(line);
        var many = TokenCounter.Count([.. Enumerable.Repeat(line, 1000).SelectMany(b => b)]);
        Assert.InRange(many, one * 1000, (one * 1000) + 100);
    }

    [Fact]
    public void Bytes_that_are_not_text_are_counted_too() => Assert.True(TokenCounter.Count([0xFF, 0xC3, 0x28]) > 0);

    [Fact]
    public void Tokens_are_never_more_than_bytes_and_the_estimate_never_above_the_bound() =>
        Gen.String.Sample(text =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            Assert.True(TokenCounter.Count(bytes) <= PromptBound.OfOutput(bytes.Length));
            Assert.True(TokenEstimate.OfBytes(bytes.Length) <= PromptBound.OfOutput(bytes.Length));
        });

    [Fact]
    public void A_prompt_is_counted_near_to_what_the_vendor_counts()
    {
        // 3 for the message, 1 for the role, 2 for the text, 3 for the answer's prefix.
        Assert.Equal(
            9,
            CountPrompt(
                "{\"model\":\"gpt\",\"temperature\":0.5,\"user\":\"somebody\",\"messages\":[{\"role\":\"user\",\"content\":\"hello world\"}]}"
            )
        );
        Assert.Equal(
            9,
            CountPrompt(
                "{\"model\":\"gpt\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"hello\\u0020world\"}]}]}"
            )
        );
    }

    [Fact]
    public void Payloads_are_not_counted_as_text_and_tools_are()
    {
        const string image =
            "{\"model\":\"gpt\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AAAAQQQQ\"}}]}]";
        Assert.Equal(7, CountPrompt(image + "}"));
        Assert.Equal(7 + 5, CountPrompt(image + ",\"tools\":[{\"type\":\"function\",\"image_url\":true}]}"));
    }

    [Fact]
    public void Text_beyond_what_is_worth_counting_is_bounded_by_its_bytes()
    {
        var text = new string('x', TokenCounter.CountedBytesMax + 1);
        Assert.True(CountPrompt("{\"model\":\"gpt\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}") >= text.Length);
    }

    [Fact]
    public void A_prompts_count_and_its_estimate_never_exceed_its_bound() =>
        Gen.Select(Gen.String, Gen.String.Array[0, 5])
            .Sample(
                (text, others) =>
                {
                    var messages = others.Append(text).Select(t => new { role = "user", content = t });
                    var body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
                        new
                        {
                            model = "m",
                            messages,
                            tools = others.Select(o => new { type = "function", o }),
                        }
                    );
                    Assert.True(ChatRequestParser.TryRead(body, out var request, out var refusal), refusal?.Message);
                    var bound = PromptBound.Of(request, tokensPerImageMax: 0);
                    Assert.True(TokenCounter.CountPrompt(body, request, isO200k: true) <= bound);
                    Assert.True(TokenCounter.CountPrompt(body, request, isO200k: false) <= bound);
                    Assert.True(TokenEstimate.OfPrompt(request, tokensPerImageMax: 0) <= bound);
                }
            );

    private static long CountPrompt(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        Assert.True(ChatRequestParser.TryRead(bytes, out var request, out var refusal), refusal?.Message);
        return TokenCounter.CountPrompt(bytes, request, isO200k: true);
    }
}
