using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Protocols.Translation;

namespace Tokenline.Gateway.Tests.Translation;

/// <summary>Each row of the tables of losses of responses' and Gemini's pairs has a body here that meets it: the row does what it says and names the field.</summary>
public sealed class ResponsesAndGeminiLossesTests
{
    private const string Function = """{"type":"function","name":"t","parameters":{"type":"object"}}""";

    private static string With(string members) => $$"""{"input":"a",{{members}}}""";

    private static string Item(string item) => $$"""{"input":[{"role":"user","content":"a"},{{item}},{"role":"user","content":"b"}]}""";

    private static string Part(string part) => Item($$"""{"role":"user","content":[{{part}}]}""");

    private static string Tool(string type) =>
        With(
            $$"""
            "tools":[{"type":"{{type}}"}]
            """
        );

    private static string Reasoned(string members) => Item($$"""{"type":"reasoning",{{members}}}""");

    private static string Output(string parts) =>
        Item(
            $$"""{"type":"function_call","call_id":"c","name":"t","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":[{{parts}}]}"""
        );

    private static readonly Dictionary<string, string> responses = new()
    {
        ["background"] = With("\"background\":true"),
        ["conversation"] = With("\"conversation\":\"c\""),
        ["prompt"] = With("\"prompt\":{\"id\":\"p\"}"),
        ["top_logprobs"] = With("\"top_logprobs\":2"),
        ["input[].type=item_reference"] = Item("""{"type":"item_reference","id":"i"}"""),
        ["input[].type=compaction"] = Item("""{"type":"compaction","encrypted_content":"c"}"""),
        ["input[].content[].type"] = Part("""{"type":"input_video"}"""),
        ["input[].output[].type"] = Output("""{"type":"input_video"}"""),
        ["input[].content[].file_id"] = Part("""{"type":"input_file","file_id":"f"}"""),
        ["input[].output[].file_id"] = Output("""{"type":"input_image","file_id":"f"}"""),
        ["tool_choice.type"] = With("\"tool_choice\":{\"type\":\"file_search\"}"),
        ["tool_choice.tools[].type"] = With(
            $$"""
            "tools":[{{Function}}],"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"web_search"},{"type":"function","name":"t"}]}
            """
        ),
        ["text.format.type"] = With("\"text\":{\"format\":{\"type\":\"grammar\"}}"),
        ["tools[].defer_loading"] = With("\"tools\":[{\"type\":\"function\",\"name\":\"t\",\"defer_loading\":true}]"),
        ["input[].type=web_search_call"] = Item("""{"type":"web_search_call","id":"w","status":"completed"}"""),
        ["input[].role=system"] = Item("""{"role":"system","content":"s"}"""),
        ["input[].phase"] = Item("""{"role":"assistant","phase":"commentary","content":"a"}"""),
        ["input[].content[].annotations"] = Item(
            """{"role":"assistant","content":[{"type":"output_text","text":"a","annotations":[{}]}]}"""
        ),
        ["input[].content[].logprobs"] = Item("""{"role":"assistant","content":[{"type":"output_text","text":"a","logprobs":[{}]}]}"""),
        ["input[].content[].parsed"] = Item("""{"role":"assistant","content":[{"type":"output_text","text":"{}","parsed":{}}]}"""),
        ["input[].parsed_arguments"] = Item("""{"type":"function_call","call_id":"c","name":"f","arguments":"{}","parsed_arguments":{}}"""),
        ["include[]"] = With("\"include\":[\"message.output_text.logprobs\"]"),
        ["truncation"] = With("\"truncation\":\"auto\""),
        ["context_management"] = With("\"context_management\":[{}]"),
        ["max_tool_calls"] = With("\"max_tool_calls\":3"),
        ["client_metadata"] = With("\"client_metadata\":{\"a\":\"b\"}"),
        ["prompt_cache_key"] = With("\"prompt_cache_key\":\"k\""),
        ["prompt_cache_retention"] = With("\"prompt_cache_retention\":\"24h\""),
        ["service_tier"] = With("\"service_tier\":\"flex\""),
        ["text.verbosity"] = With("\"text\":{\"verbosity\":\"low\"}"),
        ["reasoning.summary"] = With("\"reasoning\":{\"summary\":\"detailed\"}"),
        ["input[].encrypted_content"] = Reasoned("\"summary\":[],\"encrypted_content\":\"x\""),
        ["input[].summary"] = Reasoned("\"summary\":[{\"type\":\"summary_text\",\"text\":\"a\"}]"),
        ["input[].content[].file_url"] = Part("""{"type":"input_file","file_url":"https://a/b.pdf"}"""),
        ["input[].content[].file_data"] = Part("""{"type":"input_file","file_data":"data:application/zip;base64,AAAA"}"""),
        ["input[].content[].input_audio"] = Part("""{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}"""),
        ["input[].output[]"] = Output("""{"type":"input_image","image_url":"data:image/png;base64,AAAA"}"""),
        ["input[].content[].detail"] = Part("""{"type":"input_image","image_url":"https://a/b","detail":"low"}"""),
        ["safety_identifier"] = With("\"safety_identifier\":\"not a plain name\""),
        ["text.format.json_object"] = With("\"text\":{\"format\":{\"type\":\"json_object\"}}"),
        ["text.format.name"] = With(
            """
            "text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"}}}
            """
        ),
        ["temperature"] = With("\"temperature\":0.5,\"reasoning\":{\"effort\":\"low\"}"),
        ["top_p"] = With("\"temperature\":0.5,\"top_p\":0.5"),
        ["parallel_tool_calls"] = With($"\"parallel_tool_calls\":false,\"tools\":[{Function}]"),
        ["tools[].strict"] = With("\"tools\":[{\"type\":\"function\",\"name\":\"t\",\"strict\":true}]"),
    };

