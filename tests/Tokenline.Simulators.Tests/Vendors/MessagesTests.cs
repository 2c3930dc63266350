using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Tokenline.Simulators.Vendors;

namespace Tokenline.Simulators.Tests.Vendors;

/// <summary>Anthropic Messages.</summary>
public sealed class MessagesTests
{
    private const string Weather = """
        "tools":[{"name":"weather","input_schema":{"type":"object","required":["city","days"],"properties":{"city":{"type":"string"},"days":{"type":"integer","maximum":7}}}}]
        """;

    private const string Thinking = "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000}";

    [Theory]
    [InlineData("")]
    [InlineData(Thinking)]
    [InlineData("\"thinking\":{\"type\":\"adaptive\",\"display\":\"omitted\"}")]
    [InlineData(Weather)]
    [InlineData(Weather + "," + Thinking)]
    [InlineData(
        "\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\",\"required\":[\"a\"],\"properties\":{\"a\":{\"type\":\"boolean\"}}}}}"
    )]
    [InlineData(Weather + "," + Thinking, "tool-calls=3")]
    public async Task A_stream_adds_up_to_the_plain_answer(string members, string directive = "")
    {
        var behaviour = Behaviour.Parse(directive);
        await using var vendor = await SimulatedVendor.StartAsync(new() { Behaviour = behaviour });
        var plain = await AnswerAsync(vendor, Body("What is a token?", members));
        var streamed = await StreamAsync(vendor, Body("What is a token?", members, stream: true));

        Assert.True(JsonNode.DeepEquals(plain["content"], new JsonArray([.. Content(streamed)])));
        Assert.Equal(plain["stop_reason"]!.ToString(), streamed.Chunks[^2]["delta"]!["stop_reason"]!.ToString());
        var start = streamed.Chunks[0]["message"]!["usage"]!;
        Assert.Equal(plain["usage"]!["input_tokens"]!.ToString(), start["input_tokens"]!.ToString());
        Assert.Equal(1, start["output_tokens"]!.GetValue<int>());
        Assert.Equal(plain["usage"]!["output_tokens"]!.ToString(), streamed.Chunks[^2]["usage"]!["output_tokens"]!.ToString());
        var predicted = SimulatedUsage.ForMessages(Encoding.UTF8.GetBytes(Body("What is a token?", members)), behaviour);
        Assert.Equal(predicted.CompletionTokens, plain["usage"]!["output_tokens"]!.GetValue<long>());
        Assert.Equal(predicted.PromptTokens, plain["usage"]!["input_tokens"]!.GetValue<long>());
        using var counted = await PostAsync(vendor, Body("What is a token?", members), path: "messages/count_tokens");
        Assert.Equal($"{{\"input_tokens\":{predicted.PromptTokens}}}", await counted.Content.ReadAsStringAsync(SimulatedVendor.Cancel));
    }

