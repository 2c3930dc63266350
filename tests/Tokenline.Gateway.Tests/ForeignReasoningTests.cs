using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Tokenline.Gateway.Protocols;

namespace Tokenline.Gateway.Tests;

/// <summary>A client that changes its model sends back what another one thought: it is taken out, and the rest stays byte for byte.</summary>
public sealed class ForeignReasoningTests
{
    private const string Foreign = """{"type":"thinking","thinking":"a","signature":""}""";
    private const string Gemini = """{ "signature": "gemini.abc", "type":"thinking" , "thinking":"b" }""";
    private const string Own = """{"type":"thinking","thinking":"c","signature":"EqQB"}""";
    private const string Text = """{"type":"text","text":"say \"signature\":\"\""}""";

    private static readonly string[] kinds = ["{F}", "{G}", "{O}", "{T}"];

    private static readonly ForeignReasoning reasoning = new(
        "thinking",
        "signature",
        static seal => seal.IsEmpty || seal.Span.StartsWith("gemini."u8)
    );

    [Theory]
    [InlineData("{F},{T}", "{T}")]
    [InlineData("{F} , {G},{T}", "{T}")]
    [InlineData("{T},{F}", "{T}")]
    [InlineData("{T}, {F} ,{O}", "{T} ,{O}")]
    [InlineData("{O},{F},{G},{T}", "{O},{T}")]
    [InlineData("{F}", "")]
    [InlineData("{O},{T}", "{O},{T}")]
    public void It_is_taken_out_with_its_comma(string before, string after) =>
        Assert.Equal(Body(after).Replace(" ", ""), Without(Body(before)).Replace(" ", ""));

    [Fact]
    public void Whatever_stands_around_it_the_rest_is_the_same_list()
    {
        var block = Gen.Int[0, 3].Select(kind => kinds[kind]);
        block
            .List[0, 12]
            .Sample(
                blocks =>
                {
                    var result = Without(Body(string.Join(" , ", blocks)));

                    using var json = JsonDocument.Parse(result);
                    Assert.Equal(
                        blocks.Count(one => one is "{O}" or "{T}"),
                        json.RootElement.GetProperty("messages")[0].GetProperty("content").GetArrayLength()
                    );
                },
                iter: 500
            );
    }

    private static string Body(string content) =>
        $$"""{"model":"m","messages":[{"role":"assistant","content":[{{content}}]}]}"""
            .Replace("{F}", Foreign, StringComparison.Ordinal)
            .Replace("{G}", Gemini, StringComparison.Ordinal)
            .Replace("{O}", Own, StringComparison.Ordinal)
            .Replace("{T}", Text, StringComparison.Ordinal);

    private static string Without(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var edits = new BodyEdits();
        foreach (var range in reasoning.Find(bytes))
            edits.Remove(range);
        var to = new ArrayBufferWriter<byte>();
        edits.WriteTo(bytes, to);
        Assert.Equal(edits.Measure(bytes.Length), to.WrittenCount);
        return Encoding.UTF8.GetString(to.WrittenSpan);
    }
}