    private static string Gemini(string members) => $$"""{"contents":[{"parts":[{"text":"a"}]}],{{members}}}""";

    private static string Setting(string setting) =>
        Gemini(
            $$"""
            "generationConfig":{{{setting}}}
            """
        );

    private static string GeminiPart(string part) => $$"""{"contents":[{"parts":[{"text":"a"},{{part}}]}]}""";

    private static string Declared(string members) =>
        Gemini(
            $$"""
            "tools":[{"functionDeclarations":[{"name":"t","parametersJsonSchema":{"type":"object"},{{members}}}]}]
            """
        );

    private static string Answered(string members) =>
        """{"contents":[{"parts":[{"text":"a"}]},{"role":"model","parts":[{"functionCall":{"name":"t","args":{}}}]},{"parts":[{"functionResponse":{"name":"t","""
        + members
        + "}}]}]}";

    private static readonly Dictionary<string, string> gemini = new()
    {
        ["cachedContent"] = Gemini("\"cachedContent\":\"c\""),
        ["contents[].parts[].inlineData"] = GeminiPart("""{"inlineData":{"mimeType":"video/mp4","data":"AAAA"}}"""),
        ["contents[].parts[].fileData"] = GeminiPart("""{"fileData":{"mimeType":"image/png","fileUri":"gs://a/b"}}"""),
        ["contents[].parts[].executableCode"] = GeminiPart("""{"executableCode":{"code":"1"}}"""),
        ["contents[].parts[].codeExecutionResult"] = GeminiPart("""{"codeExecutionResult":{"output":"1"}}"""),
        ["contents[].parts[].videoMetadata"] = GeminiPart("""{"text":"a","videoMetadata":{"fps":1}}"""),
        ["generationConfig.candidateCount"] = Setting("\"candidateCount\":2"),
        ["generationConfig.seed"] = Setting("\"seed\":1"),
        ["generationConfig.presencePenalty"] = Setting("\"presencePenalty\":1"),
        ["generationConfig.frequencyPenalty"] = Setting("\"frequencyPenalty\":1"),
        ["generationConfig.responseLogprobs"] = Setting("\"responseLogprobs\":true"),
        ["generationConfig.logprobs"] = Setting("\"logprobs\":2"),
        ["generationConfig.responseModalities"] = Setting("\"responseModalities\":[\"IMAGE\"]"),
        ["generationConfig.responseMimeType"] = Setting("\"responseMimeType\":\"text/x.enum\""),
        ["generationConfig.responseMimeType=application/json"] = Setting("\"responseMimeType\":\"application/json\""),
        ["generationConfig.speechConfig"] = Setting("\"speechConfig\":{}"),
        ["generationConfig.imageConfig"] = Setting("\"imageConfig\":{}"),
        ["safetySettings"] = Gemini("\"safetySettings\":[{}]"),
        ["labels"] = Gemini("\"labels\":{\"a\":\"b\"}"),
        ["store"] = Gemini("\"store\":true"),
        ["serviceTier"] = Gemini("\"serviceTier\":\"flex\""),
        ["toolConfig.retrievalConfig"] = Gemini("\"toolConfig\":{\"retrievalConfig\":{\"languageCode\":\"en\"}}"),
        ["toolConfig.includeServerSideToolInvocations"] = Gemini("\"toolConfig\":{\"includeServerSideToolInvocations\":true}"),
        ["toolConfig.functionCallingConfig.streamFunctionCallArguments"] = Gemini(
            "\"toolConfig\":{\"functionCallingConfig\":{\"streamFunctionCallArguments\":true}}"
        ),
        ["generationConfig.mediaResolution"] = Setting("\"mediaResolution\":\"MEDIA_RESOLUTION_LOW\""),
        ["generationConfig.audioTimestamp"] = Setting("\"audioTimestamp\":true"),
        ["generationConfig.enableEnhancedCivicAnswers"] = Setting("\"enableEnhancedCivicAnswers\":true"),
        ["tools[].functionDeclarations[].response"] = Declared("\"response\":{\"type\":\"OBJECT\"}"),
        ["tools[].functionDeclarations[].responseJsonSchema"] = Declared("\"responseJsonSchema\":{\"type\":\"object\"}"),
        ["tools[].functionDeclarations[].behavior"] = Declared("\"behavior\":\"BLOCKING\""),
        ["contents[].parts[].functionResponse.willContinue"] = Answered("\"response\":{},\"willContinue\":true"),
        ["contents[].parts[].functionResponse.scheduling"] = Answered("\"response\":{},\"scheduling\":\"SILENT\""),
        ["contents[].parts[].mediaResolution"] = GeminiPart("""{"text":"a","mediaResolution":{"level":"X"}}"""),
        ["contents[].parts[].partMetadata"] = GeminiPart("""{"text":"a","partMetadata":{"a":1}}"""),
        ["contents[].role=system"] = """{"contents":[{"parts":[{"text":"a"}]},{"role":"system","parts":[{"text":"s"}]}]}""",
        ["contents[].parts[].thought"] =
            """{"contents":[{"parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"h","thought":true},{"text":"b"}]}]}""",
        ["contents[].parts[].thoughtSignature"] =
            """{"contents":[{"parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b","thoughtSignature":"AAAA"}]}]}""",
        ["contents[].parts[].functionResponse.response.error"] = Answered("\"response\":{\"error\":\"e\"}"),
        ["contents[].parts[].functionResponse.parts"] = Answered(
            "\"response\":{},\"parts\":[{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"AAAA\"}}]"
        ),
        ["contents[].parts[].fileData.fileUri"] = GeminiPart("""{"fileData":{"mimeType":"application/pdf","fileUri":"https://a/b.pdf"}}"""),
        ["contents[].parts[].inlineData.mimeType"] = GeminiPart("""{"inlineData":{"mimeType":"application/zip","data":"AAAA"}}"""),
        ["contents[].parts[].inlineData.data"] = GeminiPart("""{"inlineData":{"mimeType":"audio/wav","data":"AAAA"}}"""),
        ["generationConfig.stopSequences[]"] = Setting("\"stopSequences\":[\"\\n\"]"),
        ["generationConfig.temperature"] = Setting("\"temperature\":0.5,\"thinkingConfig\":{\"thinkingBudget\":2048}"),
        ["generationConfig.topP"] = Setting("\"temperature\":0.5,\"topP\":0.5"),
        ["generationConfig.topK"] = Setting("\"topK\":5,\"thinkingConfig\":{\"thinkingLevel\":\"LOW\"}"),
        ["generationConfig.thinkingConfig"] = Gemini(
            """
            "tools":[{"functionDeclarations":[{"name":"t"}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY"}},"generationConfig":{"thinkingConfig":{"thinkingBudget":2048}}
            """
        ),
        ["generationConfig.thinkingConfig.includeThoughts"] = Setting("\"thinkingConfig\":{\"includeThoughts\":true}"),
    };

