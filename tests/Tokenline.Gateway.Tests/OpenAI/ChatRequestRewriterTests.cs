using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CsCheck;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.OpenAI;

namespace Tokenline.Gateway.Tests.OpenAI;

public sealed class ChatRequestRewriterTests
{
    private const string M = "\"messages\":[{\"role\":\"user\"}]";

    [Theory]
    [InlineData(
        "{\"model\":\"a\"," + M + "}",
        "{\"model\":\"up/x\"," + M + ",\"stream_options\":{\"include_usage\":true},\"max_tokens\":40}"
    )]
    [InlineData(
        "{ \"max_tokens\" : 99 ,\"model\":\"a\", " + M + " }",
        "{ \"max_tokens\" : 40 ,\"model\":\"up/x\", " + M + " ,\"stream_options\":{\"include_usage\":true}}"
    )]
    [InlineData(
        "{\"model\":\"a\",\"stream_options\":null," + M + ",\"max_tokens\":null}",
        "{\"model\":\"up/x\",\"stream_options\":{\"include_usage\":true}," + M + ",\"max_tokens\":40}"
    )]
    [InlineData(
        "{\"model\":\"a\",\"stream_options\":{ },\"max_tokens\":5," + M + "}",
        "{\"model\":\"up/x\",\"stream_options\":{\"include_usage\":true },\"max_tokens\":40," + M + "}"
    )]
    [InlineData(
        "{\"model\":\"a\",\"stream_options\":{\"x\":1},\"max_tokens\":5," + M + "}",
        "{\"model\":\"up/x\",\"stream_options\":{\"include_usage\":true,\"x\":1},\"max_tokens\":40," + M + "}"
    )]
    [InlineData(
        "{\"model\":\"a\",\"stream_options\":{\"include_usage\":false},\"max_tokens\":5," + M + "}",
        "{\"model\":\"up/x\",\"stream_options\":{\"include_usage\":true},\"max_tokens\":40," + M + "}"
    )]
    [InlineData(
        "{\"model\":\"a\",\"stream_options\":{\"include_usage\":true},\"max_completion_tokens\":50," + M + "}",
        "{\"model\":\"up/x\",\"stream_options\":{\"include_usage\":true},\"max_completion_tokens\":40," + M + "}"
    )]
    [InlineData(
        "{\"model\":\"a\",\"stream_options\":{\"include_usage\":true},\"max_completion_tokens\":50,\"max_tokens\":60," + M + "}",
        "{\"model\":\"up/x\",\"stream_options\":{\"include_usage\":true},\"max_completion_tokens\":40,\"max_tokens\":40," + M + "}"
    )]
    [InlineData(
        "{\"model\":\"a\",\"stream_options\":{\"include_usage\":true},\"max_completion_tokens\":30,\"max_tokens\":60," + M + "}",
        "{\"model\":\"up/x\",\"stream_options\":{\"include_usage\":true},\"max_completion_tokens\":30,\"max_tokens\":40," + M + "}"
    )]
    public void Only_the_intended_members_change(string body, string expected) =>
        Assert.Equal(expected, Rewrite(body, All(40, OutputLimitField.MaxTokens)));

    [Fact]
    public void Without_changes_the_body_goes_out_as_it_came()
    {
        const string body = "{ \"model\" : \"a\\u0062\",\n" + M + ", \"x\":[1.0e0] }\n";
        Assert.Equal(body, Rewrite(body, default));
        Assert.False(new ChatRequestRewriter(ChatRequestTests.Read(body), default).HasEdits);
    }

    [Fact]
    public void A_model_name_is_quoted_as_JSON() => Assert.Equal("\"a\\\"模型/b\"", Encoding.UTF8.GetString(BodyEdits.Quote("a\"模型/b")));

