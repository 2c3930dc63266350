namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>
/// What a vendor's usage means where it is not OpenAI's meaning. Totals prove most of it by themselves; a quirk is declared for a vendor
/// whose totals do not, and says that the shape is known, so that it is not marked for checking.
/// </summary>
[Flags]
internal enum UsageQuirks
{
    None = 0,

    /// <summary>Reasoning is charged beside completion tokens, even where the total leaves it out (Perplexity deep research, some gateways).</summary>
    ReasoningOutside = 1,

    /// <summary>Prompt tokens leave out what was read from or written to a cache (Grok on Azure).</summary>
    PromptExcludesCache = 2,

    /// <summary>What the total has beyond the parts is output without a field of its own (Gemini's OpenAI-style endpoint).</summary>
    TotalHoldsHiddenOutput = 4,
}