    private static string Chat(string members) => $$"""{"messages":[{"role":"user","content":"a"}],{{members}}}""";

    private static string Messages(string members) => $$"""{"messages":[{"role":"user","content":"a"}],{{members}}}""";

    /// <summary>What is Gemini's own at the vendor's side; the rest is as in the tables of the other vendors.</summary>
    private static readonly Dictionary<string, string> chat = new()
    {
        ["parallel_tool_calls"] = Chat("\"parallel_tool_calls\":false,\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"t\"}}]"),
        ["reasoning_effort"] = Chat("\"reasoning_effort\":\"xhigh\""),
        ["tools[].function.strict"] = Chat("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"t\",\"strict\":true}}]"),
        ["tools[].custom"] = Chat("\"tools\":[{\"type\":\"custom\",\"custom\":{\"name\":\"t\"}}]"),
        ["user"] = Chat("\"user\":\"u\""),
        ["cache_control"] =
            """{"messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]}]}""",
        ["messages[].role=system"] = """{"messages":[{"role":"user","content":"a"},{"role":"system","content":"s"}]}""",
        ["messages[].name"] = """{"messages":[{"role":"user","name":"n","content":"a"}]}""",
        ["messages[].reasoning_content"] =
            """{"messages":[{"role":"user","content":"a"},{"role":"assistant","reasoning_content":"h","content":"b"}]}""",
        ["messages[].reasoning_details[]"] =
            """{"messages":[{"role":"user","content":"a"},{"role":"assistant","reasoning_details":[{"type":"reasoning.encrypted","data":"x"}],"content":"b"}]}""",
        ["messages[].tool_calls[].id"] =
            """{"messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"c__seal__QUFB","type":"function","function":{"name":"t","arguments":"{}"}}]}]}""",
        ["messages[].content[].file.filename"] =
            """{"messages":[{"role":"user","content":[{"type":"file","file":{"filename":"a.pdf","file_data":"AAAA"}}]}]}""",
        ["messages[].content[].image_url.detail"] =
            """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a/b","detail":"low"}}]}]}""",
        ["response_format.json_schema.name"] = Chat(
            """
            "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{}}}
            """
        ),
    };

