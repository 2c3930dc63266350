using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Protocols.Anthropic;

/// <summary>What Anthropic's API is told beside the body.</summary>
internal static class AnthropicHeaders
{
    /// <summary>The version that translations are written in.</summary>
    private const string Version = "2023-06-01";

    private const string VersionHeader = "anthropic-version";
    private const string BetaHeader = "anthropic-beta";

    /// <summary>A client of the same protocol has its version and its betas passed on; it knows what it sends.</summary>
    public static void Set(Call call, VendorRequest request)
    {
        var from = call.Context.Request.Headers;
        if (call.Client.Kind != Protocol.Messages)
        {
            request.Add("anthropic-version"u8, Version);
            return;
        }
        request.Add(
            "anthropic-version"u8,
            from.TryGetValue(VersionHeader, out var version) && version.Count == 1 ? version.ToString() : Version
        );
        if (from.TryGetValue(BetaHeader, out var betas))
            request.Add("anthropic-beta"u8, betas.ToString());
    }
}
