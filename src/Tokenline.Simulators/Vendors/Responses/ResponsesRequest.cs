using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Tokenline.Simulators.Vendors.Chat;

namespace Tokenline.Simulators.Vendors.Responses;

/// <summary>A Responses request, checked as the vendor checks it.</summary>
internal sealed class ResponsesRequest : AnswerRequest
{
    private const int TokensPerMessage = 3;
    private const int TokensPerRequest = 3;
    private const int OutputTokensMin = 16;

    private static readonly string[] members =
    [
        "model",
        "input",
        "instructions",
        "stream",
        "stream_options",
        "max_output_tokens",
        "max_tool_calls",
        "tools",
        "tool_choice",
        "parallel_tool_calls",
        "text",
        "reasoning",
        "include",
        "store",
        "previous_response_id",
        "conversation",
        "background",
        "metadata",
        "client_metadata",
        "temperature",
        "top_p",
        "top_logprobs",
        "truncation",
        "service_tier",
        "prompt",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "safety_identifier",
        "user",
        "context_management",
        "moderation",
    ];

    private readonly List<OfferedTool> tools = [];
    private JsonElement schema;

    /// <summary>The whole request: an answer says much of it again.</summary>
    public JsonElement Body { get; private init; }
    public bool Encrypted { get; private set; }

    /// <summary>Only taken in; the answer would have to be fetched later.</summary>
    public bool Queued { get; private set; }

    public static ResponsesRequest Read(ReadOnlySpan<byte> json)
    {
        var request = new ResponsesRequest { Body = ParseJson(json) };
        request.ReadAll();
        return request;
    }

    public override OfferedTool? FindTool(string? name, ReadOnlySpan<byte> body) => tools.Find(tool => name is null || tool.Name == name);

    public override JsonElement SchemaIn(ReadOnlySpan<byte> body) => schema;

    private void ReadAll()
    {
        OpenAiJson.OnlyKnown(Body, "", members);
        Model = OpenAiJson.Required(Body, "", "model");
        Stream = OpenAiJson.IsTrue(Body, "stream");
        Queued = !Stream && OpenAiJson.IsTrue(Body, "background");
        ReadLimit();
        ReadReasoning();
        var previous = OpenAiJson.Text(Body, "previous_response_id");
        if (previous is not null && !previous.StartsWith(ResponsesBody.IdStart, StringComparison.Ordinal))
            throw new RefusedException(
                new Refusal(
                    $"Previous response with id '{previous}' not found.",
                    "previous_response_id",
                    Code: "previous_response_not_found"
                )
            );

        var input = new ResponsesInput(knowsHistory: previous is not null || OpenAiJson.Member(Body, "conversation") is not null);
        input.Read(OpenAiJson.Member(Body, "input") ?? throw OpenAiJson.Missing("input"));
        PromptTokens = input.Tokens + TokensPerRequest;
        if (OpenAiJson.Text(Body, "instructions") is { } instructions)
            PromptTokens += Quarter(Encoding.UTF8.GetByteCount(instructions)) + TokensPerMessage;
        LastIsUser = input.LastIsUser;
        ToolResult = input.ToolResult;
        TakeLastUserText(Encoding.UTF8.GetBytes(input.LastUserText));

        ReadTools();
        ReadToolChoice();
        ReadFormat();
    }

    private void ReadLimit()
    {
        MaxTokens = OpenAiJson.Member(Body, "max_output_tokens")?.GetInt32();
        if (MaxTokens < OutputTokensMin)
            throw new RefusedException(
                new Refusal(
                    $"Invalid 'max_output_tokens': integer below minimum value. Expected a value >= {OutputTokensMin}, but got {MaxTokens} instead.",
                    "max_output_tokens",
                    Code: "integer_below_min_value"
                )
            );
    }

