using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Tokenline.Simulators.Vendors;

namespace Tokenline.Simulators.Tests.Vendors;

/// <summary>OpenAI Responses.</summary>
public sealed class ResponsesTests
{
    private const string Weather = """
        "tools":[{"type":"function","name":"weather","parameters":{"type":"object","required":["city"],"properties":{"city":{"type":"string"}}}}]
        """;

    private const string Reasoning = """
        "reasoning":{"effort":"medium","summary":"auto"},"include":["reasoning.encrypted_content"],"store":false
        """;

    [Theory]
    [InlineData("\"instructions\":\"Be brief\"")]
    [InlineData(Reasoning)]
    [InlineData("\"reasoning\":{\"effort\":\"low\"}")]
    [InlineData(Weather)]
    [InlineData(Weather + "," + Reasoning)]
    [InlineData("\"max_output_tokens\":16")]
    [InlineData("\"tools\":[{\"type\":\"custom\",\"name\":\"patch\"}]")]
    [InlineData(
        "\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"s\",\"schema\":{\"type\":\"object\",\"required\":[\"a\"],\"properties\":{\"a\":{\"type\":\"null\"}}}}}"
    )]
    [InlineData(Weather + "," + Reasoning, "tool-calls=3")]
    public async Task A_stream_ends_with_the_plain_answer_and_its_deltas_add_up_to_it(string members, string directive = "")
    {
        var behaviour = Behaviour.Parse(directive);
        await using var vendor = await SimulatedVendor.StartAsync(new() { Behaviour = behaviour });
        var plain = await AnswerAsync(vendor, Body("\"What is a token?\"", members));
        var streamed = await StreamAsync(vendor, Body("\"What is a token?\"", members + ",\"stream\":true"));

        Assert.Equal(Enumerable.Range(0, streamed.Chunks.Count), streamed.Chunks.Select(c => c["sequence_number"]!.GetValue<int>()));
        Assert.Equal(
            streamed.Chunks.Select(c => c["type"]!.ToString()),
            streamed.Raw.Split('\n').Where(l => l.StartsWith("event: ", StringComparison.Ordinal)).Select(l => l["event: ".Length..])
        );
        var last = streamed.Chunks[^1];
        Assert.Equal($"response.{plain["status"]}", last["type"]!.ToString());
        Assert.Equal(Comparable(plain), Comparable(last["response"]!));
        Assert.Equal(plain["max_output_tokens"] is null ? "completed" : "incomplete", plain["status"]!.ToString());
        Assert.Equal(
            plain["output"]!.AsArray().Select(o => o!.ToJsonString().Replace("simulated_1", "simulated_2", StringComparison.Ordinal)),
            streamed.Chunks.Where(c => c["type"]!.ToString() == "response.output_item.done").Select(c => c["item"]!.ToJsonString())
        );
        var output = plain["output"]!.AsArray();
        for (var i = 0; i < output.Count; i++)
        {
            var said =
                output[i]!["arguments"]
                ?? output[i]!["input"]
                ?? output[i]!["content"]?[0]?["text"]
                ?? output[i]!["summary"]?.AsArray().FirstOrDefault()?["text"];
            var deltas = streamed.Chunks.Where(c => c["delta"] is not null && c["output_index"]!.GetValue<int>() == i);
            Assert.Equal(said?.ToString() ?? "", string.Concat(deltas.Select(c => c["delta"]!.ToString())));
        }
        var predicted = SimulatedUsage.ForResponses(Encoding.UTF8.GetBytes(Body("\"What is a token?\"", members)), behaviour);
        Assert.Equal(predicted.PromptTokens, plain["usage"]!["input_tokens"]!.GetValue<long>());
        Assert.Equal(predicted.CompletionTokens, plain["usage"]!["output_tokens"]!.GetValue<long>());
        Assert.Equal(predicted.ReasoningTokens, plain["usage"]!["output_tokens_details"]!["reasoning_tokens"]!.GetValue<long>());

        static string Comparable(JsonNode response)
        {
            var copy = response.DeepClone().AsObject();
            copy.Remove("created_at");
            copy.Remove("completed_at");
            return copy.ToJsonString().Replace("simulated_1", "simulated_2", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Events_come_in_the_vendors_order()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var text = await StreamAsync(vendor, Body("\"[[simulate: tokens-per-chunk=1000]] Hi\"", Reasoning + ",\"stream\":true"));
        Assert.Equal(
            [
                "created",
                "in_progress",
                "output_item.added",
                "reasoning_summary_part.added",
                "reasoning_summary_text.delta",
                "reasoning_summary_text.done",
                "reasoning_summary_part.done",
                "output_item.done",
                "output_item.added",
                "content_part.added",
                "output_text.delta",
                "output_text.done",
                "content_part.done",
                "output_item.done",
                "completed",
            ],
            Types(text)
        );
        var call = await StreamAsync(vendor, Body("\"[[simulate: tokens-per-chunk=1000]] Hi\"", Weather + ",\"stream\":true"));
        Assert.Equal(
            [
                "created",
                "in_progress",
                "output_item.added",
                "function_call_arguments.delta",
                "function_call_arguments.done",
                "output_item.done",
                "completed",
            ],
            Types(call)
        );
        Assert.Empty(call.Chunks[2]["item"]!["arguments"]!.ToString());
    }

    [Fact]
    public async Task Encrypted_reasoning_must_come_back_as_it_was()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var output = (await AnswerAsync(vendor, Body("\"Weather?\"", $"{Weather},{Reasoning}")))["output"]!;
        var call = output[1]!;
        var answer = await AnswerAsync(vendor, Next(output[0]!.ToJsonString()));
        Assert.Contains("The tool answered: sunny", answer.ToJsonString(), StringComparison.Ordinal);

        output[0]!["encrypted_content"] = output[0]!["encrypted_content"]!.ToString().TrimEnd('=');
        Assert.Equal("invalid_encrypted_content", (await RefusalAsync(vendor, Next(output[0]!.ToJsonString())))["code"]!.ToString());

        // A message and a call may come without a type or an id.
        string Next(string reasoning) =>
            Body(
                $$"""[{"role":"user","content":"Weather?"},{{reasoning}},{"type":"function_call","call_id":"{{call["call_id"]}}","name":"weather","arguments":"{}"},"""
                    + $$"""{"type":"function_call_output","call_id":"{{call["call_id"]}}","output":[{"type":"input_text","text":"sunny"}]}]""",
                Weather
            );
    }

    [Theory]
    [InlineData("[]", "", "empty_array")]
    [InlineData("[{\"role\":\"tool\",\"content\":\"x\"}]", "", "invalid_value")]
    [InlineData("[{\"role\":\"user\",\"content\":\"x\",\"tool_calls\":[]}]", "", "unknown_parameter")]
    [InlineData("[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}]", "", "invalid_value")]
    [InlineData(
        "[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":[{\"type\":\"input_text\",\"text\":\"x\"}]}]",
        "",
        "invalid_value"
    )]
    [InlineData("[{\"role\":\"user\",\"content\":\"x\",\"id\":\"item_1\"}]", "", "invalid_value")]
    [InlineData(
        "[{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"f\",\"arguments\":\"{}\"}]",
        "",
        "No tool output found for function call c."
    )]
    [InlineData(
        "[{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":\"x\"}]",
        "",
        "No tool call found for function call output with call_id c."
    )]
    [InlineData("[{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"f\",\"arguments\":{}}]", "", "invalid_type")]
    [InlineData("[{\"type\":\"tool_result\",\"call_id\":\"c\"}]", "", "invalid_value")]
    [InlineData("\"x\"", "\"max_output_tokens\":15", "integer_below_min_value")]
    [InlineData("\"x\"", "\"max_tokens\":100", "unknown_parameter")]
    [InlineData("\"x\"", "\"messages\":[]", "unknown_parameter")]
    [InlineData("\"x\"", "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", "missing_required_parameter")]
    [InlineData(
        "\"x\"",
        Weather + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"weather\"}}",
        "missing_required_parameter"
    )]
    [InlineData("\"x\"", "\"text\":{\"format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"s\"}}}", "missing_required_parameter")]
    [InlineData("\"x\"", "\"previous_response_id\":\"resp_68\"", "previous_response_not_found")]
    public async Task What_the_vendor_would_not_take_is_a_400(string input, string members, string codeOrMessage)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var error = await RefusalAsync(vendor, Body(input, members));
        Assert.Contains(codeOrMessage, error["code"] + " " + error["message"], StringComparison.Ordinal);
        Assert.Equal("invalid_request_error", error["type"]!.ToString());
    }

    [Fact]
    public async Task History_at_the_vendor_needs_no_calls_here()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var first = await AnswerAsync(vendor, Body("\"Weather?\"", Weather));
        var answer = await AnswerAsync(
            vendor,
            Body(
                "[{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":\"rain\"}]",
                $"\"previous_response_id\":\"{first["id"]}\""
            )
        );
        Assert.Contains("The tool answered: rain", answer.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(first["id"]!.ToString(), answer["previous_response_id"]!.ToString());
        var queued = await AnswerAsync(vendor, Body("\"x\"", "\"background\":true"));
        Assert.Equal("queued", queued["status"]!.ToString());
        Assert.Null(queued["usage"]);
    }

    [Fact]
    public async Task Streams_break_and_usage_lies_as_ordered()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var body = Body("\"Hello\"", "\"stream\":true");
        var error = (await StreamAsync(vendor, body, "fault=error-in-stream:2")).Chunks[^1];
        Assert.Equal("error", error["type"]!.ToString());
        Assert.Equal("server_error", error["code"]!.ToString());
        var failed = (await StreamAsync(vendor, body, "fault=failed-after:2")).Chunks[^1];
        Assert.Equal("response.failed", failed["type"]!.ToString());
        Assert.Equal("failed", failed["response"]!["status"]!.ToString());
        Assert.Equal("server_error", failed["response"]!["error"]!["code"]!.ToString());
        Assert.Equal("failed", (await AnswerAsync(vendor, Body("\"Hello\""), "fault=failed-after:2"))["status"]!.ToString());
        Assert.True((await StreamAsync(vendor, body, "fault=cut-after:2")).Broken);
        Assert.Equal("output_item.done", Types(await StreamAsync(vendor, body, "fault=no-done"))[^1]);
        Assert.True((await StreamAsync(vendor, body, "fault=stray-done")).Done);
        Assert.Equal("output_text.delta", Types(await StreamAsync(vendor, body, "fault=data-after-done"))[^1]);
        Assert.DoesNotContain("\"usage\"", (await StreamAsync(vendor, body, "fault=no-usage")).Raw, StringComparison.Ordinal);

        const string shape = "; tokens=10; cached=4; cache-write=2";
        Assert.Equal(
            """{"input_tokens":8,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":2},"output_tokens":-10,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":-2}""",
            (await AnswerAsync(vendor, Body("\"Hello\""), "fault=negative-usage" + shape))["usage"]!.ToJsonString()
        );
        Assert.Equal(
            30,
            (await StreamAsync(vendor, body, "fault=usage-above:20" + shape)).Chunks[^1]["response"]!["usage"]![
                "output_tokens"
            ]!.GetValue<int>()
        );
    }

    private static string Body(string input, string members = "") =>
        $$"""{"model":"acme-chat","input":{{input}}{{(members.Length > 0 ? "," + members : "")}}}""";

    private static List<string> Types(StreamedAnswer answer) =>
        [.. answer.Chunks.Select(c => c["type"]!.ToString().Replace("response.", "", StringComparison.Ordinal))];

    private static async Task<JsonNode> AnswerAsync(SimulatedVendor vendor, string body, string? simulate = null)
    {
        using var response = await vendor.PostAsync("responses", body, simulate, []);
        var text = await response.Content.ReadAsStringAsync(SimulatedVendor.Cancel);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private static async Task<StreamedAnswer> StreamAsync(SimulatedVendor vendor, string body, string? simulate = null)
    {
        using var response = await vendor.PostAsync("responses", body, simulate, []);
        response.EnsureSuccessStatusCode();
        return await StreamedAnswer.ReadAsync(await response.Content.ReadAsStreamAsync(SimulatedVendor.Cancel));
    }

    private static async Task<JsonNode> RefusalAsync(SimulatedVendor vendor, string body)
    {
        using var response = await vendor.PostAsync("responses", body, null, []);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(SimulatedVendor.Cancel))!["error"]!;
    }
}
