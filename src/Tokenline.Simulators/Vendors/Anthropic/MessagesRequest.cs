using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Tokenline.Simulators.Vendors.Anthropic;

/// <summary>A Messages request, checked as the vendor checks it.</summary>
internal sealed class MessagesRequest : AnswerRequest
{
    public const string NewVersion = "2026-10-21";

    private const int TokensPerMessage = 3;
    private const int TokensPerRequest = 3;

    private static readonly string[] members =
    [
        "model",
        "messages",
        "max_tokens",
        "system",
        "stream",
        "tools",
        "tool_choice",
        "thinking",
        "output_config",
        "output_format",
        "temperature",
        "top_p",
        "top_k",
        "stop_sequences",
        "metadata",
        "service_tier",
        "cache_control",
        "container",
        "context_management",
        "diagnostics",
        "fallback_credit_token",
        "fallbacks",
        "inference_geo",
        "mcp_servers",
        "speed",
    ];

    private static readonly string[] toolMembers =
    [
        "name",
        "description",
        "input_schema",
        "type",
        "cache_control",
        "allowed_callers",
        "defer_loading",
        "eager_input_streaming",
        "input_examples",
        "strict",
    ];

    private readonly JsonElement body;
    private readonly string version;
    private readonly PromptPrefixes prompt;
    private readonly List<(OfferedTool Tool, bool Deferred)> tools = [];
    private JsonElement schema;
    private (long Read, long Short, long Hour) cache;

    private MessagesRequest(JsonElement body, string version, ulong seed)
    {
        (this.body, this.version) = (body, version);
        prompt = new PromptPrefixes(seed);
    }

    public override long CachedTokens => cache.Read;
    public override (long Short, long Hour) CacheWrites => (cache.Short, cache.Hour);

    /// <summary>Thinking is made, but its text is not sent.</summary>
    public bool ThinkingOmitted { get; private set; }

    /// <param name="json">The body.</param>
    /// <param name="version">What <c>anthropic-version</c> says.</param>
    /// <param name="vendor">Vendors do not share a cache.</param>
    /// <param name="cache">Null: the tokens are only counted.</param>
    public static MessagesRequest Read(ReadOnlySpan<byte> json, string version, string vendor, PrefixCache? cache)
    {
        var body = ParseJson(json);
        if (body.ValueKind != JsonValueKind.Object)
            throw new RefusedException(new Refusal("The request body is not a valid JSON object."));
        var model = TextOf(body, "model") ?? throw AnthropicError.At("model", "Field required");
        var request = new MessagesRequest(body, version, HashOf(Encoding.UTF8.GetBytes($"{vendor} {model}"))) { Model = model };
        request.ReadAll(counting: cache is null);
        if (cache is not null)
            request.cache = request.prompt.LookUp(cache);
        return request;
    }

    public override OfferedTool? FindTool(string? name, ReadOnlySpan<byte> body)
    {
        foreach (var (tool, deferred) in tools)
        {
            if (name is null ? !deferred : tool.Name == name)
                return tool;
        }
        return null;
    }

    public override JsonElement SchemaIn(ReadOnlySpan<byte> body) => schema;

    private void ReadAll(bool counting)
    {
        MessageBlocks.OnlyKnown(body, "", members);
        Stream = body.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True;
        if (!counting)
            ReadLimit();
        CheckSampling();
        ReadThinking(counting);
        ReadFormat();

        // In the order in which the vendor caches: tools, system, messages
        ReadTools();
        var blocks = new MessageBlocks(prompt, version);
        if (Member("system") is { } system)
        {
            prompt.AddFrame(TokensPerMessage);
            blocks.Read(system, "system", "system", mayBeEmpty: true);
        }
        var turns = ReadMessages(blocks);
        prompt.AddFrame(TokensPerRequest);
        PromptTokens = prompt.Tokens;
        CheckMarks();
        ReadToolChoice();

        MessageTurns.Check(turns, mustThink: Reasoning == ReasoningWish.On && TextOf(body.GetProperty("thinking"), "type") == "enabled");
        TakeLastWords(turns);
    }

    private void ReadLimit()
    {
        if (Member("max_tokens") is not { } limit)
            throw AnthropicError.At("max_tokens", "Field required");
        if (limit.ValueKind != JsonValueKind.Number || !limit.TryGetInt32(out var tokens))
            throw AnthropicError.At("max_tokens", "Input should be a valid integer");
        MaxTokens = tokens >= 1 ? tokens : throw AnthropicError.At("max_tokens", "Input should be greater than or equal to 1");
    }

