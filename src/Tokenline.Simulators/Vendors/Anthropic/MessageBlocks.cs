using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Tokenline.Simulators.Vendors.Anthropic;

/// <summary>One content block, where it stands in the request.</summary>
internal sealed record Block(string Place, string Kind, JsonElement Json)
{
    public string? Text(string member) =>
        Json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>Messages of one role in a row, which the vendor takes for one.</summary>
internal sealed record Turn(string Role, List<Block> Blocks);

/// <summary>Reads and checks content blocks as the vendor does, and counts them into the prompt.</summary>
internal sealed class MessageBlocks(PromptPrefixes prompt, string version)
{
    private const int TokensPerImage = 85;

    private readonly HashSet<string> toolUses = [];

    /// <summary>The blocks of a content value; a string is one text block.</summary>
    public List<Block> Read(JsonElement content, string place, string role, bool mayBeEmpty = false)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            if (content.GetString()!.Length == 0)
                return mayBeEmpty ? [] : throw Empty(place);
            var text = new Block(place, "text", AsBlock(content));
            Check(text, role);
            Count(text, role);
            return [text];
        }
        if (content.ValueKind != JsonValueKind.Array)
            throw AnthropicError.At(place, "Input should be a valid list");
        var blocks = new List<Block>(content.GetArrayLength());
        foreach (var json in content.EnumerateArray())
        {
            var block = new Block($"{place}.{blocks.Count}", KindOf(json, $"{place}.{blocks.Count}"), json);
            Check(block, role);
            Count(block, role);
            blocks.Add(block);
        }
        return blocks.Count > 0 || mayBeEmpty ? blocks : throw Empty(place);
    }

    public static void OnlyKnown(JsonElement json, string place, ReadOnlySpan<string> known)
    {
        foreach (var member in json.EnumerateObject())
        {
            if (!known.Contains(member.Name))
                throw AnthropicError.At(place.Length == 0 ? member.Name : $"{place}.{member.Name}", "Extra inputs are not permitted");
        }
    }

    public static PromptPrefixes.Mark MarkOf(JsonElement json, string place)
    {
        if (!json.TryGetProperty("cache_control", out var control) || control.ValueKind == JsonValueKind.Null)
            return PromptPrefixes.Mark.None;
        if (!control.TryGetProperty("type", out var type) || !type.ValueEquals("ephemeral"))
            throw AnthropicError.At($"{place}.cache_control.type", "Input should be 'ephemeral'");
        if (!control.TryGetProperty("ttl", out var ttl) || ttl.ValueEquals("5m"))
            return PromptPrefixes.Mark.FiveMinutes;
        return ttl.ValueEquals("1h")
            ? PromptPrefixes.Mark.Hour
            : throw AnthropicError.At($"{place}.cache_control.ephemeral.ttl", "Input should be '5m' or '1h'");
    }

    /// <summary>All text in a tool's result.</summary>
    public static string TextOf(JsonElement content)
    {
        if (content.ValueKind == JsonValueKind.String)
            return content.GetString()!;
        if (content.ValueKind != JsonValueKind.Array)
            return "";
        var text = new StringBuilder();
        foreach (var block in content.EnumerateArray())
            text.Append(block.TryGetProperty("text", out var part) ? part.GetString() : null);
        return text.ToString();
    }

    private static JsonElement AsBlock(JsonElement text)
    {
        var reader = new Utf8JsonReader([.. "{\"type\":\"text\",\"text\":"u8, .. JsonMarshal.GetRawUtf8Value(text), (byte)'}']);
        return JsonElement.ParseValue(ref reader);
    }

    private static RefusedException Empty(string place) =>
        AnthropicError.At(place, "all messages must have non-empty content except for the optional final assistant message");

    private static string KindOf(JsonElement json, string place)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw AnthropicError.At(place, "Input should be a valid dictionary");
        return json.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
            ? type.GetString()!
            : throw AnthropicError.At($"{place}.type", "Field required");
    }

    private void Check(Block block, string role)
    {
        if (!IsAllowed(block.Kind, role))
            throw AnthropicError.At(
                $"{block.Place}.type",
                block.Kind is "tool_use" or "tool_result" or "thinking" or "redacted_thinking" or "text" or "image" or "document"
                    ? $"`{block.Kind}` blocks are not permitted in `{role}` messages"
                    : $"Input tag '{block.Kind}' found using 'type' does not match any of the expected tags"
            );
        switch (block.Kind)
        {
            case "text":
                OnlyKnown(block.Json, block.Place, ["type", "text", "cache_control", "citations"]);
                CheckText(block, role);
                break;
            case "thinking":
                OnlyKnown(block.Json, block.Place, ["type", "thinking", "signature"]);
                var thinking = Required(block, "thinking");
                if (!Seal.IsGenuine(Required(block, "signature"), "thinking"u8, thinking))
                    throw AnthropicError.At(block.Place, "Invalid `signature` in `thinking` block");
                break;
            case "redacted_thinking":
                if (!Seal.IsGenuine(Required(block, "data"), "redacted"u8))
                    throw AnthropicError.At(block.Place, "Invalid `data` in `redacted_thinking` block");
                break;
            case "tool_use":
                OnlyKnown(block.Json, block.Place, ["type", "id", "name", "input", "cache_control", "caller"]);
                CheckToolUse(block);
                break;
            case "tool_result":
                OnlyKnown(block.Json, block.Place, ["type", "tool_use_id", "content", "is_error", "cache_control"]);
                CheckId(block, "tool_use_id");
                break;
            case "image" or "document":
                if (!block.Json.TryGetProperty("source", out var source) || source.ValueKind != JsonValueKind.Object)
                    throw AnthropicError.At($"{block.Place}.{block.Kind}.source", "Field required");
                break;
        }
    }

    private bool IsAllowed(string kind, string role) =>
        (kind, role) switch
        {
            ("text", _) => true,
            ("mid_conv_system", not "assistant") => true,
            (_, "system") => false,
            ("thinking" or "redacted_thinking" or "tool_use" or "server_tool_use" or "compaction" or "fallback", _) => role == "assistant",
            ("tool_result" or "image" or "search_result" or "container_upload", _) => role == "user",
            ("document", "assistant") => version != MessagesRequest.NewVersion,
            ("document", _) => true,
            _ => kind.EndsWith("_tool_result", StringComparison.Ordinal)
                || kind.EndsWith("_tool_use", StringComparison.Ordinal)
                || kind is "tool_reference",
        };

    private void CheckText(Block block, string role)
    {
        if (string.IsNullOrEmpty(Required(block, "text")))
            throw AnthropicError.At(block.Place, "text content blocks must be non-empty");
        if (string.IsNullOrWhiteSpace(block.Text("text")))
            throw AnthropicError.At(block.Place, "text content blocks must contain non-whitespace text");
        if (
            version == MessagesRequest.NewVersion
            && role == "user"
            && block.Json.TryGetProperty("citations", out var citations)
            && citations.ValueKind == JsonValueKind.Array
            && citations.GetArrayLength() > 0
        )
            throw AnthropicError.At($"{block.Place}.citations", "Extra inputs are not permitted");
    }

    private void CheckToolUse(Block block)
    {
        CheckId(block, "id");
        Required(block, "name");
        if (!block.Json.TryGetProperty("input", out var input))
            throw AnthropicError.At($"{block.Place}.tool_use.input", "Field required");
        if (input.ValueKind != JsonValueKind.Object)
            throw AnthropicError.At($"{block.Place}.tool_use.input", "Input should be a valid dictionary");
        if (!toolUses.Add(block.Text("id")!))
            throw AnthropicError.At("messages", "`tool_use` ids must be unique");
    }

    private static void CheckId(Block block, string member)
    {
        if (!AnswerRequest.IsId(Required(block, member)))
            throw AnthropicError.At($"{block.Place}.{block.Kind}.{member}", "String should match pattern '^[a-zA-Z0-9_-]+$'");
    }

    private static string Required(Block block, string member) =>
        block.Text(member) ?? throw AnthropicError.At($"{block.Place}.{block.Kind}.{member}", "Field required");

    /// <summary>A block counts and hashes by what it says: a mark on it, or a string in its place, makes no difference.</summary>
    private void Count(Block block, string role)
    {
        var mark = MarkOf(block.Json, block.Place);
        var hash = AnswerRequest.HashOf(Encoding.UTF8.GetBytes(role + block.Kind));
        foreach (var member in block.Json.EnumerateObject())
        {
            if (member.Name is not ("cache_control" or "type"))
                hash = AnswerRequest.HashOf(
                    member.Value.ValueKind == JsonValueKind.String
                        ? Encoding.UTF8.GetBytes(member.Value.GetString()!)
                        : JsonMarshal.GetRawUtf8Value(member.Value),
                    hash
                );
        }
        prompt.Add(hash, TokensOf(block), mark);
    }

    private static long TokensOf(Block block) =>
        block.Kind switch
        {
            "text" => Quarter(Encoding.UTF8.GetByteCount(block.Text("text")!)),
            "thinking" => Quarter(Encoding.UTF8.GetByteCount(block.Text("thinking")!)),
            "image" => TokensPerImage,
            "tool_result" => block.Json.TryGetProperty("content", out var content) ? TokensOfResult(content) : 0,
            "redacted_thinking" => 0,
            _ => Quarter(JsonMarshal.GetRawUtf8Value(block.Json).Length),
        };

    private static long TokensOfResult(JsonElement content)
    {
        if (content.ValueKind != JsonValueKind.Array)
            return Quarter(Encoding.UTF8.GetByteCount(TextOf(content)));
        var images = content.EnumerateArray().Count(b => b.TryGetProperty("type", out var type) && type.ValueEquals("image"));
        return Quarter(Encoding.UTF8.GetByteCount(TextOf(content))) + images * TokensPerImage;
    }

    private static long Quarter(long bytes) => (bytes + 3) / 4;
}
