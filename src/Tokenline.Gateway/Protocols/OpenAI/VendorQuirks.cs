using System.Collections.Frozen;

namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>Where a vendor of chat completions is not as OpenAI's is. A row is found by the vendor id that it is registered under; a vendor without one has no quirks.</summary>
/// <param name="Vendor">Its id.</param>
/// <param name="Usage">What its usage means, where totals do not prove it.</param>
/// <param name="SendsUsageUnasked">Its streams end with usage anyhow, and it may refuse <c>stream_options</c>.</param>
/// <param name="ReturnsReasoning">It wants an assistant's <c>reasoning_content</c> back, at the least in turns with tool calls.</param>
/// <param name="ReasoningOff">The member that turns reasoning off; null: <c>reasoning_effort: "none"</c>.</param>
/// <param name="EffortsEndAtHigh">It may refuse efforts above high.</param>
internal sealed record VendorQuirks(
    string Vendor,
    UsageQuirks Usage = UsageQuirks.None,
    bool SendsUsageUnasked = false,
    bool ReturnsReasoning = false,
    string? ReasoningOff = null,
    bool EffortsEndAtHigh = true
)
{
    private const string Thinking = "\"thinking\":{\"type\":\"disabled\"}";

    private static readonly VendorQuirks none = new("", EffortsEndAtHigh: false);

    /// <summary>The one table. To add a vendor: a row.</summary>
    public static IReadOnlyList<VendorQuirks> All { get; } =
    [
        new("alibaba", ReasoningOff: "\"enable_thinking\":false"),
        new("azure-xai", UsageQuirks.PromptExcludesCache),
        new("baidu", ReasoningOff: "\"enable_thinking\":false"),
        new("bytedance", ReasoningOff: Thinking),
        new("dashscope", ReasoningOff: "\"enable_thinking\":false"),
        new("deepseek", ReturnsReasoning: true, ReasoningOff: Thinking),
        new("google", UsageQuirks.TotalHoldsHiddenOutput),
        new("groq"),
        new("minimax", ReturnsReasoning: true),
        new("mistral", SendsUsageUnasked: true),
        new("moonshot", ReturnsReasoning: true, ReasoningOff: Thinking),
        new("openrouter", EffortsEndAtHigh: false),
        new("perplexity", UsageQuirks.ReasoningOutside, SendsUsageUnasked: true),
        new("tencent"),
        new("xai"),
        new("zhipu", ReturnsReasoning: true, ReasoningOff: Thinking),
    ];

    private static readonly FrozenDictionary<string, VendorQuirks> byVendor = All.ToFrozenDictionary(row => row.Vendor);

    public static VendorQuirks Of(string vendor) => byVendor.GetValueOrDefault(vendor, none);
}
