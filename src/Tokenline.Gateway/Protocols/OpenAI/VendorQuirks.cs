namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>Vendors whose usage means something else than OpenAI's, by the vendor id they are registered under. Others prove it by their totals.</summary>
internal static class VendorQuirks
{
    public static UsageQuirks Of(string vendor) =>
        vendor switch
        {
            "google" => UsageQuirks.TotalHoldsHiddenOutput,
            "perplexity" => UsageQuirks.ReasoningOutside,
            "azure-xai" => UsageQuirks.PromptExcludesCache,
            _ => UsageQuirks.None,
        };

    /// <summary>Vendors that want an assistant's <c>reasoning_content</c> back, at the least in turns with tool calls.</summary>
    public static bool ReturnsReasoning(string vendor) => vendor is "deepseek" or "moonshot" or "kimi" or "zhipu" or "zai" or "minimax";
}