    private void CheckSampling()
    {
        foreach (var name in (ReadOnlySpan<string>)["temperature", "top_p", "top_k"])
        {
            if (Member(name) is not { } value)
                continue;
            if (version == NewVersion)
                throw AnthropicError.At(name, "Extra inputs are not permitted");
            if (value.ValueKind != JsonValueKind.Number)
                throw AnthropicError.At(name, "Input should be a valid number");
            if (value.GetDouble() < 0 || (name != "top_k" && value.GetDouble() > 1))
                throw AnthropicError.At(name, name == "top_k" ? "Input should be greater than or equal to 0" : "range: 0..1");
        }
        if (Member("stop_sequences") is not { } stops)
            return;
        if (stops.ValueKind != JsonValueKind.Array)
            throw AnthropicError.At("stop_sequences", "Input should be a valid list");
        Stops = StopsIn(stops);
        if (Stops.Any(string.IsNullOrWhiteSpace))
            throw AnthropicError.At("stop_sequences", "each stop sequence must contain non-whitespace");
    }

    private void ReadThinking(bool counting)
    {
        Reasoning = ReasoningWish.Off;
        if (Member("thinking") is not { } thinking)
            return;
        var kind = TextOf(thinking, "type");
        if (kind == "disabled")
            return;
        if (kind is not ("enabled" or "adaptive"))
            throw AnthropicError.At(
                "thinking",
                $"Input tag '{kind}' found using 'type' does not match any of the expected tags: 'adaptive', 'disabled', 'enabled'"
            );
        Reasoning = ReasoningWish.On;
        ThinkingOmitted = TextOf(thinking, "display") == "omitted";
        ReasoningShown = !ThinkingOmitted;
        if (kind == "enabled")
            CheckBudget(thinking, counting);
        if (Member("temperature") is { } temperature && temperature.GetDouble() != 1)
            throw AnthropicError.At("temperature", "may only be set to 1 when thinking is enabled");
        if (Member("top_k") is not null)
            throw AnthropicError.At("top_k", "must be unset when thinking is enabled");
        if (Member("top_p") is { } top && top.GetDouble() < 0.95)
            throw AnthropicError.At("top_p", "must be greater than or equal to 0.95 or unset when thinking is enabled");
    }

    private void CheckBudget(JsonElement thinking, bool counting)
    {
        const string place = "thinking.enabled.budget_tokens";
        if (!thinking.TryGetProperty("budget_tokens", out var budget))
            throw AnthropicError.At(place, "Field required");
        if (budget.GetInt32() < 1024)
            throw AnthropicError.At(place, "Input should be greater than or equal to 1024");
        if (!counting && budget.GetInt32() >= MaxTokens)
            throw AnthropicError.At("max_tokens", "must be greater than `thinking.budget_tokens`");
    }

    private void ReadFormat()
    {
        var config = Member("output_config");
        if (config is { } known)
            MessageBlocks.OnlyKnown(known, "output_config", ["effort", "format", "task_budget"]);
        var format = config is { } c && c.TryGetProperty("format", out var inside) ? inside : Member("output_format") ?? default;
        if (format.ValueKind != JsonValueKind.Object)
            return;
        if (TextOf(format, "type") != "json_schema")
            throw AnthropicError.At("output_config.format.type", "Input should be 'json_schema'");
        if (!format.TryGetProperty("schema", out schema))
            throw AnthropicError.At("output_config.format.schema", "Field required");
        Format = ResponseFormat.JsonSchema;
    }

    private void ReadTools()
    {
        if (Member("tools") is not { } offered)
            return;
        var names = new HashSet<string>();
        var index = 0;
        foreach (var tool in offered.EnumerateArray())
        {
            var place = $"tools.{index++}";
            var kind = TextOf(tool, "type");
            if (kind is null or "custom")
                ReadTool(tool, place);
            else if (kind != "mcp_toolset" && !IsDated(kind))
                throw AnthropicError.At(place, $"Input tag '{kind}' found using 'type' does not match any of the expected tags");
            if (TextOf(tool, "name") is { } name && !names.Add(name))
                throw AnthropicError.At("tools", "Tool names must be unique.");
            var raw = JsonMarshal.GetRawUtf8Value(tool);
            prompt.Add(HashOf(raw), Quarter(raw.Length), MessageBlocks.MarkOf(tool, place));
        }
    }

    private void ReadTool(JsonElement tool, string place)
    {
        MessageBlocks.OnlyKnown(tool, $"{place}.custom", toolMembers);
        var name = TextOf(tool, "name") ?? throw AnthropicError.At($"{place}.custom.name", "Field required");
        if (!IsId(name) || name.Length > 128)
            throw AnthropicError.At($"{place}.custom.name", "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'");
        if (!tool.TryGetProperty("input_schema", out var parameters))
            throw AnthropicError.At($"{place}.custom.input_schema", "Field required");
        if (TextOf(parameters, "type") != "object")
            throw AnthropicError.At($"{place}.custom.input_schema.type", "Input should be 'object'");
        var deferred = tool.TryGetProperty("defer_loading", out var defer) && defer.ValueKind == JsonValueKind.True;
        tools.Add((new OfferedTool(name, parameters), deferred));
    }

