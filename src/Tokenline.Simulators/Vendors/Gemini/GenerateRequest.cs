using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Tokenline.Simulators.Vendors.Gemini;

/// <summary>A generateContent request, checked as the vendor checks it.</summary>
internal sealed class GenerateRequest : AnswerRequest
{
    private const int TokensPerRequest = 3;

    private static readonly string[] members =
    [
        "model",
        "contents",
        "systemInstruction",
        "generationConfig",
        "tools",
        "toolConfig",
        "safetySettings",
        "cachedContent",
        "serviceTier",
        "store",
        "labels",
    ];

    private static readonly string[] configMembers =
    [
        "maxOutputTokens",
        "temperature",
        "topP",
        "topK",
        "candidateCount",
        "stopSequences",
        "responseMimeType",
        "responseSchema",
        "responseJsonSchema",
        "_responseJsonSchema",
        "thinkingConfig",
        "presencePenalty",
        "frequencyPenalty",
        "seed",
        "responseLogprobs",
        "logprobs",
        "responseModalities",
        "speechConfig",
        "imageConfig",
        "mediaResolution",
        "enableEnhancedCivicAnswers",
        "audioTranscriptionConfig",
        "responseFormat",
        "translationConfig",
    ];

    private static readonly string[] toolMembers =
    [
        "functionDeclarations",
        "googleSearch",
        "googleSearchRetrieval",
        "codeExecution",
        "urlContext",
        "computerUse",
        "fileSearch",
        "googleMaps",
        "mcpServers",
    ];

    /// <summary>What the vendor knows of OpenAPI; JSON schema proper goes into members of its own.</summary>
    private static readonly string[] schemaMembers =
    [
        "type",
        "format",
        "title",
        "description",
        "nullable",
        "enum",
        "maxItems",
        "minItems",
        "properties",
        "required",
        "minProperties",
        "maxProperties",
        "minLength",
        "maxLength",
        "pattern",
        "example",
        "anyOf",
        "propertyOrdering",
        "default",
        "items",
        "minimum",
        "maximum",
    ];

