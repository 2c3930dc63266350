using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Tokenline.Simulators.Vendors;

internal enum ToolChoice
{
    Auto,
    None,
    Required,
}

internal enum ResponseFormat
{
    Text,
    JsonObject,
    JsonSchema,
}

internal enum ReasoningWish
{
    /// <summary>Models whose names say so reason.</summary>
    ByModel,
    On,
    Off,
}

/// <summary>A tool the model may call; <paramref name="Custom"/> takes free text in place of JSON arguments.</summary>
internal sealed record OfferedTool(string Name, JsonElement Parameters, bool Custom = false);

/// <summary>What a plan needs to know of a request, whatever the protocol it came in.</summary>
internal abstract class AnswerRequest
{
    private static readonly SearchValues<char> idCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
    );

    private static ReadOnlySpan<byte> DirectiveStart => "[[simulate:"u8;

    public string Model { get; protected set; } = "";
    public bool Stream { get; protected set; }
    public int? MaxTokens { get; protected set; }
    public int Choices { get; protected set; } = 1;
    public ReasoningWish Reasoning { get; protected set; }

    /// <summary>False: reasoning is counted, and nothing is sent for it. Null: as the model is known to do.</summary>
    public bool? ReasoningShown { get; protected set; }
    public ResponseFormat Format { get; protected set; }

    /// <summary>Where one of these would begin, a text ends.</summary>
    public IReadOnlyList<string> Stops { get; protected set; } = [];
    public ToolChoice ToolChoice { get; protected set; }
    public string? ToolName { get; protected set; }
    public bool LastIsUser { get; protected set; }

    /// <summary>The whole prompt, what was read from or written to a cache included.</summary>
    public long PromptTokens { get; protected set; }

    /// <summary>Of <see cref="PromptTokens"/>, read from a cache.</summary>
    public virtual long CachedTokens => PromptTokens <= 1024 ? 0 : PromptTokens * (40 + (long)(Hash % 50)) / 100 / 128 * 128;

    /// <summary>Of <see cref="PromptTokens"/>, written to a cache for five minutes and for an hour.</summary>
    public virtual (long Short, long Hour) CacheWrites => default;

    /// <summary>Of the last user message; what varies the answer.</summary>
    public ulong Hash { get; private set; }

    /// <summary>The text between <c>[[simulate:</c> and <c>]]</c> in the last user message.</summary>
    public string? Directive { get; private set; }

    /// <summary>The text of the last message, if it is a tool's.</summary>
    public string? ToolResult { get; protected set; }

    /// <summary>The tool of that name, or the first one if there is none; null if it was not offered.</summary>
    public abstract OfferedTool? FindTool(string? name, ReadOnlySpan<byte> body);

    /// <summary>The schema of a structured answer; undefined if the request has none.</summary>
    public abstract JsonElement SchemaIn(ReadOnlySpan<byte> body);

    /// <summary>A hash that is the same in every process.</summary>
    public static ulong HashOf(ReadOnlySpan<byte> bytes, ulong seed = 0xCBF29CE484222325)
    {
        const ulong prime = 0x9E3779B97F4A7C15;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            seed = (seed ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * prime;
            seed ^= seed >> 29;
        }
        foreach (var b in bytes)
            seed = (seed ^ b) * prime;
        seed ^= seed >> 32;
        return seed * prime >> 16;
    }

    /// <summary>What vendors take for a tool's name or a call's id: <c>^[a-zA-Z0-9_-]+$</c>.</summary>
    public static bool IsId(string? id) => id is { Length: > 0 } && id.AsSpan().IndexOfAnyExcept(idCharacters) < 0;

    /// <summary>The directive in a text, if there is one.</summary>
    public static string? DirectiveIn(ReadOnlySpan<byte> text)
    {
        var start = text.IndexOf(DirectiveStart);
        if (start < 0)
            return null;
        var directive = text[(start + DirectiveStart.Length)..];
        var end = directive.IndexOf("]]"u8);
        return Encoding.UTF8.GetString(end < 0 ? directive : directive[..end]);
    }

    /// <summary>What a directive says, over <paramref name="below"/>.</summary>
    public static Behaviour Directed(string? directive, Behaviour below)
    {
        if (directive is null)
            return below;
        return Behaviour.TryParse(directive, out var own, out var problem)
            ? own.Over(below)
            : throw new RefusedException(new Refusal(problem, "messages"));
    }

    protected void TakeLastUserText(ReadOnlySpan<byte> text)
    {
        Hash = HashOf(text);
        Directive = DirectiveIn(text);
    }

    /// <summary>Stop sequences: a string, a list of strings, or nothing.</summary>
    protected static IReadOnlyList<string> StopsIn(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.String => [json.GetString()!],
            JsonValueKind.Array => [.. json.EnumerateArray().Select(stop => stop.GetString() ?? throw new FormatException())],
            _ => [],
        };

    /// <summary>The tokens of a text of so many UTF-8 bytes.</summary>
    protected static long Quarter(long bytes) => (bytes + 3) / 4;

    protected static JsonElement ParseJson(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return JsonElement.ParseValue(ref reader);
    }
}