    /// <summary>The vendor's own tools carry a date: <c>web_search_20250305</c>.</summary>
    private static bool IsDated(string kind) => kind.Length > 9 && kind[^9] == '_' && !kind.AsSpan(^8).ContainsAnyExceptInRange('0', '9');

    private void ReadToolChoice()
    {
        if (Member("tool_choice") is not { } choice)
            return;
        MessageBlocks.OnlyKnown(choice, "tool_choice", ["type", "name", "disable_parallel_tool_use"]);
        if (Member("tools") is not { } offered || offered.GetArrayLength() == 0)
            throw AnthropicError.At("tool_choice", "may only be specified while providing tools");
        ToolChoice = TextOf(choice, "type") switch
        {
            "auto" => ToolChoice.Auto,
            "any" or "tool" => ToolChoice.Required,
            "none" => ToolChoice.None,
            var other => throw AnthropicError.At(
                "tool_choice",
                $"Input tag '{other}' found using 'type' does not match any of the expected tags: 'any', 'auto', 'none', 'tool'"
            ),
        };
        if (TextOf(choice, "type") == "tool")
            ToolName = TextOf(choice, "name") ?? throw AnthropicError.At("tool_choice.tool.name", "Field required");
        if (ToolChoice == ToolChoice.Required && Reasoning == ReasoningWish.On)
            throw AnthropicError.At("tool_choice", "Thinking may not be enabled when tool_choice forces tool use.");
    }

    private List<Turn> ReadMessages(MessageBlocks blocks)
    {
        if (Member("messages") is not { ValueKind: JsonValueKind.Array } messages)
            throw AnthropicError.At("messages", "Field required");
        if (messages.GetArrayLength() == 0)
            throw AnthropicError.At("messages", "at least one message is required");
        var turns = new List<Turn>();
        var index = 0;
        foreach (var message in messages.EnumerateArray())
        {
            var place = $"messages.{index++}";
            MessageBlocks.OnlyKnown(message, place, ["role", "content"]);
            if (TextOf(message, "role") is not ("user" or "assistant" or "system") || TextOf(message, "role") is not { } role)
                throw AnthropicError.At($"{place}.role", "Input should be 'user', 'assistant' or 'system'");
            if (!message.TryGetProperty("content", out var content))
                throw AnthropicError.At($"{place}.content", "Field required");
            prompt.AddFrame(TokensPerMessage);
            var isLast = index == messages.GetArrayLength();
            var read = blocks.Read(content, $"{place}.content", role, mayBeEmpty: isLast && role == "assistant");
            if (role == "system")
                continue;
            if (turns.Count == 0 && role != "user")
                throw AnthropicError.At("messages", "first message must use the \"user\" role");
            if (turns.Count > 0 && turns[^1].Role == role)
                turns[^1].Blocks.AddRange(read);
            else
                turns.Add(new Turn(role, read));
        }
        return turns.Count > 0 ? turns : throw AnthropicError.At("messages", "at least one user message is required");
    }

    private void CheckMarks()
    {
        if (MessageBlocks.MarkOf(body, "body") is not PromptPrefixes.Mark.None and var mark)
            prompt.MarkLast(mark);
        if (prompt.Marks > PromptPrefixes.MarksMax)
            throw new RefusedException(
                new Refusal($"A maximum of {PromptPrefixes.MarksMax} blocks with cache_control may be provided. Found {prompt.Marks}.")
            );
        if (prompt.HourAfterFiveMinutes)
            throw new RefusedException(
                new Refusal("A ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.", "cache_control")
            );
    }

    /// <summary>The text of the last user turn that has one, and whether a tool has just answered.</summary>
    private void TakeLastWords(List<Turn> turns)
    {
        var last = turns.FindLast(turn => turn.Role != "system") ?? turns[^1]; // agents put system turns behind the user's: it is still the user's
        var result = last.Blocks.FindLast(b => b.Kind == "tool_result");
        LastIsUser = last.Role == "user" && result is null;
        if (result is not null)
            ToolResult = result.Json.TryGetProperty("content", out var content) ? MessageBlocks.TextOf(content) : "";
        for (var i = turns.Count - 1; i >= 0; i--)
        {
            if (turns[i].Role != "user" || !turns[i].Blocks.Exists(b => b.Kind == "text"))
                continue;
            var text = string.Concat(turns[i].Blocks.Where(b => b.Kind == "text").Select(b => b.Text("text")));
            TakeLastUserText(Encoding.UTF8.GetBytes(text));
            return;
        }
    }

    /// <summary>Null where it is absent or null.</summary>
    private JsonElement? Member(string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? TextOf(JsonElement json, string member) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