    private static readonly Dictionary<string, string> messages = new()
    {
        ["output_config.effort"] = Messages("\"output_config\":{\"effort\":\"max\"}"),
        ["tool_choice.disable_parallel_tool_use"] = Messages(
            "\"tools\":[{\"name\":\"t\"}],\"tool_choice\":{\"type\":\"auto\",\"disable_parallel_tool_use\":true}"
        ),
        ["tools[].strict"] = Messages("\"tools\":[{\"name\":\"t\",\"strict\":true}]"),
        ["metadata.user_id"] = Messages("\"metadata\":{\"user_id\":\"u\"}"),
        ["cache_control"] = Messages("\"tools\":[{\"name\":\"t\",\"cache_control\":{\"type\":\"ephemeral\"}}]"),
        ["messages[].content[].thinking"] =
            """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"thinking","thinking":"h","signature":""},{"type":"text","text":"b"}]}]}""",
        ["messages[].content[].signature"] =
            """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"redacted_thinking","data":"h"},{"type":"text","text":"b"}]}]}""",
        ["messages[].content[].id"] =
            """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"c__seal__QUFB","name":"t","input":{}}]}]}""",
        ["messages[].role=system"] = """{"messages":[{"role":"user","content":"a"},{"role":"system","content":"s"}]}""",
        ["messages[].content[].title"] =
            """{"messages":[{"role":"user","content":[{"type":"document","title":"t","source":{"type":"text","media_type":"text/plain","data":"a"}}]}]}""",
    };