    [Fact]
    public async Task Events_come_in_the_vendors_order_and_under_their_names()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var streamed = await StreamAsync(vendor, Body("Hi [[simulate: tokens-per-chunk=1000]]", Weather + "," + Thinking, stream: true));
        string[] expected =
        [
            "message_start",
            "content_block_start",
            "ping",
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
            "content_block_start",
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop",
        ];
        Assert.Equal(expected, streamed.Chunks.Select(c => c["type"]!.ToString()));
        Assert.Equal(
            expected,
            streamed.Raw.Split('\n').Where(l => l.StartsWith("event: ", StringComparison.Ordinal)).Select(l => l["event: ".Length..])
        );
        Assert.Equal(["0", "0", "0", "0", "1", "1", "1", "1"], streamed.Chunks.Select(c => c["index"]?.ToString()).OfType<string>());
        Assert.Equal("tool_use", streamed.Chunks[^2]["delta"]!["stop_reason"]!.ToString());
    }

    [Fact]
    public async Task A_limit_cuts_the_answer_and_says_so()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var answer = await AnswerAsync(vendor, """{"model":"m","max_tokens":4,"messages":[{"role":"user","content":"Hello"}]}""");
        Assert.Equal("This is the Tokenline", answer["content"]![0]!["text"]!.ToString());
        Assert.Equal("max_tokens", answer["stop_reason"]!.ToString());
        Assert.Equal(4, answer["usage"]!["output_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_stop_sequence_ends_the_answer_and_is_said()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        const string members = "\"stop_sequences\":[\"no model\",\"okenline\"]";
        var answer = await AnswerAsync(vendor, Body(members: members));
        Assert.Equal("This is the", answer["content"]![0]!["text"]!.ToString());
        Assert.Equal("stop_sequence", answer["stop_reason"]!.ToString());
        Assert.Equal("okenline", answer["stop_sequence"]!.ToString());
        Assert.Equal(3, answer["usage"]!["output_tokens"]!.GetValue<int>());
        var streamed = await StreamAsync(vendor, Body(members: members, stream: true));
        Assert.Equal("okenline", streamed.Chunks[^2]["delta"]!["stop_sequence"]!.ToString());

        var chat = await vendor.AnswerAsync(SimulatedVendor.Body(members: "\"stop\":\" Tokenline\",\"max_tokens\":8"));
        Assert.Equal("This is the", chat["choices"]![0]!["message"]!["content"]!.ToString());
        Assert.Equal("stop", chat["choices"]![0]!["finish_reason"]!.ToString());
    }

    [Fact]
    public async Task Thinking_must_come_back_as_it_was_with_its_signature()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        foreach (var thinking in new[] { Thinking, "\"thinking\":{\"type\":\"adaptive\",\"display\":\"omitted\"}" })
        {
            var members = $"{Weather},{thinking}";
            var blocks = (await AnswerAsync(vendor, Body("Weather?", members)))["content"]!.AsArray();
            Assert.Equal(thinking == Thinking, blocks[0]!["thinking"]!.ToString().Length > 0);
            var signature = blocks[0]!["signature"]!.ToString();

            var answer = await AnswerAsync(vendor, Loop(members, blocks.ToJsonString()));
            Assert.Contains("The tool answered: sunny", answer["content"]!.ToJsonString(), StringComparison.Ordinal);

            foreach (
                var other in new[]
                {
                    signature[..^1],
                    signature.TrimEnd('='),
                    signature + " ",
                    "A" + signature[1..],
                    signature.Replace('+', '-').Replace('/', '_').TrimEnd('='),
                }
            )
            {
                var tampered = JsonNode.Parse(blocks.ToJsonString())!;
                tampered[0]!["signature"] = other;
                Assert.Contains(
                    "Invalid `signature` in `thinking` block",
                    await RefusalAsync(vendor, Loop(members, tampered.ToJsonString())),
                    StringComparison.Ordinal
                );
            }
        }
        var reworded = (await AnswerAsync(vendor, Body("Weather?", $"{Weather},{Thinking}")))["content"]!;
        reworded[0]!["thinking"] = reworded[0]!["thinking"] + ".";
        Assert.Contains(
            "Invalid `signature`",
            await RefusalAsync(vendor, Loop($"{Weather},{Thinking}", reworded.ToJsonString())),
            StringComparison.Ordinal
        );
        reworded.AsArray().RemoveAt(0);
        Assert.Contains(
            "must start with a thinking block",
            await RefusalAsync(vendor, Loop($"{Weather},{Thinking}", reworded.ToJsonString())),
            StringComparison.Ordinal
        );

        static string Loop(string members, string blocks) =>
            Raw(
                $$"""
                {"role":"user","content":"Weather?"},{"role":"assistant","content":{{blocks}}},
                {"role":"user","content":[{"type":"tool_result","tool_use_id":"{{JsonNode.Parse(blocks)!.AsArray()[^1]![
                    "id"
                ]}}","content":[{"type":"text","text":"sunny"}]},
                {"type":"text","text":"Mind the wind."}]}
                """,
                members
            );
    }

    [Fact]
    public async Task A_marked_prefix_is_written_once_and_then_read()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var system =
            "\"system\":[{\"type\":\"text\",\"text\":\"SYSTEM\",\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"1h\"}}]".Replace(
                "SYSTEM",
                new string('s', 8000),
                StringComparison.Ordinal
            );
        var question = """[{"type":"text","text":"QUESTION","cache_control":{"type":"ephemeral"}}]""".Replace(
            "QUESTION",
            new string('q', 4000),
            StringComparison.Ordinal
        );
        var body = Raw(
            $$"""{"role":"user","content":{{question}}},{"role":"assistant","content":"Yes."},{"role":"user","content":"Go on"}""",
            system
        );

        var first = (await AnswerAsync(vendor, body))["usage"]!;
        Assert.Equal("""{"ephemeral_5m_input_tokens":1003,"ephemeral_1h_input_tokens":2003}""", first["cache_creation"]!.ToJsonString());
        Assert.Equal(3006, first["cache_creation_input_tokens"]!.GetValue<int>());
        Assert.Equal(0, first["cache_read_input_tokens"]!.GetValue<int>());
        Assert.Equal(12, first["input_tokens"]!.GetValue<int>());

        var again = (await AnswerAsync(vendor, body))["usage"]!;
        Assert.Equal(0, again["cache_creation_input_tokens"]!.GetValue<int>());
        Assert.Equal(3006, again["cache_read_input_tokens"]!.GetValue<int>());
        Assert.Equal(12, again["input_tokens"]!.GetValue<int>());

        // The next turn: the mark has moved on, and what was a list of blocks is a string now.
        var next = body.Replace(question, $"\"{new string('q', 4000)}\"", StringComparison.Ordinal)
            .Replace("\"Go on\"", """[{"type":"text","text":"Go on","cache_control":{"type":"ephemeral"}}]""", StringComparison.Ordinal);
        var moved = (await AnswerAsync(vendor, next))["usage"]!;
        Assert.Equal(3006, moved["cache_read_input_tokens"]!.GetValue<int>());
        Assert.Equal(9, moved["cache_creation_input_tokens"]!.GetValue<int>());

        var told = (await AnswerAsync(vendor, Body("Hi [[simulate: cached=3; cache-write=2; cache-write-1h=1]] there")))["usage"]!;
        Assert.Equal("""{"ephemeral_5m_input_tokens":2,"ephemeral_1h_input_tokens":1}""", told["cache_creation"]!.ToJsonString());
        Assert.Equal(3, told["cache_read_input_tokens"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}]}""", "max_tokens: Field required")]
    [InlineData("""{"max_tokens":9,"messages":[{"role":"user","content":"x"}]}""", "model: Field required")]
    [InlineData("""{"model":"m","max_tokens":9,"messages":[]}""", "messages: at least one message is required")]
    [InlineData("""{"model":"m","max_tokens":0,"messages":[{"role":"user","content":"x"}]}""", "max_tokens: ")]
    [InlineData("{", "could not parse")]
    public async Task A_body_that_lacks_something_is_a_400(string body, string message)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        Assert.Contains(message, await RefusalAsync(vendor, body), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"stop\":[\"x\"]", "stop: Extra inputs are not permitted")]
    [InlineData("\"temperature\":1.5", "temperature: range: 0..1")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1000}", "greater than or equal to 1024")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":4096}", "must be greater than `thinking.budget_tokens`")]
    [InlineData(Thinking + ",\"temperature\":0.5", "may only be set to 1 when thinking is enabled")]
    [InlineData(Thinking + "," + Weather + ",\"tool_choice\":{\"type\":\"any\"}", "Thinking may not be enabled when tool_choice forces")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", "Input tag 'function' found")]
    [InlineData("\"tools\":[{\"name\":\"f.g\",\"input_schema\":{\"type\":\"object\"}}]", "should match pattern")]
    [InlineData("\"tools\":[{\"name\":\"f\",\"input_schema\":{}}]", "input_schema.type")]
    [InlineData("\"tool_choice\":{\"type\":\"auto\"}", "may only be specified while providing tools")]
    [InlineData(Weather + ",\"tool_choice\":{\"type\":\"tool\",\"name\":\"nobody\"}", "'nobody' not found")]
    [InlineData(Weather + ",\"tool_choice\":{\"type\":\"required\"}", "Input tag 'required' found")]
    public async Task What_the_vendor_would_not_take_is_a_400(string members, string message)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        Assert.Contains(message, await RefusalAsync(vendor, Body("x", members)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"role":"assistant","content":"x"}""", "first message must use")]
    [InlineData("""{"role":"tool","content":"x"}""", "messages.0.role: ")]
    [InlineData("""{"role":"user","content":"x","name":"n"}""", "messages.0.name: Extra inputs")]
    [InlineData("""{"role":"user","content":""}""", "must have non-empty content")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":" "}]}""", "non-whitespace")]
    [InlineData("""{"role":"user","content":[{"type":"input_text","text":"x"}]}""", "Input tag 'input_text' found")]
    [InlineData("""{"role":"user","content":"x"},{"role":"assistant","content":"y "}""", "trailing whitespace")]
    [InlineData(
        """{"role":"user","content":"x"},{"role":"assistant","content":[USE]}""",
        "without `tool_result` blocks immediately after: toolu_1"
    )]
    [InlineData(
        """{"role":"user","content":"x"},{"role":"assistant","content":[USE]},{"role":"user","content":[{"type":"text","text":"first"},RESULT]}""",
        "without `tool_result` blocks immediately after"
    )]
    [InlineData("""{"role":"user","content":[RESULT]}""", "unexpected `tool_use_id` found")]
    [InlineData(
        """{"role":"user","content":"x"},{"role":"assistant","content":[USE]},{"role":"user","content":[RESULT,RESULT]}""",
        "each tool_use must have a single result"
    )]
    [InlineData(
        """{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"call|1","name":"weather","input":{}}]}""",
        "should match pattern '^[a-zA-Z0-9_-]+$'"
    )]
    [InlineData(
        """{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"weather","input":"{}"}]}""",
        "valid dictionary"
    )]
    [InlineData(
        """{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"thinking","thinking":"Hm","signature":"EqQBCg=="}]}""",
        "Invalid `signature`"
    )]
    public async Task Messages_that_do_not_fit_together_are_a_400(string messages, string message)
    {
        messages = messages
            .Replace("USE", """{"type":"tool_use","id":"toolu_1","name":"weather","input":{}}""", StringComparison.Ordinal)
            .Replace("RESULT", """{"type":"tool_result","tool_use_id":"toolu_1","content":"sunny"}""", StringComparison.Ordinal);
        await using var vendor = await SimulatedVendor.StartAsync();
        Assert.Contains(message, await RefusalAsync(vendor, Raw(messages, Weather)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_may_be_spread_over_messages_and_system_messages_may_stand_anywhere()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        await AnswerAsync(
            vendor,
            Raw(
                """
                {"role":"system","content":"Be brief."},{"role":"user","content":"x"},
                {"role":"assistant","content":[{"type":"tool_use","id":"a","name":"weather","input":{}},{"type":"tool_use","id":"b","name":"weather","input":{}}]},
                {"role":"user","content":[{"type":"tool_result","tool_use_id":"b"}]},{"role":"system","content":[{"type":"text","text":"Still brief."}]},
                {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","is_error":true,"content":"no"}]}
                """,
                Weather
            )
        );
    }

    [Theory]
    [InlineData("\"temperature\":1")]
    [InlineData("\"top_p\":0.9")]
    [InlineData("\"top_k\":40")]
    public async Task The_new_version_takes_no_sampling(string members)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        Assert.Contains(
            "Extra inputs are not permitted",
            await RefusalAsync(vendor, Body("x", members), "2026-10-21"),
            StringComparison.Ordinal
        );
        await AnswerAsync(vendor, Body("x", members));
        using var plain = await PostAsync(vendor, Body("x"), version: "2026-10-21");
        Assert.Equal(HttpStatusCode.OK, plain.StatusCode);
    }

    [Fact]
    public async Task A_version_and_a_key_are_needed()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        Assert.Contains("anthropic-version: header is required", await RefusalAsync(vendor, Body(), version: ""), StringComparison.Ordinal);
        Assert.Contains("not a valid version", await RefusalAsync(vendor, Body(), version: "2024-01-01"), StringComparison.Ordinal);

        vendor.Client.DefaultRequestHeaders.Authorization = null;
        using var nobody = await PostAsync(vendor, Body());
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        vendor.Client.DefaultRequestHeaders.Add("x-api-key", "sk-any");
        var answer = await AnswerAsync(vendor, Body());
        Assert.StartsWith("msg_", answer["id"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("/vendors/acme/v1/messages", vendor.Simulator.LastRequests[^1].Path);
    }

    [Fact]
    public async Task Models_are_listed_in_the_shape_of_who_asks()
    {
        await using var vendor = await SimulatedVendor.StartAsync(new() { Models = ["a", "b"] });
        vendor.Client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        var models = JsonNode.Parse(await vendor.Client.GetStringAsync("models", SimulatedVendor.Cancel))!;
        Assert.Equal(["a", "b"], models["data"]!.AsArray().Select(m => m!["id"]!.ToString()));
        Assert.Equal("model", models["data"]![0]!["type"]!.ToString());
        Assert.Equal("b", models["last_id"]!.ToString());
    }

    [Theory]
    [InlineData(400, "invalid_request_error")]
    [InlineData(401, "authentication_error")]
    [InlineData(402, "billing_error")]
    [InlineData(403, "permission_error")]
    [InlineData(404, "not_found_error")]
    [InlineData(413, "request_too_large")]
    [InlineData(429, "rate_limit_error")]
    [InlineData(500, "api_error")]
    [InlineData(529, "overloaded_error")]
    public async Task Each_status_has_the_vendors_type(int status, string type)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        using var response = await PostAsync(vendor, Body(stream: true), $"fault=status:{status}");
        Assert.Equal(status, (int)response.StatusCode);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(SimulatedVendor.Cancel))!;
        Assert.Equal("error", error["type"]!.ToString());
        Assert.Equal(type, error["error"]!["type"]!.ToString());
        Assert.Equal(status is 429 or 529, response.Headers.RetryAfter is not null);
        Assert.NotEmpty(response.Headers.GetValues("request-id"));
    }

    [Fact]
    public async Task Streams_break_as_ordered()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var body = Body(stream: true);
        var error = await StreamAsync(vendor, body, "fault=error-in-stream:3");
        Assert.Equal("overloaded_error", error.Chunks[^1]["error"]!["type"]!.ToString());
        Assert.EndsWith("event: error", error.Raw[..error.Raw.LastIndexOf("\ndata:", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Equal(3, Deltas(error));

        var cut = await StreamAsync(vendor, body, "fault=cut-after:2");
        Assert.True(cut.Broken);
        Assert.Equal(2, Deltas(cut));

        Assert.Equal("message_delta", (await StreamAsync(vendor, body, "fault=no-done")).Chunks[^1]["type"]!.ToString());
        Assert.Equal("[DONE]", (await StreamAsync(vendor, body, "fault=stray-done")).Events[^1]);
        Assert.Equal("content_block_delta", (await StreamAsync(vendor, body, "fault=data-after-done")).Chunks[^1]["type"]!.ToString());
        Assert.Equal(
            2,
            (await StreamAsync(vendor, body, "fault=duplicate-usage")).Chunks.Count(c => c["type"]!.ToString() == "message_delta")
        );
        var usual = await StreamAsync(vendor, body);
        var framed = await StreamAsync(vendor, body, "fault=crlf; fault=comments; fault=no-space; fault=split:9");
        Assert.Equal(Texts(usual), Texts(framed));
        Assert.Contains("event:message_stop\r\ndata:{", framed.Raw, StringComparison.Ordinal);

        static int Deltas(StreamedAnswer answer) => answer.Chunks.Count(c => c["type"]!.ToString() == "content_block_delta");
        static string Texts(StreamedAnswer answer) => string.Concat(answer.Chunks.Select(c => c["delta"]?["text"]));
    }

    [Fact]
    public async Task Usage_lies_as_ordered()
    {
        const string shape = "; tokens=10; cached=4; cache-write=1";
        await using var vendor = await SimulatedVendor.StartAsync();
        Assert.Null((await AnswerAsync(vendor, Body(), "fault=no-usage"))["usage"]);
        Assert.DoesNotContain("usage", (await StreamAsync(vendor, Body(stream: true), "fault=no-usage")).Raw, StringComparison.Ordinal);
        var none = (await AnswerAsync(vendor, Body(), "fault=null-usage")).AsObject();
        Assert.True(none.ContainsKey("usage") && none["usage"] is null);
        Assert.Equal(0, (await AnswerAsync(vendor, Body(), "fault=zero-usage"))["usage"]!["input_tokens"]!.GetValue<int>());
        Assert.Equal(-10, await OutputAsync("fault=negative-usage"));
        Assert.Equal(60, await OutputAsync("fault=usage-above:50"));
        var split = (await AnswerAsync(vendor, Body(), "fault=no-cache-split" + shape))["usage"]!;
        Assert.Equal(1, split["cache_creation_input_tokens"]!.GetValue<int>());
        Assert.Null(split["cache_creation"]);
        var restated = (await StreamAsync(vendor, Body(stream: true), "fault=restated-input:100" + shape)).Chunks;
        Assert.Equal(3, restated[0]["message"]!["usage"]!["input_tokens"]!.GetValue<int>());
        Assert.Equal(103, restated[^2]["usage"]!["input_tokens"]!.GetValue<int>());

        async Task<int> OutputAsync(string fault)
        {
            var plain = await AnswerAsync(vendor, Body(), fault + shape);
            var streamed = await StreamAsync(vendor, Body(stream: true), fault + shape);
            Assert.Equal(plain["usage"]!["output_tokens"]!.ToString(), streamed.Chunks[^2]["usage"]!["output_tokens"]!.ToString());
            return plain["usage"]!["output_tokens"]!.GetValue<int>();
        }
    }

    private static string Body(string text = "Hello", string members = "", bool stream = false) =>
        Raw($$"""{"role":"user","content":"{{text}}"}""", members + (stream ? (members.Length > 0 ? "," : "") + "\"stream\":true" : ""));

    private static string Raw(string messages, string members = "") =>
        $$"""{"model":"acme-chat","max_tokens":4096,"messages":[{{messages}}]{{(members.Length > 0 ? "," + members : "")}}}""";

    private static Task<HttpResponseMessage> PostAsync(
        SimulatedVendor vendor,
        string body,
        string? simulate = null,
        string version = "2023-06-01",
        string path = "messages"
    ) =>
        version.Length == 0
            ? vendor.PostAsync(path, body, simulate)
            : vendor.PostAsync(path, body, simulate, ("anthropic-version", version));

    private static async Task<JsonNode> AnswerAsync(SimulatedVendor vendor, string body, string? simulate = null)
    {
        using var response = await PostAsync(vendor, body, simulate);
        var text = await response.Content.ReadAsStringAsync(SimulatedVendor.Cancel);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private static async Task<StreamedAnswer> StreamAsync(SimulatedVendor vendor, string body, string? simulate = null)
    {
        using var response = await PostAsync(vendor, body, simulate);
        response.EnsureSuccessStatusCode();
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return await StreamedAnswer.ReadAsync(await response.Content.ReadAsStreamAsync(SimulatedVendor.Cancel));
    }

    /// <summary>The message of a 400, which must have the vendor's shape.</summary>
    private static async Task<string> RefusalAsync(SimulatedVendor vendor, string body, string version = "2023-06-01")
    {
        using var response = await PostAsync(vendor, body, version: version);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(SimulatedVendor.Cancel))!["error"]!;
        Assert.Equal("invalid_request_error", error["type"]!.ToString());
        return error["message"]!.ToString();
    }

    /// <summary>The content blocks that the deltas add up to.</summary>
    private static List<JsonNode?> Content(StreamedAnswer streamed)
    {
        var blocks = new List<JsonNode?>();
        foreach (var chunk in streamed.Chunks)
        {
            if (chunk["content_block"] is { } start)
                blocks.Add(start.DeepClone());
            else if (chunk["type"]!.ToString() == "content_block_delta")
            {
                var block = blocks[chunk["index"]!.GetValue<int>()]!;
                var delta = chunk["delta"]!;
                var member = delta["type"]!.ToString().Replace("_delta", "", StringComparison.Ordinal);
                if (member == "input_json")
                    block["json"] = block["json"] + delta["partial_json"]!.ToString();
                else
                    block[member] = block[member] + delta[member]!.ToString();
            }
            else if (chunk["type"]!.ToString() == "content_block_stop" && blocks[chunk["index"]!.GetValue<int>()] is JsonObject whole)
            {
                if (whole.Remove("json", out var json))
                    whole["input"] = JsonNode.Parse(json!.ToString());
                if (whole["id"] is { } id)
                    whole["id"] = id.ToString().Replace("simulated_2", "simulated_1", StringComparison.Ordinal); // the plain answer was the first request
            }
        }
        return blocks;
    }
}
