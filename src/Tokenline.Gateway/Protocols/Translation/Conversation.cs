using System.Text.Json;

namespace Tokenline.Gateway.Protocols.Translation;

internal enum TurnRole
{
    System,
    Developer,
    User,
    Assistant,
}

/// <summary>A request for a generation, in words of no protocol. Text is text; JSON and numbers stay as the client wrote them. Lives no longer than the body it was read from.</summary>
internal sealed class Conversation
{
    /// <summary>In the client's order, system and developer turns included, wherever they stood.</summary>
    public List<Turn> Turns { get; } = [];

    public List<ToolDefinition> Tools { get; } = [];

    public ToolChoice? ToolChoice { get; set; }

    public bool? ParallelToolCalls { get; set; }

    /// <summary>The client's own limit of output tokens.</summary>
    public int? OutputLimit { get; set; }

    /// <summary>JSON numbers, as written.</summary>
    public JsonElement? Temperature { get; set; }

    public JsonElement? TopP { get; set; }

    public JsonElement? TopK { get; set; }

    public JsonElement? Seed { get; set; }

    /// <summary>A penalty of zero is none.</summary>
    public JsonElement? PresencePenalty { get; set; }

    public JsonElement? FrequencyPenalty { get; set; }

    public List<string> Stop { get; } = [];

    public OutputFormat? Format { get; set; }

    public ReasoningWish? Reasoning { get; set; }

    /// <summary>The client's stable name of its end user.</summary>
    public string? EndUser { get; set; }
}

/// <summary>One turn. Parts of the assistant may be text, reasoning, refusals and tool calls; of the user text, media, files and tool results.</summary>
internal sealed record Turn(TurnRole Role)
{
    public List<Part> Parts { get; } = [];

    /// <summary>OpenAI's <c>name</c> of a message's author.</summary>
    public string? Name { get; init; }
}

internal abstract record Part
{
    /// <summary>Anthropic's cache mark behind this part, as written.</summary>
    public JsonElement? CacheControl { get; init; }
}

internal sealed record TextPart(string Text) : Part;

/// <summary>Exactly one of <paramref name="Url"/> and <paramref name="Base64"/> is set; with the latter the media type.</summary>
/// <param name="Detail">OpenAI's <c>low</c>, <c>high</c> or <c>auto</c>.</param>
internal sealed record ImagePart(string? Url, string? MediaType, string? Base64, string? Detail = null) : Part;

/// <summary>A document: by URL, as base64, or as plain text. A vendor's file id cannot be translated and is refused by the reader.</summary>
internal sealed record FilePart(string? Url, string? MediaType, string? Base64, string? Text, string? Name) : Part;

internal sealed record AudioPart(string Format, string Base64) : Part;

/// <summary>Reasoning of the model, sent back by the client.</summary>
/// <param name="Signature">The vendor's seal, which must return as it was; null where the vendor has none.</param>
/// <param name="Redacted">Reasoning that is only its seal: Anthropic's <c>redacted_thinking.data</c>, OpenAI's <c>encrypted_content</c>.</param>
/// <param name="Id">OpenAI's item id.</param>
internal sealed record ReasoningPart(string Text, string? Signature, string? Redacted = null, string? Id = null) : Part;

internal sealed record RefusalPart(string Text) : Part;

/// <param name="Arguments">JSON text as the model wrote it; of a custom tool plain text.</param>
/// <param name="Signature">Gemini's <c>thoughtSignature</c> on the call.</param>
internal sealed record ToolCallPart(string Id, string Name, string Arguments, bool IsCustom = false, string? Signature = null) : Part;

/// <param name="Name">The tool's name, where the client's protocol repeats it.</param>
internal sealed record ToolResultPart(string CallId, string? Name, bool IsError = false, bool IsCustom = false) : Part
{
    public List<Part> Parts { get; } = [];
}

/// <param name="Schema">The JSON schema of the arguments.</param>
/// <param name="Grammar">Of a custom tool: its <c>format</c>, as written.</param>
internal sealed record ToolDefinition(string Name, string? Description, JsonElement? Schema)
{
    public bool? Strict { get; init; }

    public bool IsCustom { get; init; }

    public JsonElement? Grammar { get; init; }

    public JsonElement? CacheControl { get; init; }
}

internal enum ToolChoiceKind
{
    Auto,
    None,

    /// <summary>At least one tool.</summary>
    Required,

    /// <summary>The tool named.</summary>
    Named,
}

internal sealed record ToolChoice(ToolChoiceKind Kind, string? Name = null);

/// <summary>JSON of any form, or of this schema.</summary>
internal sealed record OutputFormat(string? Name, JsonElement? Schema, bool? Strict = null, string? Description = null);

/// <summary>How much the model is to reason: an effort in words, a budget in tokens, or off.</summary>
/// <param name="Effort">minimal, low, medium, high, xhigh, max; null if the client gave none.</param>
/// <param name="BudgetTokens">Anthropic's and Gemini's budget.</param>
/// <param name="IsAdaptive">The model decides (Anthropic's <c>adaptive</c>, Gemini's dynamic budget).</param>
/// <param name="IsOff">The client wants none.</param>
/// <param name="Shows">The client wants to see it (summaries, thoughts); null: it did not say.</param>
internal sealed record ReasoningWish(string? Effort, int? BudgetTokens, bool IsAdaptive = false, bool IsOff = false, bool? Shows = null);
