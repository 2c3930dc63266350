using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tokenline.Simulators.Vendors;

namespace Tokenline.Simulators.Tests.Vendors;

public sealed class AnswerTests
{
    [Fact]
    public async Task A_stream_and_a_plain_answer_report_the_same_usage_and_text()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        foreach (
            var members in new[]
            {
                "\"n\":1",
                "\"n\":2",
                "\"max_tokens\":5",
                "\"reasoning_effort\":\"high\"",
                "\"response_format\":{\"type\":\"json_object\"}",
            }
        )
        {
            var plain = await vendor.AnswerAsync(SimulatedVendor.Body("What is a token?", members));
            var streamed = await vendor.StreamAsync(SimulatedVendor.Body("What is a token?", members, stream: true));

            Assert.True(streamed.Done);
            var usage = Assert.Single(streamed.Usages);
            Assert.True(JsonNode.DeepEquals(plain["usage"], usage), members);
            var first = string.Concat(
                streamed
                    .Chunks.Select(c => c["choices"]!.AsArray().FirstOrDefault())
                    .Where(c => c?["index"]?.GetValue<int>() == 0)
                    .Select(c => c!["delta"]?["content"]?.ToString())
            );
            Assert.Equal(plain["choices"]![0]!["message"]!["content"]!.ToString(), first);
        }
    }

    [Theory]
    [InlineData("\"n\":1", null)]
    [InlineData("\"service_tier\":\"auto\"", "default")]
    [InlineData("\"service_tier\":\"flex\"", "flex")]
    public async Task A_service_tier_that_was_asked_for_is_said_back(string members, string? tier)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        Assert.Equal(tier, (await vendor.AnswerAsync(SimulatedVendor.Body("Hi", members)))["service_tier"]?.ToString());
        var streamed = await vendor.StreamAsync(SimulatedVendor.Body("Hi", members, stream: true));
        Assert.All(streamed.Chunks, chunk => Assert.Equal(tier, chunk["service_tier"]?.ToString()));
        var other = await vendor.AnswerAsync(SimulatedVendor.Body("Hi [[simulate: fault=other-tier]]", members));
        Assert.Equal(tier is null ? null : "default", other["service_tier"]?.ToString());
    }

    [Fact]
    public async Task The_prediction_is_what_the_simulator_reports()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        string[] bodies =
        [
            SimulatedVendor.Body(),
            SimulatedVendor.Body("多少钱？ \\u00e9\\n"),
            SimulatedVendor.Body(new string('x', 9000)),
            SimulatedVendor.Body(model: "deepseek-r1", members: "\"max_completion_tokens\":30"),
            SimulatedVendor.Body("[[simulate: tokens=300; cached=2; reasoning=10]] go"),
            SimulatedVendor.Body(members: "\"n\":3"),
        ];
        foreach (var body in bodies)
        {
            var usage = (await vendor.AnswerAsync(body))["usage"]!;
            var predicted = SimulatedUsage.For(Encoding.UTF8.GetBytes(body));
            Assert.Equal(predicted.PromptTokens, usage["prompt_tokens"]!.GetValue<long>());
            Assert.Equal(predicted.CompletionTokens, usage["completion_tokens"]!.GetValue<long>());
            Assert.Equal(predicted.TotalTokens, usage["total_tokens"]!.GetValue<long>());
            Assert.Equal(predicted.CachedTokens, usage["prompt_tokens_details"]!["cached_tokens"]!.GetValue<long>());
            Assert.Equal(predicted.ReasoningTokens, usage["completion_tokens_details"]!["reasoning_tokens"]!.GetValue<long>());
        }
    }

    [Fact]
    public void Usage_is_these_numbers_in_every_process()
    {
        Assert.Equal(new SimulatedUsage(8, 0, 114, 0), Predict(SimulatedVendor.Body("Hello")));
        Assert.Equal(new SimulatedUsage(2506, 1280, 65, 0), Predict(SimulatedVendor.Body(new string('a', 10_000))));
    }

    [Fact]
    public void Prompt_tokens_count_messages_images_tools_and_schemas()
    {
        Assert.Equal(3 + 3 + 2, Predict(SimulatedVendor.Body("Hello")).PromptTokens);
        Assert.Equal(3 + 3 + 2, Predict(SimulatedVendor.Body("\\u4f60\\u597d")).PromptTokens); // six bytes of UTF-8
        var parts = """[{"type":"text","text":"Hello"},{"type":"image_url","image_url":{"url":"https://example.com/i.png"}}]""";
        Assert.Equal(3 + 3 + 2 + 85, Predict($$"""{"model":"m","messages":[{"content":{{parts}},"role":"user"}]}""").PromptTokens);
        var tools = """[{"type":"function","function":{"name":"f"}}]""";
        Assert.Equal(3 + 3 + 2 + (tools.Length + 3) / 4, Predict(SimulatedVendor.Body("Hello", $"\"tools\":{tools}")).PromptTokens);
    }

    [Fact]
    public void A_long_prompt_is_partly_cached_in_steps_of_128_and_a_short_one_is_not()
    {
        Assert.Equal(0, Predict(SimulatedVendor.Body(new string('b', 4000))).CachedTokens);
        var usage = Predict(SimulatedVendor.Body(new string('b', 40_000)));
        Assert.InRange(usage.CachedTokens, usage.PromptTokens * 39 / 100, usage.PromptTokens * 90 / 100);
        Assert.Equal(0, usage.CachedTokens % 128);
    }

    [Fact]
    public async Task The_text_says_what_it_is_and_has_a_word_for_each_token()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        using var response = await vendor.PostAsync(SimulatedVendor.Body());
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(SimulatedVendor.Cancel))!;
        var text = answer["choices"]![0]!["message"]!["content"]!.ToString();

        Assert.StartsWith(
            "This is the Tokenline vendor simulator answering as acme-chat; no model was asked.",
            text,
            StringComparison.Ordinal
        );
        Assert.Equal(answer["usage"]!["completion_tokens"]!.GetValue<int>(), text.Split(' ').Length);
        Assert.Equal("tokenline-simulator", answer["system_fingerprint"]!.ToString());
        Assert.Equal("1", Assert.Single(response.Headers.GetValues("x-tokenline-simulator")));
        Assert.Equal("stop", answer["choices"]![0]!["finish_reason"]!.ToString());
    }

    [Fact]
    public async Task An_output_limit_cuts_the_answer_and_says_length()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var answer = await vendor.AnswerAsync(SimulatedVendor.Body(members: "\"max_tokens\":9,\"max_completion_tokens\":4"));
        Assert.Equal("This is the Tokenline", answer["choices"]![0]!["message"]!["content"]!.ToString());
        Assert.Equal("length", answer["choices"]![0]!["finish_reason"]!.ToString());
        Assert.Equal(4, answer["usage"]!["completion_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task Reasoning_is_inside_the_completion_and_shown_unless_the_model_hides_it()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        foreach (var (model, shown) in new[] { ("acme-think", true), ("vendor/r1", true), ("o1-mini", false) })
        {
            var streamed = await vendor.StreamAsync(SimulatedVendor.Body("[[simulate: tokens=50]]", stream: true, model: model));
            var usage = Assert.Single(streamed.Usages);
            Assert.Equal(50, usage["completion_tokens"]!.GetValue<int>());
            Assert.Equal(20, usage["completion_tokens_details"]!["reasoning_tokens"]!.GetValue<int>());
            Assert.Equal(30, streamed.Text.Split(' ').Length);
            Assert.Equal(shown ? 20 : 0, streamed.Reasoning.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
        }
        Assert.Equal(0, Predict(SimulatedVendor.Body(model: "gpt-turbo1")).ReasoningTokens);
    }

    [Fact]
    public async Task A_stream_sends_usage_only_to_those_who_ask()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var streamed = await vendor.StreamAsync(SimulatedVendor.Body(members: "\"stream\":true"));
        Assert.True(streamed.Done);
        Assert.DoesNotContain("usage", streamed.Raw, StringComparison.Ordinal);

        var asked = await vendor.StreamAsync(SimulatedVendor.Body(stream: true));
        Assert.Empty(asked.Chunks[^1]["choices"]!.AsArray());
        Assert.All(asked.Chunks.SkipLast(1), c => Assert.True(c.AsObject().ContainsKey("usage") && c["usage"] is null));
    }

    [Fact]
    public async Task Tools_are_called_with_arguments_that_fit_their_schema_streamed_or_not()
    {
        const string tools = """
            "tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","required":["city","unit","days"],
            "properties":{"city":{"type":"string"},"unit":{"enum":["celsius","kelvin"]},"days":{"type":"integer","maximum":7},"extra":{"type":"string"}}}}},
            {"type":"function","function":{"name":"clock"}}]
            """;
        await using var vendor = await SimulatedVendor.StartAsync();
        var plain = await vendor.AnswerAsync(SimulatedVendor.Body(members: tools));
        var call = plain["choices"]![0]!["message"]!["tool_calls"]![0]!["function"]!;
        Assert.Equal("weather", call["name"]!.ToString());
        Assert.Equal("""{"city":"simulated city","unit":"celsius","days":7}""", call["arguments"]!.ToString());
        Assert.Equal("tool_calls", plain["choices"]![0]!["finish_reason"]!.ToString());
        Assert.Null(plain["choices"]![0]!["message"]!["content"]);

        var streamed = await vendor.StreamAsync(SimulatedVendor.Body(members: tools, stream: true));
        var deltas = streamed
            .Chunks.Select(c => c["choices"]!.AsArray().FirstOrDefault()?["delta"]?["tool_calls"]?[0]?["function"])
            .OfType<JsonNode>()
            .ToList();
        Assert.Equal("weather", deltas[0]["name"]!.ToString());
        Assert.True(deltas.Count > 3);
        Assert.Equal(call["arguments"]!.ToString(), string.Concat(deltas.Select(d => d["arguments"]!.ToString())));
        Assert.True(JsonNode.DeepEquals(plain["usage"], Assert.Single(streamed.Usages)));

        var named = await vendor.AnswerAsync(
            SimulatedVendor.Body(members: tools + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"clock\"}}")
        );
        Assert.Equal("clock", named["choices"]![0]!["message"]!["tool_calls"]![0]!["function"]!["name"]!.ToString());
        var none = await vendor.AnswerAsync(SimulatedVendor.Body(members: tools + ",\"tool_choice\":\"none\""));
        Assert.Null(none["choices"]![0]!["message"]!["tool_calls"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_directive_says_which_tool_is_called_and_with_what(bool inHeader)
    {
        const string tools =
            "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"look\"}},{\"type\":\"function\",\"function\":{\"name\":\"write\"}}]";
        const string order = """tool=write; args={"path":"a.txt","lines":["x; y"]}""";
        await using var vendor = await SimulatedVendor.StartAsync();
        var text = inHeader ? "Hello" : $"Hello [[simulate: {order.Replace("\"", "\\\"", StringComparison.Ordinal)}]]";

        var plain = await vendor.AnswerAsync(SimulatedVendor.Body(text, tools), inHeader ? order : null);
        var call = plain["choices"]![0]!["message"]!["tool_calls"]![0]!["function"]!;
        Assert.Equal("write", call["name"]!.ToString());
        Assert.Equal("""{"path":"a.txt","lines":["x; y"]}""", call["arguments"]!.ToString());
    }

    [Fact]
    public async Task A_tool_that_is_ordered_but_not_offered_leaves_a_text()
    {
        const string tools = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"look\"}}]";
        await using var vendor = await SimulatedVendor.StartAsync();

        var answer = await vendor.AnswerAsync(SimulatedVendor.Body("Hello", tools), "tool=write");

        Assert.Null(answer["choices"]![0]!["message"]!["tool_calls"]);
        Assert.Equal("stop", answer["choices"]![0]!["finish_reason"]!.ToString());
    }

    [Fact]
    public async Task Reasoning_comes_before_the_name_of_a_tool()
    {
        const string tools = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"look\"}}]";
        await using var vendor = await SimulatedVendor.StartAsync();

        var streamed = await vendor.StreamAsync(SimulatedVendor.Body(members: tools, stream: true), "reasoning=3");

        var said = streamed
            .Chunks.Select(chunk => chunk["choices"]!.AsArray().FirstOrDefault()?["delta"])
            .Select(delta =>
                delta?["reasoning_content"] is not null ? "reasoning"
                : delta?["tool_calls"] is not null ? "call"
                : ""
            )
            .Where(what => what.Length > 0)
            .ToList();
        Assert.Equal("reasoning", said[0]);
        Assert.True(said.LastIndexOf("reasoning") < said.IndexOf("call"));
    }

    [Fact]
    public async Task What_a_tool_said_is_quoted_whole_also_by_a_model_that_reasons()
    {
        const string conversation =
            "\"messages\":[{\"role\":\"user\",\"content\":\"Read it.\"},{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"read\",\"arguments\":\"{}\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"one two three four five six seven eight nine ten and the last\"}]";
        await using var vendor = await SimulatedVendor.StartAsync();

        var answer = await vendor.AnswerAsync($$"""{"model":"thinker",{{conversation}}}""", "reasoning=200");

        Assert.Contains("and the last", answer["choices"]![0]!["message"]!["content"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_system_message_behind_the_users_does_not_end_the_users_turn()
    {
        const string body = """
            {"model":"acme-chat","tools":[{"type":"function","function":{"name":"look"}}],
             "messages":[{"role":"user","content":"Look."},{"role":"system","content":"Today is Monday."}]}
            """;
        await using var vendor = await SimulatedVendor.StartAsync();

        var answer = await vendor.AnswerAsync(body);

        Assert.Equal("tool_calls", answer["choices"]![0]!["finish_reason"]!.ToString());
    }

    [Fact]
    public async Task A_tool_may_be_called_several_times_in_one_answer()
    {
        const string tools =
            "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"required\":[\"a\"]}}}]";
        await using var vendor = await SimulatedVendor.StartAsync();
        var plain = await vendor.AnswerAsync(SimulatedVendor.Body(members: tools), "tool-calls=3");
        var calls = plain["choices"]![0]!["message"]!["tool_calls"]!.AsArray();
        Assert.Equal(3, calls.Select(c => c!["id"]!.ToString()).Distinct().Count());
        var streamed = await vendor.StreamAsync(SimulatedVendor.Body(members: tools, stream: true), "tool-calls=3");
        var deltas = streamed
            .Chunks.Select(c => c["choices"]!.AsArray().FirstOrDefault()?["delta"]?["tool_calls"]?[0])
            .OfType<JsonNode>()
            .ToLookup(d => d["index"]!.GetValue<int>());
        for (var i = 0; i < calls.Count; i++)
        {
            Assert.Single(deltas[i], d => d["id"] is not null && d["function"]!["name"]!.ToString() == "f");
            Assert.Equal(
                calls[i]!["function"]!["arguments"]!.ToString(),
                string.Concat(deltas[i].Select(d => d["function"]!["arguments"]!.ToString()))
            );
        }
        Assert.True(JsonNode.DeepEquals(plain["usage"], Assert.Single(streamed.Usages)));
    }

    [Fact]
    public async Task A_tools_result_is_quoted()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var answer = await vendor.AnswerAsync(
            """
            {"model":"m","tools":[{"type":"function","function":{"name":"f"}}],"messages":[{"role":"user","content":"Hi"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"c","content":"sunny and \"warm\""}]}
            """
        );
        Assert.Contains(
            "The tool answered: sunny and \"warm\"",
            answer["choices"]![0]!["message"]!["content"]!.ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Structured_output_fits_the_schema()
    {
        const string format = """
            "response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object","required":["who","tags","nested"],"$defs":{"N":{"type":"object",
            "required":["ok","at"],"properties":{"ok":{"type":"boolean"},"at":{"type":"string","format":"date"}}}},
            "properties":{"who":{"type":["string","null"],"maxLength":9},"tags":{"type":"array","minItems":2,"items":{"type":"number","minimum":100}},"nested":{"$ref":"#/$defs/N"}}}}}
            """;
        await using var vendor = await SimulatedVendor.StartAsync();
        var answer = await vendor.AnswerAsync(SimulatedVendor.Body(members: format));
        Assert.Equal(
            """{"who":"simulated","tags":[100,100],"nested":{"ok":true,"at":"2026-01-01"}}""",
            answer["choices"]![0]!["message"]!["content"]!.ToString()
        );
    }

    [Fact]
    public async Task A_schema_that_grows_without_end_is_bounded()
    {
        const string schema = """{"type":"array","minItems":16,"items":{"$ref":"#"}}""";
        await using var vendor = await SimulatedVendor.StartAsync();
        var answer = await vendor.AnswerAsync(
            SimulatedVendor.Body(
                members: $"\"response_format\":{{\"type\":\"json_schema\",\"json_schema\":{{\"name\":\"s\",\"schema\":{schema}}}}}"
            )
        );
        Assert.InRange(answer["choices"]![0]!["message"]!["content"]!.ToString().Length, 1000, 200_000);
    }

    [Fact]
    public async Task Logprobs_come_one_a_token()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        const string members = "\"logprobs\":true,\"top_logprobs\":2,\"max_tokens\":6";
        var plain = await vendor.AnswerAsync(SimulatedVendor.Body(members: members));
        var tokens = plain["choices"]![0]!["logprobs"]!["content"]!.AsArray();
        Assert.Equal(["This", " is", " the", " Tokenline", " vendor", " simulator"], tokens.Select(t => t!["token"]!.ToString()));
        Assert.All(tokens, t => Assert.Equal(2, t!["top_logprobs"]!.AsArray().Count));
        Assert.Equal(Encoding.UTF8.GetBytes(" is"), tokens[1]!["bytes"]!.Deserialize<int[]>()!.Select(b => (byte)b));

        var streamed = await vendor.StreamAsync(SimulatedVendor.Body(members: members, stream: true));
        Assert.Equal(6, streamed.Chunks.Count(c => c["choices"]!.AsArray().FirstOrDefault()?["logprobs"] is not null));
    }

    [Fact]
    public async Task Callers_without_a_key_are_refused_unless_allowed()
    {
        await using var strict = await SimulatedVendor.StartAsync();
        strict.Client.DefaultRequestHeaders.Authorization = null;
        using var refused = await strict.PostAsync(SimulatedVendor.Body());
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains(
            "\"code\":\"invalid_api_key\"",
            await refused.Content.ReadAsStringAsync(SimulatedVendor.Cancel),
            StringComparison.Ordinal
        );

        await using var open = await SimulatedVendor.StartAsync(new() { AllowAnonymous = true });
        open.Client.DefaultRequestHeaders.Authorization = null;
        using var answered = await open.PostAsync(SimulatedVendor.Body());
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{} {}")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("""{"model":"m","messages":[]}""")]
    [InlineData("""{"model":"m","messages":"x"}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":7}]}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":0}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":"many"}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"n":17}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"tools":{}}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"\ud800"}]}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"[[simulate: fault=unheard-of]]"}]}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[],"tool_choice":"required"}""")]
    public async Task A_body_that_makes_no_sense_is_a_400(string body)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        using var response = await vendor.PostAsync(body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(
            "\"type\":\"invalid_request_error\"",
            await response.Content.ReadAsStringAsync(SimulatedVendor.Cancel),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Models_are_listed()
    {
        await using var vendor = await SimulatedVendor.StartAsync(new() { Models = ["a", "b"] });
        var models = JsonNode.Parse(await vendor.Client.GetStringAsync("models", SimulatedVendor.Cancel))!;
        Assert.Equal(["a", "b"], models["data"]!.AsArray().Select(m => m!["id"]!.ToString()));
        Assert.Equal("acme", models["data"]![0]!["owned_by"]!.ToString());
    }

    [Fact]
    public async Task The_last_requests_are_kept_byte_for_byte_and_bounded()
    {
        await using var vendor = await SimulatedVendor.StartAsync(new() { RequestsKept = 2 });
        var bodies = new[] { "one", "two", "three" }.Select(t => SimulatedVendor.Body(t + "  \\u00e9")).ToArray();
        foreach (var body in bodies)
            await vendor.AnswerAsync(body, "tokens=1");

        Assert.Equal(bodies[1..], vendor.Simulator.LastRequests.Select(r => Encoding.UTF8.GetString(r.Body.Span)));
        Assert.Equal("tokens=1", vendor.Simulator.LastRequests[0].Headers["X-Simulate"]);
        await vendor.Simulator.WhenAsync(c => c is { Received: 3, Answered: 3, AbortedByCaller: 0 }, SimulatedVendor.Cancel);
    }

    [Fact]
    public async Task A_body_larger_than_a_network_buffer_is_read_whole()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var body = SimulatedVendor.Body(new string('z', 3_000_000));
        var usage = (await vendor.AnswerAsync(body))["usage"]!;
        Assert.Equal(750_006, usage["prompt_tokens"]!.GetValue<long>());
        Assert.Equal(body.Length, Assert.Single(vendor.Simulator.LastRequests).BodyBytes);
    }

    private static SimulatedUsage Predict(string body) => SimulatedUsage.For(Encoding.UTF8.GetBytes(body));
}