    private static readonly SearchValues<char> nameCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:-"
    );

    private readonly List<OfferedTool> tools = [];
    private JsonElement schema;

    /// <summary>The models of the third family sign what they say even where they did not think.</summary>
    public bool IsThird => Model.Contains("gemini-3", StringComparison.Ordinal);

    public static GenerateRequest Read(ReadOnlySpan<byte> json, string model, bool stream)
    {
        var request = new GenerateRequest { Model = model, Stream = stream };
        request.ReadAll(ParseJson(json));
        return request;
    }

    /// <summary>For countTokens, which takes contents alone or a whole request.</summary>
    public static GenerateRequest ReadToCount(ReadOnlySpan<byte> json, string model)
    {
        var body = ParseJson(json);
        ProtoJson.OnlyKnown(body, "", ["contents", "generateContentRequest", "model"]);
        var request = new GenerateRequest { Model = model };
        request.ReadAll(ProtoJson.Member(body, "generateContentRequest") ?? body);
        return request;
    }

    public override OfferedTool? FindTool(string? name, ReadOnlySpan<byte> body) => tools.Find(tool => name is null || tool.Name == name);

    public override JsonElement SchemaIn(ReadOnlySpan<byte> body) => schema;

    private void ReadAll(JsonElement body)
    {
        ProtoJson.OnlyKnown(body, "", members);
        var contents = new GeminiContents(Model);
        if (ProtoJson.Member(body, "systemInstruction") is { } system)
            contents.Read(system, "system_instruction", isSystem: true);
        contents.ReadAll(ProtoJson.Member(body, "contents") ?? throw GeminiError.At("contents", "contents is not specified"));
        PromptTokens = contents.Tokens + TokensPerRequest;
        LastIsUser = contents.LastIsUser;
        ToolResult = contents.FunctionResult;
        TakeLastUserText(Encoding.UTF8.GetBytes(contents.LastUserText));

        ReadTools(body);
        if (ProtoJson.Member(body, "generationConfig") is { } config)
            ReadConfig(config);
        else
            ReasoningShown = false;
        if (Format != ResponseFormat.Text && tools.Count > 0 && !IsThird)
            throw GeminiError.Invalid("Function calling with a response mime type: 'application/json' is unsupported");
    }

    private void ReadConfig(JsonElement config)
    {
        ProtoJson.OnlyKnown(config, "generation_config", configMembers);
        MaxTokens = ProtoJson.Int(config, "maxOutputTokens");
        if (MaxTokens < 1)
            throw GeminiError.At("generation_config.max_output_tokens", "max_output_tokens must be positive.");
        if (ProtoJson.Int(config, "candidateCount") is not (null or 1))
            throw GeminiError.Invalid("Multiple candidates is not enabled for this model");
        if (ProtoJson.Member(config, "temperature") is { } temperature && temperature.GetDouble() is < 0 or > 2)
            throw GeminiError.At("generation_config.temperature", "temperature must be in the range [0.0, 2.0].");
        if (ProtoJson.Member(config, "topP") is { } top && top.GetDouble() is < 0 or > 1)
            throw GeminiError.At("generation_config.top_p", "top_p must be in the range [0.0, 1.0].");
        Stops = StopsIn(ProtoJson.Member(config, "stopSequences") ?? default);
        if (Stops.Count > 5)
            throw GeminiError.At("generation_config.stop_sequences", "at most 5 stop sequences are supported.");
        ReadThinking(config);
        ReadFormat(config);
    }

    private void ReadThinking(JsonElement config)
    {
        ReasoningShown = false;
        if (ProtoJson.Member(config, "thinkingConfig") is not { } thinking)
            return;
        ProtoJson.OnlyKnown(thinking, "generation_config.thinking_config", ["includeThoughts", "thinkingBudget", "thinkingLevel"]);
        ReasoningShown = ProtoJson.IsTrue(thinking, "includeThoughts");
        var budget = ProtoJson.Int(thinking, "thinkingBudget");
        var level = ProtoJson.Text(thinking, "thinkingLevel");
        if (budget is not null && level is not null)
            throw GeminiError.Invalid("You can only set only one of thinking budget and thinking level.");
        if (level is not null && level.ToUpperInvariant() is not ("MINIMAL" or "LOW" or "MEDIUM" or "HIGH"))
            throw GeminiError.Invalid($"Invalid value at 'generation_config.thinking_config.thinking_level', \"{level}\"");
        if (budget == 0)
            Reasoning = ReasoningWish.Off;
        else if (budget is not null || level is not null || ReasoningShown == true)
            Reasoning = ReasoningWish.On;
    }

    private void ReadFormat(JsonElement config)
    {
        var openApi = ProtoJson.Member(config, "responseSchema");
        var jsonSchema = ProtoJson.Member(config, "responseJsonSchema") ?? ProtoJson.Member(config, "_responseJsonSchema");
        if (openApi is not null && jsonSchema is not null)
            throw GeminiError.At("generation_config", "only one of response_schema and response_json_schema may be set.");
        if ((openApi ?? jsonSchema) is { } found)
        {
            if (ProtoJson.Text(config, "responseMimeType") is not ("application/json" or "text/x.enum"))
                throw GeminiError.At(
                    "generation_config.response_schema",
                    "only allowed when response_mime_type is application/json or text/x.enum"
                );
            if (openApi is not null)
                CheckSchema(found, "generation_config.response_schema");
            schema = found;
            PromptTokens += Quarter(JsonMarshal.GetRawUtf8Value(found).Length);
            Format = ResponseFormat.JsonSchema;
        }
        else if (ProtoJson.Text(config, "responseMimeType") == "application/json")
            Format = ResponseFormat.JsonObject;
    }

    private void ReadTools(JsonElement body)
    {
        if (ProtoJson.Member(body, "tools") is { } offered)
        {
            PromptTokens += Quarter(JsonMarshal.GetRawUtf8Value(offered).Length);
            var index = 0;
            foreach (var tool in offered.EnumerateArray())
                ReadTool(tool, $"tools[{index++}]");
        }
        if (ProtoJson.Member(body, "toolConfig") is not { } config || ProtoJson.Member(config, "functionCallingConfig") is not { } calling)
            return;
        ProtoJson.OnlyKnown(
            calling,
            "tool_config.function_calling_config",
            ["mode", "allowedFunctionNames", "streamFunctionCallArguments"]
        );
        var mode = ProtoJson.Text(calling, "mode")?.ToUpperInvariant();
        ToolChoice = mode switch
        {
            null or "AUTO" or "VALIDATED" or "MODE_UNSPECIFIED" => ToolChoice.Auto,
            "ANY" => ToolChoice.Required,
            "NONE" => ToolChoice.None,
            _ => throw GeminiError.Invalid($"Invalid value at 'tool_config.function_calling_config.mode', \"{mode}\""),
        };
        if (ProtoJson.Member(calling, "allowedFunctionNames") is not { } allowed || allowed.GetArrayLength() == 0)
            return;
        if (mode is not ("ANY" or "VALIDATED"))
            throw GeminiError.Invalid("Function calling config: allowed_function_names may only be set when the mode is ANY or VALIDATED.");
        ToolName = allowed[0].GetString();
    }

    private void ReadTool(JsonElement tool, string place)
    {
        ProtoJson.OnlyKnown(tool, place, toolMembers);
        if (ProtoJson.Member(tool, "functionDeclarations") is not { } declarations)
            return;
        var index = 0;
        foreach (var function in declarations.EnumerateArray())
        {
            var at = $"{place}.function_declarations[{index++}]";
            ProtoJson.OnlyKnown(
                function,
                at,
                ["name", "description", "parameters", "parametersJsonSchema", "response", "responseJsonSchema", "behavior"]
            );
            var name = ProtoJson.Text(function, "name") ?? "";
            if (!IsName(name))
                throw GeminiError.At(
                    $"{at}.name",
                    "Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64."
                );
            if (tools.Exists(t => t.Name == name))
                throw GeminiError.Invalid($"Duplicate function declaration found: {name}");
            var openApi = ProtoJson.Member(function, "parameters");
            var jsonSchema = ProtoJson.Member(function, "parametersJsonSchema");
            if (openApi is not null && jsonSchema is not null)
                throw GeminiError.At(at, "only one of parameters and parameters_json_schema may be set.");
            if (openApi is { } parameters)
                CheckSchema(parameters, $"{at}.parameters");
            tools.Add(new OfferedTool(name, openApi ?? jsonSchema ?? default));
        }
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 64
        && (char.IsAsciiLetter(name[0]) || name[0] == '_')
        && name.AsSpan().IndexOfAnyExcept(nameCharacters) < 0;

    private static void CheckSchema(JsonElement schema, string place)
    {
        ProtoJson.OnlyKnown(schema, place, schemaMembers);
        if (ProtoJson.Member(schema, "type") is { ValueKind: not JsonValueKind.String })
            throw GeminiError.Invalid($"Invalid value at '{place}.type', Proto field is not repeating, cannot start list.");
        if (ProtoJson.Member(schema, "enum") is { } values && values.EnumerateArray().Any(v => v.ValueKind != JsonValueKind.String))
            throw GeminiError.Invalid($"Invalid value at '{place}.enum' (TYPE_STRING)");
        if (ProtoJson.Member(schema, "items") is { } items)
            CheckSchema(items, $"{place}.items");
        if (ProtoJson.Member(schema, "anyOf") is { } any)
        {
            foreach (var one in any.EnumerateArray())
                CheckSchema(one, $"{place}.any_of");
        }
        if (ProtoJson.Member(schema, "properties") is not { } properties)
            return;
        foreach (var property in properties.EnumerateObject())
            CheckSchema(property.Value, $"{place}.properties[{property.Name}]");
    }
}
