using System.Runtime.CompilerServices;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Protocols;

namespace Tokenline.Gateway.Upstreams;

/// <summary>What is the same for every call to a deployment, made once: addresses by API, and the model's name as JSON.</summary>
internal sealed class UpstreamTarget
{
    private const string AzureApiVersion = "2024-10-21";

    private static readonly ConditionalWeakTable<Deployment, UpstreamTarget> targets = [];
    private readonly Deployment deployment;
    private readonly Uri?[] plain = new Uri?[VendorApis.Names.Count];
    private readonly Uri?[] streamed = new Uri?[VendorApis.Names.Count];

    private UpstreamTarget(Deployment deployment)
    {
        this.deployment = deployment;
        ModelToken = BodyEdits.Quote(deployment.UpstreamModel);
    }

    public byte[] ModelToken { get; }

    public static UpstreamTarget Of(Deployment deployment) => targets.GetValue(deployment, static d => new UpstreamTarget(d));

    public static Protocol ProtocolOf(VendorApi api) =>
        api switch
        {
            VendorApi.OpenAIResponses => Protocol.Responses,
            VendorApi.AnthropicMessages => Protocol.Messages,
            VendorApi.Gemini => Protocol.Gemini,
            _ => Protocol.Chat,
        };

    public Uri UriOf(VendorApi api, bool stream)
    {
        var known = stream ? streamed : plain;
        return known[(int)api] ??= new Uri(Root + PathOf(api, stream));
    }

    /// <summary>Another path of the same vendor, such as <c>/embeddings</c>.</summary>
    public Uri UriOf(VendorApi api, string path) =>
        new(
            Root
                + (
                    api == VendorApi.AzureOpenAI
                        ? $"/openai/deployments/{Uri.EscapeDataString(deployment.UpstreamModel)}{path}?api-version={AzureApiVersion}"
                        : path
                )
        );

    /// <summary>The operator's key, in the way that the API wants it.</summary>
    public static void Authorize(VendorRequest request, VendorApi api, string? key)
    {
        if (key is null)
            return;
        switch (api)
        {
            case VendorApi.AnthropicMessages:
                request.Add("x-api-key"u8, key);
                break;
            case VendorApi.Gemini:
                request.Add("x-goog-api-key"u8, key);
                break;
            case VendorApi.AzureOpenAI:
                request.Add("api-key"u8, key);
                break;
            default:
                request.Add("Authorization"u8, "Bearer "u8, key);
                break;
        }
    }

    private string Root => deployment.BaseUrl.AbsoluteUri.TrimEnd('/');

    private string PathOf(VendorApi api, bool stream) =>
        api switch
        {
            VendorApi.OpenAIResponses => "/responses",
            VendorApi.AnthropicMessages => "/messages",
            VendorApi.Gemini => $"/models/{Uri.EscapeDataString(deployment.UpstreamModel)}:"
                + (stream ? "streamGenerateContent?alt=sse" : "generateContent"),
            VendorApi.AzureOpenAI =>
                $"/openai/deployments/{Uri.EscapeDataString(deployment.UpstreamModel)}/chat/completions?api-version={AzureApiVersion}",
            _ => "/chat/completions",
        };
}