    [Fact]
    public void Whatever_the_document_only_the_intended_members_differ_and_all_other_bytes_stay()
    {
        Gen.Select(Documents, Gen.Int[1, 100_000], Gen.Bool, Gen.Bool)
            .Sample(
                (body, limit, isMaxTokens, askUsage) =>
                {
                    var field = isMaxTokens ? OutputLimitField.MaxTokens : OutputLimitField.MaxCompletionTokens;
                    var changes = All(limit, field) with { AskUsage = askUsage };
                    var rewritten = Rewrite(body, changes);

                    var expected = JsonNode.Parse(body)!.AsObject();
                    expected["model"] = "up/x";
                    if (askUsage)
                    {
                        expected["stream_options"] ??= new JsonObject();
                        expected["stream_options"]!["include_usage"] = true;
                    }
                    var (name, other) = isMaxTokens ? ("max_tokens", "max_completion_tokens") : ("max_completion_tokens", "max_tokens");
                    if (expected[name] is null && expected[other] is not null)
                        expected[other] = limit;
                    else
                        expected[name] = limit;
                    if (expected[other] is { } second && (int)second > limit)
                        expected[other] = limit;
                    Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(rewritten)), rewritten);

                    // The bytes between the edited places are there, in order, and nothing else is.
                    var request = ChatRequestTests.Read(body);
                    var pattern = "^";
                    var from = 0;
                    foreach (
                        var place in new[]
                        {
                            request.ModelToken,
                            request.StreamOptionsValue,
                            request.MaxTokensValue,
                            request.MaxCompletionTokensValue,
                        }
                            .Where(r => !r.IsEmpty)
                            .Append(new ByteRange(request.ClosingBrace, 0))
                            .OrderBy(r => r.Start)
                    )
                    {
                        pattern += Regex.Escape(body[from..place.Start]) + "(.*)";
                        from = place.End;
                    }
                    Assert.Matches(pattern + Regex.Escape(body[from..]) + "$(?!\n)", rewritten);
                }
            );
    }

    /// <summary>Chat requests with members in any order, any white space, odd escapes and numbers, and every form of the edited members.</summary>
    private static readonly Gen<string> Documents = Gen.Select(
        Gen.Shuffle(
            new[]
            {
                "\"model\":\"a\\u0062\"",
                "\"messages\":[{\"role\":\"user\",\"content\":\"{\\\"model\\\":\\\"no\\\",\\\"max_tokens\\\":7}\"}]",
                "\"x\\u0041\" :[1.50E+1,{\"model\":\"inner\",\"max_tokens\":3}]",
                "\"extra\":\"\\u00e9\\n\\/\"",
            }
        ),
        Gen.OneOf(
            "",
            "\"stream_options\":null",
            "\"stream_options\":{}",
            "\"stream_options\":{\"y\":[]}",
            "\"stream_options\":{\"y\":0,\"include_usage\":false}",
            "\"stream_options\":{\"include_usage\":null}",
            "\"stream_options\":{\"include_usage\":true}"
        ),
        Gen.OneOf("", "\"max_tokens\":null", "\"max_tokens\":17", "\"max_tokens\":1000000"),
        Gen.OneOf("", "\"max_completion_tokens\":null", "\"max_completion_tokens\":18", "\"max_completion_tokens\":2000000"),
        Gen.OneOf("", " ", "\n\t", "\r\n  "),
        Gen.Int[0, 4],
        (fixedMembers, options, maxTokens, maxCompletion, space, at) =>
        {
            var members = fixedMembers.ToList();
            members.InsertRange(at, new[] { maxCompletion, options, maxTokens }.Where(m => m.Length > 0));
            return space + "{" + space + string.Join(space + "," + space, members) + space + "}" + space;
        }
    );

    private static ChatRequestChanges All(int limit, OutputLimitField field) =>
        new()
        {
            ModelToken = BodyEdits.Quote("up/x"),
            AskUsage = true,
            OutputLimit = limit,
            OutputLimitField = field,
        };

    private static string Rewrite(string body, ChatRequestChanges changes)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var rewriter = new ChatRequestRewriter(ChatRequestTests.Read(body), changes);
        var to = new ArrayBufferWriter<byte>();
        rewriter.WriteTo(bytes, to);
        Assert.Equal(to.WrittenCount, rewriter.Measure(bytes.Length));
        using var parsed = JsonDocument.Parse(to.WrittenMemory);
        return Encoding.UTF8.GetString(to.WrittenSpan);
    }
}
