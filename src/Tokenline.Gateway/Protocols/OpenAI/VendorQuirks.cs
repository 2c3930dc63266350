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
}
