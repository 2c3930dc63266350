using System.Runtime.CompilerServices;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Protocols.OpenAI;

namespace Tokenline.Gateway.Upstreams;

/// <summary>What is the same for every call to a deployment, made once.</summary>
internal sealed class UpstreamTarget
{
    private static readonly ConditionalWeakTable<Deployment, UpstreamTarget> targets = [];

    private UpstreamTarget(Deployment deployment)
    {
        ChatUri = new Uri(deployment.BaseUrl.AbsoluteUri.TrimEnd('/') + "/chat/completions");
        Authorization = deployment.ApiKey is { } key ? $"Bearer {key}" : null;
        ModelToken = ChatRequestRewriter.QuoteModel(deployment.UpstreamModel);
    }

    public Uri ChatUri { get; }
    public string? Authorization { get; }
    public byte[] ModelToken { get; }

    public static UpstreamTarget Of(Deployment deployment) => targets.GetValue(deployment, static d => new UpstreamTarget(d));
}
