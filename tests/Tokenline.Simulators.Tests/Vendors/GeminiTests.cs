using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Tokenline.Simulators.Vendors;

namespace Tokenline.Simulators.Tests.Vendors;

public sealed class GeminiTests
{
    private const string Weather = """
        "tools":[{"functionDeclarations":[{"name":"weather","parameters":{"type":"OBJECT","required":["city","days"],"properties":{"city":{"type":"STRING"},"days":{"type":"INTEGER"}}}}]}]
        """;

    private const string Thinking = """
        "generationConfig":{"thinkingConfig":{"includeThoughts":true,"thinkingBudget":-1}}
        """;

    [Theory]
    [InlineData("")]
    [InlineData(Thinking)]
    [InlineData(Weather)]
    [InlineData(Weather + "," + Thinking)]
    [InlineData(
        "\"generationConfig\":{\"responseMimeType\":\"application/json\",\"responseJsonSchema\":{\"type\":\"object\",\"required\":[\"a\"],\"properties\":{\"a\":{\"const\":1}}}}"
    )]
    [InlineData("\"generation_config\":{\"max_output_tokens\":7}")]
    [InlineData(Weather + "," + Thinking, "tool-calls=3")]
    public async Task A_stream_adds_up_to_the_plain_answer(string members, string directive = "")
    {
        var behaviour = Behaviour.Parse(directive);
        await using var vendor = await SimulatedVendor.StartAsync(new() { Behaviour = behaviour });
        var body = Body("What is a token?", members);
        var plain = await AnswerAsync(vendor, body);
        var streamed = await StreamAsync(vendor, body);
        var parts = plain["candidates"]![0]!["content"]!["parts"]!.AsArray();

        foreach (var thought in new[] { false, true })
            Assert.Equal(Texts(parts, thought), string.Concat(streamed.Chunks.Select(c => Texts(Parts(c), thought))));
        Assert.Equal(
            parts.Where(p => p!["functionCall"] is not null).Select(p => p!.ToJsonString()),
            streamed.Chunks.SelectMany(Parts).Where(p => p!["functionCall"] is not null).Select(p => p!.ToJsonString())
        );
        Assert.True(JsonNode.DeepEquals(plain["usageMetadata"], streamed.Chunks[^1]["usageMetadata"]));
        Assert.Equal(
            plain["candidates"]![0]!["finishReason"]!.ToString(),
            Assert.Single(streamed.Chunks.Select(c => c["candidates"]![0]!["finishReason"]?.ToString()).OfType<string>())
        );

        var predicted = SimulatedUsage.ForGemini(Encoding.UTF8.GetBytes(body), "gemini-2.5-flash", behaviour);
        var usage = plain["usageMetadata"]!;
        Assert.Equal(predicted.PromptTokens, Count(usage, "promptTokenCount"));
        Assert.Equal(predicted.ReasoningTokens, Count(usage, "thoughtsTokenCount"));
        Assert.Equal(predicted.CompletionTokens - predicted.ReasoningTokens, Count(usage, "candidatesTokenCount"));
        Assert.Equal(predicted.TotalTokens, Count(usage, "totalTokenCount"));

        static string Texts(JsonArray parts, bool thought) =>
            string.Concat(parts.Where(p => p!["thought"]?.GetValue<bool>() == true == thought).Select(p => p!["text"]?.ToString()));
    }

    [Fact]
    public async Task Usage_grows_in_every_chunk_and_lines_end_with_crlf()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var streamed = await StreamAsync(vendor, Body("[[simulate: tokens=5; reasoning=2]]", Thinking));
        Assert.Equal([1, 2, 2, 2, 2, 2], streamed.Chunks.Select(c => Count(c["usageMetadata"]!, "thoughtsTokenCount")));
        Assert.Equal([0, 0, 1, 2, 3, 3], streamed.Chunks.Select(c => Count(c["usageMetadata"]!, "candidatesTokenCount")));
        Assert.EndsWith("}\r\n\r\n", streamed.Raw, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", streamed.Raw, StringComparison.Ordinal);

        using var list = await PostAsync(vendor, Body(), "streamGenerateContent");
        var answers = JsonNode.Parse(await list.Content.ReadAsStringAsync(SimulatedVendor.Cancel))!.AsArray();
        Assert.Equal("STOP", answers[^1]!["candidates"]![0]!["finishReason"]!.ToString());
    }

