using System.Collections.Frozen;

namespace Tokenline.Gateway;

/// <summary>What OpenTelemetry's semantic conventions for generative AI call a vendor (<c>gen_ai.provider.name</c>). A vendor that has no name there is called by its id.</summary>
internal static class ProviderNames
{
    /// <summary>No vendor has served the call.</summary>
    public const string None = "none";

    private static readonly FrozenDictionary<string, string> names = new Dictionary<string, string>
    {
        ["amazon"] = "aws.bedrock",
        ["azure"] = "azure.ai.openai",
        ["bedrock"] = "aws.bedrock",
        ["google"] = "gcp.gemini",
        ["mistral"] = "mistral_ai",
        ["moonshot"] = "moonshot_ai",
        ["vertex"] = "gcp.vertex_ai",
        ["xai"] = "x_ai",
    }.ToFrozenDictionary();

    public static string Of(string vendor) => names.GetValueOrDefault(vendor, vendor);
}
