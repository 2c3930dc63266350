namespace Tokenline.Gateway.Protocols.Translation;

/// <summary>
/// What a writer calls the things it cannot say. A writer knows only the conversation; the pair's table gives each word the name it has in the client's
/// protocol (<see cref="Loss.Word"/>). A pair whose conversation can never hold such a thing needs no row for it.
/// </summary>
internal static class LossWords
{
    // Of the request as a whole.
    public const string Temperature = "temperature";
    public const string TopP = "top_p";
    public const string TopK = "top_k";
    public const string Seed = "seed";
    public const string PresencePenalty = "presence_penalty";
    public const string FrequencyPenalty = "frequency_penalty";
    public const string StopOfWhiteSpace = "stop of white space";
    public const string EndUser = "end user";

    /// <summary>JSON of any form.</summary>
    public const string JsonMode = "json mode";

    /// <summary>Name, description or strictness of an output schema.</summary>
    public const string FormatLabel = "output format's label";

    /// <summary>An effort above those the vendor knows; its highest is asked for.</summary>
    public const string EffortAboveHigh = "effort above high";

    /// <summary>The wish for reasoning, where it cannot be had together with the rest.</summary>
    public const string ReasoningWish = "reasoning wish";

    /// <summary>Whether reasoning is shown.</summary>
    public const string ReasoningShown = "reasoning shown";

    // Of turns and parts.
    /// <summary>A system turn between the others; where it is told instead is in the table.</summary>
    public const string SystemTurn = "system turn";
    public const string TurnName = "turn's name";
    public const string CacheControl = "cache control";
    public const string ImageDetail = "image detail";
    public const string Audio = "audio input";

    /// <summary>A document by its URL.</summary>
    public const string FileUrl = "file url";

    /// <summary>A document of a type the vendor does not read.</summary>
    public const string FileType = "file type";
    public const string FileName = "file name";

    /// <summary>Reasoning of an earlier turn, left out.</summary>
    public const string Reasoning = "earlier reasoning";

    /// <summary>The seal of an earlier turn's reasoning, or reasoning that is only its seal.</summary>
    public const string ReasoningSeal = "earlier reasoning's seal";

    // Of tools.
    public const string CustomTool = "custom tool";
    public const string ToolStrictness = "tool strictness";

    /// <summary>The wish for one call at a time.</summary>
    public const string SerialToolCalls = "serial tool calls";

    /// <summary>Gemini's seal on a call.</summary>
    public const string ToolCallSeal = "tool call seal";
    public const string ToolResultError = "tool result is an error";

    /// <summary>Images and files in a tool's result; where they go instead is in the table.</summary>
    public const string ToolResultMedia = "tool result media";
}