    public static TheoryData<string, string, string> Rows()
    {
        var rows = new TheoryData<string, string, string>();
        foreach (var pair in ProtocolPairs.All)
        {
            foreach (var loss in pair.Losses)
            {
                if (CaseOf(pair, loss.Field) is { } body)
                    rows.Add($"{pair.Client} to {pair.Vendor}", loss.Field, body);
            }
        }
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_does_what_it_says(string name, string field, string body)
    {
        var pair = ProtocolPairs.All.Single(pair => $"{pair.Client} to {pair.Vendor}" == name);
        var exchange = new Exchange(pair.Client, pair.Vendor)
        {
            Wish = new VendorWish("vendor-model", Stream: true, OutputLimit: null, OutputTokensMax: 8_192)
            {
                Quirks = VendorQuirks.Of("groq"), // its efforts end at high
            },
        };
        exchange.Ask(body);
        var loss = Assert.Single(pair.Losses, loss => loss.Field == field);
        if (loss.Action == LossAction.Drop)
        {
            Assert.Null(exchange.Notes.Refusal);
            Assert.Contains(field, exchange.Notes.Dropped);
            return;
        }
        Assert.EndsWith($": {loss.Why}.", exchange.Notes.Refusal!.Message, StringComparison.Ordinal);
        var param = string.Join(
            "[]",
            exchange.Notes.Refusal.Param!.Split("[0]").SelectMany(part => part.Split("[1]")).SelectMany(part => part.Split("[2]"))
        );
        Assert.Equal(field.Split('=')[0], param.Split('=')[0]);
    }

    [Fact]
    public void Each_row_has_its_case_and_no_row_is_there_twice()
    {
        foreach (var pair in ProtocolPairs.All)
        {
            Assert.Distinct(pair.Losses.Select(loss => loss.Field));
            if (pair.Client is Protocol.Responses or Protocol.Gemini)
                Assert.All(pair.Losses, loss => Assert.NotNull(CaseOf(pair, loss.Field)));
            else if (pair.Vendor == Protocol.Gemini)
                Assert.All(pair.Losses.Where(loss => loss.Word is not null), loss => Assert.NotNull(CaseOf(pair, loss.Field)));
        }
    }

    private static string? CaseOf(ProtocolPair pair, string field)
    {
        if (pair.Client == Protocol.Responses)
        {
            return field switch
            {
                "reasoning.effort" when pair.Vendor == Protocol.Messages => With(
                    $"\"tools\":[{Function}],\"tool_choice\":\"required\",\"reasoning\":{{\"effort\":\"low\"}}"
                ),
                "reasoning.effort" => With("\"reasoning\":{\"effort\":\"xhigh\"}"),
                "input[].content[].filename" => Part("""{"type":"input_file","filename":"f","file_data":"AAAA"}"""),
                _ when field.StartsWith("tools[].type=", StringComparison.Ordinal) => Tool(field["tools[].type=".Length..]),
                _ => responses.GetValueOrDefault(field),
            };
        }
        if (pair.Client == Protocol.Gemini)
        {
            return
                field.StartsWith("tools[].", StringComparison.Ordinal) && !field.Contains("functionDeclarations", StringComparison.Ordinal)
                ? Gemini($"\"tools\":[{{\"{field["tools[].".Length..]}\":{{}}}}]")
                : gemini.GetValueOrDefault(field);
        }
        if (pair.Vendor != Protocol.Gemini)
            return null;
        return pair.Client == Protocol.Chat ? chat.GetValueOrDefault(field) : messages.GetValueOrDefault(field);
    }
}