    private void ReadReasoning()
    {
        if (OpenAiJson.Member(Body, "include") is { } include)
            Encrypted = include.EnumerateArray().Any(i => i.ValueEquals("reasoning.encrypted_content"));
        ReasoningShown = false;
        if (OpenAiJson.Member(Body, "reasoning") is not { } reasoning)
            return;
        OpenAiJson.OnlyKnown(reasoning, "reasoning", ["effort", "summary", "generate_summary", "context", "mode"]);
        ReasoningShown = OpenAiJson.Text(reasoning, "summary") is not null;
        var effort = OpenAiJson.Text(reasoning, "effort");
        if (effort == "none")
            Reasoning = ReasoningWish.Off;
        else if (effort is not null || ReasoningShown == true)
            Reasoning = ReasoningWish.On;
    }

    private void ReadTools()
    {
        if (OpenAiJson.Member(Body, "tools") is not { } offered)
            return;
        PromptTokens += Quarter(JsonMarshal.GetRawUtf8Value(offered).Length);
        var index = 0;
        foreach (var tool in offered.EnumerateArray())
        {
            var place = $"tools[{index++}]";
            var kind = OpenAiJson.Required(tool, place, "type");
            if (kind is not ("function" or "custom"))
                continue;
            var name = OpenAiJson.Required(tool, place, "name");
            if (!IsId(name))
                throw new RefusedException(
                    new Refusal(
                        $"Invalid '{place}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
                        $"{place}.name",
                        Code: "invalid_value"
                    )
                );
            tools.Add(new OfferedTool(name, OpenAiJson.Member(tool, "parameters") ?? default, Custom: kind == "custom"));
        }
    }

    private void ReadToolChoice()
    {
        if (OpenAiJson.Member(Body, "tool_choice") is not { } choice)
            return;
        if (choice.ValueKind == JsonValueKind.String)
        {
            ToolChoice = choice.GetString() switch
            {
                "auto" => ToolChoice.Auto,
                "none" => ToolChoice.None,
                "required" => ToolChoice.Required,
                var other => throw new RefusedException(
                    new Refusal(
                        $"Invalid value: '{other}'. Supported values are: 'none', 'auto', and 'required'.",
                        "tool_choice",
                        Code: "invalid_value"
                    )
                ),
            };
            return;
        }
        var kind = OpenAiJson.Required(choice, "tool_choice", "type");
        if (kind is "function" or "custom")
        {
            ToolName = OpenAiJson.Required(choice, "tool_choice", "name");
            ToolChoice = ToolChoice.Required;
        }
        else if (kind == "allowed_tools" && OpenAiJson.Member(choice, "tools") is { } allowed && allowed.GetArrayLength() > 0)
        {
            ToolName = OpenAiJson.Text(allowed[0], "name");
            ToolChoice = OpenAiJson.Text(choice, "mode") == "required" ? ToolChoice.Required : ToolChoice.Auto;
        }
    }

    private void ReadFormat()
    {
        if (OpenAiJson.Member(Body, "text") is not { } text)
            return;
        OpenAiJson.OnlyKnown(text, "text", ["format", "verbosity"]);
        if (OpenAiJson.Member(text, "format") is not { } format)
            return;
        var kind = OpenAiJson.Required(format, "text.format", "type");
        Format = kind switch
        {
            "text" => ResponseFormat.Text,
            "json_object" => ResponseFormat.JsonObject,
            "json_schema" => ResponseFormat.JsonSchema,
            _ => throw new RefusedException(
                new Refusal(
                    $"Invalid value: '{kind}'. Supported values are: 'json_object', 'json_schema', and 'text'.",
                    "text.format.type",
                    Code: "invalid_value"
                )
            ),
        };
        if (Format != ResponseFormat.JsonSchema)
            return;
        OpenAiJson.Required(format, "text.format", "name");
        schema = OpenAiJson.Member(format, "schema") ?? throw OpenAiJson.Missing("text.format.schema");
        PromptTokens += Quarter(JsonMarshal.GetRawUtf8Value(format).Length);
    }
}