    [Fact]
    public async Task Thoughts_are_counted_where_they_are_not_shown()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var answer = await AnswerAsync(vendor, Body("[[simulate: tokens=10]]"), model: "gemini-2.5-pro");
        Assert.Equal(4, Count(answer["usageMetadata"]!, "thoughtsTokenCount"));
        Assert.Equal(6, Count(answer["usageMetadata"]!, "candidatesTokenCount"));
        Assert.Single(Parts(answer));
        var off = await AnswerAsync(
            vendor,
            Body("Hi", "\"generationConfig\":{\"thinkingConfig\":{\"thinkingBudget\":0}}"),
            model: "gemini-2.5-pro"
        );
        Assert.Equal(0, Count(off["usageMetadata"]!, "thoughtsTokenCount"));
    }

    [Fact]
    public async Task Signatures_must_come_back_as_they_were_and_where_the_model_asks_for_them()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        foreach (var model in new[] { "gemini-2.5-flash", "gemini-3-pro" })
        {
            var call = Parts(await AnswerAsync(vendor, Body("Weather?", $"{Weather},{Thinking}"), model: model))[^1]!;
            var signature = call["thoughtSignature"]!.ToString();
            var answer = await AnswerAsync(vendor, Loop(call), model: model);
            Assert.Contains("The tool answered: sunny", answer.ToJsonString(), StringComparison.Ordinal);

            call["thoughtSignature"] = signature.TrimEnd('=');
            Assert.Contains("Corrupted thought signature", await RefusalAsync(vendor, Loop(call), model), StringComparison.Ordinal);
            call["thoughtSignature"] = "skip_thought_signature_validator";
            await AnswerAsync(vendor, Loop(call), model: model);
            call.AsObject().Remove("thoughtSignature");
            if (model == "gemini-3-pro")
                Assert.Contains("missing a thought_signature", await RefusalAsync(vendor, Loop(call), model), StringComparison.Ordinal);
            else
                await AnswerAsync(vendor, Loop(call), model: model);
        }

        static string Loop(JsonNode call) =>
            Raw(
                """
                {"role":"user","parts":[{"text":"Weather?"}]},{"role":"model","parts":[CALL]},
                {"role":"user","parts":[{"functionResponse":{"name":"weather","response":{"result":"sunny"}}}]}
                """.Replace("CALL", call.ToJsonString(), StringComparison.Ordinal),
                Weather
            );
    }

    [Theory]
    [InlineData("", "{\"contents\":[]}", "contents is not specified")]
    [InlineData("", "{\"messages\":[]}", "Unknown name \\\"messages\\\"")]
    [InlineData("", "{", "could not parse")]
    [InlineData("{\"role\":\"assistant\",\"parts\":[{\"text\":\"x\"}]}", "", "Please use a valid role")]
    [InlineData("{\"role\":\"user\",\"parts\":[]}", "", "must not be empty")]
    [InlineData("{\"role\":\"user\",\"parts\":[{}]}", "", "required oneof field 'data'")]
    [InlineData(
        "{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"text\":\"x\"}]}",
        "",
        "Unknown name \\\"type\\\" at 'contents[0].parts[0]'"
    )]
    [InlineData(
        "{\"role\":\"user\",\"parts\":[{\"text\":\"x\"}]},{\"role\":\"model\",\"parts\":[{\"functionCall\":{\"name\":\"f\",\"args\":{}}}]}",
        "",
        "immediately before a function response"
    )]
    [InlineData(
        "{\"role\":\"user\",\"parts\":[{\"functionResponse\":{\"name\":\"f\",\"response\":{}}}]}",
        "",
        "equal to the number of function call parts"
    )]
    [InlineData(
        "{\"role\":\"user\",\"parts\":[{\"text\":\"x\"}]},{\"role\":\"model\",\"parts\":[{\"functionCall\":{\"name\":\"f\",\"args\":\"{}\"}}]}",
        "",
        "expected a google.protobuf.Struct"
    )]
    public async Task Contents_that_make_no_sense_are_a_400(string contents, string body, string message)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        Assert.Contains(
            message.Replace("\\\"", "\"", StringComparison.Ordinal),
            await RefusalAsync(vendor, body.Length > 0 ? body : Raw(contents)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("\"generationConfig\":{\"maxTokens\":1}", "Unknown name \"maxTokens\" at 'generation_config'")]
    [InlineData("\"generationConfig\":{\"candidateCount\":2}", "Multiple candidates is not enabled")]
    [InlineData("\"generationConfig\":{\"temperature\":2.5}", "temperature must be in the range")]
    [InlineData("\"generationConfig\":{\"responseSchema\":{\"type\":\"OBJECT\"}}", "only allowed when response_mime_type")]
    [InlineData(
        "\"generationConfig\":{\"responseMimeType\":\"application/json\"}," + Weather,
        "Function calling with a response mime type"
    )]
    [InlineData("\"tools\":[{\"functionDeclarations\":[{\"name\":\"1f\"}]}]", "Invalid function name")]
    [InlineData("\"tools\":[{\"functionDeclarations\":[{\"name\":\"f\"},{\"name\":\"f\"}]}]", "Duplicate function declaration")]
    [InlineData(
        "\"tools\":[{\"functionDeclarations\":[{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"additionalProperties\":false}}]}]",
        "Unknown name \"additionalProperties\" at 'tools[0].function_declarations[0].parameters'"
    )]
    [InlineData(
        "\"tools\":[{\"functionDeclarations\":[{\"name\":\"f\",\"parameters\":{\"type\":[\"object\",\"null\"]}}]}]",
        "Proto field is not repeating"
    )]
    [InlineData(
        Weather + ",\"toolConfig\":{\"functionCallingConfig\":{\"allowedFunctionNames\":[\"weather\"]}}",
        "only be set when the mode is ANY"
    )]
    public async Task What_the_vendor_would_not_take_is_a_400(string members, string message)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        Assert.Contains(message, await RefusalAsync(vendor, Body("x", members)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_schema_has_members_of_its_own()
    {
        const string tools = """
            "tools":[{"functionDeclarations":[{"name":"f","parametersJsonSchema":{"$schema":"x","type":"object","additionalProperties":false,"required":["a"],"properties":{"a":{"const":3}}}}]}]
            """;
        await using var vendor = await SimulatedVendor.StartAsync();
        var call = Parts(await AnswerAsync(vendor, Body("x", tools)))[0]!["functionCall"]!;
        Assert.Equal("""{"name":"f","args":{"a":3}}""", call.ToJsonString());
    }

    [Fact]
    public async Task A_key_is_needed_in_one_of_three_places()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        vendor.Client.DefaultRequestHeaders.Authorization = null;
        using var nobody = await PostAsync(vendor, Body(), "generateContent");
        Assert.Equal(HttpStatusCode.Forbidden, nobody.StatusCode);
        Assert.Contains("PERMISSION_DENIED", await nobody.Content.ReadAsStringAsync(SimulatedVendor.Cancel), StringComparison.Ordinal);
        using var inQuery = await PostAsync(vendor, Body(), "generateContent?key=any");
        Assert.Equal(HttpStatusCode.OK, inQuery.StatusCode);
        vendor.Client.DefaultRequestHeaders.Add("x-goog-api-key", "any");
        await AnswerAsync(vendor, Body());
        var models = await vendor.Client.GetStringAsync("/vendors/acme/v1beta/models", SimulatedVendor.Cancel);
        Assert.Equal("models/simulated-chat", JsonNode.Parse(models)!["models"]![0]!["name"]!.ToString());
    }

    [Fact]
    public async Task Tokens_are_counted_and_contents_embedded()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var counted = await AnswerAsync(vendor, """{"contents":[{"parts":[{"text":"Hello"}]}]}""", "countTokens");
        Assert.Equal(8, Count(counted, "totalTokens"));
        var whole = "{\"generateContentRequest\":" + Body("Hello", "\"model\":\"models/gemini-2.5-flash\"") + "}";
        Assert.Equal(8, Count(await AnswerAsync(vendor, whole, "countTokens"), "totalTokens"));

        var one = await AnswerAsync(
            vendor,
            """{"content":{"parts":[{"text":"Hello"}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":4}""",
            "embedContent"
        );
        var values = one["embedding"]!["values"]!.AsArray().Select(v => v!.GetValue<double>()).ToArray();
        Assert.Equal(4, values.Length);
        Assert.Equal(1, values.Sum(v => v * v), 5);
        var request = """{"model":"models/gemini-2.5-flash","content":{"parts":[{"text":"Hello"}]},"outputDimensionality":4}""";
        var many = await AnswerAsync(vendor, $"{{\"requests\":[{request},{request}]}}", "batchEmbedContents");
        Assert.Equal(2, many["embeddings"]!.AsArray().Count);
        Assert.True(JsonNode.DeepEquals(one["embedding"], many["embeddings"]![1]));
    }

    [Theory]
    [InlineData(400, "INVALID_ARGUMENT")]
    [InlineData(403, "PERMISSION_DENIED")]
    [InlineData(404, "NOT_FOUND")]
    [InlineData(429, "RESOURCE_EXHAUSTED")]
    [InlineData(500, "INTERNAL")]
    [InlineData(503, "UNAVAILABLE")]
    public async Task Each_status_has_the_vendors_name(int status, string name)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        using var response = await PostAsync(vendor, Body(), "streamGenerateContent?alt=sse", $"fault=status:{status}");
        Assert.Equal(status, (int)response.StatusCode);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(SimulatedVendor.Cancel))!["error"]!;
        Assert.Equal(status, error["code"]!.GetValue<int>());
        Assert.Equal(name, error["status"]!.ToString());
    }

    [Fact]
    public async Task Streams_break_and_usage_lies_as_ordered()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        Assert.Equal("INTERNAL", (await StreamAsync(vendor, Body(), "fault=error-in-stream:2")).Chunks[^1]["error"]!["status"]!.ToString());
        var cut = await StreamAsync(vendor, Body(), "fault=cut-after:3");
        Assert.True(cut.Broken);
        Assert.Equal(3, cut.Chunks.Count);
        var endless = await StreamAsync(vendor, Body(), "fault=no-done");
        Assert.DoesNotContain("finishReason", endless.Raw, StringComparison.Ordinal);

        Assert.DoesNotContain("usageMetadata", (await StreamAsync(vendor, Body(), "fault=no-usage")).Raw, StringComparison.Ordinal);
        var partial = await StreamAsync(vendor, Body(), "fault=partial-usage; tokens=9");
        Assert.Equal(9, Count(partial.Chunks[^2]["usageMetadata"]!, "candidatesTokenCount"));
        Assert.Null(partial.Chunks[^1]["usageMetadata"]!["candidatesTokenCount"]);
        var below = await AnswerAsync(vendor, Body(), simulate: "fault=negative-usage; tokens=9");
        Assert.Equal(-9, Count(below["usageMetadata"]!, "candidatesTokenCount"));
        var cached = await AnswerAsync(vendor, Body(), simulate: "cached=3");
        Assert.Equal(3, Count(cached["usageMetadata"]!, "cachedContentTokenCount"));
    }

    private static string Body(string text = "Hello", string members = "") =>
        Raw($$"""{"role":"user","parts":[{"text":"{{text}}"}]}""", members);

    private static string Raw(string contents, string members = "") =>
        $$"""{"contents":[{{contents}}]{{(members.Length > 0 ? "," + members : "")}}}""";

    private static JsonArray Parts(JsonNode answer) => answer["candidates"]![0]!["content"]!["parts"]!.AsArray();

    private static long Count(JsonNode usage, string member) => usage[member]?.GetValue<long>() ?? 0;

    private static Task<HttpResponseMessage> PostAsync(
        SimulatedVendor vendor,
        string body,
        string verb,
        string? simulate = null,
        string model = "gemini-2.5-flash"
    ) => vendor.PostAsync($"/vendors/acme/v1beta/models/{model}:{verb}", body, simulate);

    private static async Task<JsonNode> AnswerAsync(
        SimulatedVendor vendor,
        string body,
        string verb = "generateContent",
        string? simulate = null,
        string model = "gemini-2.5-flash"
    )
    {
        using var response = await PostAsync(vendor, body, verb, simulate, model);
        var text = await response.Content.ReadAsStringAsync(SimulatedVendor.Cancel);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private static async Task<StreamedAnswer> StreamAsync(SimulatedVendor vendor, string body, string? simulate = null)
    {
        using var response = await PostAsync(vendor, body, "streamGenerateContent?alt=sse", simulate);
        response.EnsureSuccessStatusCode();
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return await StreamedAnswer.ReadAsync(await response.Content.ReadAsStreamAsync(SimulatedVendor.Cancel));
    }

    private static async Task<string> RefusalAsync(SimulatedVendor vendor, string body, string model = "gemini-2.5-flash")
    {
        using var response = await PostAsync(vendor, body, "generateContent", model: model);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(SimulatedVendor.Cancel))!["error"]!;
        Assert.Equal("INVALID_ARGUMENT", error["status"]!.ToString());
        return error["message"]!.ToString();
    }
}
